"""Real defects in first versions, by name: what a submitter got wrong, whether it is returned or found only later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from etl.demo.bank_forms import Row
from etl.template.filled import Submission


def spoil(submission: Submission, defect: str) -> Submission:
    """The submission with one defect of that name."""
    return DEFECTS[defect](submission)


def _main_form(submission: Submission) -> str:
    """The form that the defect is put into: the loans of a bank, the points of a district."""
    return "B1" if "B1" in submission.rows else "R1"


def _with_rows(submission: Submission, form: str, rows: list[Row]) -> Submission:
    return replace(submission, rows={**submission.rows, form: rows})


def _change(submission: Submission, form: str, place: int, **cells: object) -> Submission:
    rows = list(submission.rows[form])
    rows[place] = {**rows[place], **cells}
    return _with_rows(submission, form, rows)


def _bad_date(submission: Submission) -> Submission:
    """A day that no month has."""
    place = len(submission.rows["B1"]) // 2
    return _change(submission, "B1", place, disbursed_on=f"{submission.period}-32")


def _uscc_check(submission: Submission) -> Submission:
    """Two figures of a credit code changed places."""
    rows = submission.rows["B1"]
    place = next(n for n, row in enumerate(rows) if row["uscc"][12] != row["uscc"][13])
    code = rows[place]["uscc"]
    return _change(submission, "B1", place, uscc=code[:12] + code[13] + code[12] + code[14:])


def _patent_check(submission: Submission) -> Submission:
    """A patent number with a figure mistyped."""
    rows = submission.rows["B6"]
    place = next(n for n, row in enumerate(rows) if row["ip_type"] == "patent")
    number = rows[place]["right_no"]
    mistyped = str((int(number[9]) + 1) % 10)
    return _change(submission, "B6", place, right_no=number[:9] + mistyped + number[10:])


def _duplicate_key(submission: Submission) -> Submission:
    """The first row once more at the end, counted into the control totals."""
    rows = list(submission.rows["B1"])
    return _with_rows(submission, "B1", [*rows, dict(rows[0])])


def _control_total(submission: Submission) -> Submission:
    """A row count on the cover that the rows don't bear out."""
    form = _main_form(submission)
    return replace(submission, cover={**submission.cover, f"rows_{form}": len(submission.rows[form]) + 3})


def _missing_column(submission: Submission) -> Submission:
    return replace(submission, without=frozenset({("B1", "risk_class")}))


def _missing_required(submission: Submission) -> Submission:
    form = _main_form(submission)
    return _change(submission, form, 0, **{"size" if form == "B1" else "address": None})


def _number_as_words(submission: Submission) -> Submission:
    form = _main_form(submission)
    return _change(submission, form, 0, **{"amount" if form == "B1" else "consultations": "约三十"})


def _unknown_code(submission: Submission) -> Submission:
    return _change(submission, "B1", 0, size="中小型")


def _balance_over_amount(submission: Submission) -> Submission:
    """A balance ten times the loan: a slip of the decimal point."""
    rows = submission.rows["B1"]
    place = next(n for n, row in enumerate(rows) if row["status"] == "active")
    return _change(submission, "B1", place, balance=rows[place]["amount"] * 10)


def _repayment_missed(submission: Submission) -> Submission:
    """A balance from before a repayment, in the loans and in their sum: nothing in it says that it is wrong."""
    rows = submission.rows["B1"]
    place = next(n for n, row in enumerate(rows) if row["status"] == "active" and row["balance"] < row["amount"])
    missed = rows[place]["amount"] - rows[place]["balance"]
    (summary,) = submission.rows["B2"]
    spoiled = _change(submission, "B1", place, balance=rows[place]["amount"])
    return _change(spoiled, "B2", 0, ip_balance=summary["ip_balance"] + missed)


DEFECTS: dict[str, Callable[[Submission], Submission]] = {
    "bad_date": _bad_date,
    "uscc_check": _uscc_check,
    "patent_check": _patent_check,
    "duplicate_key": _duplicate_key,
    "control_total": _control_total,
    "missing_column": _missing_column,
    "missing_required": _missing_required,
    "number_as_words": _number_as_words,
    "unknown_code": _unknown_code,
    "balance_over_amount": _balance_over_amount,
    "repayment_missed": _repayment_missed,
}
