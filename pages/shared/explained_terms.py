"""One part of a figure in words: what is summed, in its unit, its rows by name, and the cell in its sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from html import escape

import pandas as pd
import streamlit as st

from casework.filing.source_rows import SourceRows, source_rows
from contract.declarations import code_lists, districts, filed_level, forms
from contract.errors import PilotError
from contract.levels import Level, strictest
from contract.settings import home
from contract.viewer import may_see
from contract.wording import MEASURES, NO_VALUE, month_name
from metrics.explaining.explanation import TermExplained
from metrics.indicators.catalogue import Indicator
from metrics.indicators.relations import Relation, relations
from metrics.queries.detail.kinds import columns_of
from metrics.queries.members.roster import members
from pages.shared import downloads, sheets, tables
from pages.shared.format import number
from pages.shared.sheets import sheet
from pages.shell.data import read
from pages.shell.plain import refused
from pages.shell.view import View

MOST_ROWS = 6  # shown at once
COUNTED = re.compile(r"\s*count\(\s*(?:(DISTINCT)\s+(\w+)|\*)\s*\)\s*(FILTER.*)?", re.DOTALL)
SUMMED = re.compile(r"\s*sum\(\s*(\w+)\s*\)\s*(FILTER.*)?", re.DOTALL)
UNIT = re.compile(r"[（(]([^（()）]+)[）)]$")
TYPE_UNITS = {"money": "万元", "rate": "%", "days": "天"}
DISTINCT_UNITS = {"uscc": "户", **MEASURES}
MEMBERS, DISTRICTS = ("bank", "submitter"), ("district",)


def show_term(view: View, term: TermExplained, position: int, *, alone: bool = False) -> None:
    """What the part is and came to, then its rows; the statement as run is folded for who wants it.

    `alone`: the figure has no other part, and this one needs no name beside it.
    """
    how, unit = in_words(term)
    came = f"{month_name(term.period)}，{amount(term, unit)}"
    with st.expander(f"{'取数' if alone else term.role}：{term.relation.title}（{came}）", expanded=position == 0):
        counted = f"共{term.row_count:,}行" + ("" if term.rows else "，明细不在查看范围内")
        st.markdown(f"{how}，得{amount(term, unit)}；{counted}。")
        if term.rows:
            _rows(view, term, position)
        if st.toggle("查看执行的语句", key=f"statement-{position}"):
            st.html(sheets.statement(term.statement))
            st.text(f"参数：{'、'.join(term.parameters)}")


def amount(term: TermExplained, unit: str) -> str:
    return added_up(term.amount, unit)


def added_up(sum_or_count: Decimal | None, unit: str) -> str:
    """`1,234条`, `166,310.00万元`: with decimals where it has some or is money; an absent one is a dash alone."""
    if sum_or_count is None:
        return NO_VALUE
    whole = unit != "万元" and sum_or_count == sum_or_count.to_integral_value()
    return f"{number(sum_or_count, 0 if whole else 2)}{unit}"


def unit_of_part(declared: Indicator) -> str:
    """The unit of a figure's part as stored; empty where its terms are a mixture."""
    units = {_unit_of_term(relations()[term.relation], term.expression) for term in declared.of_role("part")}
    return units.pop() if len(units) == 1 else ""


def _unit_of_term(relation: Relation, expression: str) -> str:
    if match := COUNTED.fullmatch(expression):
        return DISTINCT_UNITS.get(match[2], "个") if match[1] else "条"
    match = SUMMED.fullmatch(expression)
    return unit_of(relation, match[1]) if match else ""


def in_words(term: TermExplained) -> tuple[str, str]:
    """How a part is added up, and its unit: `按“贷款余额(万元)”合计`, 万元. The unit is empty where it is a mixture."""
    relation, said = term.relation, "在上述范围内"
    unit = _unit_of_term(relation, term.expression)
    if match := COUNTED.fullmatch(term.expression):
        only = "符合条件的" if match[3] else ""
        if match[1]:
            return f"{said}按“{relation.name_of(match[2])}”去重计{only}{unit}数", unit
        return f"{said}逐条计{only}条数", unit
    if match := SUMMED.fullmatch(term.expression):
        held = "、".join(f"“{relation.name_of(column)}”" for column in term.cells if column != match[1])
        only = f"取{held}符合条件的各行，" if match[2] else ""
        return f"{said}{only}按“{relation.name_of(match[1])}”合计", unit
    columns = "、".join(f"“{relation.name_of(column)}”" for column in term.cells)
    return f"{said}由{columns}算得" if columns else f"{said}逐条算得", unit


def unit_of(relation: Relation, column: str) -> str:
    """The unit of a column's figures: as its header says, else as the form's type of column has it."""
    if told := UNIT.search(relation.name_of(column)):
        return told[1]
    types = {own.code: own.type for own in forms()[relation.form].columns} if relation.form else {}
    return TYPE_UNITS.get(types.get(column, ""), "")


