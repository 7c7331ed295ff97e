"""The commands of evaluation rounds: `round`, `rounds`, `self-assess`, `objection`, `objections`, `score-use`."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import called, file_of, number_of, publish_after
from casework.rounds import objections
from casework.rounds.assessment_form import line, parse_number, read_form
from casework.rounds.steps import known_rounds, take, use
from contract.console.options import (
    by_option,
    csv_option,
    document_option,
    existing,
    file_option,
    note_option,
    on_option,
    parse_optional,
    publish_option,
    sentence_option,
)
from contract.console.output import FORMATS, Row, plain, print_rows
from contract.console.running import command
from contract.errors import CallError
from contract.round_steps import step_named, steps, use_named, uses
from contract.settings import home
from ledger.events import Ledger
from ledger.rounds import DISMISSED, OUTCOMES, UPHELD, Objection, Round

ROUND_COLUMNS = (
    "period", *(f"{step}_{said}" for step in steps() for said in ("on", "by")), "snapshot", "objections", "unanswered",
    "next",
)  # fmt: skip
OBJECTION_COLUMNS = (
    "id", "period", "subject", "item", "reason", "on", "by", "outcome", "value", "whole", "answer", "answered_on",
    "answered_by",
)  # fmt: skip
USE_COLUMNS = ("id", "period", "subject", "use", "document_no", "on", "by", "note")
round_option = click.option("--period", help="只列出一个轮次，如2026-09")


def round_row(held: Round) -> Row:
    """A round as a row of `ROUND_COLUMNS`."""
    steps_done = ((signed.step.code, {"on": signed.on, "by": signed.by}) for signed in held.signed)
    signatures = {f"{step}_{name}": value for step, facts in steps_done for name, value in facts.items()}
    return signatures | {
        "period": held.period,
        "snapshot": held.freeze.number if held.freeze else None,
        "objections": len(held.objections),
        "unanswered": len(held.unanswered),
        "next": held.next_step.code if held.next_step else None,
    }


def objection_row(objection: Objection) -> Row:
    """An objection as a row of `OBJECTION_COLUMNS`."""
    row = {name: getattr(objection, name) for name in ("id", "period", "subject", "item", "reason", "on", "by")}
    if ruling := objection.ruling:
        row |= {"outcome": ruling.outcome, "value": ruling.value, "whole": ruling.whole, "answer": ruling.reason}
        row |= {"answered_on": ruling.on, "answered_by": ruling.by}
    return row


def sentence(held: Round) -> str:
    """`2026-09轮次：初评，2026-11-16，甲办理，冻结至数据版本第2版；下一步反馈异议`."""
    last = held.signed[-1]
    frozen = f"，冻结至数据版本第{last.freeze.number}版" if last.freeze else ""
    turn = f"下一步{held.next_step.name}" if held.next_step else "全部步骤已办结"
    return f"{held.period}轮次：{last.step.name}，{last.on}，{last.by}办理{frozen}；{turn}"


def objection_sentence(objection: Objection) -> str:
    """`2026年第7号异议（台账编号960）：B001对2026-09轮次D03提出，成立，更正为35`."""
    said = f"{called(objection, '异议')}：{objection.subject}对{objection.period}轮次{objection.item}提出，"
    ruling = objection.ruling
    if ruling is None:
        return f"{said}待答复"
    return said + OUTCOMES[ruling.outcome] + (f"，更正为{plain(ruling.value)}" if ruling.outcome == UPHELD else "")


def _held_rounds(period: str | None = None) -> list[Round]:
    """The rounds that have been opened, or the one of a period."""
    rounds = known_rounds(Ledger(home().ledger)).values()
    return [held for held in rounds if period in (None, held.period)]


def _show(row: Row, columns: tuple[str, ...], said: str, shape: str | None) -> None:
    click.echo(FORMATS[shape]([row], columns) if shape else said + "\n", nl=False)


@click.command(
    "round", help=f"办理评价轮次的一步并发布。PERIOD为3、6、9、12月，STEP依次为{'、'.join(steps())}（或其中文名）"
)
@click.argument("period")
@click.argument("step")
@by_option
@on_option
@document_option
@note_option
@file_option
@publish_option
@sentence_option
@command
def round_command(
    period: str, step: str, by: str, on: str | None, document_no: str, note: str, path: Path | None, no_publish: bool,
    shape: str | None,
) -> None:  # fmt: skip
    facts = (parse_optional(on), document_no, note, file_of(path) if path else None)
    done = take(home(), period, step_named(step), by, *facts)
    _show(round_row(done), ROUND_COLUMNS, sentence(done), shape)
    publish_after(no_publish, by)


@click.command("rounds", help="各评价轮次每一步的日期和经办人、冻结的数据版本、异议和下一步")
@csv_option
@command
def rounds_command(shape: str) -> None:
    print_rows([round_row(held) for held in _held_rounds()], ROUND_COLUMNS, shape)


@click.command(
    "self-assess",
    help="登记自评（轮次处于“自评”时）。整表：--file为CSV或xlsx，表头item、value、score、note（或评分项、自评值、"
    "自评得分、说明），每项填值或得分；单项：--item和--value或--score，--file为依据文件",
)
@click.argument("period")
@click.argument("subject")
@click.option("--file", "path", type=existing, required=True, help="自评表；单项自评时为依据文件")
@click.option("--item", help="评分项编码，如D03")
@click.option("--value", help="自评值")
@click.option("--score", help="自评得分，0至100")
@note_option
@by_option
@on_option
@publish_option
@command
def self_assess_command(
    period: str, subject: str, path: Path, item: str | None, value: str | None, score: str | None, note: str, by: str,
    on: str | None, no_publish: bool,
) -> None:  # fmt: skip
    if item is None and (value or score):
        raise CallError("--value、--score须与--item同用")
    lines = (line(item, value, score, note),) if item else read_form(path.name, path.read_bytes())
    objections.assess(home(), period, subject, lines, file_of(path), by, parse_optional(on))
    click.echo(f"{subject}的{period}轮次自评已登记{len(lines)}项")
    publish_after(no_publish, by)


@click.command("objection", help="登记对一个评分项的异议（反馈异议至定评之间）。ITEM为评分项编码")
@click.argument("period")
@click.argument("subject")
@click.argument("item")
@click.option("--reason", required=True, help="理由")
@click.option("--file", "path", type=existing, required=True, help="异议书或依据文件，存入原件库")
@by_option
@on_option
@publish_option
@sentence_option
@command
def objection_command(
    period: str, subject: str, item: str, reason: str, path: Path, by: str, on: str | None, no_publish: bool,
    shape: str | None,
) -> None:  # fmt: skip
    entered = objections.object_to(home(), period, subject, item, reason, file_of(path), by, parse_optional(on))
    _show(objection_row(entered), OBJECTION_COLUMNS, objection_sentence(entered), shape)
    publish_after(no_publish, by)


@click.command(
    "answer-objection",
    help=f"答复异议并发布；答复人不能是登记人。OUTCOME为{UPHELD}（成立，须--value和--file）或{DISMISSED}（不成立）",
)
@number_of("异议")
@click.argument("outcome", type=click.Choice((UPHELD, DISMISSED)))
@click.option("--reason", required=True, help="答复理由")
@by_option
@click.option("--value", help="更正后的值，按评分项的单位")
@click.option("--whole", help="更正后的分母；不给则沿用计算所得的分母")
@file_option
@on_option
@publish_option
@sentence_option
@command
def answer_objection_command(
    number: int, outcome: str, reason: str, by: str, value: str | None, whole: str | None, path: Path | None,
    on: str | None, no_publish: bool, shape: str | None,
) -> None:  # fmt: skip
    entered = (parse_number(value, "--value"), parse_number(whole, "--whole"), file_of(path) if path else None)
    answered = objections.answer(home(), number, outcome, reason, by, *entered, parse_optional(on))
    _show(objection_row(answered), OBJECTION_COLUMNS, objection_sentence(answered), shape)
    publish_after(no_publish, by)


@click.command("objections", help="各轮次的异议和答复")
@round_option
@csv_option
@command
def objections_command(period: str | None, shape: str) -> None:
    rows = [objection_row(objection) for held in _held_rounds(period) for objection in held.objections]
    print_rows(rows, OBJECTION_COLUMNS, shape)


@click.command(
    "score-use", help=f"登记结果运用（定评之后）。USE为{'、'.join(f'{k}（{v}）' for k, v in uses().items())}"
)
@click.argument("period")
@click.argument("use_name", metavar="USE")
@click.argument("subject", required=False, default="")
@document_option
@note_option
@file_option
@by_option
@on_option
@publish_option
@command
def score_use_command(
    period: str, use_name: str, subject: str, document_no: str, note: str, path: Path | None, by: str, on: str | None,
    no_publish: bool,
) -> None:  # fmt: skip
    kind = use_named(use_name)
    facts = (parse_optional(on), note, file_of(path) if path else None)
    use(home(), period, kind, subject, document_no, by, *facts)
    click.echo(f"{period}轮次结果用于{uses()[kind]}{f'（{subject}）' if subject else ''}，{document_no}")
    publish_after(no_publish, by)


@click.command("score-uses", help="各轮次的结果运用")
@round_option
@csv_option
@command
def score_uses_command(period: str | None, shape: str) -> None:
    rows = [
        {**vars(used), "period": held.period, "use": used.kind, "subject": used.subject or None}
        for held in _held_rounds(period)
        for used in held.uses
    ]
    print_rows(rows, USE_COLUMNS, shape)
