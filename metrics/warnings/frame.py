"""What the trigger rules look at: a row a member and period, with its figures, facts and the policy in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp as sql

from contract.calendar import period_bounds
from contract.console.output import plain
from contract.errors import DeclarationError
from contract.parameters import Policy
from contract.wide_sql import Other, Source, of_type, read_expression, table
from metrics.indicators.catalogue import parse
from metrics.indicators.not_computable import DATA_ERRORS, spared
from metrics.warnings.rules import SETTLING_IN_PARAMETER, SMALL_NUMBERS, Rule

POLICY, FRAME = "trigger_policy", "trigger_frame"  # temporary tables of `prepare`

# Loans of B1(t) disbursed in t, valued inside the bank, above the ceiling in force on the day of approval. A bank
# without a ceiling of its own on that day (before its admission) has the default one. Grain: a loan and period.
ABOVE_CEILING_LOANS = f"""
    SELECT
        B1.submitter AS subject,
        B1.period,
        B1.loan_no,
        B1.amount,
        B1.approved_on,
        coalesce(ceiling.ceiling, policy.default_valuation_ceiling) AS permitted
    FROM B1
    JOIN {POLICY} AS policy ON policy.period = B1.period
    LEFT JOIN ceiling
        ON ceiling.code = B1.submitter AND ceiling.from_date <= B1.approved_on
        AND (ceiling.to_date IS NULL OR B1.approved_on < ceiling.to_date)
    WHERE B1.valuation_method IN ('internal', 'negotiated')
        AND strftime(B1.disbursed_on, '%Y-%m') = B1.period
        AND B1.amount > coalesce(ceiling.ceiling, policy.default_valuation_ceiling)
"""

# What of these a rule sees of a member and period.
ABOVE_CEILING = f"""
    SELECT
        subject,
        period,
        max(amount) AS above_ceiling_amount,
        arg_max(permitted, amount) AS above_ceiling_limit,
        list(
            {{loan_no: loan_no, amount: amount, approved_on: approved_on, ceiling: permitted}}
            ORDER BY amount DESC, loan_no
        ) AS above_ceiling_loans
    FROM ({ABOVE_CEILING_LOANS})
    GROUP BY subject, period
"""

# What was entered of a member by the day on which a period is seen, by rule; the day is that of the latest entry.
INCIDENTS = f"""
    SELECT
        incident.subject,
        policy.period,
        incident.rule,
        max(incident.entered_on) AS entered_on,
        list(
            {{
                incident_id: incident.incident_id, kind: incident.kind, entered_on: incident.entered_on,
                happened_on: incident.happened_on, note: incident.note
            }}
            ORDER BY incident.incident_id
        ) AS entries
    FROM incident
    JOIN {POLICY} AS policy ON incident.entered_on <= policy.seen_on
    GROUP BY incident.subject, policy.period, incident.rule
"""

# The day by which a member in rectification has to have put things right, as last decided by the day a period is seen.
RECTIFICATION = f"""
    SELECT
        member_state.code AS subject,
        policy.period,
        arg_max(decision.rectify_due, (decision.effective_on, decision.decision_id)) AS rectify_due
    FROM {POLICY} AS policy
    JOIN member_state
        ON member_state.state = 'rectify' AND member_state.from_date <= policy.seen_on
        AND (member_state.to_date IS NULL OR policy.seen_on < member_state.to_date)
    JOIN decision
        ON decision.subject = member_state.code AND decision.status = 'approved' AND decision.rectify_due IS NOT NULL
        AND decision.effective_on BETWEEN member_state.from_date AND policy.seen_on
    GROUP BY member_state.code, policy.period
"""

# Grain: a member on the list and period.
ROWS = f"""
    SELECT
        filing.submitter AS subject,
        filing.* EXCLUDE (submitter, on_list, submission_id),
        CASE WHEN filing.in_force THEN filing.submission_id END AS submission_id,
        score.total,
        score.grade,
        score.veto,
        above_ceiling.* EXCLUDE (subject, period),
        R2.pool_size,
        R2.pool_balance,
        violation.entries AS violations,
        violation.entered_on AS violation_on,
        withdrawal.entries AS withdrawals,
        withdrawal.entered_on AS withdrawal_on,
        rectification.rectify_due,
        policy.seen_on,
        calendar.last_day,
        member.admitted_on
    FROM filing
    JOIN member ON member.code = filing.submitter
    JOIN period AS calendar ON calendar.period = filing.period
    JOIN {POLICY} AS policy ON policy.period = filing.period
    LEFT JOIN score ON score.subject = filing.submitter AND score.period = filing.period
    LEFT JOIN ({ABOVE_CEILING}) AS above_ceiling
        ON above_ceiling.subject = filing.submitter AND above_ceiling.period = filing.period
    LEFT JOIN R2 ON R2.submitter = filing.submitter AND R2.period = filing.period
    LEFT JOIN ({INCIDENTS}) AS violation
        ON violation.subject = filing.submitter AND violation.period = filing.period AND violation.rule = 'X07'
    LEFT JOIN ({INCIDENTS}) AS withdrawal
        ON withdrawal.subject = filing.submitter AND withdrawal.period = filing.period AND withdrawal.rule = 'X09'
    LEFT JOIN ({RECTIFICATION}) AS rectification
        ON rectification.subject = filing.submitter AND rectification.period = filing.period
    WHERE filing.on_list
