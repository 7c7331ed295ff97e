"""A scorecard written out: as text for people, as JSON for programs, as rows for a sheet."""

from __future__ import annotations

import json
from decimal import Decimal

from contract.console.output import Row, as_text, plain
from metrics.queries.door import records
from metrics.queries.evaluation.scorecard_sheet import Place, Sheet

ITEM_COLUMNS = {
    "theme": "主题", "item": "评分项", "name": "名称", "unit": "单位", "value": "本期值", "whole": "分母",
    "min_whole": "最低样本", "floor": "零分值", "full": "满分值", "weight": "权重", "effective_weight": "实际权重",
    "item_score": "单项得分", "points": "得分", "unit_more": "再进一单位可得", "value_before": "上轮值",
    "points_before": "上轮得分", "moved": "较上轮", "reason": "说明",
}  # fmt: skip
COLUMNS = {"line": "行", **ITEM_COLUMNS}
SHOWN = (
    "name", "unit", "value", "floor", "full", "weight", "effective_weight", "item_score", "points", "unit_more",
    "value_before", "moved", "reason",
)  # fmt: skip
THEME_COLUMNS = {"theme": "主题", "weight": "实际权重", "points": "得分", "score": "得分率", "moved": "较上轮"}
FEW = "同组样本较少"
POINTS = ("points", "points_before", "moved")
PLACES = 4  # decimals of an item's points
MOST_CAUSES = 5


def rows_of(card: Sheet) -> list[Row]:
    """One row an item, a theme, then bonus, deduction, total and each place; `line` tells which."""
    themes = [
        {"line": "theme", "theme": row["theme"], "effective_weight": row["weight"], "item_score": row["score"], **row}
        for row in records(card.themes)
    ]
    totals = [
        {"line": "bonus", "name": "加分", "points": card.bonus},
        {"line": "deduction", "name": "扣分", "points": 0 - card.deduction},
        {
            "line": "total", "name": "总分", "points": card.total, "points_before": card.total_before,
            "moved": card.moved, "reason": card.unscored_reason,
        },
        {"line": "grade", "name": "年度等级", "value": card.grade, "reason": _vetoed(card)},
    ]  # fmt: skip
    return [
        *({"line": "item", **row} for row in _items(card)),
        *({name: row.get(name) for name in COLUMNS if name != "weight"} for row in themes),
        *totals,
        *(row for place in card.places for row in _place_rows(place)),
    ]


def _items(card: Sheet) -> list[Row]:
    """The items, with points to the decimals that scores of items are kept with."""
    return [
        {name: round(value, PLACES) if name in POINTS and value is not None else value for name, value in row.items()}
        for row in records(card.items)
    ]


def _vetoed(card: Sheet) -> str | None:
    return f"一票否决：{card.veto}" if card.veto else None


def _place_rows(place: Place) -> list[Row]:
    marked = {"name": place.among, "whole": place.peers, "reason": FEW if place.few else None}
    if place.lowest is not None:
        return [{"line": "range", **marked, "floor": place.lowest, "full": place.highest}]
    return [{"line": name, **marked, "value": getattr(place, name)} for name in ("rank", "percentile")]


def as_people_read(card: Sheet) -> str:
    """Chinese text: what it comes to, the items, the themes."""
    head = f"{card.subject} {card.name}　{card.period}评分表（上轮：{card.before}）\n"
    if card.total is None:
        vetoed = f"；{_vetoed(card)}" if card.veto else ""
        return f"{head}未评：{card.unscored_reason}，不计分、不排位次{vetoed}\n"
    before = "上轮无得分" if card.moved is None else f"较上轮{card.moved:+.2f}"
    lines = [f"总分：{card.total:.2f}（{before}；加分{card.bonus:g}，扣分{card.deduction:g}）"]
    if card.grade:
        lines.append(f"年度等级：{card.grade}" + (f"（{_vetoed(card)}）" if card.veto else ""))
    lines += [_said(place) for place in card.places]
    if not card.causes.empty:
        causes = [f"{row['name']}{row['moved']:+.2f}" for row in records(card.causes.head(MOST_CAUSES))]
        lines.append(f"变动最大的：{'，'.join(causes)}")
    items = [{ITEM_COLUMNS[name]: _printed(row[name]) for name in SHOWN} for row in _items(card)]
    themes = [{word: _printed(row[name]) for name, word in THEME_COLUMNS.items()} for row in records(card.themes)]
    tables = (as_text(items, [ITEM_COLUMNS[name] for name in SHOWN]), as_text(themes, list(THEME_COLUMNS.values())))
    return head + "\n".join(lines) + "\n\n" + "\n".join(tables)


def _said(place: Place) -> str:
    marked = f"（{FEW}）" if place.few else ""
    if place.lowest is not None:
        return f"{place.among}：共{place.peers}家{marked}，得分{place.lowest:.2f}至{place.highest:.2f}"
    rank = f"第{place.rank}位，" if place.rank else ""
    return f"{place.among}：{rank}百分位{place.percentile:g}，共{place.peers}家{marked}"


def _printed(value: object) -> object:
    """A float to four decimals, as a decimal, so that none prints with an exponent."""
    return Decimal(repr(round(value, PLACES))) if isinstance(value, float) else value


def as_programs_read(card: Sheet) -> str:
    """One JSON object: the facts, then `items`, `themes`, `causes` and `places`."""
    facts = ("subject", "name", "kind", "period", "before", "bonus", "deduction", "total", "total_before", "moved")
    content = {name: getattr(card, name) for name in (*facts, "grade", "veto", "unscored_reason")}
    content["items"] = [{name: _number(row[name]) for name in ITEM_COLUMNS} for row in _items(card)]
    content["themes"] = [{name: _number(row[name]) for name in THEME_COLUMNS} for row in records(card.themes)]
    content["causes"] = records(card.causes)
    content["places"] = [vars(place) for place in card.places]
    return json.dumps(content, ensure_ascii=False, indent=1, default=plain) + "\n"


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


WRITERS = {"text": as_people_read, "json": as_programs_read}
