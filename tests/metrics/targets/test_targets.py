"""Targets: each shape's line and progress worked out by hand, whom a target holds for, and what a wrong row is told."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from contract.errors import DeclarationError
from contract.parameters import declared_parameters
from metrics.__main__ import metrics
from metrics.indicators.build import add_parameters
from metrics.indicators.catalogue import catalogue
from metrics.queries.figures.progress import read_tasks, tasks
from metrics.targets.declared import COLUMNS, Target, read_targets, targets
from metrics.targets.levels import add_targets
from metrics.targets.reference_series import Reference, add_references, all_series
from tests.metrics.boards import Board
from tests.metrics.snapshots import publish, report

FIRST = {
    "target": "T01", "indicator": "G01", "scope": "city", "entity": "BJ", "shape": "multiple", "value": "2",
    "series": "", "base_period": "2025-02", "target_period": "2026-02", "path": "straight",
    "effective_from": "2025-01-01", "effective_to": "", "document_no": "试1号", "set_by": "演示设定", "note": "",
}  # fmt: skip
COVERAGE = {"indicator": "D08", "shape": "coverage", "value": "100", "base_period": "", "path": "flat"}
GROWTH = {"indicator": "G12", "shape": "growth", "value": "10", "base_period": "", "path": "flat"}


def declared(folder: Path, *changes: dict[str, str]) -> tuple[Target, ...]:
    """Targets as a file declares them: each the first one with what is changed, numbered in order."""
    path = folder / "targets.csv"
    rows = [FIRST | {"target": f"T{number:02}"} | change for number, change in enumerate(changes, 1)]
    lines = [",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_targets(path, catalogue(), all_series())


def placed(
    held: tuple[Target, ...],
    figures: dict[tuple[str, str, str], dict[str, float]],
    *,
    last: str,
    members: dict[str, dict] | None = None,
    references: tuple[Reference, ...] = (),
) -> duckdb.DuckDBPyConnection:
    """The table `target` of a board with figures: (scope, entity, indicator) → period → value."""
    board = Board("2025-01", last, datetime(2027, 1, 1))
    for code, facts in (members or {"B001": {}}).items():
        board.member(code, **facts)
    for (scope, entity, code), values in figures.items():
        for period, value in values.items():
            board.row("value", period=period, scope=scope, entity=entity, indicator=code, value=value)
    add_parameters(board.connection, declared_parameters())
    add_references(board.connection, references)
    add_targets(board.connection, held)
    return board.connection


def line(connection: duckdb.DuckDBPyConnection, period: str, entity: str = "BJ", target: str = "T01") -> tuple | None:
    """Level, value, progress, met, gap, goal, reason."""
    return connection.execute(
        "SELECT level, value, progress, met, gap, goal, reason FROM target "
        "WHERE period = ? AND entity = ? AND target = ?",
        [period, entity, target],
    ).fetchone()


def test_a_multiple_of_a_base_runs_in_equal_monthly_steps(tmp_path):
    """100 in February 2025, doubled by February 2026: 200 in twelve steps, six of them by August."""
    targets_read = declared(tmp_path, {})
    balance = {"2025-01": 90, "2025-02": 100, "2025-08": 160, "2026-02": 190, "2026-03": 210}
    connection = placed(targets_read, {("city", "BJ", "G01"): balance}, last="2026-03")
    assert line(connection, "2025-01") == (None, 90, 45, None, None, 200, "尚未到基期2025-02")
    assert line(connection, "2025-02") == (100, 100, 50, True, 0, 200, None)
    assert line(connection, "2025-08") == (150, 160, 80, True, 10, 200, None)
    assert line(connection, "2026-02") == (200, 190, 95, False, -10, 200, None)
    assert line(connection, "2025-11") == (175, None, None, None, None, 200, "本期没有值")
    assert line(connection, "2026-03") is None  # past the target period


def test_without_its_base_there_is_no_line(tmp_path):
    connection = placed(declared(tmp_path, {}), {("city", "BJ", "G01"): {"2025-03": 100}}, last="2025-03")
    assert line(connection, "2025-03") == (None, 100, None, None, None, None, "基期2025-02没有值")


def test_of_a_base_of_nothing_there_is_no_multiple(tmp_path):
    balance = {"2025-02": 0, "2025-03": 100}
    connection = placed(declared(tmp_path, {}), {("city", "BJ", "G01"): balance}, last="2025-03")
    assert line(connection, "2025-03") == (None, 100, None, None, None, None, "基期2025-02的值为零，没有倍数可言")


def test_a_sum_of_the_year_follows_the_season(tmp_path):
    """400 lent in 2025, 1.5 times that in 2027: 500 in 2026, of which 12% are due by the end of February."""
    change = {"indicator": "G04", "value": "1.5", "base_period": "2025-12", "target_period": "2027-12"}
    targets_read = declared(tmp_path, change | {"path": "seasonal"})
    lent = {"2025-12": 400, "2026-02": 54, "2026-12": 540}
    connection = placed(targets_read, {("city", "BJ", "G04"): lent}, last="2026-12")
    assert line(connection, "2025-12") == (400, 400, pytest.approx(66.666667), True, 0, 600, None)
    assert line(connection, "2026-02") == (60, 54, 9, False, -6, 600, None)
    assert line(connection, "2026-12") == (500, 540, 90, True, 40, 600, None)


def test_full_coverage_is_one_level_or_runs_up_to_it(tmp_path):
    """70% in January 2025; up to 100 by the January after, 2.5 points a month."""
    straight = {"base_period": "2025-01", "target_period": "2026-01", "path": "straight", "scope": "bank"}
    targets_read = declared(tmp_path, COVERAGE, COVERAGE | straight | {"entity": "B001"})
    online = {"2025-01": 70, "2025-05": 80}
    connection = placed(targets_read, {("city", "BJ", "D08"): online, ("bank", "B001", "D08"): online}, last="2025-05")
    assert line(connection, "2025-05") == (100, 80, 80, False, -20, 100, None)
    assert line(connection, "2025-05", "B001", "T02") == (80, 80, 80, True, 0, 100, None)


def test_growth_is_held_against_a_number_or_a_series(tmp_path):
    """12% in February 2026. The quarter's rate holds until the one after the next is due."""
    by_series = GROWTH | {"value": "", "series": "tech_loans_growth", "effective_to": "2026-09-01"}
    targets_read = declared(
        tmp_path, GROWTH | {"scope": "bank", "entity": "all"}, by_series | {"target_period": "2027-12"}
    )
    rate = Reference("tech_loans_growth", "2025-12", Decimal("12.5"), "演示")
    growth = {("bank", "B001", "G12"): {"2026-02": 12}, ("city", "BJ", "G12"): {"2026-02": 12}}
    connection = placed(targets_read, growth, references=(rate,), last="2026-09")
    assert line(connection, "2026-02", "B001") == (10, 12, None, True, 2, 10, None)
    assert line(connection, "2026-02", "BJ", "T02") == (12.5, 12, None, False, -0.5, 12.5, None)
    assert line(connection, "2026-05", "BJ", "T02")[0] == 12.5
    assert line(connection, "2026-06", "BJ", "T02")[-1] == (
        "参照序列“北京科技型企业贷款余额同比增速”没有2026-01至2026-06的值，待登记"
    )
    assert line(connection, "2026-08", "BJ", "T02") is not None
    assert line(connection, "2026-09", "BJ", "T02") is None  # ended on the first of September


