"""The scorecards of banks and districts: which items count, with what weight, from where to where.

A scorecard is all rows of `data/scorecards.csv` with one kind and effective date; it holds until the next one. Later
ones are ledger events: see `metrics.evaluation.card_changes`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.parameter_rules import policy_number
from contract.settings import DECLARATIONS
from contract.wording import KINDS

COLUMNS = (
    "kind", "theme", "item", "source", "weight", "floor", "full", "min_whole", "effective_from", "document_no", "name"
)  # fmt: skip
QUALITATIVE = "qualitative"  # the source of an item (定性项) that an analyst scores 0…100; it has a name of its own


@dataclass(frozen=True)
class DerivedItem:
    """An item that is worked out from an indicator and is none itself, or that an analyst scores."""

    source: str  # the indicator it is worked out from, or QUALITATIVE
    name: str
    unit: str


DERIVED_ITEMS = {
    "G02_yoy": DerivedItem("G02", "质押贷款户数同比增速", "%"),
    "G05_yoy": DerivedItem("G05", "本年累计发放户数同比增速（同口径）", "%"),
    "S10_pace": DerivedItem("S10", "单列信贷计划进度", "%"),
}


@dataclass(frozen=True)
class Item:
    """One item of a scorecard: score 0 at `floor`, 100 at `full`; `floor` > `full` where lower is better."""

    theme: str
    code: str
    source: str
    weight: Decimal
    floor: Decimal
    full: Decimal
    min_whole: Decimal | None  # fewer than this is too small a sample
    name: str = ""  # of a qualitative item; the others are named by the catalogue

    @property
    def derived(self) -> DerivedItem | None:
        """Its name and unit where it is no indicator of the catalogue."""
        return DerivedItem(QUALITATIVE, self.name, "分") if self.source == QUALITATIVE else DERIVED_ITEMS.get(self.code)


@dataclass(frozen=True)
class Scorecard:
    """The items of one kind of member, in declared order, from a day on.

    Of one from the ledger, `reason` says why, and two persons are named; a declared one has none of these.
    """

    kind: str
    effective_from: date
    document_no: str
    items: tuple[Item, ...]
    reason: str = ""
    proposer: str = ""
    approver: str = ""


def read_scorecards(path: Path, indicators: Iterable[str]) -> tuple[Scorecard, ...]:
    """The scorecards of a declaration file, by kind and effective date.

    Args:
        path: a CSV file with the columns `COLUMNS`.
        indicators: the codes that the catalogue has.

    Raises:
        DeclarationError: a kind, number or date cannot be one; an item is there twice, has no positive weight, has
            floor = full, or comes from no known indicator; a qualitative item has no name, or limits of its own;
            weights do not add up to 100; documents differ in a card.
    """
    known = frozenset(indicators)
    cards: dict[tuple[str, date], list[tuple[str, dict[str, str]]]] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        where = f"{path.name}第{number}行"
        if row["kind"] not in KINDS:
            raise DeclarationError(f"{where}的kind“{row['kind']}”应为{'、'.join(KINDS)}之一")
        cards.setdefault((row["kind"], _day(row["effective_from"], where)), []).append((where, row))
    return tuple(_declared(kind, day, rows, known, path.name) for (kind, day), rows in sorted(cards.items()))


def checked_items(rows: Sequence[tuple[str, Mapping[str, str]]], known: Collection[str], card: str) -> tuple[Item, ...]:
    """The items of one scorecard from its rows, each with where it stands, in order.

    Args:
        rows: where a row stands, and its theme, item, source, weight, floor, full and min_whole as text.
        known: the codes that the catalogue has.
        card: which scorecard it is, in words.

    Raises:
        DeclarationError: as `read_scorecards`.
    """
    items: dict[str, Item] = {}
    for where, row in rows:
        item = _item(row, where)
        _check_source(item, known, where)
        if item.code in items:
            raise DeclarationError(f"{where}：评分项{item.code}重复")
        items[item.code] = item
    weights = sum(item.weight for item in items.values())
    if weights != 100:
        raise DeclarationError(f"{card}的权重合计为{weights}，应为100")
    return tuple(items.values())


@cache
def declared_scorecards(indicators: frozenset[str]) -> tuple[Scorecard, ...]:
    """The scorecards of `data/scorecards.csv`, checked against the codes of the catalogue."""
    return read_scorecards(DECLARATIONS / "scorecards.csv", indicators)


def scorecard_at(cards: Iterable[Scorecard], kind: str, day: date) -> Scorecard:
    """The scorecard of a kind in force on a day.

    Raises:
        DeclarationError: none is in force yet.
    """
    in_force = [card for card in cards if card.kind == kind and card.effective_from <= day]
    if not in_force:
        raise DeclarationError(f"{day}没有生效的{kind}评分表，请检查data/scorecards.csv")
    return max(in_force, key=lambda card: card.effective_from)


def _item(row: Mapping[str, str], where: str) -> Item:
    try:
        item = Item(
            theme=row["theme"].strip(),
            code=row["item"].strip(),
            source=row["source"].strip(),
            weight=policy_number(row["weight"]),
            floor=policy_number(row["floor"]),
            full=policy_number(row["full"]),
            min_whole=policy_number(row["min_whole"]) if row["min_whole"] else None,
            name=(row.get("name") or "").strip(),
        )
    except InvalidOperation:
        raise DeclarationError(
            f"{where}的weight、floor、full须为数值（至多6位小数），min_whole须为数值或留空"
        ) from None
    if not item.theme:
        raise DeclarationError(f"{where}：评分项{item.code}须写明主题（theme）")
    if item.weight <= 0:
        raise DeclarationError(f"{where}：评分项{item.code}的权重{row['weight']}须大于0")
    if item.floor == item.full:
        raise DeclarationError(f"{where}：评分项{item.code}的floor与full同为{row['full']}，无法计分")
    if item.min_whole is not None and item.min_whole < 0:
        raise DeclarationError(f"{where}：评分项{item.code}的min_whole{row['min_whole']}不能为负")
    return item


def _check_source(item: Item, known: Collection[str], where: str) -> None:
    if item.source == QUALITATIVE:
        if not item.name or item.code in known or (item.floor, item.full, item.min_whole) != (0, 100, None):
            raise DeclarationError(
                f"{where}：定性项{item.code}须有name和不同于指标的编码，floor为0、full为100，min_whole留空"
            )
        return
    if item.name:
        raise DeclarationError(f"{where}：评分项{item.code}的名称取自指标目录，name须留空")
    if item.source not in known:
        raise DeclarationError(f"{where}：评分项{item.code}的来源指标{item.source}不在指标目录中")
    derived = DERIVED_ITEMS.get(item.code)
    if item.code != item.source and (derived is None or derived.source != item.source):
        raise DeclarationError(f"{where}：没有由{item.source}派生{item.code}的方法")


def _declared(
    kind: str, day: date, rows: list[tuple[str, dict[str, str]]], known: frozenset[str], file_name: str
) -> Scorecard:
    card = f"{file_name}中{kind}自{day}起的评分表"
    items = checked_items(rows, known, card)
    documents = {row["document_no"].strip() for _, row in rows}
    if len(documents) != 1 or "" in documents:
        raise DeclarationError(f"{card}须有且只有一个文号")
    return Scorecard(kind, day, documents.pop(), items)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeclarationError(f"{where}的生效日“{text}”应如2026-01-01") from None
