"""A free table on the screen: heads over several rows and columns, in HTML, so that a reader of screens hears them."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from pages.results.free.arranged import Arranged, Figure, Head, Key
from pages.shared.format import number


def html(table: Arranged, caption: str, linked: Callable[[Key, str], str]) -> str:
    """The table, each figure by `linked` a way to its explanation; it scrolls within itself where it is too wide."""
    levels = table.over or ((),)
    lines = []
    for depth, level in enumerate(levels):
        corner = (
            "".join(f'<th scope="col" rowspan="{len(levels)}">{escape(name)}</th>' for name in table.corner)
            if depth == 0
            else ""
        )
        lines.append(f"<tr>{corner}{''.join(_over(head, last=depth == len(levels) - 1) for head in level)}</tr>")
    cells = (
        [_cell(cell, key, linked) for cell, key in zip(line, keys, strict=True)]
        for line, keys in zip(table.cells, table.keys, strict=True)
    )
    body = "".join(
        f"<tr>{''.join(_beside(head) for head in heads if head)}{''.join(line)}</tr>"
        for heads, line in zip(table.beside, cells, strict=True)
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="sheet free">'
        f"<caption>{escape(caption)}</caption><thead>{''.join(lines)}</thead><tbody>{body}</tbody></table></div>"
    )


def _over(head: Head, *, last: bool) -> str:
    return f'<th scope="{"col" if last else "colgroup"}" colspan="{head.span}" class="over">{escape(head.text)}</th>'


def _beside(head: Head) -> str:
    return f'<th scope="{"row" if head.span == 1 else "rowgroup"}" rowspan="{head.span}">{escape(head.text)}</th>'


def _cell(cell: Figure | str, key: Key, linked: Callable[[Key, str], str]) -> str:
    said = linked(key, number(cell.value, cell.places)) if isinstance(cell, Figure) else escape(cell)
    return f'<td class="n">{said}</td>'
