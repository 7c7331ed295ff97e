"""What a later accepted version changed, worked out by hand; and nothing else."""

from decimal import Decimal
from math import isnan

import pytest
from click.testing import CliRunner

from contract.errors import AccessDenied
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import current
from metrics.__main__ import metrics
from metrics.explaining.corrections import forms_read
from metrics.explaining.explanation import explain
from metrics.explaining.explanation_text import WRITERS
from metrics.indicators.catalogue import catalogue
from metrics.indicators.relations import relations
from metrics.queries.figures.explanation import explanation, restatements
from tests.metrics.snapshots import Member, make, publish, report

MEMBERS = [Member("B001"), Member("B002", "city"), Member("B003", "city"), Member("110108")]
# March as B001 first gave it, and as it corrected it: amount and balance of L1. L1 is in no later report.
MARCH = """
loan_no amount balance disbursed_on
L1      100    100     2025-03-10
"""
CORRECTED = """
loan_no amount balance disbursed_on
L1      90     80      2025-03-10
"""
APRIL = "loan_no amount disbursed_on\nL2 50 2025-04-10"
A_YEAR_LATER = "loan_no amount disbursed_on district\nL3 160 2025-12-10 110105"
OTHER = "loan_no amount disbursed_on district ip_types\nK1 300 2025-02-01 110105 trademark"
PERIODS = ("2025-03", "2025-04", "2026-03")


def reports(*versions: str, more=()):
    """B001's March in several versions, its April and a March later; B002 the same all the time."""
    others = [report("B002", period, B1=OTHER) for period in PERIODS]
    march = [report("B001", "2025-03", B1=table, version=number) for number, table in enumerate(versions, 1)]
    return [*march, report("B001", "2025-04", B1=APRIL), report("B001", "2026-03", B1=A_YEAR_LATER), *others, *more]


def restated(connection) -> dict[tuple[str, str, str], tuple]:
    """(indicator, period, entity) → value before, after; of a growth the whole."""
    rows = connection.execute(
        "SELECT indicator, period, entity, coalesce(value_before, -1), coalesce(value_after, -1) FROM restated"
    ).fetchall()
    return {tuple(row[:3]): row[3:] for row in rows}


def causes(connection, indicator: str, period: str, entity: str = "BJ") -> list[tuple[str, str, int]]:
    return connection.execute(
        "SELECT s.submitter, s.period, s.version FROM restated_by r JOIN submission s USING (submission_id) "
        "WHERE r.indicator = ? AND r.period = ? AND r.entity = ? ORDER BY submission_id",
        [indicator, period, entity],
    ).fetchall()


@pytest.fixture(scope="module")
def made():
    with make(*reports(MARCH, CORRECTED), members=MEMBERS) as connection:
        yield connection


def test_a_corrected_march_changes_march_the_years_later_sums_and_growth_a_year_later(made):
    changed = restated(made)
    touched = ("B001", "state", "BJ", "110108", "patent")
    assert {key: changed[key] for key in changed if key[0] == "G01"} == {
        ("G01", "2025-03", "B001"): (100, 80),
        ("G01", "2025-03", "state"): (100, 80),
        ("G01", "2025-03", "BJ"): (400, 380),
        ("G01", "2025-03", "110108"): (100, 80),
        ("G01", "2025-03", "patent"): (100, 80),
    }
    # L1 counts in April as March last told of it.
    assert {key: changed[key] for key in changed if key[0] == "G04" and key[2] in ("B001", "BJ")} == {
        ("G04", "2025-03", "B001"): (100, 90),
        ("G04", "2025-03", "BJ"): (400, 390),
        ("G04", "2025-04", "B001"): (150, 140),
        ("G04", "2025-04", "BJ"): (450, 440),
    }
    # 160 / 100 − 1, and 160 / 80 − 1; of all banks 460 / 400 − 1, and 460 / 380 − 1.
    growth = {key: changed[key] for key in changed if key[1] == "2026-03"}
    assert {key: growth[key] for key in growth if key[2] in ("B001", "BJ")} == {
        ("G12", "2026-03", "B001"): (60, 100),
        ("G12", "2026-03", "BJ"): (15, pytest.approx(21.0526315)),
        ("G17", "2026-03", "BJ"): (15, pytest.approx(21.0526315)),
    }
    assert {code for code, *_ in growth} == {"G12", "G17"}
    assert {entity for _, period, entity in changed if period < "2026"} == set(touched)
    assert {period for _, period, _ in changed} == set(PERIODS)
    # Nothing that reads neither amount nor balance.
    unread = {"G02", "G03", "G05", "G11", "S06", "S07", "D03", "D04", "V01", "V03", "P01", "D08"}
    assert not unread & {code for code, *_ in changed}
    everything = {row for key in changed for row in causes(made, *key)}
    assert everything == {("B001", "2025-03", 2)}


