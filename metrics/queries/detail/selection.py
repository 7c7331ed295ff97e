"""What a reader selects of some rows: which set, whose, behind which figure, filtered how, in what order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, urlencode

from contract.calendar import previous
from contract.declarations import Column
from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer, own_only
from ledger.audit import stands_for
from metrics.explaining.explanation import ROLE_NAMES, taken_in
from metrics.indicators.aggregates import cells_read
from metrics.indicators.catalogue import NOW, Indicator, Term, indicator
from metrics.indicators.relations import SCOPES, Relation, relations
from metrics.queries.detail.kinds import CODES, SPAN, Kind, asked_by, codes_of, columns_of, kind_of, kind_of_set

ABSENT = "空"  # in place of a value: where the cell is empty
TO = ".."  # between the ends of a span
LARGEST = Decimal(10) ** 15  # beyond what any column holds (`contract.widths`)


@dataclass(frozen=True)
class Filter:
    """What one column has to hold: one of some codes, a value within a span (ends included, either may be open), a
    text that it contains; or nothing at all."""

    column: str
    codes: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    text: str = ""
    absent: bool = False

    @property
    def written(self) -> str:
        """As an address has it, after the column: `small,micro`, `100..500`, a text; `空` for an empty cell."""
        if self.absent:
            return ABSENT
        return self.text or ",".join(self.codes) or f"{self.low}{TO}{self.high}"


def read_filter(column: Column, written: str) -> Filter:
    """A filter from what an address has. Raises CallError where a span's end is no value of the column."""
    if written == ABSENT:
        return Filter(column.code, absent=True)
    how = asked_by(column)
    if how == CODES:
        return Filter(column.code, codes=tuple(filter(None, written.split(","))))
    if how == SPAN:
        low, _, high = written.partition(TO) if TO in written else (written, TO, written)
        for end in filter(None, (low, high)):
            value_of(column, end)
        return Filter(column.code, low=low, high=high)
    return Filter(column.code, text=written)


def write_filters(filters: Iterable[Filter]) -> str:
    """Filters as an address has them: `size=small,micro&balance=100..500`, encoded."""
    return urlencode([(each.column, each.written) for each in filters])


def read_filters(relation: Relation, written: str) -> tuple[Filter, ...]:
    """The same read back. Raises CallError for a column that the set does not have, or a value that is none."""
    columns, filters = columns_of(relation), []
    for code, asked in parse_qsl(written):
        if code not in columns:
            raise CallError(f"“{relation.title}”没有可供筛选的列“{code}”")
        filters.append(read_filter(columns[code], asked))
    return tuple(filters)


def value_of(column: Column, written: str) -> Decimal | date:
    """The end of a span as a value. Raises CallError where it is none."""
    try:
        if column.type == "date":
            return date.fromisoformat(written)
        value = Decimal(written)
    except (ValueError, InvalidOperation):
        value = Decimal("NaN")
    if not value.is_finite() or not -LARGEST < value < LARGEST:
        like = "2026-10-31" if column.type == "date" else "1000或12.5"
        raise CallError(f"筛选“{column.header}”的“{written}”应如{like}")
    return value


@dataclass(frozen=True)
class Selection:
    """Some rows of one kind at a period.

    `of`: the set, empty for the kind's usual one. `scope`, `entity`: whose, by the rule of sums (a group's are those of
    members on the list); empty for all that was reported. `figure`: the indicator and role (`G08.part`) whose rows they
    are. `sort`: a column, with `-` before it from the greatest down. `columns`: those shown, empty for the usual ones.
    """

    kind: str
    period: str
    of: str = ""
    scope: str = ""
    entity: str = ""
    figure: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    columns: tuple[str, ...] = ()
    page: int = 1

    @property
    def declared(self) -> Kind:
        return kind_of(self.kind)

    @property
    def relation(self) -> Relation:
        """The set that is read. Raises CallError where it holds no rows of the kind."""
        code = self.of or next(iter(self.declared.sets))
        if code not in relations() or relations()[code].form != self.declared.form:
            raise CallError(f"“{self.declared.name}”没有范围“{code}”")
        return relations()[code]

    @property
    def term(self) -> Term | None:
        """The aggregate whose rows they are; None for no figure. Raises CallError where the set is not its own."""
        if not self.figure:
            return None
        code, _, role = self.figure.partition(".")
        for term in indicator(code).of_role(role):
            if term.relation == self.relation.code:
                return term
        raise CallError(f"指标{code}没有取自“{self.relation.title}”的{ROLE_NAMES.get(role, role)}")

    @property
    def rows(self) -> Selection:
        """The same rows, without what only arranges them: by this they are counted and added up."""
        return replace(self, sort="", columns=(), page=1)


