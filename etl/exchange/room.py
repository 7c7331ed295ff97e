"""How much memory a database may take that works on an exchange, and where it puts aside what exceeds that."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from itertools import count
from os import getpid
from pathlib import Path

import duckdb

from contract.errors import CallError

LIMITS = {
    "threads": 2,
    # What is put aside for want of memory is many times as much where the order of rows is kept, which nobody reads.
    "preserve_insertion_order": False,
    # DuckDB 2.0 has it push filters made of a join's one side into the scan of the other, which stops at joins of many
    # banks with an error of its own ("dict-surviving join"), and is known to lose rows where that side does not fit
    # into memory (its issue 25702, open in November 2026).
    "disabled_optimizers": "join_filter_pushdown",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
SIZE = re.compile(r"\d+(\.\d+)? ?([KMGT]i?B)", re.IGNORECASE)
OPENED = count()  # databases of this process, each with a folder of its own for what it puts aside


@dataclass(frozen=True)
class Room:
    """How much memory a database may take, and below which folder it puts aside what exceeds that: the system's own
    for temporary files where none is given. Raises CallError for what is no size or no folder."""

    memory: str = "1GB"
    spill: Path | None = None

    def __post_init__(self) -> None:
        if not SIZE.fullmatch(self.memory):
            raise CallError(f"内存“{self.memory}”应如4GB、512MB")
        if self.spill and not self.spill.is_dir():
            raise CallError(f"没有目录{self.spill}")

    def database(self, path: str = ":memory:", **more: object) -> duckdb.DuckDBPyConnection:
        """A database with so much room. It makes the folder when it first needs it, and removes it when closed."""
        aside = (self.spill or Path(tempfile.gettempdir())).resolve() / f"pilot-spill-{getpid()}-{next(OPENED)}"
        given = {"memory_limit": self.memory, "temp_directory": str(aside)}
        return duckdb.connect(path, config=LIMITS | given | more)