def test_every_changed_figure_names_what_changed_it():
    renamed = "loan_no amount disbursed_on district ip_types rate\nK1 300 2025-02-01 110105 trademark 4"
    more = [report("B002", "2025-03", B1=renamed, version=2)]
    with make(*reports(MARCH, CORRECTED, more=more), members=MEMBERS) as made:
        # Both banks corrected March, but B002 no amount: only where rates are read is it named.
        assert causes(made, "G01", "2025-03") == [("B001", "2025-03", 2)]
        assert causes(made, "G07", "2025-03") == [("B001", "2025-03", 2), ("B002", "2025-03", 2)]
        assert causes(made, "G07", "2025-03", "B002") == [("B002", "2025-03", 2)]
        assert causes(made, "G01", "2025-03", "110108") == [("B001", "2025-03", 2)]
        nameless = "SELECT count(*) FROM restated ANTI JOIN restated_by USING (period, scope, entity, indicator)"
        assert made.execute(nameless).fetchall() == [(0,)]


def test_of_several_versions_those_are_named_that_altered_what_is_read():
    dearer = CORRECTED.replace("disbursed_on", "disbursed_on rate").replace("03-10", "03-10 5")
    with make(*reports(MARCH, CORRECTED, dearer), members=MEMBERS) as made:
        assert causes(made, "G01", "2025-03") == [("B001", "2025-03", 2)]
        assert causes(made, "G07", "2025-03") == [("B001", "2025-03", 2), ("B001", "2025-03", 3)]


@pytest.mark.parametrize("versions", [(MARCH, MARCH), (MARCH, CORRECTED, MARCH)])
def test_what_is_as_it_was_first_has_no_row(versions):
    with make(*reports(*versions), members=MEMBERS) as made:
        assert restated(made) == {}


def test_a_returned_version_is_no_figure_to_have_changed():
    returned = report("B001", "2025-03", B1=MARCH, verdict="returned", errors=1)
    later = [report("B001", "2025-03", B1=CORRECTED, version=2)]
    with make(returned, *later, *reports(), members=MEMBERS) as made:
        assert restated(made) == {}


def test_a_loan_left_out_later_counts_as_the_report_before_has_it():
    february = [report("B001", "2025-02", B1="loan_no amount disbursed_on\nL1 70 2025-02-01")]
    march = "loan_no amount disbursed_on\nL1 75 2025-02-01"
    with make(*reports(march, "", more=february), members=MEMBERS) as made:
        changed = restated(made)
        assert changed["G04", "2025-03", "B001"] == (75, 70)
        assert changed["G01", "2025-03", "B001"] == (75, 0)
        assert causes(made, "G04", "2025-03", "B001") == [("B001", "2025-03", 2)]


def test_a_form_that_came_only_later_gave_a_value_where_there_was_none():
    more = [report("B003", "2025-03"), report("B003", "2025-03", version=2, B5="")]
    with make(*reports(MARCH, more=more), members=MEMBERS) as made:
        assert restated(made)["S19", "2025-03", "B003"] == (-1, 0)
        assert causes(made, "S19", "2025-03", "B003") == [("B003", "2025-03", 2)]


def test_what_banks_correct_changes_a_districts_firms_too():
    firms = [report("110108", "2025-03", R4="uscc demand\nF1 200")]
    before, after = ("loan_no uscc balance\nL1 F1 " + balance for balance in ("120", "150"))
    with make(*reports(before, after, more=firms), members=MEMBERS) as made:
        assert restated(made)["C10", "2025-03", "110108"] == (60, 75)
        assert causes(made, "C10", "2025-03", "110108") == [("B001", "2025-03", 2)]


def test_filing_itself_is_not_restated(made):
    assert not {code for code, *_ in restated(made) if code.startswith("M")}


def test_forms_are_read_within_the_reach_of_the_set_that_brings_them_in():
    sets = relations()
    assert forms_read(sets["A"], sets) == {"B1": "month"}
    assert forms_read(sets["A_before"], sets) == {"B1": "month_and_year_before"}
    assert forms_read(sets["B3"], sets) == {"B3": "past", "B1": "month"}
    assert forms_read(sets["Y_planned"], sets) == {"B1": "year", "B3": "year"}
    assert forms_read(sets["R4_firm"], sets) == {"R4": "past", "B1": "month"}


