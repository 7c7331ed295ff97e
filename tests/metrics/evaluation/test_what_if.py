"""A trial of policy beside today's: worked by hand, equal where nothing is changed, adopted from its date only.

Three banks with two items: a scorecard of which only D08 (theme 登记, weight 10 with D03) and S18 (12) have values.

    bank   D08 → score   S18 → score   today (10, 12 of 22)   trial (75, 25)
    B001   75  →  50     3   → 100     1700/22 = 77.27        62.50
    B002   100 → 100     6   →   0     1000/22 = 45.45        75.00
    B003   90  →  80     4.5 →  50     1400/22 = 63.64        72.50
"""

from __future__ import annotations

import io
import json
import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner, Result

from casework.__main__ import casework
from casework.policy import changes
from contract.errors import CallError
from contract.parameters import declared_parameters
from contract.settings import Home
from ledger.archive import fetch
from ledger.events import Ledger
from metrics.__main__ import metrics
from metrics.evaluation.build import evaluate
from metrics.evaluation.card_changes import cards_over_time
from metrics.evaluation.item_figures import read_measures
from metrics.evaluation.member_scores import read_standings, score_members
from metrics.evaluation.policy_proposals import PolicyBook, policy_book
from metrics.evaluation.trial import Trial, read_trial, template, tried
from metrics.evaluation.what_if import ALL, chosen_periods, compare, frozen_note, summaries
from tests.metrics.boards import Board, each
from tests.metrics.worlds import deadlines, snapshot_of
from tests.oracle.packs import PROFILES, pack

NOW = datetime(2026, 1, 20, 9)
TODAY = NOW.date()
FIGURES = {"B001": (75, 3), "B002": (100, 6), "B003": (90, 4.5)}
TRIAL = """
bank = [
  { theme = "登记", item = "D08", weight = 75, floor = 50, full = 100 },
  { theme = "风险", item = "S18", weight = 25, floor = 6, full = 3 },
]
[parameters]
x03_score = 63
"""


def board(connection: duckdb.DuckDBPyConnection | None = None) -> Board:
    made = Board("2025-07", "2025-12", NOW, **({"connection": connection} if connection else {}))
    for code, (d08, s18) in FIGURES.items():
        made.member(code, admitted="2024-01-01")
        made.figure(code, "D08", each("2025-07", "2025-12", d08))
        made.figure(code, "S18", each("2025-07", "2025-12", s18))
    made.row("snapshot", number=1, built_at=NOW, now=NOW, demonstration=True, last_period="2025-12")
    return made


@pytest.fixture(scope="module")
def evaluated() -> duckdb.DuckDBPyConnection:
    return board().evaluated(today=TODAY)


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    return policy_book(declared_parameters(), [])


def outcome(side) -> tuple:
    return str(side.total), side.rank, side.grade, side.below


def test_a_trial_as_worked_by_hand(evaluated, book):
    compared = compare(evaluated, [], book, read_trial(TRIAL.encode(), book, TODAY), ["2025-12"])
    assert {member.subject: (outcome(member.now), outcome(member.trial)) for member in compared} == {
        "B001": (("77.27", 1, "B", False), ("62.50", 3, "C", True)),
        "B002": (("45.45", 3, "D", True), ("75.00", 1, "B", False)),
        "B003": (("63.64", 2, "C", False), ("72.50", 2, "C", False)),
    }
    assert [(member.difference, member.rank_change, member.consequence) for member in compared] == [
        (Decimal("-14.77"), -2, "等级B→C；将低于X03分数线"),
        (Decimal("29.55"), 2, "等级D→B；不再低于X03分数线"),
        (Decimal("8.86"), 0, ""),
    ]
    (summed,) = summaries(compared)
    # today 186.36 / 3 = 62.12; trial 210 / 3 = 70
    assert (summed.scored, summed.mean_now, summed.mean_trial) == (3, Decimal("62.12"), Decimal("70.00"))
    assert (summed.higher, summed.lower, summed.rank_moved, summed.grade_changed) == (2, 1, 2, 2)
    assert (summed.newly_below, summed.no_longer_below) == (1, 1)


