"""Records of a line of JSON each, beside the ledger and no part of it: appended durably, read past what was cut off."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.guard.private import FILE_MODE


def append_line(path: Path, facts: Mapping[str, Any]) -> None:
    """Appends a line durably, on a line of its own whatever was cut off before it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cut = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)
    try:
        os.write(handle, ("\n" * cut + json.dumps(facts, ensure_ascii=False) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def whole_lines(path: Path) -> list[dict[str, Any]]:
    """What the lines hold, oldest first; one that was cut off by a loss of power is none, no file is no line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [facts for line in lines if isinstance(facts := _read(line), dict)]


def _read(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
