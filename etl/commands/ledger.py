"""The commands `ledger prepare` and `ledger copy`: records on a PostgreSQL server, and from database to database."""

from __future__ import annotations

import importlib
from contextlib import closing
from pathlib import Path

import click

from contract.console.running import DONE, command
from contract.errors import CallError
from contract.places import Place, place_of, server_of
from contract.settings import region_asked
from ledger.audit import Audit
from ledger.events import Ledger
from ledger.proof.copying import copy_record

RECORDS = {"ledger": Ledger, "audit": Audit}


@click.group("ledger", help="台账的存放：在PostgreSQL上建表，在数据库之间复制")
def ledger_commands() -> None:
    pass


@ledger_commands.command("prepare", help="以表的所有者身份建立或升级台账、查阅记录的表，并给运行角色所需的权限")
@click.option("--owner", required=True, metavar="URL|文件", help="所有者的地址，或只含这一地址的文件（600）")
@click.option("--role", required=True, help="运行系统的角色，只得到SELECT和INSERT")
@command
def prepare_command(owner: str, role: str) -> int:
    prepare = importlib.import_module("ledger.database.preparing").prepare
    for record, kind in RECORDS.items():
        server = server_of(owner, record, region_asked())
        applied = prepare(server, role)
        done = f"已建到第{applied[-1]}版" if applied else "已是本版程序的，没有变化"
        click.echo(f"{kind.called}的表{done}，角色{role}可查询、可登记（{server.name}）")
    return DONE


@ledger_commands.command("copy", help="把台账从一个数据库复制到另一个；先后核对校验链，要么全部复制，要么什么都没有")
@click.option("--from", "source", required=True, metavar="URL|文件", help="PostgreSQL地址、载有地址的文件或SQLite文件")
@click.option("--to", "target", required=True, metavar="URL|文件", help="同上；须是空的，或同一台账较早的一份")
@click.option("--record", type=click.Choice(list(RECORDS)), default="ledger", help="ledger为台账，audit为查阅记录")
@command
def copy_command(source: str, target: str, record: str) -> int:
    from_place, to_place = (place_of(text, record, region_asked()) for text in (source, target))
    if not from_place.exists():
        raise CallError(f"没有{from_place.name}，没有可复制的内容")
    if _is_same(from_place, to_place):
        raise CallError("--from与--to是同一处")
    kind = RECORDS[record]
    with closing(kind(from_place)) as one, closing(kind(to_place)) as other:
        added, seq, head = copy_record(one, other)
    click.echo(f"已从{from_place.name}复制{added}条事件到{to_place.name}")
    click.echo(f"两处的{kind.called}都截至第{seq}号事件，校验码{head}，校验链完整")
    return DONE


def _is_same(one: Place, other: Place) -> bool:
    if isinstance(one, Path) and isinstance(other, Path):
        return one.resolve() == other.resolve()
    return one == other