def test_ranks_are_the_rounds_and_grades_the_annual_one(evaluated, book):
    compared = compare(evaluated, [], book, read_trial(TRIAL.encode(), book, TODAY), ["2025-09", "2025-10"])
    by_period = {member.period: outcome(member.trial) for member in compared if member.subject == "B001"}
    assert by_period == {"2025-09": ("62.50", 3, None, True), "2025-10": ("62.50", None, None, None)}


def test_bands_are_tried_without_a_change_of_scores(evaluated, book):
    trial = read_trial(b"[parameters]\ngrade_b_from = 62\ngrade_c_from = 40", book, TODAY)
    compared = compare(evaluated, [], book, trial, ["2025-12"])
    assert [member.difference for member in compared] == [0, 0, 0]
    assert {member.subject: member.trial.grade for member in compared} == {"B001": "B", "B002": "C", "B003": "B"}


def test_the_template_changes_nothing(evaluated, book):
    trial = read_trial(template(book, TODAY).encode(), book, TODAY)
    assert not trial
    compared = compare(evaluated, [], book, trial, chosen_periods(evaluated, ALL))
    assert len(compared) == 18
    assert all(member.now == member.trial and member.consequence == "" for member in compared)


def test_a_template_with_a_trial_is_that_trial(book):
    trial = read_trial(TRIAL.encode(), book, TODAY)
    assert read_trial(template(book, TODAY, trial).encode(), book, TODAY) == trial


def test_without_changes_a_whole_world_scores_exactly_as_it_does(tmp_path, book):
    profiles = [profile for profile in PROFILES if profile.code in ("B002", "B004", "110108")]
    world = pack(3, deadlines(), profiles)
    with snapshot_of(world, tmp_path) as connection:
        recognised = Ledger(tmp_path / "ledger.db").events("recognise")
        compared = compare(connection, recognised, book, Trial(), chosen_periods(connection, ALL))
        stored = connection.execute("SELECT count(*), count(total), count(grade), sum(bonus) FROM score").fetchone()
    assert len(compared) == stored[0]
    assert stored[1] > 40 and stored[2] and stored[3]
    assert all(member.now == member.trial for member in compared)


def test_what_is_not_tried_keeps_its_history(evaluated, book):
    """The trial is of the district card; banks are scored with the card that was in force at the time."""
    district = template(book, TODAY).replace('item = "C09", weight = 5', 'item = "C09", weight = 6')
    district = district.replace('item = "C10", weight = 15', 'item = "C10", weight = 14')
    trial = read_trial(district.encode(), book, TODAY)
    assert (list(trial.values), list(trial.cards)) == ([], ["district"])
    assert all(member.now == member.trial for member in compare(evaluated, [], book, trial, ["2025-12"]))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bank = [", "不是正确的TOML"),
        ("[bonus]\na = 1", "试算文件中的“bonus”应为parameters、bank、district之一"),
        ("[parameters]\ngrade_a = 1", "没有政策参数“grade_a”；是否为grade_a_from"),
        ('[parameters]\nx03_score = "60"', "x03_score的值应为数字"),
        ("[parameters]\nx03_score = true", "x03_score的值应为数字"),
        ("[parameters]\nx03_score = 120", "应在0至100分之间"),
        ("[parameters]\nx01_periods = 5", "不影响得分和等级"),
        ("[parameters]\ngrade_a_from = 70", "等级分界应满足"),
        ("parameters = 3", "一行一项"),
        ("bank = 3", "应为评分项的列表"),
        ('bank = [{ item = "D08" }]', "第1项缺少theme、weight、floor、full"),
        ('bank = [{ theme = "登记", item = "D08", weight = 90, floor = 0, full = 1 }]', "权重合计为90，应为100"),
        ('bank = [{ theme = "登记", item = "D99", weight = 100, floor = 0, full = 1 }]', "D99不在指标目录中"),
        ('bank = [{ theme = "登记", item = "D08", weight = 100, floor = 1, full = 1 }]', "floor与full同为1"),
        ('bank = [{ theme = "登记", item = "D08", weight = 100, floor = nan, full = 1 }]', "须为数值"),
        ('bank = [{ theme = "登记", item = "D08", wait = 1 }]', "第1项的“wait”应为"),
        ('bank = [{ theme = "登记", item = "D01", weight = 100, floor = 0, full = 9 }]', "D01没有试点机构的数值"),
        (
            'bank = [{ theme = "风险", item = "S18", weight = 100, floor = 3, full = 6 }]',
            "S18越低越好",
        ),
    ],
)
def test_a_wrong_file_is_told_where(book, text: str, told: str):
    with pytest.raises(CallError) as refusal:
        read_trial(text.encode(), book, TODAY)
    assert told in str(refusal.value)