def test_a_target_for_all_holds_for_members_on_the_list_without_one_of_their_own(tmp_path):
    every = {"scope": "bank", "entity": "all"}
    own = {"scope": "bank", "entity": "B002", "value": "3", "effective_from": "2025-03-01"}
    groups = {"scope": "bank_type", "entity": "all"}
    places = (("bank", "B001"), ("bank", "B002"), ("bank", "B003"), ("bank_type", "city"), ("bank_type", "state"))
    members = {"B001": {}, "B002": {"group": "city"}, "B003": {"admitted": "2025-03-05"}}
    figures = {(*place, "G01"): {"2025-02": 100, "2025-03": 100} for place in places}
    connection = placed(declared(tmp_path, every, own, groups), figures, members=members, last="2025-03")
    held = connection.execute(
        "SELECT period, target, entity, goal FROM target WHERE period > '2025-01' ORDER BY ALL"
    ).fetchall()
    assert held == [
        ("2025-02", "T01", "B001", 200),
        ("2025-02", "T01", "B002", 200),
        ("2025-02", "T03", "city", 200),
        ("2025-02", "T03", "state", 200),
        ("2025-03", "T01", "B001", 200),
        ("2025-03", "T01", "B003", 200),
        ("2025-03", "T02", "B002", 300),
        ("2025-03", "T03", "city", 200),
        ("2025-03", "T03", "state", 200),
    ]


