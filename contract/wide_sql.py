"""Declared SQL, read for how large its amounts get, and made wide enough where the database itself would not be.

DuckDB gives the product of two numbers of 64 bits 64 bits, and stops with an error at a row where it has more. So
every operation is held against the spans of its operands (`contract.widths`): where 64 bits may be too few, a cast to
128 bits is put in; where 38 digits may be too few, the declaration is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import reduce
from operator import or_

import sqlglot
from sqlglot import expressions as sql

from contract.declarations import Form
from contract.errors import DeclarationError
from contract.widths import COUNT, DAYS_BETWEEN, ROWS, STORABLE, Span, alike, digits

DIALECT = "duckdb"
INTEGER, BIGINT = 2**31 - 1, 2**63 - 1  # the most that these types hold
DECIMAL_64 = 10**18 - 1  # the most that a decimal of 64 bits holds
PLACES_64 = 18
SMALL = digits(9)  # a year, a length, a number that the system counts itself


class Other(Enum):
    """What is no exact number."""

    NULL = auto()
    APPROXIMATE = auto()  # a double: it has room for any size
    DAY = auto()
    UNKNOWN = auto()  # a text, a flag, a list; or nothing is known of it


Kind = Span | Other
Source = Callable[[str], Kind | None]  # what a column of a table holds, by name; None where it has no such column

INTEGER_BITS = {"TINYINT": 7, "SMALLINT": 15, "INT": 31, "INTEGER": 31, "BIGINT": 63}
DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")
OTHER_TYPES = {
    "HUGEINT": digits(38),
    "INT128": digits(38),
    "DOUBLE": Other.APPROXIMATE,
    "FLOAT": Other.APPROXIMATE,
    "DATE": Other.DAY,
}


def of_type(name: str) -> Kind:
    """What a type of the database holds."""
    name = name.upper()
    if match := DECIMAL.fullmatch(name):
        return digits(int(match[1]) - int(match[2]), int(match[2]))
    if bits := INTEGER_BITS.get(name):
        return Span(-(2**bits), 2**bits - 1)
    return OTHER_TYPES.get(name, Other.UNKNOWN)


def of_column(declared_type: str) -> Kind:
    """What a column of a form holds."""
    return STORABLE.get(declared_type, Other.DAY if declared_type == "date" else Other.UNKNOWN)


def table(columns: Mapping[str, Kind]) -> Source:
    """A table with these columns."""
    return {name.lower(): kind for name, kind in columns.items()}.get


def of_form(form: Form) -> Source:
    """The table of a form."""
    return table({column.code: of_column(column.type) for column in form.columns})


def read_statement(text: str, tables: Mapping[str, Source], where: str, rows: int = ROWS) -> tuple[str, Source]:
    """A query as it is to be run, and what the columns of its result hold; `rows` is the most that it can sum up.

    A table that is not among `tables` is one of which nothing is known. Raises DeclarationError.
    """
    reader = _Reader(where, rows)
    tree = _parsed(text, where)
    result = reader.query(tree, {name.lower(): source for name, source in tables.items()})
    return (tree.sql(DIALECT) if reader.has_widened else text), result


def read_expression(text: str, columns: Source, where: str, rows: int = ROWS) -> tuple[str, Kind]:
    """An expression as it is to be run, and what it gives. Raises DeclarationError."""
    reader = _Reader(where, rows)
    whole = sql.Paren(this=_parsed(text, where))
    kind = reader.kind(whole, _Scope({}, [("", columns)]))
    return (whole.this.sql(DIALECT) if reader.has_widened else text), kind


def _parsed(text: str, where: str) -> sql.Expression:
    try:
        return sqlglot.parse_one(text, dialect=DIALECT)
    except sqlglot.errors.SqlglotError as error:
        raise DeclarationError(f"{where}的“{text}”不能解析：{str(error).splitlines()[0]}") from None


@dataclass
class _Scope:
    """What names stand for within one SELECT."""

    known: Mapping[str, Source]  # tables that it may read
    sources: list[tuple[str, Source]] = field(default_factory=list)  # those that it reads, by the name it gives them
    own: dict[str, sql.Expression] = field(default_factory=dict)  # its results, which its clauses may name
    outer: _Scope | None = None

    def column(self, name: str, alias: str) -> Kind | None:
        """A column of what is read; of any of it where no alias is given."""
        held = (holds(name) for source, holds in self.sources if alias in ("", source))
        return next((kind for kind in held if kind is not None), None)


class _Reader:
    """Reads one statement or expression, and puts the casts that it needs into its tree."""

    def __init__(self, where: str, rows: int) -> None:
        self.where = where
        self.rows = rows
        self.has_widened = False
        self._kinds: dict[int, Kind] = {}

    def query(self, tree: sql.Expression, known: Mapping[str, Source], outer: _Scope | None = None) -> Source:
        """Reads a query with all that is in it; what the columns of its result hold."""
        known = dict(known)
        for each in tree.ctes:
            known[each.alias.lower()] = self.query(each.this, known, outer)
        if isinstance(tree, sql.Subquery):
            return self.query(tree.this, known, outer)
        if isinstance(tree, sql.SetOperation):
            return self._either_side(tree, known, outer)
        return self._select(tree, known, outer)

    def _either_side(self, tree: sql.SetOperation, known: Mapping[str, Source], outer: _Scope | None) -> Source:
        """The columns of both sides are matched by their place; they have the names of the first."""
        first, second = (self.query(side, known, outer) for side in (tree.left, tree.right))
        names = ([each.alias_or_name.lower() for each in side.selects] for side in (tree.left, tree.right))
        matched = {} if tree.args.get("by_name") else dict(zip(*names, strict=False))

        def result(name: str) -> Kind | None:
            kinds = [kind for kind in (first(name), second(matched.get(name, name))) if kind is not None]
            return _either(kinds) if kinds else None

        return result

    def _select(self, tree: sql.Select, known: Mapping[str, Source], outer: _Scope | None) -> Source:
        joins = tree.args.get("joins") or []
        scope = _Scope(known, outer=outer)
        for part in filter(None, (tree.args.get("from_"), *joins)):
            scope.sources.append((part.this.alias_or_name.lower(), self._source(part.this, known, outer)))
        scope.own = {each.alias.lower(): each.this for each in tree.expressions if isinstance(each, sql.Alias)}
        for each in tree.iter_expressions():
            if isinstance(each, sql.Join):
                self._read(each.args.get("on"), scope)
            elif not isinstance(each, sql.From | sql.With):
                self._read(each, scope)
        return lambda name: self._result(tree, name, scope)

    def _read(self, node: sql.Expression | None, scope: _Scope) -> None:
        if node is not None:
            self.kind(node, scope)

    def _source(self, part: sql.Expression, known: Mapping[str, Source], outer: _Scope | None) -> Source:
        if isinstance(part, sql.Query):
            return self.query(part, known, outer)
        nothing_known = isinstance(part, sql.Table) and part.name.lower() not in known
        return (lambda name: Other.UNKNOWN) if nothing_known else known.get(part.name.lower(), lambda name: None)

    def _result(self, tree: sql.Select, name: str, scope: _Scope) -> Kind | None:
        for each in tree.expressions:
            star = each.this if isinstance(each, sql.Column) else each
            if isinstance(star, sql.Star):
                alias = each.table.lower() if isinstance(each, sql.Column) else ""
                kind = self._of_star(star, alias, name, scope)
                if kind is not None:
                    return kind
            elif each.alias_or_name.lower() == name:
                return self.kind(each, scope)
        return None

    def _of_star(self, star: sql.Star, alias: str, name: str, scope: _Scope) -> Kind | None:
        for each in star.args.get("replace") or ():
            if each.alias.lower() == name:
                return self.kind(each, scope)
        left_out = {each.name.lower() for each in star.args.get("except_") or ()}
        return None if name in left_out else scope.column(name, alias)

    def kind(self, node: sql.Expression, scope: _Scope) -> Kind:
        """What an expression gives, once all in it is read."""
        if id(node) not in self._kinds:
            self._kinds[id(node)] = Other.UNKNOWN  # a result that is named in its own definition
            self._kinds[id(node)] = self._kind(node, scope)
        return self._kinds[id(node)]

    def _kind(self, node: sql.Expression, scope: _Scope) -> Kind:
        if isinstance(node, sql.Query):
            result = self.query(node, scope.known, scope)
            return (result(node.selects[0].alias_or_name.lower()) if node.selects else None) or Other.UNKNOWN
        if isinstance(node, sql.Column):
            return self._column(node, scope)
        given = {id(each): self.kind(each, scope) for each in node.iter_expressions()}
        rule = next((rule for classes, rule in RULES if isinstance(node, classes)), None)
        kind = rule(self, node, given) if rule else Other.UNKNOWN
        if isinstance(kind, Span) and not kind.fits:
            raise self.too_large(node)
        return kind

    def _column(self, node: sql.Column, scope: _Scope | None) -> Kind:
        while scope is not None:
            name, alias = node.name.lower(), node.table.lower()
            kind = scope.column(name, alias)
            if kind is None and not alias and name in scope.own:
                kind = self.kind(scope.own[name], scope)
            if kind is not None:
                return kind
            scope = scope.outer
        return Other.UNKNOWN

    def too_large(self, node: sql.Expression) -> DeclarationError:
        return DeclarationError(
            f"{self.where}的“{node.sql(DIALECT)}”可能超过数据库可容的38位：按各列可存的最大值、最多{self.rows:,}行计；"
            "请少乘一列，或拆成几项"
        )

    # --- what each kind of expression gives ---

    def literal(self, node: sql.Literal, given: Mapping[int, Kind]) -> Kind:
        if node.is_string:
            return Other.UNKNOWN
        if not re.fullmatch(r"\d*\.?\d*", node.name):
            return Other.APPROXIMATE  # with an exponent
        whole, _, fraction = node.name.partition(".")
        number = int(whole + fraction)
        return Span(number, number, len(fraction))

    def arithmetic(self, node: sql.Binary, given: Mapping[int, Kind]) -> Kind:
        left, right = given[id(node.left)], given[id(node.right)]
        if isinstance(left, Span) and isinstance(right, Span):
            return self._exact(node, left, right)
        if left is right is Other.DAY and isinstance(node, sql.Sub):
            return DAYS_BETWEEN
        for kind in (Other.APPROXIMATE, Other.DAY, Other.NULL):
            if kind in (left, right):
                return kind
        if left is right or sql.Interval in (type(node.left), type(node.right)):
            return Other.UNKNOWN
        raise DeclarationError(
            f"{self.where}的“{node.sql(DIALECT)}”看不出能有多大：有一项不是数值列；"
            "请用CAST写明它的类型，如CAST(… AS INTEGER)"
        )

    def _exact(self, node: sql.Binary, left: Span, right: Span) -> Span:
        result = {sql.Add: left.__add__, sql.Sub: left.__sub__, sql.Mul: left.__mul__}[type(node)](right)
        written_alike = () if isinstance(node, sql.Mul) else alike(left, right)
        if not all(span.fits for span in (result, *written_alike)):
            raise self.too_large(node)
        wide = _wide_type(node, left, right, result)
        if wide:
            side = "expression" if isinstance(node.left, sql.Literal) else "this"
            operand = node.args[side]
            places = (right if side == "expression" else left).places
            target = wide if wide != "DECIMAL" else f"DECIMAL(38, {places})"
            node.set(side, sql.Cast(this=operand, to=sql.DataType.build(target, dialect=DIALECT)))
            self.has_widened = True
        return result

    def total(self, node: sql.Expression, given: Mapping[int, Kind]) -> Kind:
        kind = given[id(node.this)]
        if kind in (Other.UNKNOWN, Other.DAY):
            raise DeclarationError(f"{self.where}的“{node.sql(DIALECT)}”看不出能有多大：合计的不是数值列")
        return kind.times(self.rows) if isinstance(kind, Span) else kind

    def cast(self, node: sql.Cast, given: Mapping[int, Kind]) -> Kind:
        kind, target = given[id(node.this)], of_type(node.to.sql(DIALECT))
        if not (isinstance(kind, Span) and isinstance(target, Span)):
            return target
        held = kind.to(target.places) if target.places >= kind.places else kind.rounded(target.places)
        if target.low <= held.low and held.high <= target.high:
            return held
        if isinstance(node, sql.TryCast):
            return target
        raise self.too_large(node)

    def apart(self, node: sql.DateDiff, given: Mapping[int, Kind]) -> Kind:
        """How far one date is from another."""
        return DAYS_BETWEEN if node.text("unit").upper() in UNITS_OF_DAYS else SMALL

    def compared(self, node: sql.Expression, given: Mapping[int, Kind]) -> Kind:
        """Both sides are written with the same places before they are compared."""
        spans = [kind for kind in given.values() if isinstance(kind, Span)]
        if spans and not all(span.fits for span in alike(*spans)):
            raise self.too_large(node)
        return Other.UNKNOWN

    def same(self, node: sql.Expression, given: Mapping[int, Kind]) -> Kind:
        return given.get(id(node.this), Other.UNKNOWN)

    def one_of(self, node: sql.Expression, given: Mapping[int, Kind]) -> Kind:
        return _either(given.values())

    def least(self, node: sql.Expression, given: Mapping[int, Kind]) -> Kind:
        return self._bounded(given, min)

    def greatest(self, node: sql.Expression, given: Mapping[int, Kind]) -> Kind:
        return self._bounded(given, max)

    def _bounded(self, given: Mapping[int, Kind], bound: Callable[[Iterable[int]], int]) -> Kind:
        kinds = list(given.values())
        if not all(isinstance(kind, Span) for kind in kinds):
            return _either(kinds)
        spans = alike(*kinds)
        return Span(bound(span.low for span in spans), bound(span.high for span in spans), spans[0].places)

    def branch(self, node: sql.If, given: Mapping[int, Kind]) -> Kind:
        """`if(condition, value, other)`, or one WHEN of a CASE."""
        values = (node.args.get("true"), node.args.get("false"))
        return _either(given[id(value)] for value in values if value is not None)

    def choice(self, node: sql.Case, given: Mapping[int, Kind]) -> Kind:
        values = (*node.args["ifs"], node.args.get("default"))
        return _either(given[id(value)] for value in values if value is not None)

    def negative(self, node: sql.Neg, given: Mapping[int, Kind]) -> Kind:
        kind = given[id(node.this)]
        return -kind if isinstance(kind, Span) else kind

    def absolute(self, node: sql.Abs, given: Mapping[int, Kind]) -> Kind:
        kind = given[id(node.this)]
        return Span(0, kind.most, kind.places) if isinstance(kind, Span) else kind

    def rounded(self, node: sql.Round, given: Mapping[int, Kind]) -> Kind:
        kind, places = given[id(node.this)], node.args.get("decimals")
        number = int(places.name) if isinstance(places, sql.Literal) else 0
        return kind.rounded(number) if isinstance(kind, Span) and number < kind.places else kind


def _either(kinds: Iterable[Kind]) -> Kind:
    """What is of one of some kinds."""
    known = [kind for kind in kinds if kind is not Other.NULL]
    if not known:
        return Other.NULL
    if all(isinstance(kind, Span) for kind in known):
        return reduce(or_, known)
    return next((kind for kind in (Other.UNKNOWN, Other.APPROXIMATE) if kind in known), known[0])


def _wide_type(node: sql.Binary, left: Span, right: Span, result: Span) -> str:
    """The type that one operand needs so that the database has room for the result; empty where it has."""
    if left.places == right.places == 0:
        return "" if result.most <= INTEGER else "BIGINT" if result.most <= BIGINT else "HUGEINT"
    # A sum of decimals gets a digit more than they have; a product stays within 64 bits where both are.
    narrow = isinstance(node, sql.Mul) and (result.most > DECIMAL_64 or result.places > PLACES_64)
    return "DECIMAL" if narrow else ""


COMPARISONS = (sql.EQ, sql.NEQ, sql.GT, sql.GTE, sql.LT, sql.LTE, sql.NullSafeEQ, sql.NullSafeNEQ, sql.Between)
WHOLE_NUMBERS = (sql.Year, sql.Month, sql.Day, sql.Extract, sql.Length, sql.StrPosition, sql.ArraySize)
UNITS_OF_DAYS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")  # of which there are no more between two dates than days
ONE_OF_THEM = (
    sql.Min, sql.Max, sql.Median, sql.ArgMax, sql.ArgMin, sql.AnyValue, sql.First, sql.Last, sql.Lag, sql.Lead,
    sql.FirstValue, sql.LastValue, sql.Filter, sql.Window, sql.Paren, sql.Alias, sql.Distinct, sql.Nullif,
)  # fmt: skip
RULES = (
    (sql.Literal, _Reader.literal),
    (sql.Null, lambda reader, node, given: Other.NULL),
    (sql.Add | sql.Sub | sql.Mul, _Reader.arithmetic),
    (sql.Div | sql.Avg | sql.Stddev | sql.Variance, lambda reader, node, given: Other.APPROXIMATE),
    (sql.Sum, _Reader.total),
    (sql.Count | sql.CountIf | sql.RowNumber, lambda reader, node, given: COUNT),
    (sql.DateDiff, _Reader.apart),
    (sql.Cast, _Reader.cast),
    (COMPARISONS, _Reader.compared),
    (sql.Coalesce, _Reader.one_of),
    (sql.Least, _Reader.least),
    (sql.Greatest, _Reader.greatest),
    (sql.If, _Reader.branch),
    (sql.Case, _Reader.choice),
    (sql.Neg, _Reader.negative),
    (sql.Abs, _Reader.absolute),
    (sql.Round, _Reader.rounded),
    (sql.CurrentDate, lambda reader, node, given: Other.DAY),
    (WHOLE_NUMBERS, lambda reader, node, given: SMALL),
    (ONE_OF_THEM, _Reader.same),
)
