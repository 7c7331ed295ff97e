"""A rule that breaks: which, where, and the database's reason; neither a bad file nor a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from etl.checks.rulebook import Check

# What a rule or its data cause; a full disk or lost memory is no fault of a rule and goes on to the caller.
RULE_BREAKS = (duckdb.DataError, duckdb.ProgrammingError, duckdb.NotSupportedError)
BEFORE_ANY_ROW = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
REASONS = {
    duckdb.OutOfRangeException: "数值超出范围",
    duckdb.ConversionException: "值无法换算",
    duckdb.BinderException: "规则与表结构不符",
    duckdb.CatalogException: "规则与表结构不符",
    duckdb.ParserException: "规则写法有误",
    duckdb.InvalidInputException: "规则不适用于填报值",
}
OTHER_REASON = "规则执行出错"
MOST_LETTERS = 200
VALUE_BEGINS = r"""['"(\d]|[^\x00-\x7f]"""


@dataclass(frozen=True)
class Fault:
    """One rule that broke on one submission, by its number in the batch; None for a check across submissions.

    `reason` says it in the Bureau's words, `message` is the database's, without any value of a cell.
    """

    number: int | None
    check_id: str
    form: str
    kind: str
    reason: str
    message: str

    @property
    def is_unread(self) -> bool:
        """Whether cells could not be typed: then the submission cannot be taken in at all."""
        return self.kind == "type"

    @property
    def entry(self) -> dict[str, str]:
        """What the ledger keeps of it."""
        return {"check": self.check_id, "form": self.form, "reason": self.reason, "message": self.message}


def reason_of(error: duckdb.Error) -> str:
    """An error of the database in the Bureau's words."""
    return next((words for kind, words in REASONS.items() if isinstance(error, kind)), OTHER_REASON)


def fault(check: Check, error: duckdb.Error, number: int | None = None) -> Fault:
    """The fault that an error of the database means for a check."""
    return Fault(number, check.id, check.form, check.kind, reason_of(error), without_values(error))


def recorded(entry: Mapping[str, str]) -> Fault:
    """A fault as a receipt tells it."""
    return Fault(None, entry["check"], entry["form"], "", entry["reason"], entry["message"])


def without_values(error: duckdb.Error) -> str:
    """The database's own words, without what may come from a cell.

    Binding fails before any row is read, so its message is kept whole; any other is kept up to where a value can
    begin: a quotation mark, a bracket, a digit, a letter that is not plain.
    """
    line = str(error).splitlines()[0][:MOST_LETTERS]
    if isinstance(error, BEFORE_ANY_ROW):
        return line
    kind, _, rest = line.partition(":")
    return f"{kind}:{re.split(VALUE_BEGINS, rest)[0].rstrip()}…"


def named_faults(faults: Iterable[Fault]) -> str:
    """Faults in a few words, as commands and receipts name them."""
    return "、".join(dict.fromkeys(f"{broken.check_id}（{broken.reason}）" for broken in faults))
