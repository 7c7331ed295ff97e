"""The command `demo`: the demonstration written as files, and loaded where asked for."""

from __future__ import annotations

from pathlib import Path

import click

from contract.console.options import existing
from contract.console.running import DONE, command, progress
from contract.errors import CallError
from contract.settings import Home, home, parse_time
from etl.commands.publishing import tell_published
from etl.commands.submissions import tell_counts
from etl.demo.decisions import record_decisions
from etl.demo.work import record_work
from etl.demo.writing import write_demonstration
from etl.receiving.receive import read_deliveries
from etl.snapshot.publish import publish
from etl.warehouse.load import load
from etl.warehouse.lock import writing
from ledger.events import Entry, Ledger
from ledger.roster import admissions, read_roster

MOMENT = "2026-11-16T09:00:00"  # at which the demonstration stands
ACTOR = "演示"


@click.command("demo", help="写出演示用的报送文件；--load则登记、装载并发布")
@click.option("--out", type=existing, help="写到哪个文件夹（默认为PILOT_HOME下的inbox/demo）")
@click.option("--seed", type=int, default=2026, show_default=True, help="随机种子，相同的种子写出相同的文件")
@click.option("--load", "load_it", is_flag=True, help="写出后登记名单、按收到时间装载并发布")
@command
def demo_command(out: Path | None, seed: int, load_it: bool) -> int:
    place = home()
    out = out or place.inbox / "demo"
    write_demonstration(out, seed, progress("写出演示文件"))
    click.echo(f"演示报送文件已写到{out}")
    return _load_demonstration(place, out) if load_it else DONE


def _load_demonstration(place: Home, out: Path) -> int:
    """Lists the members, loads what they sent when it came, records decisions and the month's work, publishes."""
    with writing(place):
        ledger = Ledger(place.ledger)
    if ledger.events("submission") and not ledger.events("demonstration"):
        raise CallError("这里已有真实报送数据，不能再装入演示数据；请用PILOT_HOME另指一个文件夹")
    moment = parse_time(MOMENT)
    if not ledger.events("demonstration"):
        ledger.append(moment, [Entry("demonstration", ACTOR, "", {"moment": MOMENT})])
    entries = admissions(read_roster(out / "roster.csv"), ledger.events("decision"), ACTOR)
    if entries:
        ledger.append(moment, entries)
        record_decisions(place, ledger, moment)
    outcomes = load(place, ledger, read_deliveries(out / "deliveries.csv"), moment, ACTOR, progress("装载"))
    if not ledger.events("meeting"):
        record_work(place, ledger, moment)
    number = publish(place, ledger, ACTOR)
    tell_counts(outcomes)
    return tell_published(f"已发布数据版本第{number}版")
