"""A page at one size, looked over without being read: what is cut, wider than the page, over another, empty, too small.

`python -m tests.browser.sight FOLDER HOME…` walks every part of every page of homes in each role and at each size: a
picture of each in the folder, and what was found, one line each, on the output. `test_sights.py` asks the same.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.screen import Screen, launch, looking_at
from tests.browser.server import serving
from tests.browser.test_links import addresses
from tests.browser.test_pages import faults

SIZES = {"laptop": (1366, 768), "desk": (1920, 1080), "phone": (390, 844)}
ROLES = ("supervisor", "analyst", "district", "institution", "authority", "admin")

# What a page that fits shows none of. Text is looked at as it lies: the boxes of its lines, not of its elements.
LOOK = """() => {
    const found = [];
    const tell = (kind, what) => found.push([kind, what.replace(/\\s+/g, ' ').trim().slice(0, 120)]);
    const main = document.querySelector('[data-testid="stMain"]');
    const seen = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const quiet = '.on-paper:not([open]), [data-testid="stSkipToContent"], script, style, noscript, canvas';
    if (main.scrollWidth > main.clientWidth + 1) tell('sideways', `${main.scrollWidth - main.clientWidth} px`);

    const lines = [];
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, text = node.textContent.trim(), parent = node.parentElement;
        if (!text || parent.closest(quiet) || !seen(parent)) continue;
        const style = getComputedStyle(parent);
        if (style.fontFamily.includes('Material Symbols')) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const boxes = [...range.getClientRects()].filter(box => box.width > 1 && box.height > 1);
        if (!boxes.length) continue;
        boxes.forEach(box => lines.push({text, parent, box}));
        const size = parseFloat(style.fontSize);
        if (size < 11) tell('small', `${size} px: ${text}`);
        if (boxes.length >= 4 && [...text].length >= 4 && boxes.every(box => box.width < size * 1.7))
            tell('one character a line', text);
        // Cut: by an ancestor that hides what runs over, on the way up to one that can be scrolled.
        for (let box = parent; box && box !== main; box = box.parentElement) {
            const held = getComputedStyle(box);
            if (/auto|scroll/.test(held.overflowX)) break;
            if (!/hidden|clip/.test(held.overflowX)) continue;
            const edge = box.getBoundingClientRect();
            if (edge.width <= 2 || edge.height <= 2) break;
            const over = Math.max(...boxes.map(line => Math.max(line.right - edge.right, edge.left - line.left)));
            const under = Math.max(...boxes.map(line => line.bottom - edge.bottom));
            if (over > 3 || under > 4) tell('cut', `${text} (${Math.round(over)}, ${Math.round(under)} px)`);
            break;
        }
    }
    for (const field of main.querySelectorAll('input:not([type=checkbox], [type=radio], [type=file])'))
        if (seen(field) && field.clientWidth > 2 && field.scrollWidth > field.clientWidth + 2)
            tell('cut field', field.value || field.placeholder);

    // One text over another.
    lines.sort((one, other) => one.box.top - other.box.top);
    for (let first = 0; first < lines.length; first++) {
        const one = lines[first];
        for (let next = first + 1; next < lines.length && lines[next].box.top < one.box.bottom - 3; next++) {
            const other = lines[next];
            const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
            if (wide > 3 && high > 4 && one.parent !== other.parent)
                tell('over another', `${one.text} ╳ ${other.text}`);
        }
    }

    for (const box of main.querySelectorAll('[data-testid="stVerticalBlock"], [data-testid="stExpander"]')) {
        const edge = box.getBoundingClientRect();
        const drawn = getComputedStyle(box).borderTopWidth !== '0px' && edge.height > 8 && seen(box);
        if (drawn && !box.innerText.trim() && !box.querySelector('canvas, svg, img, input'))
            tell('empty', box.className);
    }
    for (const cell of main.querySelectorAll('td, .card-value, .card-change b, .count b')) {
        if (cell.innerText.trim() === '—' && seen(cell) && !cell.closest('.on-paper')
            && !cell.closest('[title]') && !cell.querySelector('[title]'))
            tell('bare dash', (cell.closest('tr, [class*="st-key-figure"], .count') || cell).innerText);
    }
    return found;
}"""

# A table on canvas says nothing of its cells to the document: its columns and cells are read where React keeps them.
GRIDS = """() => {
    const found = [];
    const pen = document.createElement('canvas').getContext('2d');
    for (const grid of document.querySelectorAll('[data-testid="stMain"] [data-testid="stDataFrame"]')) {
        const name = grid.closest('[data-testid="stElementContainer"]').className.match(/st-key-([\\w-]+)/)?.[1] || '';
        const scroller = grid.querySelector('.dvn-scroller'), canvas = grid.querySelector('canvas');
        if (!scroller || !canvas) continue;
        const over = scroller.scrollWidth - scroller.clientWidth;
        if (over > 2) found.push(['table wider than its place', `${name}: ${over} px`]);
        let fiber = canvas[Object.keys(canvas).find(key => key.startsWith('__reactFiber'))];
        while (fiber && !(fiber.memoizedProps?.getCellContent && fiber.memoizedProps?.columns)) fiber = fiber.return;
        if (!fiber) continue;
        const {columns, getCellContent, rows, theme} = fiber.memoizedProps;
        const style = getComputedStyle(grid);
        pen.font = `13px ${style.fontFamily}`;
        const cut = new Map();
        columns.forEach((column, at) => {
            if (!column.title) return;
            if (pen.measureText(column.title).width > column.width - 10) cut.set(column.title, 'its head');
            for (let row = 0; row < Math.min(rows, 40); row++) {
                const cell = getCellContent([at, row]), text = cell?.displayData;
                if (typeof text === 'string' && pen.measureText(text).width > column.width - 10)
                    cut.set(column.title, text.slice(0, 40));
            }
        });
        for (const [title, text] of cut) found.push(['cut cell', `${name} ${title}: ${text}`]);
    }
    return found;
}"""


@dataclass(frozen=True)
class Sight:
    """One page as someone sees it: `role` as the demonstration has it, the address, the name of a size."""

    role: str
    address: str
    size: str

    @property
    def name(self) -> str:
        place = re.sub(r"[^\w-]+", "-", self.address.strip("/")).strip("-") or "overview"
        return f"{self.size}/{self.role}/{place}"


def walk(browser: Browser, base: str, roles: tuple[str, ...], sizes: tuple[str, ...]) -> Iterator[tuple[Sight, Screen]]:
    """Every part of every page of each role's menu at each size, settled and as high as its content."""
    for role in roles:
        with looking_at(browser, f"{base}/?as={role}") as screen:
            for address in addresses(screen.navigation()):
                screen.errors.clear()
                screen.follow(f"{base}{address}")
                for size in sizes:
                    resize(screen, *SIZES[size])
                    yield Sight(role, address.removesuffix("?"), size), screen


