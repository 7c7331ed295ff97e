"""The commands `verify`, whether what is kept is whole and agrees, and `rehash`, by which function it is."""

from __future__ import annotations

from pathlib import Path

import click

from contract.console.options import existing
from contract.console.running import DONE, NEEDS_USER, command, progress
from contract.errors import CallError
from contract.settings import Home, home
from etl.exchange.proof import prove
from etl.snapshot.verify import report_lines, verify
from etl.warehouse.lock import writing
from ledger.audit import Audit
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.guard.chain import hash_functions
from ledger.people import check_person
from ledger.proof.checking import check
from ledger.proof.witness import Witness, compare, witnesses_in

AREA = "chain"  # of `data/access.csv`


@click.command("verify", help="核对台账、档案和数据版本是否完整相符")
@click.option(
    "--against", type=existing, help="印出的台账校验码、查阅记录校验码（每行一个，或含有校验码的文本），逐个与台账核对"
)
@click.option("--exchange", "folder", type=existing, help="改为核对这个目录中导出的数据交换：与清单、数据版本比较")
@command
def verify_command(against: Path | None, folder: Path | None) -> int:
    place = home()
    if folder:
        return _proved(place, folder, against)
    printed = _printed(against) if against else []
    report = verify(place, progress("核对"))
    lines, faults = report_lines(report), bool(report.faults)
    if printed and not report.ledger_faults:
        told, differs = _held_against(place, printed, seen=not report.audit_faults)
        lines, faults = [*lines, *told], faults or differs
    for line in lines:
        click.echo(line)
    return NEEDS_USER if faults else DONE


def _proved(place: Home, folder: Path, against: Path | None) -> int:
    if against:
        raise CallError("--against与--exchange不能同时使用")
    proof = prove(place, folder, progress("核对"))
    for line in proof.lines:
        click.echo(line)
    return NEEDS_USER if proof.faults else DONE


def _held_against(place: Home, printed: list[Witness], seen: bool) -> tuple[list[str], bool]:
    """What holding printed hashes against the ledger, and the audit where it is sound, gave; whether any differs."""
    looks = {entry.hash for entry in Audit(place.audit).stored()} if seen and place.audit.exists() else set()
    events = Ledger(place.ledger).events() if place.ledger.exists() else []
    comparison = compare([witness for witness in printed if witness.hash not in looks], events)
    count = sum(witness.hash in looks for witness in printed)
    told = [f"印出的校验码与查阅记录相符的{count}个"] if count else []
    return [*comparison.lines, *told], bool(comparison.differing)


def _printed(path: Path) -> list[Witness]:
    try:
        printed = witnesses_in(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise CallError(f"{path.name}不是UTF-8编码的文本") from None
    except IsADirectoryError:
        raise CallError(f"{path.name}是文件夹，请给出一个文本文件") from None
    if not printed:
        raise CallError(f"{path.name}中没有台账校验码（64位十六进制数字，以sm3:开头的为SM3）")
    return printed


@click.command("rehash", help="自此以另一种校验算法登记台账，以前的事件同时以两种算法载明")
@click.argument("function", type=click.Choice(list(hash_functions())))
@click.option("--by", required=True, help="由谁办理")
@command
def rehash_command(function: str, by: str) -> int:
    place = home()
    with writing(place):
        ledger = Ledger(place.ledger)
        check(place, ledger, whole=True)
        actor = check_person(ledger, by, AREA, "更换台账的校验算法")
        event = ledger.change_hash_function(reference_time(ledger), function, actor)
    click.echo(f"自第{event.seq}号事件起，台账以{hash_functions()[function]}校验；该事件载明以前全部事件的两种校验码")
    return DONE
