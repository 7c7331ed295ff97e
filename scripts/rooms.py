"""Draws docs/images/rooms.svg, the packages and their rooms: `python -m scripts.rooms` after a change of rooms.

A row a package, what knows no other first; its rooms in the order in which they build on each other, as
`tests/test_structure.py` holds them; on the right the stores that a row writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from contract.settings import PROJECT
from tests.test_structure import LAYERS, ROOMS

PICTURE = PROJECT / "docs" / "images" / "rooms.svg"
WIDTH, ROW, TOP = 1460, 62, 54
PACKAGE_X, PACKAGE_WIDTH, ROOMS_X, STORES_X = 20, 120, 170, 1170
ROOM_HEIGHT, LETTER, PAD, GAP = 30, 8, 18, 14
STORES = {"ledger": ("archive/", "ledger.db"), "etl": ("staging.duckdb", "pilot-N.duckdb"), "briefing": ("briefings/",)}
NOTES = {
    "data": (ROOMS_X, "declarations: forms, checks, indicators, triggers, letters, parameters; no code"),
    "metrics": (STORES_X, "its tables, in the same pilot-N.duckdb"),
    "casework": (STORES_X, "its acts, through ledger"),
    "pages": (STORES_X, "nothing itself: it acts through casework"),
}
STYLE = """<style>
text { font: 13px sans-serif; fill: #1c2430 } text.package { font-weight: 600 } text.note { fill: #5b6675 }
rect { fill: #ffffff; stroke: #8a94a3 } rect.package { fill: #eef2f7 } rect.paper { stroke: none }
rect.store { fill: #f6f1e4; stroke: #b49b5a }
line, path { stroke: #4a5565; fill: none } marker path { fill: #4a5565; stroke: none }
</style>
<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 L8 4 L0 8 z"/></marker></defs>"""


def rooms_of(package: str) -> list[str]:
    """The rooms of a package in their order; of `pages` its sections, what all stand on first."""
    if package in ROOMS:
        return [room for room in ROOMS[package] if room and not room.startswith("__")]
    if package != "pages":
        return []
    sections = sorted(path.parent.name for path in (PROJECT / package).glob("*/__init__.py"))
    return ["shell", "shared", *(name for name in sections if name not in ("shell", "shared"))]


def rows() -> dict[str, list[str]]:
    """Package → its rooms, in the order of the packages."""
    return {"data": [], **{layer: rooms_of(layer) for layer in LAYERS if layer != "app"}}


def picture() -> str:
    height = TOP + ROW * len(rows()) + 8
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    return "\n".join([head, "<title>The rooms of the house</title>", STYLE, *_drawn(), "</svg>"]) + "\n"


def _drawn() -> Iterator[str]:
    yield '<rect class="paper" width="100%" height="100%"/>'
    yield _text(PACKAGE_X, 22, "A row knows the rows above it and none below; so does a room those left of it.", "note")
    yield _text(STORES_X, 22, "what it writes", "note")
    for number, (package, rooms) in enumerate(rows().items()):
        y = TOP + ROW * number
        name = "pages, app.py" if package == "pages" else package
        yield _box(PACKAGE_X, y, PACKAGE_WIDTH, name, "package")
        if number:
            middle = PACKAGE_X + PACKAGE_WIDTH / 2
            yield _arrow(middle, y - ROW + ROOM_HEIGHT, middle, y)
        yield from _row(ROOMS_X, y, rooms, "room", joined=package != "pages")
        yield from _row(STORES_X, y, STORES.get(package, ()), "store", joined=False)
        if package in NOTES:
            x, words = NOTES[package]
            yield _text(x, y + 20, words, "note")


def _row(x: float, y: float, names: Iterable[str], kind: str, *, joined: bool) -> Iterator[str]:
    for position, name in enumerate(names):
        width = LETTER * len(name) + PAD
        if joined and position:
            yield _arrow(x - GAP, y + ROOM_HEIGHT / 2, x, y + ROOM_HEIGHT / 2)
        yield _box(x, y, width, name, kind)
        x += width + GAP


def _box(x: float, y: float, width: float, name: str, kind: str) -> str:
    shape = f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{ROOM_HEIGHT}" rx="4"/>'
    return (
        f'{shape}<text class="{kind}" x="{x + width / 2:g}" y="{y + 20:g}" text-anchor="middle">{escape(name)}</text>'
    )


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def _arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}" marker-end="url(#end)"/>'


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
