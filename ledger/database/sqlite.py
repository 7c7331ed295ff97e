"""A SQLite file that several processes write at once: how it is opened and locked, and its faults in words."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from contract.errors import LedgerError
from ledger.guard.private import FILE_MODE

# By the beginning of SQLite's name for the error.
STORAGE_WORDS = {
    "SQLITE_FULL": "无法写入：磁盘已满，本次操作没有登记",
    "SQLITE_IOERR": "无法读写：磁盘出错或已满，本次操作没有登记",
    "SQLITE_CORRUPT": "已损坏，请从备份恢复",
    "SQLITE_NOTADB": "无法打开：文件损坏或不是台账，请从备份恢复",
    "SQLITE_CANTOPEN": "无法打开：文件夹不存在或没有权限",
    "SQLITE_READONLY": "无法写入：没有写入权限",
    "SQLITE_BUSY": "正被另一个程序占用，请稍后再试",
}


def storage_words(error: BaseException | None) -> str | None:
    """What disk, file or another process did, of an error of SQLite; None for a fault of the program."""
    name = getattr(error, "sqlite_errorname", "")
    return next((words for begins, words in STORAGE_WORDS.items() if name.startswith(begins)), None)


class Database:
    """An open file, made where there is none, for its owner alone. Each transaction of a writer is durable.

    Every use raises LedgerError where the disk is full, the file is damaged or another process keeps it locked.
    """

    called: str  # as people know what it holds
    pragmas: tuple[str, ...] = ()  # beside those that make it durable

    def __init__(self, path: Path, wait_seconds: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        if not path.exists():
            path.touch(FILE_MODE)
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": wait_seconds})
        sa.event.listen(self._engine, "connect", self._prepare)
        sa.event.listen(self._engine, "begin", self._begin)
        sa.event.listen(self._engine, "handle_error", self._told)
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    def _prepare(self, connection, _record) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", *self.pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @staticmethod
    def _begin(connection: sa.Connection) -> None:
        """Takes the lock for a writer; whoever only reads needs none, and waits for nobody."""
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def _told(self, context: sa.engine.ExceptionContext) -> None:
        if words := storage_words(context.original_exception):
            raise LedgerError(f"{self.called}{self.path.name}{words}") from context.original_exception