def run(*arguments: str, code: int = 0) -> Result:
    adopting = arguments[0] != "what-if" or "--adopt" in arguments
    done = CliRunner().invoke(casework if adopting else metrics, arguments)
    assert done.exit_code == code, done.output
    return done


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("warehouse")
    with duckdb.connect(str(folder / "pilot-1.duckdb")) as connection:
        board(connection).evaluated(today=TODAY)
    (folder / "CURRENT").write_text("pilot-1.duckdb\n", encoding="utf-8")
    return folder


@pytest.fixture
def published(own_home: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PILOT_NOW", NOW.isoformat())
    shutil.copytree(warehouse, own_home / "warehouse")
    return own_home


@pytest.fixture
def trial_file(tmp_path: Path) -> str:
    path = tmp_path / "试算.toml"
    path.write_text(TRIAL, encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("published")
def test_the_comparison_goes_out_in_every_format(trial_file: str, tmp_path: Path):
    said = run("what-if", trial_file, "--periods", "2025-12")
    assert said.stdout.splitlines()[1] == (
        "2025-12,B001,演示B001,bank,state,77.27,62.5,-14.77,1,3,-2,1,3,B,C,false,true,等级B→C；将低于X03分数线"
    )
    assert "x03_score 60→63分" in said.stderr
    whole = json.loads(run("what-if", trial_file, "--format", "json").stdout)
    assert [row["period"] for row in whole["summary"]] == ["2025-09", "2025-12"]
    assert len(whole["members"]) == 6
    assert "试点机构D08权重5→75" in whole["changes"]
    book = tmp_path / "对照.xlsx"
    run("what-if", trial_file, "--format", "xlsx", "--out", str(book))
    sheet = openpyxl.load_workbook(io.BytesIO(book.read_bytes()))["得分位次对照"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "报送期")
    assert sheet.freeze_panes == f"A{header[0].row + 1}"
    first = dict(zip([cell.value for cell in header], next(sheet.iter_rows(min_row=header[0].row + 1)), strict=True))
    assert (first["现行得分"].value, first["现行得分"].data_type) == (77.27, "n")
    assert run("what-if", trial_file, "--format", "text").stdout.count("等级B→C") == 1


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--periods", "2024-12"), "没有报送期“2024-12”的得分，现有2025-07至2025-12"),
        (("--format", "xlsx"), "--out"),
        (("--adopt", "--by", "甲"), "提议采用须写明--effective、--doc-no和--by"),
    ],
)
def test_a_wrong_call_gets_one_clear_line(trial_file: str, arguments: tuple[str, ...], told: str):
    said = run("what-if", trial_file, *arguments, code=2)
    assert told in said.stderr
    assert said.stderr.count("\n") == 1


@pytest.mark.usefixtures("published")
def test_without_a_file_the_template_is_offered():
    assert "--template" in run("what-if", code=2).stderr
    assert "找不到试算文件" in run("what-if", "没有.toml", code=2).stderr
    assert run("what-if", "--template").stdout.count("weight = ") == 23


