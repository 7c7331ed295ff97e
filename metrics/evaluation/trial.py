"""A trial of policy (参数试算): what a TOML file changes of scores' parameters and scorecards, and its template.

    [parameters]
    grade_a_from = 85

    bank = [  # above [parameters]; a kind that is named has its whole scorecard here, an item a line
      { theme = "规模增长", item = "G12", weight = 10, floor = 0, full = 30 },
      …
    ]

What is written as it is in force changes nothing; `source` is needed for an item that is not called as its indicator.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from contract.console.output import plain
from contract.errors import CallError, DeclarationError
from contract.parameter_rules import group_of, value_fault
from contract.parameters import Parameters
from contract.wording import KINDS
from metrics.evaluation.card_changes import ITEM_KEYS, NUMBERS, items_of, rows_of
from metrics.evaluation.policy_proposals import PolicyBook, card_differences, parsed_value
from metrics.evaluation.scorecards import DERIVED_ITEMS, Item, Scorecard, scorecard_at

TRIAL = "参数试算"  # stands in place of a document number
PARAMETERS = "parameters"
HEAD = """\
# 参数试算：改动下列数值，再执行 python -m casework what-if 本文件
# 与现行相同的各行不起作用；改动的参数和评分表在试算中适用于以往各期。
# 评分表一行一项，可以增删，权重合计须为100；floor得0分，full得100分，越低越好的项floor大于full；
# min_whole为最低样本，可以不写；source为来源指标，与item相同的可以不写。
"""


@dataclass(frozen=True)
class Trial:
    """What is tried: parameters, name → value, and whole scorecards, kind → items; only what differs from today."""

    values: Mapping[str, Decimal] = field(default_factory=dict)
    cards: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.cards)


def scored_names(parameters: Parameters) -> list[str]:
    """The parameters that scores, grades or the threshold of a round read: those that can be tried."""
    return [name for name in parameters.history if group_of(name).scores]


def read_trial(content: bytes, book: PolicyBook, day: date) -> Trial:
    """What a file changes of the policy in force on a day.

    Raises:
        CallError: it is no TOML, names something unknown or that scores don't read, or what it states cannot hold.
    """
    try:
        stated = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise CallError("试算文件须为UTF-8编码的文本") from None
    except tomllib.TOMLDecodeError as fault:
        raise CallError(f"试算文件不是正确的TOML：{fault}") from None
    unknown = [key for key in stated if key not in (PARAMETERS, *KINDS)]
    if unknown:
        raise CallError(f"试算文件中的“{unknown[0]}”应为{'、'.join((PARAMETERS, *KINDS))}之一")
    values = stated.get(PARAMETERS, {})
    if not isinstance(values, Mapping):
        raise CallError(f"试算文件中的{PARAMETERS}应写作[{PARAMETERS}]，其下一行一项")
    cards = {kind: _items(stated[kind], kind) for kind in KINDS if kind in stated}
    return differing({name: _value(book, name, value) for name, value in values.items()}, cards, book, day)


def differing(
    values: Mapping[str, Decimal], cards: Mapping[str, tuple[Item, ...]], book: PolicyBook, day: date
) -> Trial:
    """The trial of what differs from the policy in force on a day.

    Raises CallError where values lie out of range or out of order.
    """
    policy = book.parameters.at(day)
    trial = Trial(
        {name: value for name, value in values.items() if policy[name] != value},
        {kind: items for kind, items in cards.items() if scorecard_at(book.cards, kind, day).items != items},
    )
    for name, value in trial.values.items():
        if fault := value_fault(name, policy.entry(name).unit, value):
            raise CallError(fault)
    for fault in tried(book, trial).parameters.order_faults():
        raise CallError(f"试算的值：{fault}")
    return trial


def tried(book: PolicyBook, trial: Trial) -> PolicyBook:
    """The book with what is tried in force at all times; what is not tried keeps its history."""
    history = dict(book.parameters.history)
    for name, value in trial.values.items():
        history[name] = (replace(history[name][0], value=value, effective_from=date.min, document_no=TRIAL),)
    kept = [card for card in book.cards if card.kind not in trial.cards]
    new = [Scorecard(kind, date.min, TRIAL, items) for kind, items in trial.cards.items()]
    return PolicyBook(Parameters(history), (*kept, *new))


def said(trial: Trial, book: PolicyBook, day: date) -> list[str]:
    """Each change in words, against the policy in force on a day."""
    policy = book.parameters.at(day)
    lines = [
        f"{name} {plain(policy[name])}→{plain(value)}{policy.entry(name).unit}" for name, value in trial.values.items()
    ]
    for kind, items in trial.cards.items():
        lines += [f"{KINDS[kind]}{line}" for line in card_differences(scorecard_at(book.cards, kind, day).items, items)]
    return lines


def template(book: PolicyBook, day: date, trial: Trial | None = None) -> str:
    """The policy in force on a day as a trial file, with what a trial changes of it."""
    trial, policy = trial or Trial(), book.parameters.at(day)
    lines = [HEAD]
    for kind in KINDS:
        items = trial.cards.get(kind) or scorecard_at(book.cards, kind, day).items
        lines += [f"{kind} = [  # {KINDS[kind]}", *(f"  {{ {_written(item)} }}," for item in items), "]", ""]
    lines.append(f"[{PARAMETERS}]")
    for name in scored_names(book.parameters):
        if name in policy:
            entry = policy.entry(name)
            lines.append(f"{name} = {plain(trial.values.get(name, entry.value))}  # {entry.unit}，{entry.note}")
    return "\n".join(lines) + "\n"


def _written(item: Item) -> str:
    (row,) = rows_of([item])
    if row["source"] == usual_source(item.code):
        del row["source"]
    return ", ".join(f"{key} = {text if key in NUMBERS else _quoted(text)}" for key, text in row.items() if text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a basic string of TOML escapes as JSON does


def usual_source(code: str) -> str:
    """The indicator that an item comes from, where nothing else is stated."""
    derived = DERIVED_ITEMS.get(code)
    return derived.source if derived else code


def _value(book: PolicyBook, name: str, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise CallError(f"试算文件中{name}的值应为数字")
    number = parsed_value(book, name, str(value))
    if not group_of(name).scores:
        raise CallError(f"政策参数“{name}”不影响得分和等级，不能在此试算；可用parameter提议，预警规则的用replay回溯")
    return number


def _items(rows: object, kind: str) -> tuple[Item, ...]:
    where = f"试算文件的{kind}"
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise CallError(f"{where}应为评分项的列表，一行一项")
    try:
        return items_of(kind, [_row(row, f"{where}第{number}项") for number, row in enumerate(rows, 1)], where)
    except DeclarationError as fault:
        raise CallError(str(fault)) from None


def _row(row: Mapping[str, object], where: str) -> dict[str, str]:
    unknown = [key for key in row if key not in ITEM_KEYS]
    if unknown:
        raise CallError(f"{where}的“{unknown[0]}”应为{'、'.join(ITEM_KEYS)}之一")
    missing = [key for key in ("theme", "item", "weight", "floor", "full") if key not in row]
    if missing:
        raise CallError(f"{where}缺少{'、'.join(missing)}")
    texts = {key: str(row.get(key, "")) for key in ITEM_KEYS}
    return texts | {"source": texts["source"] or usual_source(texts["item"])}
