"""The commands `task …` for follow-ups: add, answer, close, reopen, postpone, list, show."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import called, file_of, number_of
from casework.month import followups
from contract.console.options import (
    by_option,
    csv_option,
    files_option,
    parse_day,
    parse_optional,
    text_option,
)
from contract.console.output import Row, print_rows
from contract.console.running import DONE, NEEDS_USER, caller, command
from contract.month_work import work_codes
from contract.settings import home
from etl.snapshot import opened
from ledger.archive import fetch
from ledger.month.followups import ACTS, STATES, Followup
from metrics.queries.work.followups import Owed, numbered, owed

COLUMNS = (
    "id", "state", "overdue", "source", "source_id", "what", "owner", "owner_name", "due_on", "opened_on", "opened_by",
    "answered_on", "answered_by", "answer", "closed_on", "closed_by", "conclusion", "files",
)  # fmt: skip
TURN_COLUMNS = ("act", "on", "by", "text", "due_on", "files")
due_option = click.option("--due", required=True, help="期限，如2026-11-30")


def row_of(task: Owed) -> Row:
    """A follow-up as a row of `COLUMNS`."""
    followup = task.followup
    names = ("id", "state", "source", "source_id", "what", "owner", "due_on", "opened_on", "opened_by")
    answer, closing = followup.answer, followup.closing
    return {
        **{name: getattr(followup, name) for name in names},
        "overdue": task.overdue,
        "owner_name": task.owner_name,
        "answered_on": answer and answer.on,
        "answered_by": answer and answer.by,
        "answer": answer and answer.text,
        "closed_on": closing and closing.on,
        "closed_by": closing and closing.by,
        "conclusion": closing and closing.text,
        "files": " ".join(paper.sha256[:12] for paper in followup.papers),
    }


def sentence(followup: Followup) -> str:
    """`2026年第7号督办事项（台账编号981）：B024，2026-11-30前，待办`."""
    return f"{called(followup, '督办事项')}：{followup.owner}，{followup.due_on}前，{STATES[followup.state]}"


@click.command("add", help="交办一件督办事项，写明来源、内容、责任人和期限")
@click.argument("source", metavar="SOURCE")
@click.argument("source_id", metavar="ID")
@click.argument("what", metavar="WHAT")
@click.option("--owner", required=True, help="责任人：机构或地区编码，角色（analyst、supervisor），或使用者")
@due_option
@by_option
@files_option
@command
def add_command(source: str, source_id: str, what: str, owner: str, due: str, by: str, files: tuple[Path, ...]) -> None:
    evidence = [file_of(path) for path in files]
    click.echo(sentence(followups.add(home(), source, source_id, what, owner, parse_day(due), by, evidence)))


add_command.epilog = "SOURCE和ID：" + "；".join(
    f"{code}（{work_codes('followup_source')[code]}）{given}"
    for code, given in {
        "finding": "如B001/2026-10/3",
        "trigger": "线索编号",
        "decision": "事项编号",
        "meeting": "会商日",
        "briefing": "报送期",
    }.items()
)


@click.command("answer", help="登记责任人的答复和依据")
@number_of("督办事项")
@click.option("--text", required=True, help="答复")
@by_option
@files_option
@command
def answer_command(number: int, text: str, by: str, files: tuple[Path, ...]) -> None:
    click.echo(sentence(followups.answer(home(), number, text, by, [file_of(path) for path in files])))


@click.command("close", help="办结；办结人不能是责任人或答复人")
@number_of("督办事项")
@click.option("--text", required=True, help="结论")
@by_option
@command
def close_command(number: int, text: str, by: str) -> None:
    click.echo(sentence(followups.close(home(), number, text, by)))


@click.command("reopen", help="退回重办：答复不能接受，或办结有误")
@number_of("督办事项")
@click.option("--reason", required=True, help="原因")
@click.option("--due", help="新的期限；原期限已过的须写明")
@by_option
@command
def reopen_command(number: int, reason: str, due: str | None, by: str) -> None:
    click.echo(sentence(followups.reopen(home(), number, reason, by, parse_optional(due))))


@click.command("postpone", help="调整期限，写明原因")
@number_of("督办事项")
@due_option
@click.option("--reason", required=True, help="原因")
@by_option
@command
def postpone_command(number: int, due: str, reason: str, by: str) -> None:
    click.echo(sentence(followups.postpone(home(), number, parse_day(due), reason, by)))


@click.command("list", help="督办事项：未办结的在前，按期限排列；有逾期的，退出码为1")
@click.option("--owner", help="责任人：编码、角色或使用者")
@click.option("--source", type=click.Choice(tuple(work_codes("followup_source"))), help="来源")
@click.option("--state", type=click.Choice(tuple(STATES)), help="状态")
@click.option("--overdue", is_flag=True, help="只列逾期的")
@csv_option
@command
def list_command(owner: str | None, source: str | None, state: str | None, overdue: bool, shape: str) -> int:
    tasks = [
        task
        for task in owed(caller(), opened.current(home()), home())
        if owner in (None, task.followup.owner) and source in (None, task.followup.source)
        and state in (None, task.followup.state) and (task.overdue or not overdue)
    ]  # fmt: skip
    print_rows([row_of(task) for task in tasks], COLUMNS, shape)
    return NEEDS_USER if any(task.overdue for task in tasks) else DONE


@click.command("show", help="一件督办事项的办理经过")
@number_of("督办事项")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="依据文件写到哪个文件夹")
@text_option
@command
def show_command(number: int, out: Path | None, shape: str) -> None:
    followup = numbered(caller(), opened.current(home()), home(), number).followup
    rows = [
        {name: getattr(turn, name) for name in ("on", "by", "text", "due_on")}
        | {"act": ACTS[turn.kind], "files": " ".join(f"{paper.name}（{paper.sha256[:12]}）" for paper in turn.papers)}
        for turn in followup.turns
    ]
    print_rows(rows, TURN_COLUMNS, shape)
    for paper in followup.papers if out else ():
        # Two files may bear the same name, and a name is a stranger's word.
        path = out / f"{paper.sha256[:12]}_{Path(paper.name).name}"
        out.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fetch(home().archive, paper.sha256))
        click.echo(path, err=True)
