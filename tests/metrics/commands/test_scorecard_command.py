"""A scorecard printed whole: points of items and themes, one unit more, places among few peers."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from metrics.__main__ import metrics
from metrics.queries.evaluation.scorecard import unit_more
from tests.metrics.boards import Board

NOW = datetime(2026, 7, 27, 9)


@pytest.fixture
def published(own_home: Path) -> None:
    """Two banks of one group; the first with three items in two themes, in March and June."""
    (own_home / "warehouse").mkdir(parents=True)
    with duckdb.connect(str(own_home / "warehouse" / "pilot-1.duckdb")) as connection:
        board = Board("2026-01", "2026-06", NOW, connection=connection)
        board.member("B001")
        board.member("B002", filed={"2026-06": ""})
        board.figure("B001", "D08", {"2026-03": 80, "2026-06": 90})  # 登记 5: from 50 to 100
        board.figure("B001", "D03", {"2026-03": 20, "2026-06": 49.75}, whole=20)  # 登记 5: from 0 to 50
        board.figure("B001", "S18", {"2026-03": 4.5, "2026-06": 4.5})  # 风险 12: from 6 down to 3
        board.figure("B002", "D08", {"2026-03": 55})
        board.evaluated()
        board.row("snapshot", number=1, built_at=NOW, now=NOW, demonstration=True, last_period="2026-06")
    (own_home / "warehouse" / "CURRENT").write_text("pilot-1.duckdb\n", encoding="utf-8")


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(metrics, ("scorecard", *arguments))
    assert done.exit_code == code, done.output
    return done


def item(value: str | None, floor: int, full: int, weight: str = "10", applicable: bool = True) -> dict:
    return {
        "value": None if value is None else float(value),
        "floor": Decimal(floor),
        "full": Decimal(full),
        "effective_weight": Decimal(weight),
        "applicable": applicable,
    }


@pytest.mark.parametrize(
    ("item", "points"),
    [
        (item("80", 50, 100), 0.2),  # 10 × 1 ÷ 50
        (item("4.5", 6, 3, "12"), 4.0),  # one point less: 12 × 1 ÷ 3
        (item("99.5", 50, 100), 0.1),  # half a unit is left
        (item("100", 50, 100), 0.0),
        (item("3.5", 6, 3, "12"), 2.0),
        (item("49.5", 50, 100), 0.1),  # half a unit lies below the floor
        (item("10", 50, 100), 0.0),
        (item("80", 50, 100, "0", applicable=False), None),
        (item(None, 50, 100), None),  # a rule sets the score
        (item("80.1", 50, 100, "33.333333"), 0.6667),
    ],
)
def test_one_unit_more_brings_what_is_left_up_to_full(item: dict, points: float | None):
    assert unit_more(item) == points


@pytest.mark.usefixtures("published")
def test_items_and_themes_add_up_to_the_total():
    card = json.loads(run("B001", "--period", "2026-06", "--format", "json").stdout)
    items = {row["item"]: row for row in card["items"] if row["effective_weight"]}
    # 登记 10 and 风险 12 share 100: D08, D03 22.7273 each, S18 54.5455.
    assert {code: (row["item_score"], row["points"]) for code, row in items.items()} == {
        "D03": (99.5, 22.6136),
        "D08": (80.0, 18.1818),
        "S18": (50.0, 27.2727),
    }
    # D03 has a quarter of a point left of 50, D08 gains 2 of 100 scores, S18 a third of 100.
    assert {code: row["unit_more"] for code, row in items.items()} == {"D03": 0.1136, "D08": 0.4545, "S18": 18.1818}
    themes = {row["theme"]: (row["weight"], row["points"], row["score"]) for row in card["themes"] if row["weight"]}
    assert themes == {"登记": (45.4545, 40.7955, 89.75), "风险": (54.5455, 27.2727, 50.0)}
    assert (card["total"], card["before"], card["total_before"]) == (68.07, "2026-03", 50.0)
    assert [(row["name"], row["moved"]) for row in card["causes"]] == [
        ("一站式办理占比", 13.52),
        ("线上登记网点覆盖率", 4.55),
    ]


@pytest.mark.usefixtures("published")
def test_of_fewer_than_five_peers_only_the_range_is_told():
    card = json.loads(run("B001", "--period", "2026-03", "--format", "json").stdout)
    among_all, in_group = card["places"]
    assert (among_all["rank"], among_all["percentile"], among_all["peers"]) == (1, 100.0, 2)
    assert (in_group["rank"], in_group["percentile"], in_group["peers"], in_group["few"]) == (None, None, 2, True)
    assert (in_group["lowest"], in_group["highest"]) == (10.0, 50.0)
    said = run("b001", "--period", "2026-03").stdout
    assert "全部：第1位，百分位100，共2家\n同组：共2家（同组样本较少），得分10.00至50.00" in said


@pytest.mark.usefixtures("published")
def test_other_formats_hold_the_same_and_wrong_calls_are_told(tmp_path: Path):
    lines = list(csv.DictReader(io.StringIO(run("B001", "--period", "2026-06", "--format", "csv").stdout)))
    lines_of = {row["line"] for row in lines}
    assert lines_of == {"item", "theme", "bonus", "deduction", "total", "grade", "rank", "percentile", "range"}
    (total,) = [row for row in lines if row["line"] == "total"]
    assert (total["points"], total["moved"]) == ("68.07", "18.07")
    assert run("B001", "--period", "2026-06", "--format", "xlsx", "--out", str(tmp_path / "a.xlsx")).stdout
    assert (tmp_path / "a.xlsx").read_bytes()[:2] == b"PK"
    assert "未评：未报送，不计分、不排位次" in run("B002", "--period", "2026-06").stdout
    assert "试点名单上没有B009" in run("B009", "--period", "2026-06", code=2).stderr
    assert "xlsx须用--out" in run("B001", "--period", "2026-06", "--format", "xlsx", code=2).stderr
