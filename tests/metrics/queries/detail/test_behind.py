"""The rows behind a figure add up to it, whatever the figure; and with any filter they are those of its rows that meet
the filter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from contract.declarations import code_lists
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, connect, current
from metrics.indicators.catalogue import Indicator, catalogue, indicator
from metrics.indicators.relations import relations
from metrics.queries.detail.kinds import columns_of, kind_of_set
from metrics.queries.detail.listing import exported, sums
from metrics.queries.detail.selection import Filter, Selection, behind
from tests.metrics.queries.detail.conftest import PERIOD
from tests.metrics.snapshots import Member, publish, report
from tests.published import ANALYST

PERIODS = ("2024-01", "2024-12", "2025-01")
LAST = PERIODS[-1]
MEMBERS = (Member("B001"), Member("B002"), Member("B003", "city"), Member("B004", "city", admitted="2025-02-01"))
HEADER = (
    "loan_no uscc amount balance rate disbursed_on approved_on district ip_types size tech risk_class overdue_days "
    "status closed_on closed_amount first_loan renewal pure_ip one_stop point_id valuation_method valuation risk_share"
)
SETS = ("A", "Y")


def rows_of(random: Random, member: str, period: str) -> str:
    """A month of one bank's loans: some of them were there before, some are disbursed this year, some are over."""
    lines = [HEADER]
    for number in random.sample(range(12), 7):
        own = Random(f"{member}{number}")  # what stays the same of a loan
        amount = own.choice(["100.5", "999.999999", "1000", "1200", "0.01"])
        day = date(2024, 12, 1) + timedelta(days=own.randrange(60))
        day = min(day, date(int(period[:4]), int(period[5:]), 28))
        status = random.choice(["active", "active", "active", "settled", "written_off"])
        over = status != "active"
        point = own.random() < 0.5
        cells = (
            f"{member}-{number}", f"F{own.randrange(9)}", amount, "0" if over else amount, own.choice(["3", "3.45"]),
            day, day - timedelta(days=own.randrange(40)), own.choice(["110108", "110105", "000000"]),
            own.choice(["patent", "trademark", "patent,data"]), own.choice(list(code_lists()["size"])),
            own.choice(list(code_lists()["tech"])), random.randint(1, 5), random.choice([0, 30, 100]), status,
            f"{period}-15" if over else "-", amount if status == "written_off" else "-",
            *(str(own.random() < 0.5).lower() for _ in range(3)), str(point).lower(), "P1" if point else "-",
            own.choice(list(code_lists()["valuation_method"])), own.choice(["200", "3000"]),
            own.choice(list(code_lists()["risk_share"])),
        )  # fmt: skip
        lines.append(" ".join(map(str, cells)))
    return "\n".join(lines)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Snapshot:
    random = Random(11)
    home = tmp_path_factory.mktemp("behind")
    reports = [
        report(member.code, period, B1=rows_of(random, member.code, period), B2="total_loans total_npl\n90000 900")
        for period in PERIODS
        for member in MEMBERS
    ]
    publish(home, *reports, members=MEMBERS)
    return current(Home(home))


def on_loans() -> list[Indicator]:
    return [each for each in catalogue().values() if {term.relation for term in each.terms} & set(SETS)]


def stored(version: Snapshot, code: str) -> list[tuple]:
    with connect(version.path) as connection:
        return connection.execute(
            "SELECT period, scope, entity, part, whole FROM value WHERE indicator = ? AND period = ?", [code, LAST]
        ).fetchall()


def given(version: Snapshot, selection: Selection) -> Iterator[tuple[dict, tuple[int, int]]]:
    """The rows of a selection, and where each stands."""
    whole = Selection(**{**vars(selection), "columns": tuple(columns_of(selection.relation))})
    for row in exported(ANALYST, version, whole).to_dict("records"):
        yield row, (row["submission_id"], row["row_no"])


def worked_out(version: Snapshot, selection: Selection, places: list[tuple[int, int]]) -> Decimal:
    """The figure's aggregate on the rows that stand at some places: declared expression, no condition of ours."""
    with connect(version.path) as connection:
        amount = connection.execute(
            f"SELECT {selection.term.expression} FROM {selection.relation.view} WHERE period = ? "
            "AND list_contains(?, [submission_id, row_no])",
            [selection.period, [list(place) for place in places]],
        ).fetchone()[0]
    return Decimal(0 if amount is None else amount)


def roles_and_rows(declared: Indicator, scope: str, entity: str) -> dict[str, list[Selection]]:
    """Role → the selections behind it, where all its parts can be listed."""
    found: dict[str, list[Selection]] = {}
    for _, selection in behind(declared, scope, entity, LAST):
        found.setdefault(selection.figure.partition(".")[2], []).append(selection)
    return {role: rows for role, rows in found.items() if len(rows) == len(declared.of_role(role))}