def open_columns(viewer: Viewer, selection: Selection) -> dict[str, Column]:
    """Code → column that the viewer may see, filter and sort by."""
    kind = selection.declared
    return {code: column for code, column in columns_of(selection.relation).items() if kind.shows(viewer, column)}


def shown_columns(viewer: Viewer, selection: Selection) -> tuple[str, ...]:
    """The columns to show, in order: those chosen, as far as they are open; else the usual ones."""
    known = open_columns(viewer, selection)
    chosen = tuple(code for code in selection.columns if code in known)
    return chosen or tuple(code for code in selection.declared.columns if code in known)


def check(viewer: Viewer, selection: Selection) -> str | None:
    """Whom the viewer is held to among these rows (None: all are open).

    Raises:
        AccessDenied: the role has no part in rows of the kind; or the figure, a filter or the order rests on a column
            that is not open to it.
        CallError: a set, scope, column or code that there is not.
    """
    own = own_only(viewer, selection.declared.area)
    known, hidden = open_columns(viewer, selection), columns_of(selection.relation)
    if selection.scope and selection.scope not in selection.relation.scopes:
        raise CallError(f"“{selection.relation.title}”没有范围“{selection.scope}”")
    asked = [each.column for each in selection.filters] + [selection.sort.removeprefix("-")] * bool(selection.sort)
    for code in asked:
        if code not in known:
            refusal = AccessDenied if code in hidden else CallError
            raise refusal(f"“{selection.declared.name}”没有可供筛选、排序的列“{code}”")
    if selection.term and not set(cells_read(selection.term.expression)) & set(hidden) <= set(known):
        raise AccessDenied(f"{viewer.role_name}不能查看该指标所涉的明细")
    for each in selection.filters:
        names = codes_of(known[each.column])
        unknown = [code for code in each.codes if names and code not in names]
        if unknown:
            raise CallError(f"筛选“{known[each.column].header}”没有“{'、'.join(unknown)}”这一项")
    return own


def conditions(viewer: Viewer, selection: Selection) -> tuple[str, dict[str, object]]:
    """What stands after FROM: the set and the conditions, with their parameters. Raises as `check`.

    Names are the declarations'; whatever a reader has entered is a parameter.
    """
    own = check(viewer, selection)
    relation, columns = selection.relation, columns_of(selection.relation)
    clauses, given = ["period = $period"], {"period": selection.period}
    if own is not None:
        clauses.append(f"{selection.declared.own} = $own")
        given["own"] = own
    if selection.scope:
        if selection.scope not in relation.own:
            clauses.append("on_list")
        if selection.scope != "city":
            clauses.append(f"{selection.scope} = $entity")
            given["entity"] = selection.entity
    kept = taken_in(selection.term.expression) if selection.term else None
    if kept:
        clauses.append(f"({kept})")
    for place, each in enumerate(selection.filters):
        clauses += _condition(columns[each.column], each, f"filter{place}", given)
    return f"{relation.view} WHERE {' AND '.join(clauses)}", given


