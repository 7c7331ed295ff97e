"""Section 五、名单、评价与预警线索: who stands how, by decision, by score and by open trigger."""

from __future__ import annotations

from statistics import median

from briefing.issue.content import Block, Cell, Column, Note, Number, Paragraph, Section, Table
from briefing.issue.declared import wordings
from briefing.issue.source import Change, Score, Source, Trigger
from briefing.issue.subject import sentence
from contract.decision_kinds import LEVELS, STATES
from contract.wording import KINDS, MEASURES, NO_VALUE, half_up, listing, month_end, month_name, plain

GRAVEST_FIRST = tuple(reversed(LEVELS))
NAMED = 3


def standing(source: Source) -> Section:
    blocks: list[Block] = [_list(source)]
    if source.scores:
        blocks.append(_evaluation(source))
    blocks.append(open_triggers(source, "（三）预警线索" if source.scores else "（二）预警线索", "表4"))
    return Section("五、名单、评价与预警线索", 1, tuple(blocks))


def _list(source: Source) -> Section:
    clauses = []
    for kind, name in KINDS.items():
        members, measure = source.of_kind(kind), MEASURES[kind]
        counts = {state: sum(member.state == state for member in members) for state in STATES}
        made_of = "、".join(f"{STATES[state]}{number}{measure}" for state, number in counts.items() if number)
        clauses.append(f"名单内{name}{len(members)}{measure}" + (f"，其中{made_of}" if made_of else ""))
    text = f"截至{month_end(source.period)}，{sentence(*clauses)}"
    moved = sentence(*(_moved(change) for change in source.changes))
    month = month_name(source.period)[5:]
    return Section("（一）试点名单", 2, (Paragraph(text + (moved or f"{month}名单没有变化。")),))


def _moved(change: Change) -> str:
    day = f"{change.on.month}月{change.on.day}日"
    if change.before is None:
        return f"{change.name}自{day}起纳入名单"
    if change.state == "active":
        return f"{change.name}自{day}起由{STATES[change.before]}恢复{STATES['active']}"
    return f"{change.name}自{day}起由{STATES[change.before]}转为{STATES[change.state]}"


def _evaluation(source: Source) -> Section:
    is_round = any(score.is_round for score in source.scores)
    text = "".join(_scored(source, kind, is_round) for kind in KINDS)
    return Section("（二）日常评价", 2, (Paragraph(text), Note(wordings().notes["scores"])))


def _scored(source: Source, kind: str, is_round: bool) -> str:
    """The spread of the scores of one kind; ranks in a round alone; who has none, and why."""
    name, measure = KINDS[kind], MEASURES[kind]
    score_name = "评价得分" if is_round else "监测分"
    scores = [score for score in source.scores if score.kind == kind]
    totals = [score.total for score in scores if score.total is not None]
    if not totals:
        spread = f"{name}均未评" if scores else ""
    else:
        spread = (
            f"{name}{score_name}最高{plain(max(totals), 2)}分、中位数{plain(half_up(median(totals), 2), 2)}分、"
            f"最低{plain(min(totals), 2)}分"
        )
    unscored = [score for score in scores if score.total is None]
    without = f"未评{len(unscored)}{measure}：{listing([_why(score) for score in unscored])}" if unscored else ""
    return sentence(spread, _ranked(scores) if is_round else "", without)


def _why(score: Score) -> str:
    return f"{score.name}（{score.reason}）" if score.reason else score.name


def _ranked(scores: list[Score]) -> str:
    ranked = sorted((score for score in scores if score.rank is not None), key=lambda score: (score.rank, score.name))
    if not ranked:
        return ""
    first = "、".join(f"{score.name}（{plain(score.total, 2)}分）" for score in ranked if score.rank <= NAMED)
    grades = {grade: sum(score.grade == grade for score in scores) for grade in "ABCD"}
    graded = "、".join(f"{grade}级{number}" for grade, number in grades.items() if number)
    return f"本轮评价前{NAMED}名为{first}" + (f"，年度等级{graded}" if graded else "")


def open_triggers(source: Source, heading: str, label: str, level: int = 2) -> Section:
    """The open triggers: how many of each level, then one by one."""
    counts = {grade: sum(trigger.level == grade for trigger in source.triggers) for grade in GRAVEST_FIRST}
    made_of = "、".join(f"{LEVELS[grade]}级{number}条" for grade, number in counts.items() if number)
    if not source.triggers:
        return Section(heading, level, (Paragraph(f"截至{month_end(source.period)}，没有未了结的预警线索。"),))
    text = f"截至{month_end(source.period)}，未了结的预警线索{len(source.triggers)}条，其中{made_of}。"
    rules = {trigger.rule_name: trigger.text for trigger in source.triggers}
    notes = (*(f"{name}——{text}。" for name, text in rules.items()), wordings().notes["triggers"])
    columns = (
        Column("对象", 8, numeric=False),
        Column("预警线索", 9, numeric=False),
        Column("级别", 4.4, numeric=False),
        Column("数值", 4),
        Column("标准", 4),
        Column("起始期", 6, numeric=False),
    )
    ordered = sorted(
        source.triggers, key=lambda trigger: (GRAVEST_FIRST.index(trigger.level), trigger.since, trigger.name)
    )
    table = Table(
        "预警线索", f"{label}　未了结的预警线索", columns, tuple(_trigger_row(trigger) for trigger in ordered), notes
    )
    return Section(heading, level, (Paragraph(text), table))


def _trigger_row(trigger: Trigger) -> tuple[Cell, ...]:
    places = 0 if all(number is None or number % 1 == 0 for number in (trigger.value, trigger.threshold)) else 2
    value, threshold = (
        NO_VALUE if number is None else Number(number, places) for number in (trigger.value, trigger.threshold)
    )
    return (trigger.name, trigger.rule_name, LEVELS[trigger.level], value, threshold, month_name(trigger.since))
