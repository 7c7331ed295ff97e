"""The command `what-if`: a trial beside today's evaluation, and its template; nothing is changed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from contract.console.output import FORMATS, Row, Sheet, as_json, as_workbook
from contract.console.running import command
from contract.errors import CallError
from contract.settings import home
from contract.wording import KINDS
from etl.snapshot import opened
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.policy import parameters_of
from metrics.evaluation.policy_proposals import SCORECARD, policy_book
from metrics.evaluation.trial import read_trial, said, template
from metrics.evaluation.what_if import ROUNDS, Compared, book_in, frozen_note, summaries, tried_over

MEMBER_COLUMNS = {
    "period": "报送期", "subject": "编码", "name": "名称", "kind": "类别", "group": "组别",
    "total_now": "现行得分", "total_trial": "试算得分", "difference": "差", "rank_now": "现行位次",
    "rank_trial": "试算位次", "rank_change": "位次升降", "group_rank_now": "现行组内位次",
    "group_rank_trial": "试算组内位次", "grade_now": "现行等级", "grade_trial": "试算等级",
    "below_now": "现行低于X03分数线", "below_trial": "试算低于X03分数线", "consequence": "变化",
}  # fmt: skip
SUMMARY_COLUMNS = {
    "period": "报送期", "kind": "类别", "scored": "参评数", "mean_now": "现行平均分", "mean_trial": "试算平均分",
    "higher": "得分上升", "lower": "得分下降", "rank_moved": "位次变动", "grade_changed": "等级变动",
    "newly_below": "新低于X03分数线", "no_longer_below": "不再低于X03分数线",
}  # fmt: skip
SHAPES = (*FORMATS, "xlsx")
UNCHANGED = "与现行参数和评分表相同，没有变化"


@click.command(
    "what-if",
    help="参数试算：用另外的参数和评分表重算以往各轮次，与现行结果对照，不改动任何数据；"
    "--template写出现行的参数和评分表供修改；试算满意后，用python -m casework what-if 试算文件 --adopt提议采用",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--template", "wants_template", is_flag=True, help="写出现行参数和评分表，供改后试算")
@click.option("--periods", default=ROUNDS, show_default=True, help="rounds各轮次，all各月，或2026-03,2026-06")
@click.option("--format", "shape", type=click.Choice(SHAPES), default="csv", show_default=True, help="输出格式")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="写到的文件；xlsx须写明")
@command
def what_if_command(file: Path | None, wants_template: bool, periods: str, shape: str, out: Path | None) -> None:
    if wants_template:
        ledger = Ledger(home().ledger)
        book = policy_book(parameters_of(ledger), ledger.events(SCORECARD))
        _write(template(book, reference_time(ledger).date()).encode(), out)
        return
    if file is None or not file.is_file():
        raise CallError(f"找不到试算文件{file}" if file else "须写明试算文件；--template可写出一份供修改")
    if shape == "xlsx" and out is None:
        raise CallError("xlsx须用--out写明文件")
    latest, ledger = opened.current(home()), Ledger(home().ledger)
    connection = opened.connect(latest.path)
    book = book_in(connection, ledger)
    trial = read_trial(file.read_bytes(), book, latest.now.date())
    compared = tried_over(connection, ledger, home().archive, trial, periods)
    notes = (said(trial, book, latest.now.date()) or [UNCHANGED]) + frozen_note(compared)
    _write(rendered(compared, notes, shape), out)
    if shape == "csv" or out:
        summed = FORMATS["text"](*_headed([vars(summary) for summary in summaries(compared)], SUMMARY_COLUMNS))
        click.echo("\n".join([*notes, summed]), nl=False, err=True)


def member_row(member: Compared) -> Row:
    """A member in a period as a row of `MEMBER_COLUMNS`."""
    pairs = {
        f"{name}_{when}": getattr(outcome, name)
        for when, outcome in (("now", member.now), ("trial", member.trial))
        for name in ("total", "rank", "group_rank", "grade", "below")
    }
    worked = {name: getattr(member, name) for name in ("difference", "rank_change", "consequence")}
    return vars(member) | pairs | worked


def rendered(compared: list[Compared], notes: list[str], shape: str) -> bytes:
    """A comparison in one of `SHAPES`: csv has the members alone, the others the summary too."""
    members = [member_row(member) for member in compared]
    summed = [vars(summary) for summary in summaries(compared)]
    if shape == "xlsx":
        return as_workbook([
            Sheet("试算汇总", [_named(row) for row in summed], SUMMARY_COLUMNS, notes),
            Sheet("得分位次对照", [_named(row) for row in members], MEMBER_COLUMNS, notes),
        ])  # fmt: skip
    if shape == "json":
        parts = {"summary": (summed, SUMMARY_COLUMNS), "members": (members, MEMBER_COLUMNS)}
        content = {name: json.loads(as_json(rows, tuple(columns))) for name, (rows, columns) in parts.items()}
        return (json.dumps({"changes": notes} | content, ensure_ascii=False, indent=1) + "\n").encode()
    if shape == "text":
        changed = [row for row in members if row["difference"] or row["rank_change"] or row["consequence"]]
        parts = (_headed(summed, SUMMARY_COLUMNS), _headed(changed, MEMBER_COLUMNS))
        return "\n".join(["\n".join(notes) + "\n", *(FORMATS["text"](*part) for part in parts)]).encode()
    return FORMATS[shape](members, tuple(MEMBER_COLUMNS)).encode()


def _headed(rows: list[Row], columns: dict[str, str]) -> tuple[list[Row], tuple[str, ...]]:
    return [{columns[code]: row[code] for code in columns} for row in map(_named, rows)], tuple(columns.values())


def _named(row: Row) -> Row:
    """A row with its kind, and whether a threshold is missed, in words."""
    worded = {key: "是" if value else "" for key, value in row.items() if key.startswith("below_")}
    return row | worded | {"kind": KINDS[row["kind"]]}


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        click.echo(content, nl=False)
    else:
        out.write_bytes(content)
        click.echo(out)