def _condition(column: Column, asked: Filter, name: str, given: dict[str, object]) -> list[str]:
    """One filter's conditions; adds its parameters."""
    if asked.absent:
        return [f"{column.code} IS NULL"]
    if asked_by(column) == CODES:
        given[name] = list(asked.codes)
        if column.type == "ip":
            return [f"list_has_any(string_split({column.code}, ','), ${name})"]
        return [f"list_contains(${name}, CAST({column.code} AS TEXT))"]
    if asked_by(column) == SPAN:
        ends = {"low": (asked.low, ">="), "high": (asked.high, "<=")}
        clauses = []
        for end, (written, sign) in ends.items():
            if written:
                given[f"{name}_{end}"] = value_of(column, written)
                clauses.append(f"{column.code} {sign} ${name}_{end}")
        return clauses
    given[name] = asked.text
    return [f"contains(lower({column.code}), lower(${name}))"]


def behind(declared: Indicator, scope: str, entity: str, period: str) -> tuple[tuple[str, Selection], ...]:
    """The rows that a figure is made of: what they are to it (分子, 分母…), and their selection; none for parts on
    sets that 明细查询 does not list.

    What the role's terms give on the rows of these selections adds up to the role's stored amount.
    """
    found = []
    for term in declared.terms:
        kind = kind_of_set(term.relation)
        if kind is None or scope not in relations()[term.relation].scopes:
            continue
        at = {NOW: period, "year_before": previous(period, 12)}.get(term.base, f"{int(period[:4]) - 1}-12")
        figure = f"{declared.code}.{term.role}"
        found.append((ROLE_NAMES[term.role], Selection(kind.code, at, term.relation, scope, entity, figure)))
    return tuple(found)


def on_record(selection: Selection) -> dict[str, str]:
    """A selection as the audit keeps it: names and codes, spans; a text that was searched for by what stands for it."""
    plain = {
        "period": selection.period, "set": selection.relation.code, "scope": selection.scope,
        "entity": selection.entity, "figure": selection.figure, "sort": selection.sort,
        "page": str(selection.page) if selection.page > 1 else "",
    }  # fmt: skip
    filters = {each.column: stands_for(each.text) if each.text else each.written for each in selection.filters}
    return {name: value for name, value in plain.items() if value} | filters


def words(selection: Selection, names: dict[str, str] | None = None) -> str:
    """A selection in a line, for files and headings: kind, set, whose, figure, filters. `names`: code → member."""
    relation, columns = selection.relation, columns_of(selection.relation)
    said = [selection.declared.sets.get(relation.code, relation.title)]
    if selection.scope:
        whose = (names or {}).get(selection.entity, selection.entity)
        said.append("试点合计（期末在名单）" if selection.scope == "city" else f"{SCOPES[selection.scope]}：{whose}")
    if selection.figure:
        said.append(role_words(selection.figure))
    return "；".join([*said, *(filter_words(columns[each.column], each, names) for each in selection.filters)])


def role_words(figure: str) -> str:
    """What rows are to a figure: `不良率（G09）的分母`; of one that is a sum itself its name."""
    code, _, role = figure.partition(".")
    declared = indicator(code)
    alone = not declared.has_whole and role == "part" and declared.kind != "difference"
    return f"{declared.name}（{code}）" + ("" if alone else f"的{ROLE_NAMES[role]}")


def filter_words(column: Column, asked: Filter, names: dict[str, str] | None = None) -> str:
    """A filter as people say it: `企业规模：小型、微型`, `期末余额：100至500`, `借款人名称含“演示”`."""
    if asked.absent:
        return f"{column.header}：空"
    if asked.codes:
        called = dict(names or {}) | dict(codes_of(column))
        return f"{column.header}：{'、'.join(called.get(code, code) for code in asked.codes)}"
    if asked.text:
        return f"{column.header}含“{asked.text}”"
    if asked.low and asked.high:
        return f"{column.header}：{asked.low}至{asked.high}"
    return f"{column.header}：{asked.low}及以上" if asked.low else f"{column.header}：{asked.high}及以下"
