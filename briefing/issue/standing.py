"""Section 五、名单、评价与预警线索: who stands how, by decision, by score and by open trigger."""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from briefing.issue.content import Block, Cell, Chart, Column, Note, Number, Panel, Section, Series, Table
from briefing.issue.declared import wordings
from briefing.issue.overall import spoken
from briefing.issue.sentences import say
from briefing.issue.source import Change, Score, Source, Trigger
from briefing.issue.subject import MONEY, Subject
from contract.decision_kinds import LEVELS, STATES
from contract.viewer import may_see
from contract.wording import KINDS, MEASURES, NO_VALUE, half_up, listing, month_name, percent, plain

GRAVEST_FIRST = tuple(reversed(LEVELS))
NAMED = 3
FEWEST_FOR_SPREAD = 3
# Bands of a score out of a hundred and its bonus: name, from, below.
BANDS = (
    ("90分以上", Decimal(90), None),
    ("80—90分", Decimal(80), Decimal(90)),
    ("70—80分", Decimal(70), Decimal(80)),
    ("60—70分", Decimal(60), Decimal(70)),
    ("60分以下", Decimal("-Infinity"), Decimal(60)),
)


def standing(source: Source) -> Section:
    blocks: list[Block] = [_list(source)]
    if source.scores:
        blocks.append(_evaluation(source))
    if may_see(source.viewer, "triggers"):
        blocks.append(open_triggers(source))
    return Section("名单、评价与预警线索", 1, tuple(blocks), "standing", plain="名单情况")


def _list(source: Source) -> Section:
    clauses = []
    for kind, name in KINDS.items():
        members, measure = source.of_kind(kind), MEASURES[kind]
        counts = {state: sum(member.state == state for member in members) for state in STATES}
        clauses.append(f"名单内{name}{len(members)}{measure}{_made_of(counts, measure)}")
    moved = "；".join(_moved(change) for change in source.changes)
    phrases = {"名单构成": "；".join(clauses), "名单变动": moved}
    said = spoken(say("standing.list", Subject(source), phrases))
    return Section("试点名单", 2, said, "standing.list")


def _made_of(counts: dict[str, int], measure: str) -> str:
    """In which states they are: each with its number, or all in one."""
    held = {STATES[state]: number for state, number in counts.items() if number}
    if len(held) == 1:
        ((state, number),) = held.items()
        return f"，{'均' if number > 1 else ''}为{state}"
    made_of = "、".join(f"{state}{number}{measure}" for state, number in held.items())
    return f"，其中{made_of}" if made_of else ""


def _moved(change: Change) -> str:
    day = f"{change.on.month}月{change.on.day}日"
    if change.before is None:
        return f"{change.name}自{day}起纳入名单"
    if change.state == "active":
        return f"{change.name}自{day}起由{STATES[change.before]}恢复{STATES['active']}"
    return f"{change.name}自{day}起由{STATES[change.before]}转为{STATES[change.state]}"


def _evaluation(source: Source) -> Section:
    is_round = any(score.is_round for score in source.scores)
    phrases = {}
    for kind, place in (("bank", "机构"), ("district", "地区")):
        phrases |= {f"{place}{name}": text for name, text in _scored(source, kind, is_round).items()}
    said = spoken(say("standing.scores", Subject(source), phrases))
    blocks = (*said, *score_chart(source, is_round), Note(wordings().notes["scores"], "standing.scores.note"))
    return Section("日常评价", 2, blocks, "standing.scores")


def score_chart(source: Source, is_round: bool) -> tuple[Chart, ...]:
    """How the scores of the institutions are spread over bands; none where too few have one to speak of a spread."""
    totals = [score.total for score in source.scores if score.kind == "bank" and score.total is not None]
    if len(totals) < FEWEST_FOR_SPREAD:
        return ()
    counts = {
        name: sum(low <= total and (high is None or total < high) for total in totals) for name, low, high in BANDS
    }
    fullest = max(counts, key=counts.get)
    panel = Panel("bars", "评价得分分布" if is_round else "监测分分布", "家", 0, tuple(counts),
                  (Series("机构数", tuple(Decimal(number) for number in counts.values())),))  # fmt: skip
    most = counts[fullest]
    share_of_most = percent(Decimal(most * 100) / len(totals))
    alone = sum(number == most for number in counts.values()) == 1
    caption = f"试点机构得分以{fullest}为最多，{most}家，占{share_of_most}" if alone else f"试点机构{panel.name}"
    return (Chart("得分分布", caption, (panel,)),)


def _scored(source: Source, kind: str, is_round: bool) -> dict[str, str]:
    """The spread of the scores of one kind; ranks in a round alone; who has none, and why."""
    name, measure = KINDS[kind], MEASURES[kind]
    score_name = "评价得分" if is_round else "监测分"
    scores = [score for score in source.scores if score.kind == kind]
    totals = [score.total for score in scores if score.total is not None]
    if not totals:
        spread = f"{name}均未评" if scores else ""
    elif len(totals) == 1:
        spread = f"{name}{score_name}{plain(totals[0], 2)}分"
    else:
        spread = (
            f"{name}{score_name}最高{plain(max(totals), 2)}分、中位数{plain(half_up(median(totals), 2), 2)}分、"
            f"最低{plain(min(totals), 2)}分"
        )
    unscored = [score for score in scores if score.total is None]
    without = f"未评{len(unscored)}{measure}：{listing([_why(score) for score in unscored])}" if unscored else ""
    return {"得分": spread, "名次": _ranked(scores) if is_round else "", "未评": without}


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


def open_triggers(source: Source, level: int = 2) -> Section:
    """The open triggers: how many of each level, then one by one."""
    counts = {grade: sum(trigger.level == grade for trigger in source.triggers) for grade in GRAVEST_FIRST}
    made_of = "、".join(f"{LEVELS[grade]}级{number}条" for grade, number in counts.items() if number)
    phrases = {"线索数": f"{len(source.triggers)}条" if source.triggers else "", "线索构成": made_of}
    said = spoken(say("standing.triggers", Subject(source), phrases))
    table = (_trigger_table(source),) if source.triggers else ()
    return Section("预警线索", level, (*said, *table), "standing.triggers")


def _trigger_table(source: Source) -> Table:
    rules = {trigger.rule_name: trigger.text for trigger in source.triggers}
    notes = (*(f"{name}——{text}。" for name, text in rules.items()), wordings().notes["triggers"])
    columns = (
        Column("对象", 8, numeric=False),
        Column("预警线索", 9, numeric=False),
        Column("级别", 4.4, numeric=False),
        Column("数值", 4),
        Column("标准", 4),
        Column("单位", 4, numeric=False),
        Column("起始期", 6, numeric=False, whole=True),
    )
    ordered = sorted(
        source.triggers, key=lambda trigger: (GRAVEST_FIRST.index(trigger.level), trigger.since, trigger.name)
    )
    return Table("预警线索", "未了结的预警线索", columns, tuple(_trigger_row(trigger) for trigger in ordered), notes)


def _trigger_row(trigger: Trigger) -> tuple[Cell, ...]:
    places = 0 if all(number is None or number % 1 == 0 for number in (trigger.value, trigger.threshold)) else 2
    value, threshold = (
        NO_VALUE if number is None else Number(number, places, grouped=trigger.unit == MONEY)
        for number in (trigger.value, trigger.threshold)
    )
    unit = trigger.unit or NO_VALUE
    return (trigger.name, trigger.rule_name, LEVELS[trigger.level], value, threshold, unit, month_name(trigger.since))
