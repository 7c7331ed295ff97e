"""An explanation written out: as text for people, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields
from decimal import Decimal

from contract.console.output import as_text, plain
from metrics.explaining.explanation import Explanation, Restated, Source, TermExplained
from metrics.indicators.catalogue import indicator as indicator_of
from metrics.indicators.relations import SCOPES

SOURCE_NAMES = {
    "submission_id": "报送编号",
    "submitter": "报送机构",
    "period": "报送期",
    "version": "版本",
    "file_name": "文件",
    "received_at": "收到时间",
    "verdict": "结论",
}


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.strip("\n").split("\n"))


def _number(value: float | Decimal | None) -> str:
    """Plain digits; a float's shortest decimal, so that none has an exponent."""
    return plain(Decimal(repr(value)) if isinstance(value, float) else value)


def _term_lines(term: TermExplained) -> Iterator[str]:
    yield f"{term.role} = {plain(term.amount)}\n"
    yield _indented(f"{term.statement}\n参数：{'、'.join(term.parameters)}")
    shown = f"，列出前{len(term.rows)}行" if len(term.rows) < term.row_count else ""
    cells = "、".join(dict.fromkeys(term.name_of(column) for column in term.cells))
    yield _indented(f"{term.relation.title}；计入{term.row_count}行{shown}{f'；所用的列：{cells}' if cells else ''}")
    if term.rows:
        rows = [dict(zip(term.headers, row, strict=True)) for row in term.rows]
        yield _indented(as_text(rows, term.headers))


def _beside(explanation: Explanation) -> str:
    """The line of the figure without which this one misleads; empty where there is none."""
    if explanation.beside is None:
        return ""
    other = indicator_of(explanation.indicator.beside)
    return f"并看：{other.code} {other.name} {_number(explanation.beside)}\n"


def _figure(part: Decimal | None, value: float | None) -> str:
    """The value; where there is none, the part."""
    return _number(value) or (f"分子{plain(part)}" if part is not None else "无值")


def correction_words(source: Source) -> str:
    """A later version in words: whose, for when, which, received when."""
    return f"{source.submitter} {source.period} 第{source.version}版 {source.received_at:%Y-%m-%d}收到"


def _restated_line(explanation: Explanation) -> str:
    before = explanation.restated
    if before is None:
        return ""
    by = "；".join(map(correction_words, before.corrections))
    change = f"由{_figure(before.part, before.value)}改为{_figure(explanation.part, explanation.value)}"
    return f"更正：曾因更正变动，{change}（{by}）\n"


def as_people_read(explanation: Explanation) -> str:
    """Chinese text, a section a term, then the submissions and the sets' own SQL."""
    indicator = explanation.indicator
    sources = [{SOURCE_NAMES[name]: value for name, value in asdict(source).items()} for source in explanation.sources]
    sets = {term.relation.view: term.relation.sql for term in explanation.terms}
    parts = [
        f"{indicator.code} {indicator.name}（{indicator.unit}）"
        f"  {explanation.period}  {SCOPES[explanation.scope]} {explanation.entity}\n",
        f"定义：{indicator.definition}\n依据：{indicator.clause}\n公式：{indicator.formula}\n",
        f"分子：{_number(explanation.part)}\n分母：{_number(explanation.whole)}\n值：{_number(explanation.value)}\n",
        _beside(explanation),
        f"没有值——{explanation.absence.words}\n" if explanation.absence else "",
        _restated_line(explanation),
        *(f"\n{''.join(_term_lines(term))}" for term in explanation.terms),
        f"\n来自{len(sources)}份报送\n",
        _indented(as_text(sources, list(SOURCE_NAMES.values()))) if sources else "",
        *(f"\n集合{view}\n{_indented(sql)}" for view, sql in sets.items()),
    ]
    return "".join(parts)


def _term(term: TermExplained) -> dict[str, object]:
    return {
        "role": term.role,
        "set": term.relation.view,
        "set_title": term.relation.title,
        "set_sql": term.relation.sql,
        "period": term.period,
        "expression": term.expression,
        "statement": term.statement,
        "parameters": list(term.parameters),
        "amount": plain(term.amount),
        "headers": dict(zip(term.columns, term.headers, strict=True)),
        "cells": list(term.cells),
        "row_count": term.row_count,
        "rows": [dict(zip(term.columns, map(_cell, row), strict=True)) for row in term.rows],
    }


def _submissions(sources: Iterable[Source]) -> list[dict[str, object]]:
    return [{field.name: _cell(getattr(source, field.name)) for field in fields(Source)} for source in sources]


def _restated(before: Restated | None) -> dict[str, object] | None:
    if before is None:
        return None
    return {
        "part_before": plain(before.part) or None,
        "whole_before": plain(before.whole) or None,
        "value_before": before.value,
        "corrections": _submissions(before.corrections),
    }


def _cell(value: object) -> object:
    """As JSON has it: decimals and dates as plain text."""
    return value if isinstance(value, int | bool | str | None) else plain(value)


def as_programs_read(explanation: Explanation) -> str:
    """One JSON object; exact decimals as text, the value as a number."""
    indicator = explanation.indicator
    shown = ("code", "name", "name_en", "unit", "definition", "clause", "formula")
    content = {name: getattr(indicator, name) for name in shown} | {
        "period": explanation.period,
        "scope": explanation.scope,
        "entity": explanation.entity,
        "part": plain(explanation.part) or None,
        "whole": plain(explanation.whole) or None,
        "value": explanation.value,
        "beside": {"code": indicator.beside, "value": explanation.beside} if indicator.beside else None,
        "absence": asdict(explanation.absence) if explanation.absence else None,
        "restated": _restated(explanation.restated),
        "terms": [_term(term) for term in explanation.terms],
        "submissions": _submissions(explanation.sources),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


WRITERS: dict[str, Callable[[Explanation], str]] = {"text": as_people_read, "json": as_programs_read}