@pytest.mark.parametrize("code", [declared.code for declared in on_loans()])
def test_the_rows_behind_a_figure_add_up_to_it(world, code):
    """Part and whole in every scope, of one entity each, and the same again from the rows that are listed."""
    figures = stored(world, code)
    random = Random(code)
    compared = 0
    for scope in indicator(code).scopes:
        _, _, entity, part, whole = random.choice([figure for figure in figures if figure[1] == scope])
        for role, selections in roles_and_rows(indicator(code), scope, entity).items():
            told = [sums(ANALYST, world, selection) for selection in selections]
            places = [[place for _, place in given(world, selection)] for selection in selections]
            again = [worked_out(world, *pair) for pair in zip(selections, places, strict=True)]
            assert [each.rows for each in told] == [len(each) for each in places]
            assert sum(each.figure for each in told) == sum(again)
            amount = {"part": part, "whole": whole}.get(role)
            if amount is not None:
                assert sum(each.figure for each in told) == amount
                compared += 1
    assert compared or indicator(code).kind == "difference" or indicator(code).terms[0].relation not in SETS


def some_filter(random: Random, version: Snapshot, selection: Selection) -> Filter:
    """A filter by a column that tells the rows apart."""
    column = random.choice(["district", "size", "tech", "status", "amount", "uscc"])
    rows = [row for row, _ in given(version, selection)]
    cell = str(random.choice(rows)[column]) if rows else "x"
    if column == "amount":
        return Filter(column, low="100.5" if cell == "x" else cell)
    if column == "uscc":
        return Filter(column, text=cell)
    return Filter(column, codes=(cell,) if rows else ())


def meets(row: dict, asked: Filter) -> bool:
    cell = row[asked.column]
    if asked.low:
        return cell >= Decimal(asked.low)
    return asked.text in cell if asked.text else cell in asked.codes


@pytest.mark.parametrize("code", [declared.code for declared in on_loans()])
def test_a_filter_keeps_those_rows_of_the_figure_that_meet_it(world, code):
    random = Random(code)
    figures = stored(world, code)
    for _, scope, entity, *_ in random.sample(figures, min(2, len(figures))):
        for _, selection in behind(indicator(code), scope, entity, LAST):
            if selection.relation.code not in SETS:
                continue
            asked = tuple(some_filter(random, world, selection) for _ in range(random.randint(1, 2)))
            narrowed = Selection(**{**vars(selection), "filters": asked})
            kept = [place for row, place in given(world, selection) if all(meets(row, each) for each in asked)]
            assert sorted(kept) == sorted(place for _, place in given(world, narrowed))
            told = sums(ANALYST, world, narrowed)
            assert (told.rows, told.figure) == (len(kept), worked_out(world, narrowed, kept))


def test_every_figure_on_a_listed_form_leads_to_rows_and_no_other_does():
    for declared in catalogue().values():
        for scope in declared.scopes:
            listable = [
                term
                for term in declared.terms
                if kind_of_set(term.relation) and scope in relations()[term.relation].scopes
            ]
            assert len(behind(declared, scope, "x", LAST)) == len(listable)
    forms = {relations()[term.relation].form for declared in catalogue().values() for term in declared.terms}
    assert {"B1", "B4", "R1", "R4"} <= forms  # each a kind of its own


def test_a_figure_by_hand(version):
    """B001's outstanding loans of small firms: 1,800 of 1,920.5."""
    part, whole = behind(indicator("G15"), "bank", "B001", PERIOD)
    assert (part[0], whole[0]) == ("分子", "分母")
    assert sums(ANALYST, version, part[1]).figure == Decimal("1920.5")  # small and micro
    assert sums(ANALYST, version, whole[1]).figure == Decimal("1920.5")
    narrowed = Selection(**{**vars(part[1]), "filters": (Filter("size", codes=("small",)),)})
    assert sums(ANALYST, version, narrowed).figure == Decimal(1800)


def test_growth_leads_to_the_rows_of_both_periods():
    part, whole = behind(indicator("G12"), "city", "BJ", "2025-02")
    assert (part[1].period, whole[1].period) == ("2025-02", "2024-02")
    _, whole = behind(indicator("G13"), "city", "BJ", "2025-02")
    assert whole[1].period == "2024-12"


def test_an_institution_gets_its_own_rows_of_a_sum(world):
    own = Viewer("i", "丁", "institution", "B001")
    (_, selection), *_ = behind(indicator("G01"), "city", "BJ", LAST)
    mine = sums(own, world, selection)
    assert mine.figure == sum(
        row["balance"] for row, _ in given(world, selection) if row["loan_no"].startswith("B001-")
    )
    assert mine.figure < sums(ANALYST, world, selection).figure


@pytest.mark.parametrize("figure", ["G01.part OR true", "G01.part;", "G08.nothing", "G01 OR 1=1.part", "G04.part"])
def test_an_address_names_a_figure_of_the_set_and_no_condition_of_its_own(version, figure):
    with pytest.raises(CallError, match="指标"):
        sums(ANALYST, version, Selection("loans", PERIOD, "A", figure=figure))
