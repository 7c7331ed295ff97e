"""Why a figure has no value: there is none of it, it was not reported, it does not apply, or it is not computable.

Four different things.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from contract import wording
from contract.calendar import is_quarter_end, previous
from contract.declarations import districts, forms
from contract.errors import CallError
from metrics.indicators.catalogue import BASES, Indicator
from metrics.indicators.relations import CITY, SCOPES, Relation, relations

NONE, NOT_REPORTED, NOT_APPLICABLE = "none", "not_reported", "not_applicable"
NOT_COMPUTABLE = "not_computable"
NAMES = {NONE: "无", NOT_REPORTED: "未报送", NOT_APPLICABLE: "不适用", NOT_COMPUTABLE: wording.NOT_COMPUTABLE}
NOT_TAKEN = {
    "returned": "已退回，尚未受理",
    "missing": "截止时间已过，尚未报送",
    "due": "尚未到期",
    "exempt": "截止时报送要求尚未施行，没有报送",
}
MEMBER_SCOPES = {"bank": "bank", "district": "district"}  # scope → kind of the member that its entity is


@dataclass(frozen=True)
class Absence:
    """Which of the four it is, and why in Chinese; `submissions` at whose rows the working out stopped."""

    kind: str
    reason: str
    submissions: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        return f"{NAMES[self.kind]}：{self.reason}"


def absence(
    connection: duckdb.DuckDBPyConnection,
    indicator: Indicator,
    period: str,
    scope: str,
    entity: str,
    part: object = None,
    whole: object = None,
) -> Absence:
    """Why a figure that has no value has none; part and whole as stored, where they are.

    Raises CallError where nothing has that code in the scope.
    """
    stopped = not_computable(connection, indicator, period, scope, entity)
    if stopped is not None:
        return stopped
    if part is not None:
        return _without_whole(connection, indicator, period, scope, entity, whole)
    if scope not in MEMBER_SCOPES:
        return _of_group(connection, indicator, period, scope, entity)
    kind = _kind(connection, scope, entity)
    if scope == "district" and not _is_own(indicator, scope):
        return _of_group(connection, indicator, period, "city", CITY)
    if kind is None:
        return Absence(NOT_APPLICABLE, "不是试点地区，不报送区级数据")
    return _of_member(connection, indicator, period, entity)


def not_computable(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, period: str, scope: str, entity: str
) -> Absence | None:
    """Of a figure at which the database stopped; None for any other."""
    found = connection.execute(
        """SELECT reason, submissions FROM not_computable
        WHERE period = ? AND scope = ? AND entity = ? AND indicator = ?""",
        [period, scope, entity, indicator.code],
    ).fetchall()
    if not found:
        return None
    reason, submissions = found[0]
    return Absence(NOT_COMPUTABLE, f"{reason}，待更正所列报送后重新计算" if submissions else reason, tuple(submissions))


def _without_whole(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, period: str, scope: str, entity: str, whole: object
) -> Absence:
    """Of a figure that has a part and nothing to hold it against."""
    if whole is not None:
        return Absence(NONE, "分母为0，没有可比的数")
    (base,) = {term.base for term in indicator.of_role("whole")}
    if base not in BASES:
        return Absence(NONE, "没有分母")
    at = previous(period, 12) if base == "year_before" else f"{int(period[:4]) - 1}-12"
    first = connection.execute("SELECT min(period) FROM period").fetchall()[0][0]
    if at < first:
        return Absence(NOT_APPLICABLE, f"{BASES[base]}（{at}）在首个报送期之前")
    then = absence(connection, indicator, at, scope, entity)
    return Absence(then.kind, f"{BASES[base]}（{at}）没有数据，{then.words}")


def _of_group(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, period: str, scope: str, entity: str
) -> Absence:
    """Of a sum over members."""
    _check_known(connection, scope, entity)
    sets = [relations()[term.relation] for term in indicator.terms]
    expected, present = (
        [
            row[0]
            for row in connection.execute(
                f"""SELECT submitter FROM {table} WHERE period = $period AND list_contains($kinds, kind)
                AND ($scope <> 'bank_type' OR member_group = $entity)""",
                {"period": period, "kinds": _members_of(sets), "scope": scope, "entity": entity},
            ).fetchall()
        ]
        for table in ("expected", "presence")
    )
    if not present:
        if not expected:
            return Absence(NOT_APPLICABLE, "本期名单上没有相应的成员")
        return Absence(NOT_REPORTED, f"应报{len(expected)}家，均未受理")
    missing = _missing(connection, indicator, period, present)
    if missing is not None:
        return _without_form(connection, missing, period, present)
    if any(each.reach == "month_and_year_before" for each in sets):
        return Absence(NOT_APPLICABLE, "没有本期和上年同期均已受理的机构")
    return Absence(NONE, "已报送，没有可计算的数")


def _check_known(connection: duckdb.DuckDBPyConnection, scope: str, entity: str) -> None:
    """Raises CallError where nothing has that code in a scope of sums over members."""
    known = connection.execute(
        f"""SELECT $scope = 'city' AND $entity = '{CITY}'
            OR EXISTS (SELECT 1 FROM value WHERE scope = $scope AND entity = $entity)
            OR EXISTS (SELECT 1 FROM expected WHERE $scope = 'bank_type' AND member_group = $entity)""",
        {"scope": scope, "entity": entity},
    ).fetchall()[0][0]
    if not known:
        raise CallError(f"没有{SCOPES[scope]}“{entity}”的数据")


def _members_of(sets: Iterable[Relation]) -> list[str]:
    """The kinds of members whose forms some sets hold; of sets without a form, all."""
    kinds = list(MEMBER_SCOPES.values())
    by = {forms()[each.form].by for each in sets if each.form}
    return [kind for kind in kinds if kind in by] or kinds


def _is_own(indicator: Indicator, scope: str) -> bool:
    """Whether figures of the scope come from the entity's own report."""
    sets = [relations()[term.relation] for term in indicator.terms]
    return all(scope in each.own for each in sets if scope in each.scopes)


