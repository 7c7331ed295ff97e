"""The rule book to read: one row a check of every kind, as it is in force for a report period."""

from __future__ import annotations

from collections.abc import Collection

from contract.declarations import forms
from etl.checks.cell_types import typed
from etl.checks.rule_changes import OFF, Changes, catalogue
from etl.checks.rulebook import Check, clauses, header_of

RULE_FIELDS = (
    "check", "level", "form", "form_name", "columns", "headers", "category", "message", "advice", "clause",
    "clause_text", "rule", "expected", "effective_from", "effective_to", "document_no", "note",
)  # fmt: skip
FRAME_NAMES = {"cover": "封面", "file": "报送文件", "form": "各表"}
IN_WORDS = {"{value}": "填报值", "{expected}": "对照值", "{header}": "该项", "{form_name}": "该表"}
BY_READER = "读取报送文件时核对"


def rule_rows(changes: Changes, period: str, of_forms: Collection[str] | None = None) -> list[dict[str, str]]:
    """One row a check, `off` among the levels, in the order of the catalogue; of some forms only, where given.

    `effective_from` and `effective_to` are the first and last report period (empty = open); `document_no` and `note`
    are those of the change that holds for the period, if any.
    """
    return [
        _row(check, changes, period) for check in catalogue().values() if of_forms is None or check.form in of_forms
    ]


def _row(check: Check, changes: Changes, period: str) -> dict[str, str]:
    made = [change for change in changes.history.get(check.id, ()) if change.period_from <= period]
    values = (
        check.id,
        changes.level(check, period),
        check.form,
        form_name(check.form),
        "、".join(check.columns),
        "、".join(header_of(check.form, code) for code in check.columns),
        check.category,
        in_words(check.message),
        in_words(check.advice),
        check.clause,
        "；".join(clauses()[part] for part in check.clause.split("；") if part in clauses()),
        as_run(check),
        check.expected,
        check.effective_from,
        check.effective_to,
        made[-1].document_no if made else "",
        made[-1].note if made else "",
    )
    return dict(zip(RULE_FIELDS, values, strict=True))


def form_name(code: str) -> str:
    """`B1 质押贷款明细`, 封面, 报送文件, 各表."""
    return FRAME_NAMES.get(code) or forms()[code].sheet


def as_run(check: Check) -> str:
    """The SQL that judges a row, or finds across submissions; in words for what the reader finds."""
    match check.kind:
        case "type":
            return f"{typed(forms()[check.form].column(check.column), check.column)} IS NOT NULL"
        case "required":
            return f"{check.column} IS NOT NULL"
        case "reference":
            target, _, code = check.reference.partition(".")
            return f"{check.column} IN (SELECT {code} FROM {target})"
        case "structure":
            return BY_READER
        case _:
            return check.rule.strip()


def in_words(wording: str) -> str:
    """A message as the rule book has it, without a finding to fill it in."""
    for placeholder, word in IN_WORDS.items():
        wording = wording.replace(f"“{placeholder}”", word).replace(placeholder, word)
    return wording


def is_off(row: dict[str, str]) -> bool:
    """Whether a row's check is not in force for the period."""
    return row["level"] == OFF