def resize(screen: Screen, width: int, height: int) -> None:
    """The window at a size, then as high as what is on the page: the framework scrolls within the window."""
    screen.page.set_viewport_size({"width": width, "height": height})
    screen.settle()
    screen.page.wait_for_timeout(150)
    content = screen.page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
    if content > height:
        screen.page.set_viewport_size({"width": width, "height": content})
        screen.settle()
        screen.page.wait_for_timeout(150)


def flaws(screen: Screen) -> list[tuple[str, str]]:
    """Kind and place of what is wrong with the page as it lies."""
    told = [(kind, piece) for kind, pieces in faults(screen).items() for piece in pieces]
    return told + [(kind, place) for kind, place in screen.page.evaluate(LOOK) + screen.page.evaluate(GRIDS)]


def main(folder: Path, homes: list[Path], roles: tuple[str, ...], sizes: tuple[str, ...]) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for home in homes:
            place = folder / home.name
            place.mkdir(parents=True, exist_ok=True)
            with serving(home, place / "server.log") as server:
                for sight, screen in walk(browser, server.address, roles, sizes):
                    target = place / f"{sight.name}.png"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    screen.page.screenshot(path=target)
                    for kind, what in dict.fromkeys(flaws(screen)):
                        print(home.name, sight.name, kind, what, sep="\t", flush=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(sys.argv[2])], tuple(sys.argv[3].split(",")), tuple(sys.argv[4].split(",")))
