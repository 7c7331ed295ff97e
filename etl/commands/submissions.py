"""The commands by which members and their submissions come in: `register` and `load`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contract.console.options import existing
from contract.console.program import later
from contract.console.running import DONE, NEEDS_USER, WRONG_CALL, actor, command, progress
from contract.errors import CallError
from contract.settings import home, parse_time
from contract.standing import DELIVERY_WORDS, Receipt
from etl.checks.faults import named_faults
from etl.reading.sandbox import start_ahead
from etl.receiving.receive import Delivery, find, read_deliveries

if TYPE_CHECKING:
    from etl.warehouse.load import Outcome

# Imported when they are called: while the child that reads gets ready, which is started first.
open_ledger, reference_time = later("ledger.events:Ledger"), later("ledger.clock:reference_time")
load, tell_published = later("etl.warehouse.load:load"), later("etl.commands.publishing:tell_published")
is_behind, publish = later("etl.snapshot.publish:is_behind"), later("etl.snapshot.publish:publish")
connect, receipt_of = later("etl.snapshot.opened:connect"), later("etl.snapshot.status:receipt_of")
admissions = later("ledger.roster:admissions")
read_roster, writing = later("ledger.roster:read_roster"), later("etl.warehouse.lock:writing")


@click.command("register", help="把名单文件登记为首批试点名单")
@click.argument("roster", type=existing)
@click.option(
    "--required-from",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="自这一天起须报送：此前截止的报送期不计迟报、未报，默认各期都计",
)
@command
def register_command(roster: Path, required_from: datetime | None) -> int:
    place = home()
    rows = read_roster(roster)
    with writing(place):
        ledger = open_ledger(place.ledger)
        since = required_from.date() if required_from else None
        entries = admissions(rows, ledger.events("decision"), actor(), since)
        if entries:
            ledger.append(reference_time(ledger), entries)
    click.echo(f"登记{len(entries)}家，已在名单上{len(rows) - len(entries)}家")
    return DONE


@click.command("load", help="接收、校验并装载报送文件，随后发布")
@click.argument("paths", type=existing, nargs=-1)
@click.option("--received", help="收到时间（ISO格式，北京时间），默认为现在")
@click.option("--deliveries", type=existing, help="收件清单（path,received_at），按其次序和时间装载")
@click.option("--no-publish", is_flag=True, help="只装载，不发布新的数据版本")
@click.option("--again", is_flag=True, help="仍以此件为准：与以前某版内容相同、现行有效的却是另一版的，作为新的一版")
@command
def load_command(
    paths: tuple[Path, ...], received: str | None, deliveries: Path | None, no_publish: bool, again: bool
) -> int:
    given = [path for top in paths for path in find(top)]
    listed = read_deliveries(deliveries) if deliveries else []
    if not given and not listed:
        raise CallError("没有可装载的文件；请给出文件、文件夹或收件清单")
    start_ahead()
    place = home()
    ledger = open_ledger(place.ledger)
    now = reference_time(ledger)
    moment = parse_time(received, "收到时间") if received else now
    handed_in = [*(Delivery(path, moment) for path in given), *listed]
    outcomes = load(place, ledger, handed_in, now, actor(), progress("装载"), again)
    number, receipts = None, {}
    try:
        if not no_publish and is_behind(ledger):
            number = publish(place, ledger, actor())
            # Where a version stands is known once the checks across submissions have run.
            receipts = _receipts([outcome.submission_id for outcome in outcomes])
    finally:  # what was acknowledged is told even where no data version could be built
        for outcome in outcomes:
            click.echo(_line(outcome, receipts.get(outcome.submission_id)))
    code = tell_published(f"已发布数据版本第{number}版") if number else DONE
    tell_counts(outcomes)
    if all(outcome.status == "refused" for outcome in outcomes):
        return WRONG_CALL
    needs_user = any(outcome.faults or outcome.status in ("returned", "refused") for outcome in outcomes)
    return NEEDS_USER if needs_user else code


def _receipts(submissions: Sequence[int]) -> dict[int, Receipt]:
    """Submission → what its submitter is told, from the current snapshot."""
    with connect(home().current_snapshot()) as connection:
        return {number: receipt_of(connection, number) for number in submissions if number}


def _line(outcome: Outcome, receipt: Receipt | None = None) -> str:
    """What became of one delivery."""
    name, word = outcome.delivery.name, receipt.state if receipt else DELIVERY_WORDS[outcome.status]
    if outcome.status == "refused":
        return f"{word}  {name}：{outcome.message}"
    if outcome.status == "faulty":
        return f"{word}  {name}：{outcome.submitter} {outcome.period}，{outcome.message}"
    place = f"{outcome.submitter} {outcome.period} 第{outcome.version}版"
    if outcome.status == "unchanged":
        how = "；仍以此件为准的，加--again重新装载" if outcome.may_count_again else ""
        return f"{word}  {name}：{place}，{outcome.message}{how}"
    counts = "，".join(f"{level}类{count}个" for level, count in outcome.counts.items() if count)
    notes = [f"{word}  {name}：{place}，回执号{outcome.submission_id}", *filter(None, [counts])]
    notes += [f"规则{named_faults(outcome.faults)}未能执行"] if outcome.faults else []
    notes += [f"登记说明{outcome.reasons}条"] if outcome.reasons else []
    notes += [f"下一步：{receipt.step}"] if receipt else []
    return "，".join(notes)


def tell_counts(outcomes: Sequence[Outcome]) -> None:
    """Says how many deliveries there were, and how many of each outcome."""
    counted = [(word, sum(outcome.status == status for outcome in outcomes)) for status, word in DELIVERY_WORDS.items()]
    click.echo(f"共{len(outcomes)}件：" + "，".join(f"{word}{count}件" for word, count in counted if count))
