"""The catalogue of indicators (`data/indicators.toml`): what each figure means and the aggregates it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import expressions as sql

from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS
from contract.widths import Span, is_storable
from metrics.indicators.relations import Relation, check_fields, read_toml, relations
from metrics.indicators.wide_sets import aggregate

CODE = re.compile(r"[A-Z]\d{2}")
UNITS = ("万元", "户", "笔", "件", "个", "家", "项", "次", "人次", "天", "BP", "%", "百分点")
GROUPS = ("规模与质量", "登记", "评估", "服务机制", "处置", "协同", "报送")
BETTER = {"higher": "↑", "lower": "↓", "neutral": "·"}
SCOPE_LETTERS = {"c": "city", "b": "bank", "t": "bank_type", "d": "district", "i": "ip"}
BASES = {"year_before": "上年同期", "last_december": "上年末"}
NOW = "now"
ROLES = ("part", "whole", "minus_part", "minus_whole")
GROWTH_FACTOR = 100  # a growth is in percent

NEEDED = ("code", "name", "name_en", "group", "unit", "better", "scopes", "decimals", "clause", "definition")
OPTIONAL = ("scale", "part", "whole", "minus", "growth", "beside", "month_of")


@dataclass(frozen=True)
class Term:
    """One aggregate over one set, read at the period itself or at a base period of a growth rate."""

    role: str  # one of ROLES
    relation: str
    expression: str
    base: str = NOW  # the period itself, or one of BASES

    @property
    def measure(self) -> str:
        """What is computed, whatever it is used for: set and expression."""
        return f"{self.relation}: {self.expression}"


@dataclass(frozen=True)
class Indicator:
    """One row of the catalogue. Amounts are in `unit`; ratios are part / whole × scale."""

    code: str
    name: str
    name_en: str
    group: str
    unit: str
    better: str
    scopes: tuple[str, ...]
    decimals: int
    clause: str
    definition: str
    scale: int
    kind: str  # one of FORMULAS
    terms: tuple[Term, ...]
    beside: str = ""  # the indicator without which this one misleads
    month_of: str = ""  # the indicator of the year so far, of which this one is the last month

    @property
    def arrow(self) -> str:
        return BETTER[self.better]

    @property
    def formula(self) -> str:
        """How the value is taken from part and whole, in Chinese."""
        return FORMULAS[self.kind] + (f" × {self.scale}" if self.kind == "ratio" and self.scale != 1 else "")

    @property
    def has_whole(self) -> bool:
        """Whether part and whole are both shown; a plain value has no whole, a difference has neither."""
        return self.kind in ("ratio", "growth")

    def of_role(self, role: str) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.role == role)


FORMULAS = {
    "plain": "分子",
    "ratio": "分子 ÷ 分母",
    "growth": "（分子 − 分母）÷ 分母 × 100",
    "difference": "（分子 ÷ 分母 − 减项分子 ÷ 减项分母）× 100",
}


def _normal(expression: str) -> str:
    return " ".join(expression.split())


def parse(expression: str, where: str) -> sql.Expression:
    """The expression as a tree. Raises DeclarationError where it is none."""
    try:
        return sqlglot.parse_one(expression, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise DeclarationError(f"{where}的表达式“{expression}”不能解析：{str(error).splitlines()[0]}") from None


def _check_expression(expression: str, relation: Relation, where: str) -> None:
    tree = parse(expression, where)
    for column in tree.find_all(sql.Column):
        if column.name not in relation.columns:
            raise DeclarationError(f"{where}的表达式“{expression}”用到集合{relation.code}没有的列“{column.name}”")
        if not column.find_ancestor(sql.AggFunc, sql.Filter):
            raise DeclarationError(f"{where}的表达式“{expression}”中列“{column.name}”没有汇总")
    additive = [node for node in tree.find_all(sql.AggFunc) if isinstance(node, sql.Sum | sql.Count)]
    if not additive or len(additive) != len(list(tree.find_all(sql.AggFunc))):
        raise DeclarationError(f"{where}的表达式“{expression}”只能由sum和count组成：没有行时它们为0")


def _terms(table: Any, role: str, declared: Mapping[str, Relation], where: str) -> Iterator[Term]:
    if not isinstance(table, dict):
        raise DeclarationError(f"{where}的{role}应为“集合 = 表达式”，现为“{table}”")
    for code, expression in table.items():
        if code not in declared or not declared[code].scopes:
            raise DeclarationError(f"{where}的{role}用到未声明或不供汇总的集合“{code}”")
        _check_expression(_normal(expression), declared[code], where)
        yield Term(role, code, _normal(expression))


def _growth_terms(row: Mapping[str, Any], known: Mapping[str, Indicator], where: str) -> tuple[Term, ...]:
    growth = row["growth"]
    check_fields(growth, ("of", "since"), ("of", "since"), f"{where}的growth")
    base = known.get(growth["of"])
    if base is None or base.kind != "plain":
        raise DeclarationError(f"{where}的growth.of“{growth['of']}”应是上文声明的只有分子的指标")
    if growth["since"] not in BASES:
        raise DeclarationError(f"{where}的growth.since“{growth['since']}”应为{'、'.join(BASES)}之一")
    now = tuple(Term("part", term.relation, term.expression) for term in base.terms)
    return now + tuple(Term("whole", term.relation, term.expression, growth["since"]) for term in base.terms)


def _kind_and_terms(
    row: Mapping[str, Any], known: Mapping[str, Indicator], declared: Mapping[str, Relation], where: str
) -> tuple[str, tuple[Term, ...]]:
    growth = row.get("growth", False)
    if isinstance(growth, dict):
        if {"part", "whole", "minus"} & set(row):
            raise DeclarationError(f"{where}：growth取自另一指标时，不再声明part、whole、minus")
        return "growth", _growth_terms(row, known, where)
    check_fields(row, ("part",), row, where)
    minus = row.get("minus", {})
    if minus:
        check_fields(minus, ("part", "whole"), ("part", "whole"), f"{where}的minus")
    tables = {
        "part": row["part"],
        "whole": row.get("whole", {}),
        "minus_part": minus.get("part", {}),
        "minus_whole": minus.get("whole", {}),
    }
    terms = tuple(term for role, table in tables.items() for term in _terms(table, role, declared, where))
    if (growth or minus) and not row.get("whole"):
        raise DeclarationError(f"{where}：growth、minus须有whole")
    if growth and minus:
        raise DeclarationError(f"{where}：growth与minus不能并用")
    kind = "difference" if minus else "growth" if growth else "ratio" if row.get("whole") else "plain"
    return kind, terms


def _check_words(row: Mapping[str, Any], where: str) -> None:
    for field, allowed in (("unit", UNITS), ("group", GROUPS), ("better", tuple(BETTER))):
        if row[field] not in allowed:
            raise DeclarationError(f"{where}的{field}“{row[field]}”不认识，应为{'、'.join(allowed)}之一")
    letters = row["scopes"]
    if not letters or not set(letters) <= set(SCOPE_LETTERS) or len(set(letters)) != len(letters):
        raise DeclarationError(f"{where}的scopes“{letters}”应由{''.join(SCOPE_LETTERS)}中的字母组成，各至多一次")
    for field in ("decimals", "scale"):
        if not isinstance(row.get(field, 1), int) or row.get(field, 1) < (field == "scale"):
            raise DeclarationError(f"{where}的{field}“{row[field]}”应为整数")


def _check_widths(indicator: Indicator, declared: Mapping[str, Relation], where: str) -> None:
    """Raises DeclarationError where a part, a whole or what the value is worked out from may get too large."""
    factor = indicator.scale if indicator.kind == "ratio" else GROWTH_FACTOR if indicator.kind == "growth" else 1
    for role in {term.role for term in indicator.terms}:
        terms = indicator.of_role(role)
        kinds = [aggregate(declared[term.relation], term.expression, where)[1] for term in terms]
        if not all(isinstance(kind, Span) for kind in kinds):
            raise DeclarationError(f"{where}的{role}不是精确数：合计应由整数和小数列得出，不用除法和近似数")
        if not is_storable(sum(kinds[1:], kinds[0]), factor):
            raise DeclarationError(
                f"{where}的{role}“{'＋'.join(term.expression for term in terms)}”按各列可存的最大值可能超过"
                f"DECIMAL(38,12){f'的{factor}分之一' if factor > 1 else ''}；请少乘一列，或拆成几项指标"
            )


def _check_scopes(indicator: Indicator, declared: Mapping[str, Relation], where: str) -> None:
    for role in {term.role for term in indicator.terms}:
        offered = {scope for term in indicator.of_role(role) for scope in declared[term.relation].scopes}
        for scope in indicator.scopes:
            if scope not in offered:
                raise DeclarationError(f"{where}的{role}用到的集合不提供范围“{scope}”")


def _indicator(
    row: Mapping[str, Any], known: Mapping[str, Indicator], declared: Mapping[str, Relation], where: str
) -> Indicator:
    check_fields(row, NEEDED, (*NEEDED, *OPTIONAL), where)
    if not CODE.fullmatch(row["code"]) or row["code"] in known:
        raise DeclarationError(f"{where}：指标编码“{row['code']}”重复，或不是一个大写字母加两位数字")
    _check_words(row, where)
    kind, terms = _kind_and_terms(row, known, declared, where)
    if kind not in ("ratio", "difference") and "scale" in row:
        raise DeclarationError(f"{where}：没有whole的指标不能有scale“{row['scale']}”")
    indicator = Indicator(
        **{field: row[field] for field in NEEDED if field != "scopes"},
        scopes=tuple(SCOPE_LETTERS[letter] for letter in row["scopes"]),
        scale=row.get("scale", 1),
        kind=kind,
        terms=terms,
        beside=row.get("beside", ""),
        month_of=row.get("month_of", ""),
    )
    year = known.get(indicator.month_of)
    if indicator.month_of and (year is None or {year.kind, kind} != {"plain"} or year.unit != indicator.unit):
        raise DeclarationError(f"{where}的month_of“{indicator.month_of}”应是上文声明的、同一单位、只有分子的指标")
    _check_scopes(indicator, declared, where)
    _check_widths(indicator, declared, where)
    return indicator


def read_catalogue(path: Path, declared: Mapping[str, Relation]) -> dict[str, Indicator]:
    """Code → indicator, in declared order.

    Raises:
        DeclarationError: names the file, the indicator and the bad value.
    """
    catalogue: dict[str, Indicator] = {}
    for row in read_toml(path).get("indicator", []):
        indicator = _indicator(row, catalogue, declared, f"{path.name}的指标{row.get('code', '（未编码）')}")
        catalogue[indicator.code] = indicator
    for indicator in catalogue.values():
        other = catalogue.get(indicator.beside)
        if indicator.beside and (other is None or other is indicator or other.unit != indicator.unit):
            raise DeclarationError(
                f"{path.name}的指标{indicator.code}的beside“{indicator.beside}”应是另一个以{indicator.unit}计的指标"
            )
    return catalogue


@cache
def catalogue() -> dict[str, Indicator]:
    """The indicators of `data/indicators.toml`."""
    return read_catalogue(DECLARATIONS / "indicators.toml", relations())


def indicator(code: str) -> Indicator:
    """One indicator. Raises CallError where there is none of that code."""
    try:
        return catalogue()[code]
    except KeyError:
        raise CallError(f"没有指标“{code}”，编码见指标字典（如G01）") from None
