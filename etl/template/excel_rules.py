"""A check's rule as an Excel formula: what the template can tell while a submitter types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from contract.calendar import period_bounds
from contract.declarations import Column, Form, code_lists
from etl.checks.rulebook import Check

COMPARISONS = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
OPPOSITE = {"=": "<>", "<>": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}
ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
NUMBERS = ("int", "money", "rate", "days", "date")


class _BeyondExcel(Exception):
    """The rule reads more than the row, or says what no formula of the template can."""


@dataclass(frozen=True)
class _Truth:
    """Formulas: it certainly holds, it certainly fails; neither where a cell that it needs is blank or unreadable."""

    holds: str
    fails: str


@dataclass(frozen=True)
class Cells:
    """Where a form's columns stand in its first data row (`$Y4`), and the period, where it is known."""

    form: Form
    addresses: Mapping[str, str]
    period: str | None = None

    def breaks(self, check: Check) -> str | None:
        """A formula, without its leading =, that is true where a row certainly breaks the check's rule.

        It is false wherever the check would not be asked. None for a rule that a row alone cannot answer.
        """
        if check.kind != "rule":
            return None
        try:
            return self._truth(sqlglot.parse_one(check.rule, dialect="duckdb")).fails
        except _BeyondExcel:
            return None

    def _truth(self, node: exp.Expression) -> _Truth:
        match node:
            case exp.Paren():
                return self._truth(node.this)
            case exp.Not():
                inner = self._truth(node.this)
                return _Truth(inner.fails, inner.holds)
            case exp.And() | exp.Or():
                left, right = self._truth(node.left), self._truth(node.right)
                both, either = ("AND", "OR") if isinstance(node, exp.And) else ("OR", "AND")
                return _Truth(f"{both}({left.holds},{right.holds})", f"{either}({left.fails},{right.fails})")
            case exp.Column() if self._column(node).type == "flag":
                cell = self._address(node)
                return _Truth(f'{cell}="是"', f'{cell}="否"')
            case exp.Is() if isinstance(node.expression, exp.Null):
                cell = self._address(node.this)
                return _Truth(f'{cell}=""', f'{cell}<>""')
            case exp.Between():
                low = exp.GTE(this=node.this, expression=node.args["low"])
                return self._truth(exp.And(this=low, expression=exp.LTE(this=node.this, expression=node.args["high"])))
            case exp.In():
                codes = {code.this for code in node.expressions}
                return self._among(node.this, lambda code: code in codes)
            case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
                return self._compared(node)
        raise _BeyondExcel

    def _compared(self, node: exp.Expression) -> _Truth:
        sign = COMPARISONS[type(node)]
        if node.right.is_string:
            return self._among(node.left, lambda code: HOLDS[sign](code, node.right.this))
        (left, cells), (right, others) = self._number(node.left), self._number(node.right)
        read = "".join(f"ISNUMBER({cell})," for cell in sorted(cells | others))
        return _Truth(f"AND({read}{left}{sign}{right})", f"AND({read}{left}{OPPOSITE[sign]}{right})")

    def _among(self, node: exp.Expression, wanted) -> _Truth:
        """Whether a cell holds the name of a code that is wanted; an unknown name is neither in nor out."""
        codes, cell = code_lists().get(self._column(node).code_list or "", {}), self._address(node)
        if not codes:
            raise _BeyondExcel
        named = {True: [], False: []}
        for code, name in codes.items():
            named[wanted(code)].append(f'{cell}="{name}"')
        return _Truth(*(f"OR({','.join(named[side])})" if named[side] else "FALSE" for side in (True, False)))

    def _number(self, node: exp.Expression) -> tuple[str, frozenset[str]]:
        """A formula for a number or day, and the cells that it reads."""
        match node:
            case exp.Paren():
                inner, cells = self._number(node.this)
                return f"({inner})", cells
            case exp.Literal() if not node.is_string:
                return node.this, frozenset()
            case exp.Column() if node.name in ("period_first", "period_last") and self.period:
                day = period_bounds(self.period)[node.name == "period_last"]
                return f"DATE({day.year},{day.month},{day.day})", frozenset()
            case exp.Column() if self._column(node).type in NUMBERS:
                return self._address(node), frozenset([self._address(node)])
            case exp.Add() | exp.Sub() | exp.Mul():
                (left, cells), (right, others) = self._number(node.left), self._number(node.right)
                return f"{left}{ARITHMETIC[type(node)]}{right}", cells | others
        raise _BeyondExcel

    def _column(self, node: exp.Expression) -> Column:
        if not isinstance(node, exp.Column) or node.name not in self.addresses:
            raise _BeyondExcel
        return self.form.column(node.name)

    def _address(self, node: exp.Expression) -> str:
        return self.addresses[self._column(node).code]


HOLDS = {
    "=": lambda code, other: code == other,
    "<>": lambda code, other: code != other,
    ">": lambda code, other: code > other,
    ">=": lambda code, other: code >= other,
    "<": lambda code, other: code < other,
    "<=": lambda code, other: code <= other,
}