def level_of_rows(terms: Iterable[TermExplained]) -> Level:
    """The strictest level of the columns that the rows of some parts are shown with."""
    told = ((columns_of(term.relation), term.columns) for term in terms if term.rows)
    return strictest(own[code].level for own, shown in told for code in shown if code in own)


def headed(relation: Relation, column: str, name: str) -> str:
    """A column's head with the unit of its figures, where it does not say it itself: `期末余额(万元)`."""
    unit = unit_of(relation, column)
    return f"{name}({unit})" if unit and not UNIT.search(name) else name


def _rows(view: View, term: TermExplained, position: int) -> None:
    frame = pd.DataFrame(term.rows, columns=list(term.columns))
    spoken = _spoken(view, term.relation, frame)
    own = columns_of(term.relation)
    headers = {
        code: tables.text(
            headed(term.relation, code, name),
            alignment="right" if code in own and own[code].type in ("int", *TYPE_UNITS) else "left",
        )
        for code, name in zip(term.columns, term.headers, strict=True)
    }
    headers |= {code: tables.held(headers[code], own[code]) for code in headers.keys() & own.keys()}
    headers.pop("submission_id", None)
    some = f"下列为前{len(frame):,}行；" if len(frame) < term.row_count else ""
    st.caption(f"{some}选中一行，查看它在报送文件中的位置。")
    chosen = tables.pick(
        spoken,
        headers,
        key=f"term-{position}",
        about=term.role,
        height=tables.tall(len(frame), MOST_ROWS),
        export=False,
    )
    if chosen is not None and {"submission_id", "row_no"} <= set(frame.columns) and term.relation.form:
        _source(view, term, frame.loc[chosen.name], position)


def _spoken(view: View, relation: Relation, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with members, districts and codes by name."""
    names = member_names(view)
    columns = {column.code: column.code_list for column in forms()[relation.form].columns} if relation.form else {}
    spoken = frame.astype(object).where(frame.notna(), "")
    for column in frame.columns:
        known: Mapping[str, str] = {}
        if column in MEMBERS:
            known = names
        elif column in DISTRICTS:
            known = {code: district.short_name for code, district in districts().items()}
        elif columns.get(column):
            known = code_lists()[columns[column]]
        spoken[column] = [_called(value, known) for value in spoken[column]]
    return spoken


def _called(value: object, known: Mapping[str, str]) -> str:
    """A code by its name, several one by one; anything else as text."""
    if isinstance(value, Decimal):
        return number(value, 0 if value == value.to_integral_value() else 2)
    parts = str(value).split(",")
    return "、".join(known.get(part, part) for part in parts) if known else str(value)


def member_names(view: View) -> dict[str, str]:
    """Member → short name, of those whom the viewer may know by name."""
    if not may_see(view.viewer, "members"):
        return {}
    frame = read(view, members)
    return dict(zip(frame["code"], frame["short_name"], strict=True))


def _source(view: View, term: TermExplained, row: pd.Series, position: int) -> None:
    """The row in its sheet, with the rows around it; the cells that count are marked. The file can be taken away."""
    try:
        with st.spinner("正在打开报送文件"):
            found = read(
                view, source_rows, home=home(), submission_id=int(row["submission_id"]), form=term.relation.form,
                row_no=int(row["row_no"]),
            )  # fmt: skip
    except PilotError as refusal:
        st.warning(refused(refusal), icon=":material/block:")
        return
    st.html(excerpt(found, term.cells))
    downloads.button(
        "下载报送文件",
        lambda: found.content,
        found.file_name,
        key=f"source-{position}",
        mime=downloads.ANY,
        level=filed_level(),
    )


def excerpt(found: SourceRows, cells: tuple[str, ...]) -> str:
    """The sheet's rows as filed: the first column, those that count, their neighbours; the row's own cells marked."""
    columns = list(found.headers)
    counting = [place for place, column in enumerate(columns) if column in cells]
    near = {0, *(place + step for place in counting for step in (-1, 0, 1))}
    shown = [place for place in sorted(near) if 0 <= place < len(columns)]
    heads = ("行", *(found.headers[columns[place]] for place in shown))
    lines = []
    for number_of, texts in found.rows:
        line = []
        for column, text in ((columns[place], texts[place]) for place in shown):
            cell = escape(text)
            if number_of == found.row_no and column in cells:
                cell = f'<mark aria-label="计入本指标">{cell or "（空）"}</mark>'
            line.append(cell)
        place = f"<b>{number_of}</b>" if number_of == found.row_no else number(number_of)
        lines.append((place, *line))
    said = f"{found.file_name}，“{found.sheet}”表第{found.row_no}行；标出的单元格计入本指标"
    return f'<p class="quiet">{escape(said)}</p><div class="scroll">{sheet(heads, lines, style="excerpt")}</div>'
