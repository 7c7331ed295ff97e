"""The commands `list` and `timeline`: the list on a day, what differs from another day, a member's way on it."""

from __future__ import annotations

from pathlib import Path

import click

from etl.console import command
from etl.decisionkinds import STATES, decision_kinds
from etl.errors import CallError
from etl.output import FORMATS, Row, as_xlsx
from etl.settings import home
from metrics import snapshot
from metrics.decision_commands import parse_day
from metrics.evaluation_commands import print_rows, select
from metrics.queries.roster import COMPARED, as_of, changes

LIST_COLUMNS = ("code", "name", "kind", "state", "since", "ceiling")
CHANGE_COLUMNS = ("code", "name", "kind", *(f"{one}_{when}" for one in COMPARED for when in ("before", "after")))
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
SHAPES = (*FORMATS, "xlsx")


@click.command("list", help="某日的试点名单；给出--since则为两日之间的变化")
@click.option("--as-of", "day", help="日期，如2026-10-31；默认为数据版本的时点")
@click.option("--since", help="与这一日相比的变化：状态、上限、名称、组别、联系人")
@click.option("--format", "shape", type=click.Choice(SHAPES), default="csv", show_default=True, help="输出格式")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="xlsx写到的文件")
@command
def list_command(day: str | None, since: str | None, shape: str, out: Path | None) -> None:
    latest = snapshot.current(home())
    on = parse_day(day) if day else latest.now.date()
    earlier = parse_day(since) if since else None
    if shape == "xlsx" and out is None:
        raise CallError("xlsx须用--out写明文件")
    connection = snapshot.connect(latest.path)
    if earlier:
        found, columns = select(connection, CHANGES, {"since": earlier, "day": on}), CHANGE_COLUMNS
    else:
        found, columns = select(connection, LIST, {"day": on}), LIST_COLUMNS
    if shape != "xlsx":
        print_rows(found, columns, shape)
        return
    headers = dict.fromkeys(columns) if earlier else EXPORT
    title = f"试点名单变化（{earlier}至{on}）" if earlier else f"试点名单（{on}）"
    notes = ("内部资料 注意保存", *(("演示数据，不得作为真实情况使用",) if latest.demonstration else ()))
    out.write_bytes(as_xlsx([_named(row) for row in found], {k: v or k for k, v in headers.items()}, title, notes))
    click.echo(out)


def _named(row: Row) -> Row:
    """A row of the list with states and kinds by name."""
    kinds = {"bank": "试点机构", "district": "试点地区"}
    states = {name: STATES.get(value, value) for name, value in row.items() if name.startswith("state")}
    return {**row, "kind": kinds[row["kind"]], **states}


@click.command("timeline", help="一个成员在试点名单上的经历：历次决定及其后的状态")
@click.argument("subject")
@click.option("--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式")
@command
def timeline_command(subject: str, shape: str) -> None:
    found = select(snapshot.connect(snapshot.current(home()).path), TIMELINE, {"code": subject.strip().upper()})
    if not found:
        raise CallError(f"试点名单上没有{subject}")
    print_rows([{**row, "event": _event(row, subject.strip().upper())} for row in found], TIMELINE_COLUMNS, shape)


def _event(row: Row, code: str) -> str:
    """`列入关注`, `承继B003`, `由B009承继`."""
    if row["successor"]:
        return f"由{row['successor']}承继" if row["subject"] == code else f"承继{row['subject']}"
    return decision_kinds()[row["kind"]].name