"""


@dataclass(frozen=True)
class Observation:
    """What one rule sees of one member in one period."""

    kind: str  # bank, district
    holds: tuple[bool | None, ...]  # a level each, in the rule's order; None = there is no value
    value: float | None
    threshold: float | None
    protections: tuple[str, ...]  # settling_in, small_numbers: raised as a hint only
    evidence: Mapping[str, Any]
    dated: date | None = None  # from when the condition holds, where the rule tells
    stopped: duckdb.DataError | None = None  # at which the rule's arithmetic stops, so that it sees nothing


def days_seen(periods: Iterable[str], today: date | None) -> dict[str, date]:
    """Period → the day as of which it is seen: its last day, and today for the latest, which is being worked on."""
    days = {period: period_bounds(period)[1] for period in periods}
    if days and today:
        latest = max(days)
        days[latest] = max(days[latest], today)
    return days


def prepare(connection: duckdb.DuckDBPyConnection, policies: Mapping[str, Policy], today: date | None = None) -> None:
    """Makes what rules read, for the periods of `policies` (period → policy in force).

    Two temporary tables: the policy (a row a period, with `seen_on` and a column a parameter) and the frame (a row a
    member on the list and period), from `filing`, `member`, `member_state`, `period`, `ceiling`, `decision`,
    `incident`, `B1`, `R2` and `score`.
    """
    names = dict.fromkeys(name for policy in policies.values() for name in policy)
    seen = days_seen(policies, today)
    first = {"period": pa.string(), "seen_on": pa.date32()}
    schema = pa.schema({**first, **dict.fromkeys(names, pa.decimal128(18, 6))})
    rows = [{"period": period, "seen_on": seen[period], **policy} for period, policy in policies.items()]
    connection.register("policies", pa.Table.from_pylist(rows, schema))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {POLICY} AS SELECT * FROM policies")
    connection.unregister("policies")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {FRAME} AS {ROWS}")


def observe(connection: duckdb.DuckDBPyConnection, rule: Rule) -> dict[tuple[str, str], Observation]:
    """(member, period) → what the rule sees, for each member on the list in the period, once `prepare` has run.

    Where the database stops at a member's numbers, the rule sees no value there.

    Raises:
        DeclarationError: an expression of the rule is no SQL, names a column that there is not, or may get too large.
    """
    _check_names(connection, rule)
    looked_at = _looked_at(rule, _held_by_columns(connection, rule))
    try:
        return _observed(connection, rule, looked_at, None)
    except DATA_ERRORS:
        places = connection.execute(
            f"SELECT subject, period, kind FROM {FRAME} WHERE kind IN (SELECT unnest(?)) ORDER BY ALL",
            [list(rule.kinds)],
        ).fetchall()
    found: dict[tuple[str, str], Observation] = {}
    for (subject, period, kind), error in spared(
        lambda some: found.update(_observed(connection, rule, looked_at, some)), places
    ):
        nothing = {"period": period, "figures": {}, "facts": {}}
        found[subject, period] = Observation(kind, (None,) * len(rule.levels), None, None, (), nothing, stopped=error)
    return found


def _held_by_columns(connection: duckdb.DuckDBPyConnection, rule: Rule) -> Source:
    """How large what a rule's expressions may name can be."""
    columns = dict.fromkeys(rule.indicators, Other.APPROXIMATE)
    for name in (FRAME, POLICY):
        columns |= {row[0]: of_type(row[1]) for row in connection.execute(f"DESCRIBE {name}").fetchall()}
    return table(columns)


def _looked_at(rule: Rule, holds: Source) -> dict[str, str]:
    """Name → SQL of what is asked of each member and period, with room for the largest numbers."""
    where = f"triggers.toml的规则{rule.id}"

    def wide(expression: str | None) -> str:
        return read_expression(expression, holds, where)[0] if expression else "NULL"

    return {
        **{f"holds_{number}": wide(level.condition) for number, level in enumerate(rule.levels)},
        "rule_value": f"CAST({wide(rule.value)} AS DOUBLE)",
        "rule_threshold": f"CAST({wide(rule.threshold)} AS DOUBLE)",
        "dated": f"CAST({wide(rule.dated)} AS DATE)",
        "settling_in": _settling_in(rule),
        "small_numbers": _small_numbers(rule),
    }


