"""The commands about the rule book: `rules` lists it; `rule`, `approve-rule`, `reject-rule` change it by two people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from contract.calendar import period_of, previous
from contract.console.options import text_option
from contract.console.output import FORMATS
from contract.console.running import DONE, command
from contract.declarations import forms
from contract.errors import CallError
from contract.settings import home, wall_time
from contract.standing import LEVEL_WORDS
from etl.checks.rule_changes import OFF, Change, changes_at
from etl.checks.rule_list import FRAME_NAMES, RULE_FIELDS, rule_rows
from etl.checks.rule_proposals import approve, propose, reject
from etl.checks.rulebook import PERIOD
from etl.warehouse.lock import writing
from ledger.clock import reference_time
from ledger.events import Ledger

IN_TEXT = ("check", "level", "form", "headers", "category", "message", "clause")
LEVEL_NAMES = LEVEL_WORDS | {OFF: "停用"}


@click.command("rules", help="校验规则总表：每条规则在某一报送期的级别、依据和写法")
@click.option("--period", help="报送期，如2026-10；默认为最近一个已结束的月份")
@click.option("--form", help="只列一张表的规则，如B1；封面为cover，报送文件为file，各表为form")
@text_option
@command
def rules_command(period: str | None, form: str | None, shape: str) -> int:
    place = home()
    now = reference_time(Ledger(place.ledger)) if place.ledger.exists() else wall_time()
    period = period or previous(period_of(now.date()))
    if not PERIOD.fullmatch(period):
        raise CallError(f"报送期“{period}”应形如2026-10")
    if form and form not in {*forms(), *FRAME_NAMES}:
        raise CallError(f"没有表“{form}”")
    rows = rule_rows(changes_at(place), period, [form] if form else None)
    click.echo(FORMATS[shape](rows, IN_TEXT if shape == "text" else RULE_FIELDS), nl=False)
    return DONE


@contextmanager
def _held() -> Iterator[Ledger]:
    """The ledger for one act, read and appended to under the one lock between processes."""
    with writing(home()):
        yield Ledger(home().ledger)


@click.command("rule", help="提议自某一报送期起改变一条校验规则的级别或停用它；须由另一人批准")
@click.argument("check")
@click.option("--level", required=True, type=click.Choice(list(LEVEL_NAMES)), help="新的级别；off为停用")
@click.option("--from", "period_from", required=True, help="自哪一报送期起，如2026-11")
@click.option("--doc-no", "document_no", required=True, help="依据的文号")
@click.option("--note", default="", help="说明")
@click.option("--by", required=True, help="由谁提议")
@command
def rule_command(check: str, level: str, period_from: str, document_no: str, note: str, by: str) -> int:
    change = Change(check, period_from, level, document_no, note, by)
    with _held() as ledger:
        number = propose(ledger, change).seq
    click.echo(
        f"已登记第{number}号规则变更提议：{check}自{period_from}起{_word(change)}；"
        f"须由另一人批准：python -m etl approve-rule {number} --by 姓名"
    )
    return DONE


@click.command("approve-rule", help="批准规则变更提议，随即对其起始报送期及以后生效")
@click.argument("number", type=int)
@click.option("--by", required=True, help="由谁批准，不能是提议人")
@command
def approve_rule_command(number: int, by: str) -> int:
    with _held() as ledger:
        change = approve(ledger, number, by)
    click.echo(f"已批准：{change.check_id}自{change.period_from}起{_word(change)}；已收到的版本仍按受理时的规则")
    return DONE


@click.command("reject-rule", help="驳回或撤回规则变更提议")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="原因")
@click.option("--by", required=True, help="由谁驳回")
@command
def reject_rule_command(number: int, reason: str, by: str) -> int:
    with _held() as ledger:
        reject(ledger, number, by, reason)
    click.echo(f"已驳回第{number}号规则变更提议")
    return DONE


def _word(change: Change) -> str:
    return "停用" if change.level == OFF else f"改为{LEVEL_NAMES[change.level]}（{change.level}）"
