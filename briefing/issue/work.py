"""Section 六、创新举措与督办: what members reported as initiatives, and what was asked of whom and became of it."""

from __future__ import annotations

from briefing.issue.content import Column, Section, Table
from briefing.issue.overall import spoken
from briefing.issue.sentences import say
from briefing.issue.source import Source
from briefing.issue.subject import Subject
from contract.declarations import code_lists
from contract.wording import chinese_day
from ledger.month.followups import ANSWERED, CLOSED, OPEN, STATES

NAMED = 5  # initiatives told by title in the text
LISTED = 12  # follow-ups in the table; the rest are counted in its note


def work(source: Source) -> Section:
    inner = (_initiatives(source), _followups(source))
    return Section("创新举措与督办", 1, inner, "work", plain="创新举措")


def _initiatives(source: Source) -> Section:
    new = [reported for reported in source.initiatives if reported.period == source.period]
    recognised = sum(reported.recognised for reported in source.initiatives)
    kinds = code_lists().get("initiative_kind", {})
    titles = [
        f"{reported.name}《{reported.title}》（{kinds.get(reported.category, reported.category)}）"
        for reported in new[:NAMED]
    ]
    phrases = {
        "本年举措数": f"{len(source.initiatives)}项" if source.initiatives else "",
        "已认可举措数": f"{recognised}项" if recognised else "",
        "本月举措数": f"{len(new)}项" if new else "",
        "本月举措": "、".join(titles) + ("等" if len(new) > NAMED else ""),
    }
    said = spoken(say("work.initiatives", Subject(source), phrases))
    return Section("创新举措", 2, said, "work.initiatives")


def _followups(source: Source) -> Section:
    counts = {state: sum(task.state == state for task in source.tasks) for state in STATES}
    overdue = sum(task.overdue for task in source.tasks)
    phrases = {
        "数据时点": chinese_day(source.snapshot.now.date()),
        "督办数": f"{len(source.tasks)}项" if source.tasks else "",
        "办结数": f"{counts[CLOSED]}项",
        "答复数": f"{counts[ANSWERED]}项",
        "待办数": f"{counts[OPEN]}项",
        "逾期数": f"{overdue}项" if overdue else "",
    }
    said = spoken(say("work.followups", Subject(source), phrases))
    return Section("督办事项", 2, (*said, *followup_table(source)), "work.followups")


def followup_table(source: Source) -> tuple[Table, ...]:
    """What is not closed, by its day; none where nothing is."""
    waiting = [task for task in source.tasks if task.state != CLOSED]
    if not waiting:
        return ()
    columns = (
        Column("编号", 3, numeric=False, whole=True),
        Column("督办内容", 16, numeric=False),
        Column("责任人", 7, numeric=False),
        Column("期限", 6.5, numeric=False, whole=True),
        Column("办理情况", 4.5, numeric=False),
    )
    rows = tuple(
        (
            str(task.number),
            task.what,
            task.owner,
            chinese_day(task.due_on),
            f"{STATES[task.state]}（逾期）" if task.overdue else STATES[task.state],
        )
        for task in waiting[:LISTED]
    )
    rest = len(waiting) - len(rows)
    notes = (f"另有{rest}项未列出。",) if rest else ()
    return (Table("督办事项", "未办结的督办事项", columns, rows, notes),)