def test_one_target_may_follow_another(tmp_path):
    first = {"effective_to": "2025-07-01"}
    targets_read = declared(tmp_path, first, {"value": "3", "effective_from": "2025-07-01"})
    assert [target.holds_on(date(2025, 6, 30)) for target in targets_read] == [True, False]
    assert [target.holds_on(date(2025, 7, 1)) for target in targets_read] == [False, True]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"target": "G1"}, "第2行.*目标编号“G1”"),
        ({"indicator": "Z99"}, "第2行.*指标“Z99”"),
        ({"scope": "town"}, "范围“town”"),
        ({"indicator": "D01", "scope": "bank", "entity": "all"}, "D01没有范围“bank”"),
        ({"entity": "全市"}, "范围city没有对象“全市”"),
        ({"entity": "all"}, "范围city没有对象“all”"),
        ({"scope": "bank_type", "entity": "giant"}, "范围bank_type没有对象“giant”"),
        ({"shape": "triple"}, "形式“triple”"),
        ({"path": "flat"}, "形式multiple的路径.*“flat”"),
        ({"indicator": "G08"}, "G08以低为好"),
        (GROWTH | {"indicator": "D08"}, "growth只用于增速.*D08"),
        (COVERAGE | {"indicator": "G02"}, "coverage只用于占比.*G02.*户"),
        ({"indicator": "S01"}, "multiple只用于规模.*S01"),
        ({"value": ""}, "须有数值"),
        ({"series": "lpr_1y", "value": ""}, "须有数值"),
        (GROWTH | {"series": "lpr_1y"}, "二者取一.*“10”“lpr_1y”"),
        (GROWTH | {"series": "lpr_9y", "value": ""}, "参照序列“lpr_9y”没有"),
        (GROWTH | {"series": "pledge_registered", "value": ""}, "“pledge_registered”应是以%计"),
        ({"value": "两倍"}, "“两倍”不是数"),
        ({"value": "0"}, "“0”应大于0"),
        (COVERAGE | {"value": "101"}, "“101”应大于0、不超过100"),
        ({"target_period": "2027"}, "目标期“2027”"),
        ({"base_period": ""}, "路径straight须有基期"),
        (COVERAGE | {"base_period": "2025-02"}, "路径flat不用基期.*“2025-02”"),
        ({"base_period": "2025-2"}, "基期“2025-2”"),
        ({"base_period": "2026-03"}, "基期“2026-03”应早于目标期“2026-02”"),
        ({"indicator": "G04"}, "G04.*自年初累计，路径应为seasonal"),
        ({"path": "seasonal"}, "G01.*不自年初累计"),
        ({"indicator": "G04", "path": "seasonal"}, "应为12月.*“2025-02”“2026-02”"),
        ({"effective_from": "2025年"}, "生效日“2025年”"),
        ({"effective_from": "2026-03-01"}, "生效日“2026-03-01”晚于目标期"),
        ({"effective_to": "2025-01-01"}, "失效日“2025-01-01”应晚于"),
        ({"document_no": ""}, "没有写文号"),
        ({"set_by": ""}, "没有写设定者"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, change, told):
    with pytest.raises(DeclarationError, match=f"targets.csv第2行.*{told}" if "第2行" not in told else told):
        declared(tmp_path, change)


def test_two_targets_of_one_figure_at_once_are_refused(tmp_path):
    with pytest.raises(DeclarationError, match="T01、T02重叠：G01、city、BJ自2025-07-01起"):
        declared(tmp_path, {}, {"value": "3", "effective_from": "2025-07-01"})


def test_what_is_declared_says_who_set_it_and_marks_what_is_invented():
    assert {target.shape for target in targets()} == {"growth", "coverage", "multiple"}
    invented = [target for target in targets() if target.document_no == "演示参数"]
    assert {target.set_by for target in invented} == {"演示设定"}
    assert [target.document_no for target in targets() if target.code == "T01"] == ["金发〔2025〕10号"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("登机,D08,目标,target", "tasks.csv第2行的group“登机”"),
        ("登记,D99,目标,target", "indicator“D99”"),
        ("登记,D08,目标,aim", "source“aim”"),
    ],
)
def test_a_wrong_task_is_named(tmp_path, row, told):
    path = tmp_path / "tasks.csv"
    path.write_text(f"group,indicator,label,source\n{row}\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=told):
        read_tasks(path)


def test_every_task_with_a_target_has_one():
    aimed = {target.indicator for target in targets() if target.scope == "city"}
    assert {task.indicator for task in tasks() if task.source == "target"} <= aimed


def test_the_command_lists_targets(own_home):
    online = "branches online_branches\n10 8"
    path = publish(own_home, report("B001", "2025-06", B1="", B2=online), report("B002", "2025-06", B1=""))
    with duckdb.connect(str(path)) as connection:
        add_references(connection, ())
        add_targets(connection, targets())

    def run(*arguments: str, code: int = 0) -> Result:
        done = CliRunner().invoke(metrics, ("targets", "--period", "2025-06", *arguments))
        assert done.exit_code == code, done.output
        return done

    lines = run("--indicator", "D08", "--entity", "B001,B002", "--scope", "bank").stdout.splitlines()
    assert [row.rsplit(",", 11)[0] for row in lines] == [
        "target,period,scope,entity,indicator,shape,level,value,gap,met,goal",
        "T02,2025-06,bank,B001,D08,coverage,100,80,-20,false,100",
        "T02,2025-06,bank,B002,D08,coverage,100,,,,100",
    ]
    for option, wrong in (("--indicator", "Z99"), ("--scope", "town"), ("--entity", "B777")):
        assert wrong in run(option, wrong, code=2).stderr
