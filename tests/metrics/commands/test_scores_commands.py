"""The commands `scores`, `triggers` and `list`: their columns, their order, and one clear line for a wrong call."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from metrics.__main__ import metrics
from tests.metrics.boards import Board, each

NOW = datetime(2025, 7, 21, 9)
HEADER = (
    "subject,kind,total,grade,rank,group_rank,percentile,group_percentile,"
    "G12,G02_yoy,S10_pace,D03,D08,V01,S01,S03,S06,S14,S15,S20,S21,S18,C05,G17,G05_yoy,D07,P08,C07,C10,C09"
)


@pytest.fixture
def published(own_home: Path) -> Path:
    """Two banks and a district, the second bank silent in June and above its tolerance in March."""
    warehouse = own_home / "warehouse"
    warehouse.mkdir(parents=True)
    with duckdb.connect(str(warehouse / "pilot-1.duckdb")) as connection:
        pilot = Board("2025-01", "2025-06", NOW, connection=connection)
        pilot.member("B001", admitted="2024-01-01")
        pilot.member("B002", admitted="2024-01-01", filed={"2025-05": "", "2025-06": ""})
        pilot.member("110108", group="core", admitted="2025-02-01")
        pilot.row("ceiling", code="B001", ceiling=3000, from_date="2024-01-01", to_date="2025-03-01")
        pilot.row("ceiling", code="B001", ceiling=5000, from_date="2025-03-01", to_date=None)
        pilot.figure("B001", "D08", each("2025-01", "2025-06", 81.25))
        pilot.figure("B002", "S18", {"2025-03": 3.3})
        pilot.figure("110108", "C10", each("2025-02", "2025-06", 45))
        pilot.evaluated()
        pilot.row("snapshot", number=1, built_at=NOW, now=NOW, demonstration=True, last_period="2025-06")
    (warehouse / "CURRENT").write_text("pilot-1.duckdb\n", encoding="utf-8")
    return own_home


def run(*arguments: str) -> Result:
    return CliRunner().invoke(metrics, arguments)


def rows(*arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run(*arguments).stdout)))


@pytest.mark.usefixtures("published")
def test_scores_have_a_column_an_item_and_empty_cells_where_there_is_none():
    district, first, other = sorted(rows("scores", "--period", "2025-06"), key=lambda row: row["subject"])
    assert ",".join(first) == HEADER
    assert {name: value for name, value in first.items() if value} == {
        "subject": "B001",
        "kind": "bank",
        "total": "62.5",
        "rank": "1",
        "group_rank": "1",
        "percentile": "100",
        "group_percentile": "100",
        "D08": "62.5",
    }
    assert {name: value for name, value in other.items() if value} == {"subject": "B002", "kind": "bank"}
    assert (district["total"], district["C10"]) == ("75", "75")


@pytest.mark.usefixtures("published")
def test_json_has_numbers():
    scored = json.loads(run("scores", "--period", "2025-05", "--format", "json").stdout)
    assert [(row["subject"], row["total"], row["rank"], row["D08"]) for row in scored] == [
        ("B001", 62.5, None, 62.5),
        ("B002", None, None, None),
        ("110108", 75.0, None, None),
    ]


@pytest.mark.usefixtures("published")
def test_triggers_are_those_open_at_the_period():
    assert [tuple(row.values()) for row in rows("triggers", "--period", "2025-04")] == [
        ("X02-B002-2025-03", "X02", "B002", "2025-04", "watch", "3.3", "3", "2025-03")
    ]
    assert [(row["id"], row["level"]) for row in rows("triggers", "--period", "2025-06")] == [
        ("X04-B002-2025-06", "rectify")
    ]


@pytest.mark.usefixtures("published")
def test_the_list_is_that_of_the_day():
    assert [tuple(row.values()) for row in rows("list")] == [
        ("B001", "演示B001", "bank", "active", "2024-01-01", "5000", ""),
        ("B002", "演示B002", "bank", "active", "2024-01-01", "", ""),
        ("110108", "演示110108", "district", "active", "2025-02-01", "", ""),
    ]
    assert [(row["code"], row["ceiling"]) for row in rows("list", "--as-of", "2025-01-31")] == [
        ("B001", "3000"),
        ("B002", ""),
    ]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("scores", "--period", "2025-07"), "2025-07"),
        (("triggers", "--period", "2025年6月"), "2025年6月"),
        (("list", "--as-of", "昨天"), "昨天"),
    ],
)
def test_a_wrong_call_ends_with_2_and_one_line(arguments, told):
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_a_data_version_the_user_is_told_what_to_do():
    done = run("scores", "--period", "2025-06")
    assert done.exit_code == 2
    assert "etl load" in done.stderr
