"""The commands `issue …`: the briefing drafted, passed on, released, sent, corrected, withdrawn; what there is."""

from __future__ import annotations

from pathlib import Path

import click

from briefing.issued.figures import overtaken, shown_words, stale, written_figures
from briefing.issued.making import declared, drafted, part_names, worded
from briefing.issued.moved import moved_charts, moved_tables
from briefing.issued.told import differences
from casework.issues import drafts, passing
from casework.issues.drafts import version_of
from contract.console.options import by_option, csv_option, folder_option, number_argument, several
from contract.console.output import Row, print_rows
from contract.console.running import DONE, NEEDS_USER, caller, command
from contract.errors import CallError
from contract.month_work import work_codes
from contract.settings import home
from etl.snapshot.opened import current
from ledger.archive import fetch
from ledger.issues import ACTS, CITY, STATES, SUBMITTED, Issue, corrections
from metrics.queries.work.issues import known_issues

COLUMNS = (
    "id", "period", "part", "part_name", "state", "issue", "snapshot", "corrects", "corrected_by", "drafted_by",
    "released_by", "released_at", "sent", "returned", "content_hash",
)  # fmt: skip
PARAGRAPHS = ("paragraph", "edited", "words", "stale", "written", "overtaken")
TURNS = ("act", "at", "by", "where", "before", "after", "text")
DIFFERENCES = ("where", "before", "after")


@click.group("issue", help="监管月报：起草、改写、送审、退回、撤稿、发布、分送、更正")
def issue_group() -> None:
    pass


def sentence(issue: Issue) -> str:
    """`第981号月报：2026-10市级月报，待复核，数据版本第4版`."""
    name = f"，{issue.name}" if issue.number is not None else ""
    about = f"{issue.period}{part_names()[issue.part]}，{STATES[issue.state]}{name}"
    return f"第{issue.id}号月报：{about}，数据版本第{issue.snapshot}版"


@issue_group.command("open", help="在当前数据版本上起草一期月报。PERIOD为报送期，如2026-10")
@click.argument("period", metavar="PERIOD")
@click.option("--part", default=CITY, show_default=True, help=f"哪一部分：{'、'.join(part_names())}")
@by_option
@command
def open_command(period: str, part: str, by: str) -> None:
    click.echo(sentence(drafts.open_issue(home(), period, by, part)))


@issue_group.command("correct", help="起草对一期已发布月报的更正")
@number_argument
@by_option
@command
def correct_command(number: int, by: str) -> None:
    click.echo(sentence(drafts.open_issue(home(), "", by, corrects=number)))


@issue_group.command("edit", help="改写一段；数写作【数】或{名称}，不能改；文字留空则不印该段")
@number_argument
@click.argument("paragraph", metavar="PARAGRAPH")
@click.option("--replaces", required=True, help="所改的原文，照issue show所列")
@click.option("--words", required=True, help="新的文字")
@by_option
@command
def edit_command(number: int, paragraph: str, replaces: str, words: str, by: str) -> None:
    click.echo(sentence(drafts.edit(home(), number, paragraph, replaces, words, by)))


@issue_group.command("remark", help="写明文末的备注；留空则去掉")
@number_argument
@click.option("--replaces", default="", help="原来的备注")
@click.option("--text", required=True, help="新的备注")
@by_option
@command
def remark_command(number: int, replaces: str, text: str, by: str) -> None:
    click.echo(sentence(drafts.remark(home(), number, replaces, text, by)))


@issue_group.command("charts", help="选图：写明不印哪些图，其余都印")
@number_argument
@click.option("--without", multiple=True, help="不印的图，如“得分分布”；可重复或以逗号分隔")
@by_option
@command
def charts_command(number: int, without: tuple[str, ...], by: str) -> None:
    click.echo(sentence(drafts.pick_charts(home(), number, several(without) or (), by)))


@issue_group.command("version", help="换用当前的数据版本：数随之更新，文字不变")
@number_argument
@by_option
@command
def version_command(number: int, by: str) -> None:
    click.echo(sentence(drafts.change_version(home(), number, by)))


@issue_group.command("submit", help="送审，交由另一人复核")
@number_argument
@by_option
@command
def submit_command(number: int, by: str) -> None:
    click.echo(sentence(passing.submit(home(), number, by)))


@issue_group.command("return", help="退回起草人，写明原因")
@number_argument
@click.option("--reason", required=True, help="原因")
@by_option
@command
def return_command(number: int, reason: str, by: str) -> None:
    click.echo(sentence(passing.give_back(home(), number, reason, by)))


@issue_group.command("withdraw", help="撤稿：草稿作废，写明原因；改过的文字仍有记录，本期可重新起草")
@number_argument
@click.option("--reason", required=True, help="原因")
@by_option
@command
def withdraw_command(number: int, reason: str, by: str) -> None:
    click.echo(sentence(drafts.withdraw(home(), number, reason, by)))


@issue_group.command("release", help="发布：编号，制成文件存入原件库；发布人不能是起草或改动过的人")
@number_argument
@by_option
@command
def release_command(number: int, by: str) -> None:
    issue = passing.release(home(), number, by)
    click.echo(sentence(issue))
    for paper in issue.files:
        click.echo(f"{paper.sha256}  {paper.name}")


