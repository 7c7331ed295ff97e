"""Files that are zip containers (docx, xlsx), without the time of day: equal content gives equal bytes."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


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
