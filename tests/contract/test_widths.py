"""Declared SQL gets the width that its largest amounts need, and is refused where the database has none so wide."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from contract.declarations import forms
from contract.errors import DeclarationError
from contract.wide_sql import Other, of_form, of_type, read_expression, read_statement, table
from contract.widths import ROWS, STORABLE, Span, digits, is_storable
from etl.checks.across import cross_checks, views
from etl.checks.cell_types import SQL_TYPES, judged_type
from etl.checks.rulebook import CONTEXT_COLUMNS, rule_book
from etl.snapshot.consistency import statement_of
from metrics.indicators import inputs
from metrics.indicators.catalogue import catalogue
from metrics.indicators.relations import relations
from metrics.indicators.wide_sets import aggregate, create_sets

MONEY, RATE, COUNT, DAYS = (STORABLE[kind] for kind in ("money", "rate", "int", "days"))
LOANS = table(
    {"amount": MONEY, "balance": MONEY, "rate": RATE, "loans": COUNT, "days": DAYS, "name": Other.UNKNOWN}
    | dict.fromkeys(("opened", "closed"), Other.DAY)
)
TYPES = (
    "amount DECIMAL(18,6), balance DECIMAL(18,6), rate DECIMAL(12,6), loans BIGINT, days INTEGER, name TEXT, "
    "opened DATE, closed DATE"
)
MOST = (
    "999999999999.999999, 999999999999.999999, 999999.999999, 999999999999999, 999999, 'x', '1000-01-01', '2999-12-31'"
)
LEAST = "0, 0, -999999.999999, -999999999999999, 0, 'x', '2999-12-31', '1000-01-01'"

# Expression → the greatest that it can be, worked out by hand, in units of its last place.
GREATEST = {
    "amount": 10**18 - 1,
    "sum(amount)": (10**18 - 1) * ROWS,
    "count(*)": ROWS,
    "amount - balance": 10**18 - 1,
    "amount + balance + 1": 2 * (10**18 - 1) + 10**6,
    "amount * rate": (10**18 - 1) * (10**12 - 1),
    "loans * days": (10**15 - 1) * (10**6 - 1),
    "closed - opened": 730_484,
    "amount * (closed - opened)": (10**18 - 1) * 730_484,
    "least(amount, loans)": 10**18 - 1,
    "greatest(days, loans)": 10**15 - 1,
    "coalesce(rate, 0)": 10**12 - 1,
    "abs(rate)": 10**12 - 1,
    "round(amount, 2)": 10**14,
    "CASE WHEN name = 'x' THEN days ELSE 7 END": 10**6 - 1,
    "if(name = 'x', amount, 0.5)": 10**18 - 1,
    "sum(amount) FILTER (WHERE days > 0) OVER (PARTITION BY name)": (10**18 - 1) * ROWS,
    "1000 * median(amount)": 1000 * (10**18 - 1),
    "CAST(name AS INTEGER)": 2**31 - 1,
}


@pytest.mark.parametrize("expression", GREATEST)
def test_the_greatest_is_that_of_the_operands(expression):
    _, span = read_expression(expression, LOANS, "试")
    assert span.high == GREATEST[expression]


@pytest.fixture(scope="module")
def extremes():
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(f"CREATE TABLE loan ({TYPES})")
        connection.execute(f"INSERT INTO loan VALUES ({MOST}), ({LEAST})")
        yield connection


PRODUCTS = (
    "amount * rate",
    "rate * rate",
    "amount * (closed - opened)",
    "loans * days",
    "loans + loans",
    "days * days",
    "1000 * amount",
    "amount * 1000",
    "(amount + balance) * rate",
    "-rate * amount",
)


@pytest.mark.parametrize("expression", PRODUCTS)
def test_what_is_run_gives_the_extremes_exactly(extremes, expression):
    """Each is worked out in fractions by Python for the two rows of extremes; as declared, some stop the database."""
    wide, span = read_expression(expression, LOANS, "试")
    extreme_values = [row[0] for row in extremes.execute(f"SELECT {wide} FROM loan").fetchall()]
    rows = extremes.execute("SELECT * EXCLUDE (opened, closed), opened, closed FROM loan").fetchall()
    names = ("amount", "balance", "rate", "loans", "days", "name", "opened", "closed")
    expected = [_worked_out(expression, dict(zip(names, row, strict=True))) for row in rows]
    assert [_units(value, span.places) for value in extreme_values] == [
        _units(value, span.places) for value in expected
    ]
    assert all(span.low <= _units(value, span.places) <= span.high for value in extreme_values)


def _worked_out(expression: str, row: dict) -> Decimal:
    whole = {name: value for name, value in row.items() if name != "name"}
    if "closed" in expression:
        apart = (whole["closed"] - whole["opened"]).days
        return Decimal(_units(whole["amount"], 6) * apart).scaleb(-6)
    exact = {name: _units(value, 6) for name, value in whole.items() if name in ("amount", "balance", "rate")}
    exact |= {name: value for name, value in whole.items() if name in ("loans", "days")}
    places = 12 if expression.count("rate") + expression.count("amount") > 1 else 6 if "amount" in expression else 0
    number = eval(expression, {}, exact)
    return _scaled(number, places)


def _scaled(number: int, places: int) -> Decimal:
    sign, figures = ("-" if number < 0 else ""), str(abs(number)).rjust(places + 1, "0")
    return Decimal(f"{sign}{figures[: len(figures) - places]}.{figures[len(figures) - places :]}" if places else number)


def _units(value: object, places: int) -> int:
    """A number in units of a decimal place, exact however many digits it has."""
    sign, figures, exponent = Decimal(value).as_tuple()
    number = int("".join(map(str, figures)) + "0" * (places + exponent))
    return -number if sign else number


def test_without_the_casts_the_database_stops(extremes):
    with pytest.raises(duckdb.OutOfRangeException):
        extremes.execute("SELECT amount * rate FROM loan").fetchall()


@pytest.mark.parametrize(
    "expression",
    [
        "amount * amount * rate",
        "sum(amount * amount)",
        "sum(amount * rate * days)",
        "CAST(sum(amount) AS DECIMAL(18,6))",
        "CAST(amount AS INTEGER)",
        "amount * rate * rate * rate = 0",
        "sum(amount * rate) > sum(loans * loans)",
    ],
)
def test_what_may_be_larger_than_38_digits_is_refused_by_name(expression):
    with pytest.raises(DeclarationError, match="指标X的“.*”可能超过数据库可容的38位.*请"):
        read_expression(expression, LOANS, "指标X")


@pytest.mark.parametrize("expression", ["amount * name", "sum(name)", "amount - len_of(name)"])
def test_what_cannot_be_told_is_refused_by_name(expression):
    with pytest.raises(DeclarationError, match="指标X的“.*”看不出能有多大"):
        read_expression(expression, LOANS, "指标X")


@pytest.mark.parametrize(
    "expression", ["sum(balance)", "count(*) FILTER (WHERE days > 90)", "opened + INTERVAL 12 MONTH", "amount / rate"]
)
def test_what_has_room_is_run_as_declared(expression):
    assert read_expression(expression, LOANS, "试")[0] == expression


QUERY = """
    WITH own AS (SELECT k, sum(amount) AS lent FROM loan GROUP BY ALL)
    SELECT o.*, l.* EXCLUDE (rate) REPLACE (days + 1 AS days), 2 * o.lent AS twice
    FROM own o JOIN (SELECT * FROM loan) l USING (k)
    WHERE l.k IN (SELECT k FROM other WHERE other.x * l.amount > 0)
    QUALIFY twice > 1000 * lent