@issue_group.command("send", help="登记分送：送给谁、以何方式")
@number_argument
@click.option("--to", required=True, help="收件单位")
@click.option("--means", required=True, type=click.Choice(tuple(work_codes("sending_means"))), help="方式")
@by_option
@command
def send_command(number: int, to: str, means: str, by: str) -> None:
    issue = passing.send(home(), number, to, means, by)
    click.echo(f"{sentence(issue)}；已分送{len(issue.sent)}次，最近送{issue.sent[-1].to}")


@issue_group.command("letter", help="已发布月报的报送函（Word），写到文件夹；文号和印章留空")
@number_argument
@click.option("--to", required=True, help="收件单位")
@folder_option
@command
def letter_command(number: int, to: str, out: Path) -> None:
    name, content = passing.letter_of(caller(), home(), number, to)
    out.mkdir(parents=True, exist_ok=True)
    (out / name).write_bytes(content)
    click.echo(out / name)


@issue_group.command("files", help="已发布月报的文件，照原样写到文件夹")
@number_argument
@folder_option
@command
def files_command(number: int, out: Path) -> None:
    issue = _issue(number)
    if not issue.files:
        raise CallError(f"第{number}号月报{STATES[issue.state]}，发布后才有文件")
    out.mkdir(parents=True, exist_ok=True)
    for paper in issue.files:
        (out / paper.name).write_bytes(fetch(home().archive, paper.sha256))
        click.echo(out / paper.name)


@issue_group.command("list", help="各期月报和草稿；有待复核的，退出码为1")
@click.option("--period", help="报送期，如2026-10")
@csv_option
@command
def list_command(period: str | None, shape: str) -> int:
    every = known_issues(caller(), home())
    corrected = corrections({issue.id: issue for issue in every})
    shown = [issue for issue in every if period in (None, issue.period)]
    print_rows([row_of(issue, corrected.get(issue.id)) for issue in shown], COLUMNS, shape)
    return NEEDS_USER if any(issue.state == SUBMITTED for issue in shown) else DONE


def row_of(issue: Issue, correction: Issue | None) -> Row:
    """An issue as a row of `COLUMNS`."""
    released, returned = issue.released, issue.returned
    return {
        **{name: getattr(issue, name) for name in ("id", "period", "part", "state", "snapshot", "corrects")},
        "part_name": part_names()[issue.part],
        "issue": issue.name if issue.number is not None else "",
        "corrected_by": correction and correction.id,
        "drafted_by": "、".join(issue.drafters),
        "released_by": released and released.by,
        "released_at": released and released.at,
        "sent": "、".join(sending.to for sending in issue.sent),
        "returned": returned and returned.text,
        "content_hash": issue.content and issue.content.sha256,
    }


@issue_group.command("show", help="一期的各段文字；与当前数据版本不同的数、表格和图，手写的数、判断已变的段落各有标明")
@number_argument
@csv_option
@command
def show_command(number: int, shape: str) -> int:
    issue = _issue(number)
    plain = declared(home(), issue, version_of(home(), issue))
    latest = declared(home(), issue, current(home()))
    behind: dict[str, list[str]] = {}
    made = drafted(home(), issue)
    for figure in stale(made, latest):
        behind.setdefault(figure.paragraph, []).append(f"{figure.token}：{figure.then}→{figure.now or '已无此数'}")
    for moved in moved_tables(made, latest):
        behind[moved.table.caption] = list(moved.told)
    for key in moved_charts(made, latest):
        behind[key] = ["图有变化"]
    changed = overtaken(issue, plain)
    rows = [
        {
            "paragraph": identity,
            "edited": "是" if identity in issue.words else "",
            "words": shown_words(paragraph),
            "stale": "；".join(behind.get(identity, ())),
            "written": "、".join(written_figures(paragraph.template)) if identity in issue.words else "",
            "overtaken": shown_words(changed[identity]) if identity in changed else "",
        }
        for identity, paragraph in worded(issue, plain).items()
    ]
    said = {row["paragraph"] for row in rows}
    blank = dict.fromkeys(PARAGRAPHS, "")
    rows += [blank | {"paragraph": name, "stale": "；".join(told)} for name, told in behind.items() if name not in said]
    print_rows(rows, PARAGRAPHS, shape)
    return NEEDS_USER if behind or changed else DONE


@issue_group.command("turns", help="一期的办理经过：谁、何时、改了哪一段、从什么改为什么")
@number_argument
@csv_option
@command
def turns_command(number: int, shape: str) -> None:
    names = ("at", "by", "where", "before", "after", "text")
    rows = [{"act": ACTS[turn.kind]} | {name: getattr(turn, name) for name in names} for turn in _issue(number).turns]
    print_rows(rows, TURNS, shape)


@issue_group.command("difference", help="一期更正与所更正的一期有何不同")
@number_argument
@csv_option
@command
def difference_command(number: int, shape: str) -> None:
    issue = _issue(number)
    before = _issue(issue.corrects) if issue.corrects is not None else None
    if before is None or issue.content is None:
        raise CallError(f"第{number}号月报不是已发布的更正")
    contents = (fetch(home().archive, each.content.sha256) for each in (before, issue))
    print_rows([vars(difference) for difference in differences(*contents)], DIFFERENCES, shape)


def _issue(number: int) -> Issue:
    for issue in known_issues(caller(), home()):
        if issue.id == number:
            return issue
    raise CallError(f"没有第{number}号月报")
