"""Tables and statements drawn as HTML, in which nothing is cut off: findings, evidence, decisions, the briefing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape


def sheet(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    figures: Collection[int] = (),
    totals: int = 0,
    style: str = "",
) -> str:
    """Heads are text; cells are HTML, so that whoever makes them escapes what came from outside.

    `figures` are the columns set to the right; the last `totals` rows are sums.
    """
    rows = list(rows)

    def line(tag: str, cells: Sequence[str]) -> str:
        classes = (' class="n"' if place in figures else "" for place in range(len(cells)))
        return "".join(f"<{tag}{css}>{cell}</{tag}>" for css, cell in zip(classes, cells, strict=True))

    first_total = len(rows) - totals
    body = "".join(
        f'<tr class="{"total" if place >= first_total else ""}">{line("td", row)}</tr>'
        for place, row in enumerate(rows)
    )
    head = line("th", [escape(text) for text in heads])
    return f'<table class="sheet {style}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def statement(sql: str) -> str:
    """A statement with its own lines. The framework's own way loads what colours a hundred languages, which takes a
    browser a third of the time of a page."""
    return f'<pre class="statement"><code>{escape(sql)}</code></pre>'