def _kind(connection: duckdb.DuckDBPyConnection, scope: str, entity: str) -> str | None:
    """The member's kind; None for a district that is no member. Raises CallError where there is no such entity."""
    kinds = connection.execute(
        "SELECT kind FROM member WHERE code = ? AND kind = ?", [entity, MEMBER_SCOPES[scope]]
    ).fetchall()
    if not kinds and not (scope == "district" and entity in districts()):
        raise CallError(f"没有{SCOPES[scope]}“{entity}”")
    return kinds[0][0] if kinds else None


def _of_member(connection: duckdb.DuckDBPyConnection, indicator: Indicator, period: str, member: str) -> Absence:
    """Of a member's own figure."""
    filing = connection.execute(
        "SELECT verdict, in_force, on_list FROM filing WHERE submitter = ? AND period = ?", [member, period]
    ).fetchall()
    verdict, in_force, on_list = filing[0] if filing else ("", False, False)
    if not in_force:
        return Absence(NOT_REPORTED, NOT_TAKEN[verdict]) if on_list else Absence(NOT_APPLICABLE, "本期不在试点名单上")
    missing = _missing(connection, indicator, period, [member])
    if missing is None:
        return Absence(NONE, "已报送，没有可计算的数")
    return _without_form(connection, missing, period, [member])


def _span(relation: Relation) -> str:
    """SQL: which of a member's periods a set reads for the period `$period`."""
    spans = {"year": "left(period, 4) = left($period, 4) AND period <= $period", "past": "period <= $period"}
    return spans.get(relation.reach, "period = $period")


def _missing(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, period: str, members: list[str]
) -> Relation | None:
    """The first set whose form none of the members has in force, in the periods that it reads."""
    for relation in (relations()[term.relation] for term in indicator.terms):
        reports = connection.execute(
            f"""SELECT 1 FROM submission JOIN version_form USING (submission_id)
            WHERE in_force AND list_contains($members, submitter) AND {_span(relation)} AND form = $form LIMIT 1""",
            {"members": members, "period": period, "form": relation.form or ""},
        ).fetchall()
        if relation.form and not reports:
            return relation
    return None


def _without_form(
    connection: duckdb.DuckDBPyConnection, relation: Relation, period: str, members: list[str]
) -> Absence:
    """Of a form that is not there: a quarterly one falls due with the first quarter that ends."""
    form = forms()[relation.form]
    due = connection.execute(
        f"SELECT period FROM expected WHERE list_contains($members, submitter) AND {_span(relation)}",
        {"members": members, "period": period},
    ).fetchall()
    if form.cadence == "quarter" and not any(is_quarter_end(month) for (month,) in due):
        return Absence(NOT_APPLICABLE, f"“{form.code} {form.name}”按季报送，尚未到首个季末")
    return Absence(NOT_REPORTED, f"已受理的报送中没有“{form.code} {form.name}”")
