"""The kinds of list decision, as `data/decisions.csv` declares them: from which states, to which, with what besides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract.declarations import read_rows
from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS

NEVER_LISTED = "none"
STATES = {"candidate": "候选", "active": "在册", "watch": "关注", "rectify": "限期整改", "exited": "退出"}
ON_LIST = ("active", "watch", "rectify")
LEVELS = {"hint": "提示", "watch": "关注", "rectify": "限期整改", "exit": "退出"}  # of triggers, in rising order
# What a decision may set beside the state → the words for it.
FIELDS = {
    "name": "名称",
    "member_kind": "类别",
    "group": "组别",
    "ceiling": "内部评估上限",
    "contact": "联系人",
    "rectify_due": "整改期限",
    "successor": "承继机构",
}
COLUMNS = ("kind", "name", "from", "to", "answers", "hearing", "fields", "required")


@dataclass(frozen=True)
class DecisionKind:
    """One kind of decision.

    `source`: the states that it may be taken in (`none`: never listed). `target`: the state after it, empty where it
    leaves the state as it is. `answers`: the highest level of trigger that it settles, empty for none. `hearing`: the
    member is told and heard before. `fields`: what it may set; of `required` at least one must be set.
    """

    code: str
    name: str
    source: tuple[str, ...]
    target: str
    answers: str
    hearing: bool
    fields: tuple[str, ...]
    required: tuple[str, ...]


def read_decision_kinds(path: Path) -> dict[str, DecisionKind]:
    """Code → kind, in declared order.

    Raises:
        DeclarationError: names the row and the state, level or field that there is not.
    """
    kinds: dict[str, DecisionKind] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        where = f"{path.name}第{number}行"
        source, fields, required = (tuple(row[name].split()) for name in ("from", "fields", "required"))
        for state in (*source, *filter(None, [row["to"]])):
            if state not in (NEVER_LISTED, *STATES):
                raise DeclarationError(f"{where}：没有状态“{state}”，应为{NEVER_LISTED}、{'、'.join(STATES)}之一")
        if row["answers"] not in ("", *LEVELS):
            raise DeclarationError(f"{where}：没有预警级别“{row['answers']}”，应为{'、'.join(LEVELS)}之一或空")
        if row["hearing"] not in ("是", "否"):
            raise DeclarationError(f"{where}：hearing“{row['hearing']}”应为是或否")
        unknown = [name for name in fields if name not in FIELDS] + [name for name in required if name not in fields]
        if unknown or not source or row["kind"] in kinds:
            raise DeclarationError(f"{where}：kind重复、from为空，或不认识{'、'.join(unknown) or '任何一项'}")
        facts = (row["to"], row["answers"], row["hearing"] == "是", fields, required)
        kinds[row["kind"]] = DecisionKind(row["kind"], row["name"], source, *facts)
    return kinds


@cache
def decision_kinds() -> dict[str, DecisionKind]:
    """The kinds of `data/decisions.csv`."""
    return read_decision_kinds(DECLARATIONS / "decisions.csv")


def decision_kind(code: str) -> DecisionKind:
    """A declared kind. Raises CallError where there is none of that name."""
    try:
        return decision_kinds()[code]
    except KeyError:
        listed = "、".join(f"{kind.code}（{kind.name}）" for kind in decision_kinds().values())
        raise CallError(f"没有“{code}”这种决定，应为{listed}之一") from None
