"""An exchange as engines read it: its tables, their columns and the files that hold their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contract.errors import CallError
from etl.exchange.files import arrow_type
from etl.exchange.manifest import Manifest, opened
from etl.exchange.tables import Table, tables


@dataclass(frozen=True)
class Exchange:
    """The current exchange of a folder."""

    place: Path
    manifest: Manifest
    tables: Mapping[str, Table]

    def files(self, code: str) -> list[str]:
        """The files of a table; none where nobody has reported any row of it."""
        return [str(self.place / part.path) for part in self.manifest.of(code)]

    def whole(self, code: str) -> pa.Table:
        """The rows of a table that is not split by period."""
        (file,) = self.files(code)
        return pq.read_table(file, schema=pa.schema([(c.code, arrow_type(c)) for c in self.tables[code].columns]))

    @property
    def periods(self) -> list[str]:
        return sorted(self.whole("period").column("period").to_pylist())


def exchange_of(folder: Path) -> Exchange:
    """The current exchange of a folder, once it is sure that it has what the sets of today read.

    Raises CallError where there is none, or it was made by other declarations; RefusedFile where it is damaged.
    """
    place, manifest = opened(folder.resolve())
    known = {code: [(c.code, c.type) for c in table.columns] for code, table in tables().items()}
    held = {code: [(c["code"], c["type"]) for c in facts["columns"]] for code, facts in manifest.tables.items()}
    if known != held:
        raise CallError(f"{place.name}由另一版声明导出，表和列与现行的不同；请重新执行python -m etl export --parquet")
    return Exchange(place, manifest, tables())