"""


def test_names_are_followed_through_a_statement():
    tables = {"loan": table({"k": Other.UNKNOWN, "amount": MONEY, "rate": RATE, "days": DAYS}), "other": LOANS}
    tables["other"] = table({"k": Other.UNKNOWN, "x": MONEY})
    wide, result = read_statement(QUERY, tables, "试")
    assert result("lent").high == (10**18 - 1) * ROWS
    assert result("twice").high == 2 * (10**18 - 1) * ROWS
    assert result("days") == Span(1, 10**6)
    assert result("rate") is None
    assert "CAST(other.x AS DECIMAL(38, 6)) * l.amount" in wide
    assert "1000 * CAST(lent AS DECIMAL(38, 6))" in wide


def test_a_union_holds_what_either_side_does():
    _, result = read_statement("SELECT days AS n FROM loan UNION ALL SELECT loans FROM loan", {"loan": LOANS}, "试")
    assert result("n") == Span(COUNT.low, COUNT.high)


# --- what is declared ---


def test_a_stored_amount_has_twelve_places_and_twenty_six_digits_before_them():
    assert is_storable(Span(0, 10**26 - 1))
    assert not is_storable(Span(0, 10**26))
    assert not is_storable(digits(1, 13))
    assert not is_storable(Span(0, 10**25), scale=100)


def test_the_types_of_columns_hold_what_is_storable_and_decimals_no_more():
    for kind, span in STORABLE.items():
        held = of_type(SQL_TYPES[kind])
        assert held.low <= span.low and span.high <= held.high
        assert not span.places or held.high == span.high


@pytest.fixture(scope="module")
def sets():
    with duckdb.connect(config={"threads": 1}) as connection:
        inputs.create_all(connection)
        create_sets(connection)
        yield connection


@pytest.mark.parametrize("code", relations())
def test_every_aggregate_has_the_places_that_the_database_gives_it(sets, code):
    """What is read from the SQL is what the database itself makes of it: the same places, exact where it is exact."""
    relation = relations()[code]
    expressions = {term.expression for each in catalogue().values() for term in each.terms if term.relation == code}
    for expression in expressions:
        wide, span = aggregate(relation, expression)
        types = sets.execute(f"SELECT typeof({wide}) FROM {relation.view}").fetchall()
        (name,) = types[0]
        held = of_type(name)
        assert isinstance(held, Span) and held.places == span.places, expression
        assert held.low <= span.low and span.high <= held.high, expression


def test_every_indicator_was_read_with_the_rows_of_its_form():
    """One row a submitter for the forms that have one, a nation's loans for the others."""
    _, mechanisms = aggregate(relations()["B3"], "sum(delegated_limit)")
    _, loans = aggregate(relations()["A"], "sum(balance)")
    assert mechanisms.high == (10**18 - 1) * 10**4
    assert loans.high == (10**18 - 1) * 10**8


