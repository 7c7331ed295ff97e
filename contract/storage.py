"""What a disk or a damaged file refuses, in the user's words: for the operating system's errors and DuckDB's."""

from __future__ import annotations

import errno

import duckdb

WORDS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件超过了允许的大小",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EIO: "磁盘读写出错",
    errno.ENOENT: "文件或文件夹不存在",
    errno.EISDIR: "是文件夹而不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENAMETOOLONG: "名称过长",
    errno.EMFILE: "打开的文件过多",
}
FULL_DISK = WORDS[errno.ENOSPC]
# DuckDB tells these only in its text.
FULL = ("No space left on device", "File too large", "Disk quota exceeded")
STORAGE_ERRORS = (duckdb.IOException, duckdb.FatalException, duckdb.SerializationException)
DAMAGED = "Corrupt database file"


def system_words(error: OSError) -> str:
    """Why the operating system refused."""
    return WORDS.get(error.errno, f"系统错误{error.errno}")


def database_words(error: duckdb.Error) -> str | None:
    """Why DuckDB could not read or write its file; None where the error is of another kind, a fault of the program."""
    text = str(error)
    if any(words in text for words in FULL):
        return FULL_DISK
    if isinstance(error, STORAGE_ERRORS) or DAMAGED in text:
        return "数据库文件损坏或无法读写"
    return None
