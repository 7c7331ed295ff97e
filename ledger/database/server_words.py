"""What a PostgreSQL server, or the way to it, did: in one line for people, by its codes."""

from __future__ import annotations

import psycopg

# By the beginning of the SQLSTATE, the longer first.
WORDS = {
    "23505": "拒绝了登记：有别的程序不按次序登记，请查明",
    "P0001": "拒绝了登记：有别的程序改动事件或不按次序登记，请查明",
    "25006": "是只读的备用服务器，本次操作没有登记：请改连主服务器",
    "28": "拒绝了用户或口令",
    "3D000": "上没有这个数据库",
    "42501": "没有给运行角色所需的权限：请以所有者执行python -m etl ledger prepare",
    "42P01": "上还没有台账的表：请以所有者执行python -m etl ledger prepare",
    "53100": "磁盘已满，本次操作没有登记",
    "53300": "连接数已满，请稍后再试",
    "53": "资源不足，本次操作没有登记",
    "55P03": "正被另一个程序占用，请稍后再试",
    "57014": "中止了本次操作，没有登记",
    "57P": "正在停止或启动，请稍后再试",
    "25P03": "等候过久，断开了连接，本次操作没有登记",
    "58": "读写磁盘出错，本次操作没有登记",
    "XX001": "的数据已损坏，请从备份恢复",
    "XX002": "的数据已损坏，请从备份恢复",
    "08": "的连接中断",
}
# A refused connection has no code, only the server's text, in the language that it was set up with.
REFUSALS = (
    (("password", "authentication", "pg_hba", "role ", "口令", "密码", "认证", "角色"), WORDS["28"]),
    (("database ", "数据库 "), WORDS["3D000"]),
    (("read-only", "只读"), WORDS["25006"]),
    (("too many", "remaining connection slots"), WORDS["53300"]),
    (("starting up", "shutting down", "recovery"), WORDS["57P"]),
)
AWAY = "连接不上：没有启动、地址不对或网络不通"
CUT = "的连接中断"


def server_words(error: BaseException | None) -> str | None:
    """Of an error of psycopg; None for a fault of the program. Never the error's own text, which may name a user."""
    if not isinstance(error, psycopg.Error):
        return None
    if code := error.sqlstate:
        return next((words for begins, words in WORDS.items() if code.startswith(begins)), None)
    if not isinstance(error, psycopg.OperationalError):
        return None
    text = str(error).lower()
    if "connection failed" not in text and "connection timeout" not in text:
        return CUT
    return next((words for marks, words in REFUSALS if any(mark in text for mark in marks)), AWAY)
