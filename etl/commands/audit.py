"""The command `audit`: who came in, who looked at which rows, took them away, or handed in what is another's."""

from __future__ import annotations

import click

from contract.console.options import parse_optional, text_option
from contract.console.output import print_rows
from contract.console.running import DONE, command
from contract.settings import BEIJING, home
from contract.viewer import ROLES
from ledger.audit import KINDS, Look, looks, stands_for

COLUMNS = (
    "seq", "at", "kind", "user", "role", "scope", "what", "rows", "number", "selection", "sha256", "level", "address",
)  # fmt: skip


@click.command("audit", help="谁在何时查看、导出过哪些明细，共多少行；谁何时登录、退出，账户如何办理")
@click.option("--since", help="只列这一天及以后的，如2026-10-31")
@click.option("--user", help="只列这一用户的")
@click.option("--kind", type=click.Choice(list(KINDS)), help="只列这一种的")
@click.option("--about", help="只列按这一文本查过的，如统一社会信用代码、权利编号；须与当时输入的一致")
@text_option
@command
def audit_command(since: str | None, user: str | None, kind: str | None, about: str | None, shape: str) -> int:
    day = parse_optional(since)
    shown = [
        look
        for look in looks(home())
        if (day is None or look.at.date() >= day)
        and user in (None, look.user)
        and kind in (None, look.kind)
        and (about is None or stands_for(about) in look.selection)
    ]
    print_rows([_told(look) for look in shown], COLUMNS, shape)
    return DONE


def _told(look: Look) -> dict[str, object]:
    words = {"kind": KINDS[look.kind], "role": ROLES.get(look.role, "")}
    return vars(look) | words | {"at": look.at.replace(tzinfo=BEIJING)}
