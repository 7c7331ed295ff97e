"""The commands `list` and `timeline`: the list on a day, what differs from another day, a member's way on it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from pathlib import Path

import click

from briefing.paper.printed import Printed, table
from contract.console.options import csv_option, parse_day
from contract.console.output import FORMATS, Row, as_xlsx, print_rows
from contract.console.program import later
from contract.console.running import command
from contract.decision_kinds import STATES, decision_kinds
from contract.declarations import member_groups
from contract.errors import CallError
from contract.settings import home
from contract.wording import KINDS
from etl.snapshot import opened
from etl.snapshot.opened import select
from metrics.queries.members.roster import COMPARED, as_of, changes

write_printed = later("briefing.paper.printed_word:write")  # only --format docx needs Word
LIST_COLUMNS = ("code", "name", "kind", "state", "since", "ceiling", "batch")
CHANGE_COLUMNS = ("code", "name", "kind", *(f"{name}_{when}" for name in COMPARED for when in ("before", "after")))
EXPORT = {
    "code": "编码", "name": "名称", "kind": "类别", "member_group": "组别", "state": "状态", "since": "状态起始日",
    "admitted_on": "纳入日期", "batch": "批次", "document_no": "文号", "ceiling": "内部评估上限（万元）",
    "contact": "联系人", "predecessors": "承继自", "successor": "承继机构",
}  # fmt: skip
TIMELINE_COLUMNS = ("on", "event", "state", "document_no", "reason", "proposer", "approver", "decision_id")

LIST = f"SELECT * FROM ({as_of('day')}) ORDER BY kind, code"
CHANGES = f"SELECT * FROM ({changes('since', 'day')}) ORDER BY kind, code"
# What a member's way is made of: its decisions, and those by which it took another's place. Grain: a decision.
TIMELINE = """
    SELECT decision.effective_on AS "on", decision.kind, member_state.state, document_no, reason, proposer, approver,
        decision_id, subject, successor, sets
    FROM decision
    LEFT JOIN member_state
        ON member_state.code = $code AND member_state.from_date <= decision.effective_on
        AND (member_state.to_date IS NULL OR decision.effective_on < member_state.to_date)
    WHERE status = 'approved' AND $code IN (subject, successor)
    ORDER BY decision.effective_on, decision_id
"""
SHAPES = (*FORMATS, "xlsx", "docx")
PRINTED = {  # on paper: one table a kind of member
    "place": "序号", "code": "编码", "name": "名称", "group_name": "组别", "state": "状态", "since": "状态起始日",
    "admitted_on": "纳入日期", "batch": "批次", "document_no": "文号", "ceiling": "内部评估上限（万元）",
    "contact": "联系人",
}  # fmt: skip
FOR_BANKS = ("ceiling",)


@click.command("list", help="某日的试点名单；给出--since则为两日之间的变化")
@click.option("--as-of", "day", help="日期，如2026-10-31；默认为数据版本的时点")
@click.option("--since", help="与这一日相比的变化：状态、上限、名称、组别、联系人")
@click.option("--batch", help="只列出这一批次的，如第一批")
@click.option("--format", "shape", type=click.Choice(SHAPES), default="csv", show_default=True, help="输出格式")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="xlsx、docx（A4打印稿）写到的文件")
@command
def list_command(day: str | None, since: str | None, batch: str | None, shape: str, out: Path | None) -> None:
    latest = opened.current(home())
    on = parse_day(day) if day else latest.now.date()
    earlier = parse_day(since) if since else None
    if shape not in FORMATS and out is None:
        raise CallError(f"{shape}须用--out写明文件")
    if earlier and (batch or shape == "docx"):
        raise CallError("两日之间的变化不分批次，也没有打印稿；请去掉--since，或改用xlsx")
    connection = opened.connect(latest.path)
    if earlier:
        rows, columns = select(connection, CHANGES, {"since": earlier, "day": on}), CHANGE_COLUMNS
    else:
        rows, columns = _of_batch(select(connection, LIST, {"day": on}), batch), LIST_COLUMNS
    if shape in FORMATS:
        print_rows(rows, columns, shape)
        return
    title = f"试点名单变化（{earlier}至{on}）" if earlier else f"试点名单（{on}）" + (f"·{batch}" if batch else "")
    notes = ("内部资料 注意保存", *(("演示数据，不得作为真实情况使用",) if latest.demonstration else ()))
    headers = {name: name for name in columns} if earlier else EXPORT
    named = [_named(row) for row in rows]
    out.write_bytes(_printed(named, title, notes, on) if shape == "docx" else as_xlsx(named, headers, title, notes))
    click.echo(out)


def _of_batch(listed: list[Row], batch: str | None) -> list[Row]:
    """The members of one batch. Raises CallError where there is none of that name."""
    known = sorted({row["batch"] for row in listed if row["batch"]})
    if batch and batch not in known:
        raise CallError(f"名单上没有批次“{batch}”，有：{'、'.join(known) or '（均未写明）'}")
    return [row for row in listed if batch in (None, row["batch"])]


def _printed(listed: list[Row], title: str, notes: tuple[str, ...], on: date) -> bytes:
    """The list as a document to print, banks and districts a table each, with how many are in which state."""
    sections = []
    for kind, name in KINDS.items():
        own = [row | {"place": place} for place, row in enumerate((row for row in listed if row["kind"] == name), 1)]
        if own:
            counts = Counter(row["state"] for row in own)
            said = "，".join(f"{state}{counts[state]}家" for state in STATES.values() if counts[state])
            columns = {key: head for key, head in PRINTED.items() if kind == "bank" or key not in FOR_BANKS}
            sections.append(table(f"{name}（{len(own)}家：{said}）", columns, own))
    content = Printed(title, notes[:1], tuple(sections), datetime.combine(on, time.min), "".join(notes[1:]), wide=True)
    return write_printed(content)


def _named(row: Row) -> Row:
    """A row of the list with states, kinds and groups by name."""
    states = {name: STATES.get(value, value) for name, value in row.items() if name.startswith("state")}
    named = member_groups().get(row.get("member_group"), row.get("member_group"))
    return {**row, "kind": KINDS[row["kind"]], **states, "group_name": named}


@click.command("timeline", help="一个成员在试点名单上的经历：历次决定及其后的状态")
@click.argument("subject")
@csv_option
@command
def timeline_command(subject: str, shape: str) -> None:
    code = subject.strip().upper()
    decisions = select(opened.connect(opened.current(home()).path), TIMELINE, {"code": code})
    if not decisions:
        raise CallError(f"试点名单上没有{subject}")
    print_rows([{**row, "event": _event(row, code)} for row in decisions], TIMELINE_COLUMNS, shape)


def _event(row: Row, code: str) -> str:
    """`列入关注`, `承继B003`, `由B009承继`."""
    if row["successor"]:
        return f"由{row['successor']}承继" if row["subject"] == code else f"承继{row['subject']}"
    return decision_kinds()[row["kind"]].name