def test_an_explanation_tells_of_it(made):
    explained = explain(made, catalogue()["G01"], "2025-03", "bank", "B001")
    before = explained.restated
    assert (before.part, before.value, explained.value) == (Decimal(100), 100, 80)
    assert [(correction.submitter, correction.period, correction.version) for correction in before.corrections] == [
        ("B001", "2025-03", 2)
    ]
    assert "曾因更正变动，由100改为80（B001 2025-03 第2版 2025-04-10收到）" in WRITERS["text"](explained)
    assert '"value_before": 100.0' in WRITERS["json"](explained)
    assert explain(made, catalogue()["G03"], "2025-03", "bank", "B001").restated is None


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    place = tmp_path_factory.mktemp("restated")
    publish(place, *reports(MARCH, CORRECTED), members=MEMBERS)
    return Home(place)


def test_outside_the_bureau_only_ones_own_correction_shows(home):
    """One bank's correction could be had by subtraction from any sum over fewer than three that corrected."""
    version = current(home)

    def seen(viewer: Viewer, scope: str, entity: str):
        return explanation(viewer, version, "2025-03", "G04", scope, entity).restated

    analyst, own = Viewer("a", "甲", "analyst"), Viewer("i", "丁", "institution", "B001")
    authority = Viewer("z", "戊", "authority")
    assert (seen(analyst, "city", "BJ").value, len(seen(analyst, "city", "BJ").corrections)) == (400, 1)
    assert (seen(own, "bank", "B001").value, len(seen(own, "bank", "B001").corrections)) == (100, 1)
    with pytest.raises(AccessDenied, match="不足3家"):  # two banks are all there are
        seen(authority, "city", "BJ")


def test_each_viewer_lists_what_it_may_see(home):
    version = current(home)

    def listed(viewer: Viewer, **asked) -> list[tuple]:
        frame = restatements(viewer, version, "2025-03", "2025-04", indicators=("G04",), **asked)
        return [
            (row.period, row.entity, None if isnan(row.value_before) else row.value_before, row.corrections)
            for row in frame.itertuples()
        ]

    by = "B001 2025-03 第2版"
    analyst, own = Viewer("a", "甲", "analyst"), Viewer("i", "丁", "institution", "B001")
    assert listed(analyst, scopes=("city",)) == [("2025-03", "BJ", 400, by), ("2025-04", "BJ", 450, by)]
    assert listed(own) == [("2025-03", "B001", 100, by), ("2025-04", "B001", 150, by)]
    assert listed(Viewer("j", "己", "institution", "B002")) == []
    district = listed(Viewer("d", "丙", "district", "110108"))
    assert [(period, entity, before) for period, entity, before, _ in district] == [
        ("2025-03", "BJ", None), ("2025-03", "110108", None), ("2025-04", "BJ", None), ("2025-04", "110108", None),
    ]  # fmt: skip
    assert {corrections for *_, corrections in district} == {None}
    with pytest.raises(AccessDenied):
        listed(own, scopes=("city",))


def test_three_that_corrected_hide_each_other():
    banks = [
        report(bank, "2025-03", version=version, B1=f"loan_no uscc amount\nL1 {bank} {amount}")
        for bank in ("B001", "B002", "B003")
        for version, amount in ((1, 100), (2, 110))
    ]
    with make(*banks, members=MEMBERS) as made:
        rows = made.execute("SELECT entity, submitters, withheld FROM restated WHERE indicator = 'G01'").fetchall()
    assert {entity: rest for entity, *rest in rows} == {
        **{bank: [1, False] for bank in ("B001", "B002", "B003")},
        "state": [1, True],
        "city": [2, True],
        "BJ": [3, False],
        "110108": [3, False],
        "patent": [3, False],
    }


def test_the_command_lists_each_figure_with_what_changed_it(home, monkeypatch):
    monkeypatch.setenv("PILOT_HOME", str(home.root))

    def told(*arguments: str) -> list[str]:
        return CliRunner().invoke(metrics, ["restated", *arguments]).output.splitlines()

    head, *rows = told("--period", "2025-04", "--indicator", "G04", "--scope", "city,bank", "--format", "csv")
    assert head.split(",")[-4:] == ["submitter", "reported", "version", "received_at"]
    assert rows == [
        "2025-04,city,BJ,G04,450,,450,440,,440,2,B001,2025-03,2,2025-04-10T00:00:00",
        "2025-04,bank,B001,G04,150,,150,140,,140,2,B001,2025-03,2,2025-04-10T00:00:00",
    ]
    assert told("--period", "2025-12") == ["2025-12没有因更正而变动的指标值"]