@pytest.mark.parametrize("check", cross_checks(), ids=lambda check: check.id)
def test_every_check_across_submissions_has_room(check):
    assert statement_of(check)


def test_views_that_checks_read_have_room():
    tables = {form.code: of_form(form) for form in forms().values()}
    for name, sql in views().items():
        tables[name] = read_statement(sql, tables, name)[1]
    assert tables["year_loan"]("amount") == MONEY


RULES = [check for check in rule_book() if check.kind == "rule"]


@pytest.mark.parametrize("check", RULES, ids=lambda check: check.id)
def test_every_rule_of_a_form_has_room_in_the_types_in_which_it_is_asked(check):
    """A digit to spare is enough: no product in a rule needs a cast but from 18 digits to more."""
    form = forms()[check.form]
    context = dict.fromkeys(CONTEXT_COLUMNS, Other.UNKNOWN)
    context |= dict.fromkeys(("default_ceiling", "small_loan_limit"), of_type("DECIMAL(18,6)"))
    context |= dict.fromkeys(("period_first", "period_last"), Other.DAY)
    declared = {column.code: of_form(form)(column.code) for column in form.columns}
    asked = {column.code: of_type(judged_type(column)) for column in form.columns}
    for expression in filter(None, (check.rule, check.expected)):
        wide, _ = read_expression(expression, table(context | declared), check.id)
        assert "BIGINT" not in wide.replace(expression, "") and "INT128" not in wide
    assert all(declared[code].most <= asked[code].most for code in asked if isinstance(declared[code], Span))
