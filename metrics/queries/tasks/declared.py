"""The task pages as declared (`data/tasks/pages.toml`): a clause, its indicators, and what is shown of its records.

A further page is a further table there; a kind of record that no query gives yet is a function and a line of QUERIES.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from contract.declarations import Column, code_lists, forms
from contract.errors import DeclarationError
from contract.levels import Level, strictest
from contract.settings import DECLARATIONS
from metrics.indicators.catalogue import GROUPS, UNITS, Indicator, catalogue
from metrics.indicators.relations import check_fields, read_toml, relations
from metrics.queries.detail.kinds import columns_of, kinds
from metrics.queries.tasks import coordination, disposal, initiatives, mechanisms, products, registration, spreads
from metrics.queries.tasks.valuation import ceiling_cases

# Every one takes viewer, snapshot, period, scope, entity and the section's arguments, and gives a frame.
QUERIES: Mapping[str, Callable[..., pd.DataFrame]] = {
    query.__name__: query
    for query in (
        registration.service_use, registration.service_points, spreads.spread, spreads.spread_mix, ceiling_cases,
        mechanisms.mechanisms, mechanisms.plans, mechanisms.mechanism_shares, mechanisms.mechanism_ranges,
        mechanisms.liability, mechanisms.incentives, products.product_kinds, products.products,
        disposal.disposal_stages, disposal.disposal_modes, disposal.disposal_cases, disposal.trades,
        coordination.pools, coordination.support, coordination.shared_balance, coordination.key_firm_loans,
        coordination.key_firm_mix, initiatives.task_initiatives,
    )
}  # fmt: skip
ADDRESS = re.compile(r"[a-z]+")
COLUMN = re.compile(r"(?P<name>[^（|]+)(?:（(?P<unit>[^）]+)）)?(?:\|(?P<kind>\w+))?")
OTHER_UNITS = ("人", "场", "个月")
KINDS = ("date", "flag", "number")


@dataclass(frozen=True)
class Clause:
    """One sentence of a plan, the document it is of, and by whose report it is known: the full texts are not public."""

    text: str
    document: str
    told_by: str


@dataclass(frozen=True)
class ColumnShown:
    """One column of a record: its code in the query's frame, name, unit where it is a figure, else how it is read:
    a date, a flag, a number without unit, a code list, or text."""

    code: str
    name: str
    unit: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Leads:
    """Where a row of a record leads: `bank`, `district`, `firm`: the columns of the query's frame that say whose it is;
    `rows`: the kind of rows behind it, of a set (`of`), where columns of that set hold what the frame's columns do
    (`where`); `explained`: the indicator whose part it is; `part`: the part of the page that lists it one by one."""

    bank: str = ""
    district: str = ""
    firm: str = ""
    rows: str = ""
    of: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    explained: str = ""
    part: str = ""


@dataclass(frozen=True)
class Section:
    """One kind of record on a task page: the query that gives it, the form that shows it, and its columns."""

    title: str
    about: str
    query: str
    form: str
    says: str  # what its title says, by name
    arguments: Mapping[str, Any]
    draws: Mapping[str, Any]  # what the form asks for: which column is drawn against which
    columns: tuple[ColumnShown, ...]
    leads: Leads
    listed: bool  # rows of single members or cases: money in 万元 and the whole width
    rows_of: tuple[str, ...]  # the forms whose rows it shows one by one; none of what is added up

    def declared(self, column: str) -> Column | None:
        """The form's column that a shown one is; None for what is of no form, or added up."""
        own = (known for form in self.rows_of for known in forms()[form].columns)
        return next((known for known in own if known.code == column), None)

    @property
    def area(self) -> str:
        """The right by which its rows are seen: the form's, of what is added up that to figures."""
        return forms()[self.rows_of[0]].area if self.rows_of else "figures"

    @property
    def level(self) -> Level:
        """The strictest level of the data that its rows show."""
        declared = (self.declared(column.code) for column in self.columns)
        return strictest(column.level for column in declared if column is not None)

    def column(self, code: str) -> ColumnShown:
        return next(column for column in self.columns if column.code == code)


@dataclass(frozen=True)
class TaskPage:
    """One task of the plan as a page: its group in the catalogue, whose indicators it shows, `lead` the foremost."""

    address: str
    title: str
    icon: str
    group: str
    clauses: tuple[Clause, ...]
    lead: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(one for one in catalogue().values() if one.group == self.group)


def _column(code: str, text: str, where: str) -> ColumnShown:
    found = COLUMN.fullmatch(text)
    if found is None:
        raise DeclarationError(f"{where}的列{code}“{text}”应为“名称（单位）”或“名称|代码表”")
    unit, kind = found["unit"] or "", found["kind"] or ""
    if unit and unit not in (*UNITS, *OTHER_UNITS):
        raise DeclarationError(f"{where}的列{code}的单位“{unit}”不认识")
    if kind and kind not in (*KINDS, *code_lists()):
        raise DeclarationError(f"{where}的列{code}的代码表“{kind}”不认识")
    return ColumnShown(code, found["name"], unit, kind)


