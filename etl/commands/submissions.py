"""The commands of `python -m etl` (see `docs/operations.md`); each ends with 0, 1 or 2."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contract.console.output import FORMATS
from contract.console.program import Commands, later
from contract.console.running import DONE, NEEDS_USER, WRONG_CALL, actor, command, progress
from contract.errors import CallError
from contract.settings import Home, home, parse_time
from contract.standing import DELIVERY_WORDS, Receipt
from etl.checks.faults import named_faults
from etl.checks.findings import FINDING_FIELDS
from etl.reading.sandbox import start_ahead
from etl.receiving.receive import Delivery, find, read_deliveries
from etl.snapshot.opened import connect
from etl.snapshot.status import (
    ANSWER_FIELDS,
    COLUMNS,
    fault_rows,
    finding_rows,
    latest_version,
    receipt_of,
    status_rows,
)

if TYPE_CHECKING:
    from etl.warehouse.load import Outcome
    from ledger.events import Ledger

# A command waits for what it needs itself, not for the ledger, workbooks and demonstration of the others.
admissions, members = later("ledger.roster:admissions"), later("ledger.roster:members")
as_filed, version_answered = later("etl.warehouse.version:as_filed"), later("etl.feedback.answers:version_answered")
checked, verdict_lines = later("etl.feedback.check:checked"), later("etl.feedback.check:verdict_lines")
record_decisions = later("etl.demo.decisions:record_decisions")
record_work = later("etl.demo.work:record_work")
entry, open_ledger = later("ledger.events:Entry"), later("ledger.events:Ledger")
load, publish, rebuild = (
    later("etl.warehouse.load:load"),
    later("etl.snapshot.publish:publish"),
    later("etl.snapshot.publish:rebuild"),
)
read_roster, reference_time = later("ledger.roster:read_roster"), later("ledger.clock:reference_time")
is_behind = later("etl.snapshot.publish:is_behind")
write_demonstration = later("etl.demo:write_demonstration")
write_report = later("etl.feedback.report:write_report")

DEMONSTRATION_MOMENT = "2026-11-16T09:00:00"

existing = click.Path(path_type=Path)
format_option = click.option("--format", "shape", type=click.Choice(list(FORMATS)), default="text", help="输出格式")


main = Commands(
    {
        "approve-rule": ("etl.commands.rules:approve_rule_command", "批准规则变更提议，随即对其起始报送期及以后生效"),
        "compare": ("etl.commands.versions:compare_command", "同一次报送的两版逐格对比（退回的版本也可以）"),
        "confirm": ("etl.commands.answers:confirm_command", "监管人员确认说明、认可异议，或退回"),
        "explain": ("etl.commands.answers:explain_command", "报送机构说明问题的原因，或提出异议"),
        "questions": ("etl.commands.answers:questions_command", "各机构待说明、待确认的问题和异议"),
        "reject-rule": ("etl.commands.rules:reject_rule_command", "驳回或撤回规则变更提议"),
        "rule": ("etl.commands.rules:rule_command", "提议自某一报送期起改变一条校验规则的级别或停用它"),
        "rules": ("etl.commands.rules:rules_command", "校验规则总表：每条规则在某一报送期的级别、依据和写法"),
        "template": ("etl.commands.template:template_command", "写出报送模板：给出机构和报送期的，按上期报送预填"),
        "verify": ("etl.commands.verify:verify_command", "核对台账、档案和数据版本是否完整相符"),
    },
    help="报送数据的登记、校验、装载与发布",
    context_settings={"help_option_names": ["--help"]},
)


def _opened(place: Home) -> Ledger:
    return open_ledger(place.ledger)


@main.command("register", help="把名单文件登记为首批试点名单")
@click.argument("roster", type=existing)
@command
def register_command(roster: Path) -> int:
    ledger = _opened(home())
    rows = read_roster(roster)
    entries = admissions(rows, members(ledger.events("decision")), actor())
    if entries:
        ledger.append(reference_time(ledger), entries)
    click.echo(f"登记{len(entries)}家，已在名单上{len(rows) - len(entries)}家")
    return DONE


@main.command("demo", help="写出演示用的报送文件；--load则登记、装载并发布")
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
    ledger = _opened(place)
    if ledger.events("submission") and not ledger.events("demonstration"):
        raise CallError("这里已有真实报送数据，不能再装入演示数据；请用PILOT_HOME另指一个文件夹")
    moment = parse_time(DEMONSTRATION_MOMENT)
    if not ledger.events("demonstration"):
        ledger.append(moment, [entry("demonstration", "演示", "", {"moment": DEMONSTRATION_MOMENT})])
    entries = admissions(read_roster(out / "roster.csv"), members(ledger.events("decision")), "演示")
    if entries:
        ledger.append(moment, entries)
        record_decisions(place, ledger, moment)
    deliveries = read_deliveries(out / "deliveries.csv")
    outcomes = load(place, ledger, deliveries, moment, "演示", progress("装载"))
    if not ledger.events("meeting"):
        record_work(place, ledger, moment)
    number = publish(place, ledger, "演示")
    _summarise(outcomes)
    return _published(f"已发布数据版本第{number}版")


@main.command("check", help="校验文件，不入库")
@click.argument("files", type=existing, nargs=-1, required=True)
@click.option("--report", type=existing, help="写出标注了问题的工作簿")
@format_option
@command
def check_command(files: tuple[Path, ...], report: Path | None, shape: str) -> int:
    paths = [path for file in files for path in find(file)]
    if not paths:
        raise CallError("没有可校验的文件")
    if report and len(paths) > 1:
        raise CallError("--report一次只能用于一个文件")
    start_ahead()
    results = [checked(path) for path in paths]
    if report:
        write_report(report, results[0])
    click.echo(verdict_lines(results, shape), nl=False)
    return NEEDS_USER if any(result.verdict != "accepted" for result in results) else DONE


@main.command("load", help="接收、校验并装载报送文件，随后发布")
@click.argument("paths", type=existing, nargs=-1)
@click.option("--received", help="收到时间（ISO格式，北京时间），默认为现在")
@click.option("--deliveries", type=existing, help="收件清单（path,received_at），按其次序和时间装载")
@click.option("--no-publish", is_flag=True, help="只装载，不发布新的数据版本")
@command
def load_command(paths: tuple[Path, ...], received: str | None, deliveries: Path | None, no_publish: bool) -> int:
    given = [path for top in paths for path in find(top)]
    listed = read_deliveries(deliveries) if deliveries else []
    if not given and not listed:
        raise CallError("没有可装载的文件；请给出文件、文件夹或收件清单")
    start_ahead()
    place = home()
    ledger = _opened(place)
    now = reference_time(ledger)
    moment = parse_time(received, "收到时间") if received else now
    found = [*(Delivery(path, moment) for path in given), *listed]
    outcomes = load(place, ledger, found, now, actor(), progress("装载"))
    number, receipts = None, {}
    try:
        if not no_publish and is_behind(ledger):
            number = publish(place, ledger, actor())
            # Where a version stands is known once the checks across submissions have run.
            receipts = _receipts([outcome.submission_id for outcome in outcomes])
    finally:  # what was acknowledged is told even where no data version could be built
        for outcome in outcomes:
            click.echo(_line(outcome, receipts.get(outcome.submission_id)))
    code = _published(f"已发布数据版本第{number}版") if number else DONE
    _summarise(outcomes)
    if all(outcome.status == "refused" for outcome in outcomes):
        return WRONG_CALL
    needs_user = any(outcome.faults or outcome.status in ("returned", "refused") for outcome in outcomes)
    return NEEDS_USER if needs_user else code


def _published(word: str) -> int:
    """Says that a data version is there and which rules broke on it; the exit code that follows."""
    click.echo(word)
    with connect(home().current_snapshot()) as connection:
        faults = fault_rows(connection)
    for one in faults:
        whose = f"{one['submitter']} {one['period']}" if one["submitter"] else "跨机构、跨期"
        click.echo(f"规则故障  {one['check']}（{whose}）未能执行：{one['reason']}（{one['message']}）")
    return NEEDS_USER if faults else DONE


def _receipts(submissions: list[int]) -> dict[int, Receipt]:
    """Submission → what its submitter is told, from the current snapshot."""
    with connect(home().current_snapshot()) as connection:
        return {number: receipt_of(connection, number) for number in submissions if number}


def _line(outcome: Outcome, receipt: Receipt | None = None) -> str:
    name, word = outcome.delivery.name, receipt.state if receipt else DELIVERY_WORDS[outcome.status]
    if outcome.status == "refused":
        return f"{word}  {name}：{outcome.message}"
    if outcome.status == "faulty":
        return f"{word}  {name}：{outcome.submitter} {outcome.period}，{outcome.message}"
    place = f"{outcome.submitter} {outcome.period} 第{outcome.version}版"
    if outcome.status == "unchanged":
        return f"{word}  {name}：{place}，{outcome.message}"
    counts = "，".join(f"{level}类{count}个" for level, count in outcome.counts.items() if count)
    notes = [f"{word}  {name}：{place}，回执号{outcome.submission_id}", *filter(None, [counts])]
    notes += [f"规则{named_faults(outcome.faults)}未能执行"] if outcome.faults else []
    notes += [f"登记说明{outcome.reasons}条"] if outcome.reasons else []
    notes += [f"下一步：{receipt.step}"] if receipt else []
    return "，".join(notes)


def _summarise(outcomes: list[Outcome]) -> None:
    counted = [(word, sum(o.status == status for o in outcomes)) for status, word in DELIVERY_WORDS.items()]
    click.echo(f"共{len(outcomes)}件：" + "，".join(f"{word}{count}件" for word, count in counted if count))


@main.command("publish", help="生成并切换到新的数据版本")
@command
def publish_command() -> int:
    place = home()
    return _published(f"已发布数据版本第{publish(place, _opened(place), actor(), progress('补装'))}版")


@main.command("rebuild", help="只凭档案和台账重建数据仓库")
@command
def rebuild_command() -> int:
    place = home()
    ledger = _opened(place)
    ledger.verify()
    return _published(f"已重建并发布数据版本第{rebuild(place, ledger, actor(), progress('重建'))}版")


@main.command("status", help="谁报了什么、何时、结果如何")
@click.option("--period", help="报送期，如2026-10；不给则列出全部")
@format_option
@command
def status_command(period: str | None, shape: str) -> int:
    with connect(home().current_snapshot()) as connection:
        rows = status_rows(connection, period)
    if period and not rows:
        raise CallError(f"没有报送期{period}的记录；报送期应如2026-10")
    click.echo(FORMATS[shape](rows, COLUMNS), nl=False)
    return DONE


@main.command("findings", help="某次报送的校验结果")
@click.argument("submitter")
@click.argument("period")
@click.option("--version", type=int, help="第几版，默认为最近一版")
@click.option("--report", type=existing, help="另写出标注了问题的工作簿，附已有的说明和答复")
@format_option
@command
def findings_command(submitter: str, period: str, version: int | None, report: Path | None, shape: str) -> int:
    with connect(home().current_snapshot()) as connection:
        latest = latest_version(connection, submitter, period)
        if latest is None or (version or latest) > latest or (version or latest) < 1:
            which = f"第{version}版" if version else ""
            raise CallError(f"没有{submitter}在{period}的报送{which}")
        submission_id = version_answered(connection, submitter, period, version or latest)
        rows = finding_rows(connection, submission_id)
        receipt = receipt_of(connection, submission_id)
    if report:
        write_report(report, replace(as_filed(home(), submission_id), findings=rows), receipt)
    click.echo(FORMATS[shape](rows, (*FINDING_FIELDS, *ANSWER_FIELDS)), nl=False)
    return DONE
