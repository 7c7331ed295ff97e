"""Files that systems and programs leave beside a person's own: no part of a submission, wherever they lie."""

from __future__ import annotations

from pathlib import PurePosixPath

# Windows (thumbnails, a folder's look), the Mac, and what servers keep of a folder for themselves; in small letters.
SYSTEM_NAMES = frozenset(
    {
        "thumbs.db",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "desktop.ini",
        ".ds_store",
        "icon\r",
        "__macosx",
        "$recycle.bin",
        "system volume information",
        "@eadir",
    }
)
# Office's lock of a file that is open, and LibreOffice's; the Mac's second half of a file.
SYSTEM_BEGINNINGS = ("~$", ".~lock.", "._")


def is_left_over(name: str) -> bool:
    """Whether a file or folder, by its path within what was handed in, is none of the submitter's own."""
    return any(part.lower() in SYSTEM_NAMES or part.startswith(SYSTEM_BEGINNINGS) for part in PurePosixPath(name).parts)