def _section(row: Mapping[str, Any], where: str) -> Section:
    needed = ("title", "about", "query", "form", "says", "columns")
    check_fields(row, needed, (*needed, "arguments", "draws", "leads", "listed", "rows_of"), where)
    where = f"{where}的“{row['title']}”"
    if row["query"] not in QUERIES:
        raise DeclarationError(f"{where}的query“{row['query']}”不认识，应为{'、'.join(QUERIES)}之一")
    columns = tuple(_column(code, text, where) for code, text in row["columns"].items())
    draws = row.get("draws", {})
    drawn = {code for value in draws.values() for code in ([value] if isinstance(value, str) else value)}
    if unknown := sorted(drawn - {column.code for column in columns}):
        raise DeclarationError(f"{where}的draws用到未列出的列：{'、'.join(unknown)}")
    words = {name: row[name] for name in needed if name != "columns"}
    return Section(
        **words, arguments=row.get("arguments", {}), draws=draws, columns=columns,
        leads=_leads(row.get("leads", {}), where), listed=row.get("listed", False), rows_of=_rows_of(row, where),
    )  # fmt: skip


def _rows_of(row: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The forms whose rows a section shows; who lists single rows says so, as their level follows from it."""
    if row.get("listed") and "rows_of" not in row:
        raise DeclarationError(f"{where}逐行列示，须以rows_of写明是哪些表的行")
    if unknown := sorted(set(row.get("rows_of", ())) - forms().keys()):
        raise DeclarationError(f"{where}的rows_of：没有表{'、'.join(unknown)}")
    return tuple(row.get("rows_of", ()))


def _leads(row: Mapping[str, Any], where: str) -> Leads:
    check_fields(row, (), tuple(each.name for each in fields(Leads)), f"{where}的leads")
    leads = Leads(**row)
    if leads.rows:
        known = columns_of(relations()[leads.of]) if leads.of in kinds()[leads.rows].sets else {}
        if not known or leads.where.keys() - known.keys():
            raise DeclarationError(f"{where}的leads：“{leads.rows}”没有范围“{leads.of}”，或其中没有所列的列")
    if leads.explained and leads.explained not in catalogue():
        raise DeclarationError(f"{where}的leads：没有指标“{leads.explained}”")
    return leads


def _filled(section: Section, theme: str) -> Section:
    """A section of every page, with what is the page's own put into its arguments."""
    given = {name: value.format(theme=theme) for name, value in section.arguments.items()}
    return replace(section, arguments=given)


def _page(row: Mapping[str, Any], known: Mapping[str, TaskPage], everywhere: Sequence[Section], where: str) -> TaskPage:
    needed = ("address", "title", "icon", "group", "theme", "clause", "lead", "section")
    check_fields(row, needed, needed, where)
    if not ADDRESS.fullmatch(row["address"]) or row["address"] in known:
        raise DeclarationError(f"{where}的address“{row['address']}”重复，或不是小写字母")
    if row["group"] not in GROUPS:
        raise DeclarationError(f"{where}的group“{row['group']}”不认识，应为{'、'.join(GROUPS)}之一")
    if row["theme"] not in code_lists()["theme"]:
        raise DeclarationError(f"{where}的theme“{row['theme']}”不是创新举措的任务")
    for code in row["lead"]:
        if code not in catalogue() or catalogue()[code].group != row["group"]:
            raise DeclarationError(f"{where}的lead“{code}”不是“{row['group']}”的指标")
    for clause in row["clause"]:
        check_fields(clause, ("text", "document", "told_by"), ("text", "document", "told_by"), f"{where}的clause")
    return TaskPage(
        **{name: row[name] for name in ("address", "title", "icon", "group")},
        clauses=tuple(Clause(**clause) for clause in row["clause"]),
        lead=tuple(row["lead"]),
        sections=(
            *(_section(section, where) for section in row["section"]),
            *(_filled(section, row["theme"]) for section in everywhere),
        ),
    )


def read_task_pages(path: Path) -> dict[str, TaskPage]:
    """Address → page, in declared order.

    Raises:
        DeclarationError: names the file, the page and the bad value.
    """
    declared, found = read_toml(path), {}
    everywhere = [_section(row, f"{path.name}的各页") for row in declared.get("section", [])]
    for row in declared.get("page", []):
        page = _page(row, found, everywhere, f"{path.name}的页{row.get('address', '（无地址）')}")
        found[page.address] = page
    return found


@cache
def task_pages() -> dict[str, TaskPage]:
    """The pages of `data/tasks/pages.toml`."""
    return read_task_pages(DECLARATIONS / "tasks" / "pages.toml")


def task_of(indicator: str) -> TaskPage | None:
    """The task page that shows an indicator; None for those of no task."""
    group = catalogue()[indicator].group
    return next((page for page in task_pages().values() if page.group == group), None)