def _observed(
    connection: duckdb.DuckDBPyConnection,
    rule: Rule,
    looked_at: Mapping[str, str],
    places: Sequence[tuple[str, str, str]] | None,
) -> dict[tuple[str, str], Observation]:
    """What the rule sees of all members and periods, or of some (member, period, kind)."""
    figures = [(indicator, column) for indicator in rule.indicators for column in ("value", "part", "whole")]
    figure_columns = "".join(
        f', max("{column}") FILTER (indicator = ?) AS "{_figure_column(indicator, column)}"'
        for indicator, column in figures
    )
    query = f"""
        WITH figure AS (
            SELECT entity AS subject, period{figure_columns}
            FROM value
            WHERE scope IN ('bank', 'district')
            GROUP BY entity, period
        )
        SELECT
            {", ".join(f"({expression}) AS {name}" for name, expression in looked_at.items())},
            frame.* EXCLUDE (last_day, admitted_on),
            figure.* EXCLUDE (subject, period)
        FROM (SELECT * FROM {FRAME} WHERE ? IS NULL OR list_contains(?, subject || ' ' || period)) AS frame
        LEFT JOIN figure ON figure.subject = frame.subject AND figure.period = frame.period
        JOIN (SELECT * EXCLUDE (seen_on) FROM {POLICY}) AS policy ON policy.period = frame.period
        WHERE frame.kind IN (SELECT unnest(?))
    """
    some = None if places is None else [f"{subject} {period}" for subject, period, _ in places]
    try:
        cursor = connection.execute(query, [*(indicator for indicator, _ in figures), some, some, list(rule.kinds)])
    except (duckdb.BinderException, duckdb.ParserException) as error:
        raise DeclarationError(f"triggers.toml的规则{rule.id}的算式无法执行：{error}") from None
    names = [column[0] for column in cursor.description]
    rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    return {(row["subject"], row["period"]): _observation(rule, row) for row in rows}


def _check_names(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Raises DeclarationError where an expression names what is neither a figure nor a fact nor a parameter."""
    tables = (connection.execute(f"DESCRIBE {table}").fetchall() for table in (FRAME, POLICY))
    known = {row[0] for rows in tables for row in rows} | set(rule.indicators)
    for expression in (*(level.condition for level in rule.levels), rule.value, rule.threshold, rule.dated):
        where = f"triggers.toml的规则{rule.id}"
        for column in parse(expression, where).find_all(sql.Column) if expression else ():
            if column.name not in known:
                near = get_close_matches(column.name, known, n=1)
                said = f"；是否为{near[0]}" if near else ""
                raise DeclarationError(
                    f"{where}的“{expression}”用到不认识的“{column.name}”，"
                    f"应为figures所列指标、成员的情况或政策参数{said}"
                )


def _observation(rule: Rule, row: Mapping[str, Any]) -> Observation:
    figures = {
        indicator: {column: _plain(row[_figure_column(indicator, column)]) for column in ("value", "part", "whole")}
        for indicator in rule.indicators
    }
    facts = {fact: _plain(row[fact]) for fact in rule.facts}
    evidence = {"period": row["period"], "submission_id": row["submission_id"], "figures": figures, "facts": facts}
    return Observation(
        kind=row["kind"],
        holds=tuple(row[f"holds_{number}"] for number in range(len(rule.levels))),
        value=row["rule_value"],
        threshold=row["rule_threshold"],
        dated=row["dated"],
        protections=tuple(name for name in ("settling_in", "small_numbers") if row[name]),
        evidence=evidence,
    )


def _settling_in(rule: Rule) -> str:
    if not rule.settling_in:
        return "false"
    return f"last_day <= admitted_on + to_months(CAST({SETTLING_IN_PARAMETER} AS INTEGER))"


def _small_numbers(rule: Rule) -> str:
    if not rule.small_numbers:
        return "false"
    below = " OR ".join(f'"{indicator}" < {least}' for indicator, least in SMALL_NUMBERS.items())
    return f"kind = 'bank' AND ({below})"


def _figure_column(indicator: str, column: str) -> str:
    return indicator if column == "value" else f"{indicator}_{column}"


def _plain(value: Any) -> Any:
    """A value as JSON has it: exact decimals as text without exponent, days and times ISO."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(element) for element in value]
    if isinstance(value, dict):
        return {key: _plain(element) for key, element in value.items()}
    return value
