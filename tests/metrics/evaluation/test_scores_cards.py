"""Scorecards as declared: what holds when, and what a wrong row is told."""

from datetime import date
from pathlib import Path

import pytest

from contract.errors import DeclarationError
from metrics.evaluation.item_figures import DERIVATIONS
from metrics.evaluation.scorecards import (
    COLUMNS,
    DERIVED_ITEMS,
    declared_scorecards,
    read_scorecards,
    scorecard_at,
)
from metrics.indicators.catalogue import catalogue

KNOWN = {"D08", "S18", "G02"}


def written(folder: Path, *rows: str) -> Path:
    path = folder / "scorecards.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


def test_a_scorecard_holds_until_the_next_of_its_kind(tmp_path):
    path = written(
        tmp_path,
        "bank,登记,D08,D08,100,50,100,,2026-01-01,试2号,",
        "bank,风险,S18,S18,100,6,3,,2025-01-01,试1号,",
    )
    cards = read_scorecards(path, KNOWN)
    assert [item.code for item in scorecard_at(cards, "bank", date(2025, 12, 31)).items] == ["S18"]
    assert [item.code for item in scorecard_at(cards, "bank", date(2026, 1, 1)).items] == ["D08"]
    with pytest.raises(DeclarationError, match="2024-12-31"):
        scorecard_at(cards, "bank", date(2024, 12, 31))
    with pytest.raises(DeclarationError, match="district"):
        scorecard_at(cards, "district", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["bank,登记,D08,D08,60,50,100,,2025-01-01,试1号,"], "合计为60"),
        (["bank,登记,D08,D08,100,50,50,,2025-01-01,试1号,"], "floor与full"),
        (["bank,登记,D08,D08,50,50,100,,2025-01-01,试1号,"] * 2, "第3行.*重复"),
        (["bank,登记,D99,D99,100,50,100,,2025-01-01,试1号,"], "D99不在指标目录中"),
        (["bank,登记,D08_yoy,D08,100,50,100,,2025-01-01,试1号,"], "派生D08_yoy"),
        (["bank,登记,G02_yoy,D08,100,50,100,,2025-01-01,试1号,"], "派生G02_yoy"),
        (["bank,登记,D08,D08,0,50,100,,2025-01-01,试1号,"], "大于0"),
        (["bank,登记,D08,D08,许多,50,100,,2025-01-01,试1号,"], "第2行.*数值"),
        (["company,登记,D08,D08,100,50,100,,2025-01-01,试1号,"], "company"),
        (["bank,登记,D08,D08,100,50,100,,2025.1.1,试1号,"], "生效日"),
        (["bank,登记,D08,D08,100,50,100,,2025-01-01,,"], "文号"),
        (["bank,登记,D08,D08,100,50,100,,2025-01-01,试1号,覆盖率"], "name须留空"),
        (["bank,协同,Q01,qualitative,100,0,100,,2025-01-01,试1号,"], "定性项Q01须有name"),
        (["bank,协同,D08,qualitative,100,0,100,,2025-01-01,试1号,联动"], "不同于指标的编码"),
        (["bank,协同,Q01,qualitative,100,0,10,,2025-01-01,试1号,联动"], "full为100"),
        (["bank,协同,Q01,qualitative,100,0,100,3,2025-01-01,试1号,联动"], "min_whole留空"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, rows, told):
    with pytest.raises(DeclarationError, match=told):
        read_scorecards(written(tmp_path, *rows), KNOWN)


def test_the_declared_scorecards_hold_together():
    cards = declared_scorecards(frozenset(catalogue()))
    assert {card.kind for card in cards} == {"bank", "district"}
    assert len({item.code for card in cards for item in card.items}) == 15 + 8 - 1  # both have D03
    assert set(DERIVATIONS) == set(DERIVED_ITEMS)
    # lower is better exactly where the floor is above full; neutral indicators are not scored
    for item in (item for card in cards for item in card.items if item.code == item.source):
        assert catalogue()[item.source].better == ("lower" if item.floor > item.full else "higher")


def test_a_qualitative_item_has_a_name_of_its_own(tmp_path):
    (card,) = read_scorecards(
        written(tmp_path, "bank,协同,Q01,qualitative,100,0,100,,2025-01-01,试1号,部门联动"), KNOWN
    )
    assert (card.items[0].derived.name, card.items[0].derived.unit) == ("部门联动", "分")