def test_an_adopted_trial_shows_from_its_date_only(published: Path, trial_file: str):
    home = Home(published)
    ledger = Ledger(home.ledger)
    call = ("what-if", trial_file, "--adopt", "--effective", "2025-12-01", "--doc-no", "试9号", "--by", "甲")
    said = run(*call, "--reason", "按会商意见")
    (proposal,) = ledger.events("policy_proposal")
    assert f"2026年第1号政策提议（台账编号{proposal.seq}）：x03_score 60→63分；试点机构评分表（" in said.stdout
    assert fetch(home.archive, proposal.payload["content_hash"]).decode() == TRIAL
    assert ledger.events("parameter", "scorecard") == []
    run("approve", str(proposal.seq), "--by", "乙", "--no-publish")
    events = ledger.events("parameter", "scorecard")
    assert [(event.seq, event.kind) for event in events] == [
        (proposal.seq + 1, "parameter"),
        (proposal.seq + 2, "scorecard"),
    ]
    after = board()
    after.evaluated(today=TODAY)
    parameters = changes.book_of(ledger).parameters
    evaluate(after.connection, parameters, [], cards=cards_over_time(ledger.events("scorecard")))
    totals = dict(
        after.connection.execute("SELECT period, total FROM score WHERE subject = 'B001' ORDER BY period").fetchall()
    )
    assert totals == dict.fromkeys(totals, Decimal("77.27")) | {"2025-12": Decimal("62.50")}
    assert parameters.at(date(2025, 11, 30))["x03_score"] == 60
    assert "不必提议" in run(*call, code=2).stderr


def test_a_trial_gives_what_the_evaluation_itself_would_give(tmp_path, book):
    """The same cards and parameters in force at all times, evaluated as a snapshot is."""
    profiles = [profile for profile in PROFILES if profile.code in ("B002", "B004", "110108")]
    world = pack(5, deadlines(), profiles)
    text = template(book, TODAY).replace('"S18", weight = 12, floor = 6', '"S18", weight = 12, floor = 4')
    text = text.replace("bonus_max = 5", "bonus_max = 1").replace("grade_b_from = 75", "grade_b_from = 66")
    trial = read_trial(text.encode(), book, TODAY)
    assert (set(trial.values), set(trial.cards)) == ({"bonus_max", "grade_b_from"}, {"bank"})
    with snapshot_of(world, tmp_path) as connection:
        recognised = Ledger(tmp_path / "ledger.db").events("recognise")
        compared = compare(connection, recognised, book, trial, chosen_periods(connection, ALL))
        other = tried(book, trial)
        evaluate(connection, other.parameters, recognised, cards=other.cards)
        stored = connection.execute("SELECT period, subject, total, rank, group_rank, grade FROM score").fetchall()
    assert {(member.period, member.subject, *outcome_of(member.trial)) for member in compared} == set(stored)
    assert any(member.now != member.trial for member in compared)


def outcome_of(outcome) -> tuple:
    return outcome.total, outcome.rank, outcome.group_rank, outcome.grade


def test_a_frozen_round_is_tried_on_the_figures_as_frozen(book):
    """In December B001's D08 was frozen at 75 and is 100 since; today's is the frozen score, so the trial's is too."""
    before = board().evaluated(today=TODAY)
    cards, policies = book.cards, {"2025-12": book.parameters.at(date(2025, 12, 31))}
    frozen = {"2025-12": score_members(read_standings(before, []), read_measures(before, cards), cards, policies)}
    corrected = board()
    corrected.connection.execute("UPDATE value SET value = 100 WHERE entity = 'B001' AND indicator = 'D08'")
    after = corrected.evaluated(today=TODAY)
    after.execute("UPDATE score SET total = 77.27, rank = 1 WHERE subject = 'B001' AND period = '2025-12'")
    after.execute("UPDATE score SET grade = 'B' WHERE subject = 'B001' AND period = '2025-12'")
    compared = compare(after, [], book, Trial(), ["2025-09", "2025-12"], frozen)
    assert all(member.now == member.trial for member in compared)
    assert {(member.period, member.frozen) for member in compared} == {("2025-09", False), ("2025-12", True)}
    assert "2025-12已冻结" in frozen_note(compared)[0]
    trial = read_trial(TRIAL.encode(), book, TODAY)
    totals = {
        member.period: member.trial.total
        for member in compare(after, [], book, trial, ["2025-09", "2025-12"], frozen)[::3]
    }
    assert totals == {"2025-09": Decimal("100.00"), "2025-12": Decimal("62.50")}  # 75 + 25, and as in December's table
