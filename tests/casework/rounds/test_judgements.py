"""What analysts judge beside the figures, by commands: initiatives recognised, qualitative items assessed."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from casework.__main__ import casework
from etl.snapshot.context import BuildContext
from ledger.events import Ledger
from metrics.__main__ import COMMANDS as READING
from metrics.__main__ import metrics
from metrics.evaluation import build, judgements
from metrics.evaluation.scorecards import COLUMNS, read_scorecards
from metrics.indicators.catalogue import catalogue
from tests.metrics.boards import Board, each

NOW = datetime(2026, 4, 27, 9)
TITLES = ("知识产权内部评估管理细则", "审批绿色通道", "尽职免责细则")
# Half of the card is an indicator, half is scored by an analyst; each is a theme.
CARDS = (
    "bank,登记,D08,D08,60,50,100,,2025-01-01,试1号,",
    "bank,协同,Q01,qualitative,40,0,100,,2025-01-01,试1号,部门联动",
    "district,协同,C10,C10,100,0,60,,2025-01-01,试1号,",
)


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(metrics if arguments[0] in READING else casework, arguments)
    assert done.exit_code == code, done.output
    return done


def rows(*arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run(*arguments).stdout)))


@pytest.fixture
def ledger(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A published home of a bank with three initiatives in February and a district with one, both reporting."""
    monkeypatch.setenv("PILOT_NOW", NOW.isoformat())
    path = tmp_path / "scorecards.csv"
    path.write_text("\n".join([",".join(COLUMNS), *CARDS]) + "\n", encoding="utf-8")
    cards = read_scorecards(path, frozenset(catalogue()))
    monkeypatch.setattr(build, "cards_over_time", lambda *events: cards)
    (own_home / "warehouse").mkdir(parents=True)
    published(own_home, Ledger(own_home / "ledger.db"), 1)
    return Ledger(own_home / "ledger.db")


def published(home: Path, ledger: Ledger, number: int) -> None:
    """A snapshot with what the ledger says up to now."""
    with duckdb.connect(str(home / "warehouse" / f"pilot-{number}.duckdb")) as connection:
        board = Board("2026-01", "2026-03", NOW, connection=connection)
        board.member("B001")
        board.member("110108", group="core")
        board.figure("B001", "D08", each("2026-01", "2026-03", 80))
        for at, title in enumerate(TITLES):
            filed = {"submission_id": board.in_force("B001", "2026-02"), "submitter": "B001", "period": "2026-02"}
            board.row("I1", **filed, row_no=4 + at, title=title, kind="rule", theme="service")
        filed = {"submission_id": board.in_force("110108", "2026-02"), "submitter": "110108", "period": "2026-02"}
        board.row("I1", **filed, row_no=4, title="区级贴息办法", kind="rule", theme="collaboration")
        judgements.build(connection, BuildContext(number, NOW, ledger, demonstration=True))
        board.evaluated(recognised=tuple(ledger.events("recognise")))
        board.row("snapshot", number=number, built_at=NOW, now=NOW, demonstration=True, last_period="2026-03")
    (home / "warehouse" / "CURRENT").write_text(f"pilot-{number}.duckdb\n", encoding="utf-8")


def recognise(title: str, *more: str, submitter: str = "B001", code: int = 0) -> Result:
    return run("recognise", submitter, "2026-02", title, "--by", "甲", "--no-publish", *more, code=code)


def test_what_is_recognised_is_listed_with_who_and_its_points(ledger: Ledger, own_home: Path):
    for title in TITLES[:2]:
        assert "已认可B001在2026-02的创新举措" in recognise(title).stdout
    recognise("区级贴息办法", submitter="110108")
    assert "已于2026-04-27由甲认可" in recognise(TITLES[0], code=2).stderr
    recognise(TITLES[1], "--revoke", "--reason", "与既有制度重复")
    published(own_home, ledger, 2)
    recognised = {row["title"]: (row["recognised"], row["recognised_by"], row["points"]) for row in rows("initiatives")}
    assert recognised == {
        TITLES[0]: ("true", "甲", "1"),
        TITLES[1]: ("false", "", "0"),
        TITLES[2]: ("false", "", "0"),
        "区级贴息办法": ("true", "甲", "0"),  # no bonus for districts
    }
    # D08 80 scores 60, over the whole weight, and one point on top.
    assert json.loads(run("scores", "--period", "2026-02", "--format", "json").stdout)[0]["total"] == 61
    assert rows("initiatives", "--year", "2025") == []
    assert len(rows("initiatives", "--period", "2026-02")) == 4


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("B001", "2026-02", "绿色通道审批"), "没有创新举措“绿色通道审批”；相近的有：“审批绿色通道”"),
        (("B001", "2026-03", TITLES[0]), "该期没有填报创新举措"),
        (("B001", "2026-02", TITLES[0], "--revoke", "--reason", "误"), "没有认可，无可撤销"),
    ],
)
def test_a_wrong_recognition_is_one_line(arguments: tuple[str, ...], told: str):
    assert told in run("recognise", *arguments, "--by", "甲", code=2).stderr


def test_an_assessed_item_takes_its_weight_and_the_latest_counts(ledger: Ledger, own_home: Path, tmp_path: Path):
    paper = tmp_path / "评定表.txt"
    paper.write_text("评定", encoding="utf-8")

    def assess(*arguments: str, code: int = 0) -> Result:
        more = ("--reason", "按评定表", "--file", str(paper), "--by", "甲", "--no-publish")
        return run("assess", *arguments, *more, code=code)

    (before,) = [row for row in rows("scores", "--period", "2026-03") if row["subject"] == "B001"]
    assert (before["total"], before["Q01"]) == ("60", "")  # not applicable without an assessment
    assess("2026-03", "B001", "Q01", "40")
    assert "评定为85.5分" in assess("2026-03", "b001", "Q01", "85.5").stdout
    published(own_home, ledger, 2)
    (after,) = [row for row in rows("scores", "--period", "2026-03") if row["subject"] == "B001"]
    assert (after["total"], after["Q01"]) == ("70.2", "85.5")  # 0.6 × 60 + 0.4 × 85.5
    assert "部门联动" in run("scorecard", "B001", "--period", "2026-03").stdout
    for arguments, told in (
        (("2026-03", "B001", "D08", "80"), "没有定性项“D08”，只有Q01（部门联动）"),
        (("2026-03", "110108", "Q01", "80"), "没有定性项“Q01”"),
        (("2026-05", "B001", "Q01", "80"), "没有定性项"),
        (("2026-03", "B001", "Q01", "101"), "0至100之间"),
        (("2026-03", "B001", "Q01", "八十"), "0至100之间"),
        (("2026-03", "B001", "Q01", "80.125"), "至多2位小数"),
    ):
        assert told in assess(*arguments, code=2).stderr
