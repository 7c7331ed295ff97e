"""What every writer does alike: how a cell is shown, and a zip container without the time of day in it."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from briefing.issue.content import Cell, Number
from contract.wording import plain

LONG_HEADER = 5  # characters
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def shown(cell: Cell) -> str:
    """A cell as text."""
    return plain(cell.value, cell.places, cell.signed) if isinstance(cell, Number) else cell


def headed(header: str) -> str:
    """A header with its unit on a line of its own, where both do not fit on one."""
    name, bracket, unit = header.partition("（")
    return f"{name}\n{bracket}{unit}" if bracket and len(header) > LONG_HEADER else header


def timeless(archive: bytes) -> bytes:
    """The same zip entries in the same order, all dated 1980: equal content gives equal bytes."""
    target = BytesIO()
    with ZipFile(BytesIO(archive)) as source, ZipFile(target, "w", ZIP_DEFLATED) as result:
        for name in source.namelist():
            entry = ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            result.writestr(entry, source.read(name))
    return target.getvalue()
