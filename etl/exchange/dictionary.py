"""The data dictionary of the exchange, made from the declarations: every table and column, every code."""

from __future__ import annotations

from collections.abc import Iterator

from etl.exchange.tables import PERIOD, Table, code_names, tables

TITLE = "## 数据字典"
HEADER = "| 列 | 名称 | 类型 | 单位 | 代码表 | 说明 |\n|---|---|---|---|---|---|"


def dictionary() -> str:
    """Markdown in Chinese, for who reads the files."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield TITLE
    for table in tables().values():
        yield from _of_table(table)
    yield "\n### 代码表\n| 代码表 | 代码和名称 |\n|---|---|"
    used = {column.codes for table in tables().values() for column in table.columns} - {""}
    for name, codes in code_names().items():
        if name in used:
            yield f"| `{name}` | {'；'.join(f'{code} {words}' for code, words in codes.items())} |"


def _of_table(table: Table) -> Iterator[str]:
    place = f"`{table.code}/{PERIOD}=…/`" if table.by_period else f"`{table.code}/`"
    yield f"\n### {table.code} {table.name}\n{table.grain}；在{place}。\n\n{HEADER}"
    if table.by_period:
        yield f"| `{PERIOD}` | 报送期，YYYY-MM（在文件夹名中） | VARCHAR | | | |"
    for column in table.columns:
        codes = f"`{column.codes}`" if column.codes else ""
        cells = (f"`{column.code}`", column.name, column.type, column.unit, codes, column.note)
        yield f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in cells)}|"
