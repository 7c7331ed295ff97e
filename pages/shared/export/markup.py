"""HTML of our own pages as pieces of paper: headings, lines and tables; no pictures, no markup."""

from __future__ import annotations

from html.parser import HTMLParser

from briefing.paper.screen_page import Grid, Heading, Line, Piece

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 3, "caption": 3}
LINES = {"p", "pre", "li", "tr", "section", "header", "article", "caption", *HEADINGS}  # what ends a line
QUIET = {"chart-about", "quiet", "aside", "issue-note"}
SILENT = {"style", "script", "svg"}
COUNT = "count"  # one of several figures in a row
UNPRINTED = {"on-paper", "ways", "explains"}  # what stands there once more for a browser that prints; what leads on
PAGE_HEAD = "page"  # the header that the page's own title stands in


def pieces_of(html: str) -> list[Piece]:
    """The pieces in reading order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return reader.pieces


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self._words: list[str] = []
        self._quiet = False
        self._heading = 0
        self._silent = 0  # how deep within what is not told
        self._rows: list[list[str]] | None = None  # of the table that is open
        self._head = 0  # how many of them are heads
        self._right: set[int] = set()
        self._cell = False
        self._as_written = False  # within what keeps its own lines
        self._span = (1, 1)  # columns and rows of the cell that is open
        self._held: dict[int, int] = {}  # column → rows for which a cell above still holds it

    def _fill(self) -> None:
        """Leaves empty what a cell of a row above holds."""
        while self._rows and self._held.get(len(self._rows[-1])):
            self._held[len(self._rows[-1])] -= 1
            self._rows[-1].append("")

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        classes = set((dict(attributes).get("class") or "").split())
        if self._silent or tag in SILENT or classes & UNPRINTED or (tag == "header" and PAGE_HEAD in classes):
            self._silent += tag not in ("br", "img", "input")
            return
        if COUNT in classes:
            self._words.append("；")
        if tag == "table":
            self.end_line()
            self._rows, self._head, self._right, self._held = [], 0, set(), {}
        elif self._rows is not None and tag == "tr":
            self._rows.append([])
        elif self._rows is not None and tag in ("th", "td"):
            self._words, self._cell = [], True
            self._fill()
            self._span = tuple(int(dict(attributes).get(name) or 1) for name in ("colspan", "rowspan"))
            if "n" in classes and self._rows:
                self._right.add(len(self._rows[-1]))
        elif self._rows is None and tag in LINES:
            self.end_line()
            self._heading, self._quiet = HEADINGS.get(tag, 0), bool(classes & QUIET)
            self._as_written = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._silent -= 1
        elif self._rows is not None:
            self._end_in_table(tag)
        elif tag in LINES:
            self.end_line()

    def _end_in_table(self, tag: str) -> None:
        if tag in ("th", "td") and self._rows:
            across, down = self._span
            for place in range(len(self._rows[-1]), len(self._rows[-1]) + across):
                self._held[place] = down - 1
            self._rows[-1] += [self._said(), *[""] * (across - 1)]
            self._cell = False
        elif tag == "tr":
            self._fill()
        elif tag == "thead":
            self._head = len(self._rows)
        elif tag == "table":
            rows, self._rows = [row for row in self._rows if row], None
            self._words = []
            if rows:
                self.pieces.append(grid(rows, min(self._head, 1), self._right))

    def handle_data(self, text: str) -> None:
        if not self._silent and text.strip() and (self._rows is None or self._cell):
            self._words.append(text if self._as_written else " ".join(text.split()))

    def _said(self) -> str:
        said, self._words = " ".join(self._words).replace(" ； ", "；").strip("； "), []
        return said

    def end_line(self) -> None:
        """What was read since the last line, as a heading or a line; nothing where nothing was."""
        if said := self._said():
            self.pieces.append(Heading(said, self._heading) if self._heading else Line(said, self._quiet))
        self._heading, self._quiet, self._as_written = 0, False, False


def grid(rows: list[list[str]], heads: int, right: set[int]) -> Grid:
    """A table whose rows are filled up to the longest; without a head it has an empty one."""
    width = max(map(len, rows))
    filled = [(*row, *[""] * (width - len(row))) for row in rows]
    head = filled[0] if heads else ("",) * width
    return Grid(head, tuple(filled[heads:]), tuple(sorted(right)))
