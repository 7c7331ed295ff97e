"""Makes the pictures in the documents from the running dashboard on the demonstration: `make screenshots`."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from contract.settings import PROJECT
from tests.browser.screen import WIDTH, launch, looking_at
from tests.browser.server import serving
from tests.processes import load_demonstration

IMAGES = PROJECT / "docs" / "images"
HEIGHT = 768
COLOURS = 200  # of a picture's palette: ink on white, and the few marks in red and amber that a smaller one turns grey
MOST_BYTES = 150_000


def open_first_explanation(page: Page) -> None:
    page.get_by_role("link", name="口径").first.click()
    page.get_by_role("dialog").get_by_text("分子", exact=False).first.wait_for()


@dataclass(frozen=True)
class Picture:
    """One picture: whose page, at which address, how much of it in pixels from the top, and what is clicked first."""

    role: str
    address: str
    height: int = HEIGHT
    first: Callable[[Page], None] = lambda page: None


PICTURES = {
    "overview": Picture("analyst", "/", 1160),
    "explanation": Picture("analyst", "/", HEIGHT, open_first_explanation),
    "filing": Picture("analyst", "/filing?period=2026-10"),
    "warnings": Picture("analyst", "/warnings?period=2026-10"),
    "rows": Picture("analyst", "/rows?kind=loans&period=2026-10"),
    "returned": Picture("institution-B014", "/filing?part=detail&member=B014&period=2026-07&version=1"),
    "scorecard": Picture("institution-B007", "/evaluation"),
    "district": Picture("district-110108", "/district", 1000),
}


def photograph(browser: Browser, address: str, folder: Path) -> None:
    """All pictures of the dashboard at an address."""
    for name, wanted in PICTURES.items():
        join = "&" if "?" in wanted.address else "?"
        with looking_at(browser, f"{address}{wanted.address}{join}as={wanted.role}") as screen:
            screen.page.set_viewport_size({"width": WIDTH, "height": wanted.height})
            screen.settle()
            wanted.first(screen.page)
            screen.settle()
            (folder / f"{name}.png").write_bytes(small(screen.page.screenshot()))


def small(picture: bytes) -> bytes:
    """The picture with a palette of its own. Raises ValueError where it is still too large for a document."""
    target = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(
        target, "PNG", optimize=True
    )
    if target.tell() > MOST_BYTES:
        raise ValueError(f"a picture of {target.tell()} bytes is too large for a document")
    return target.getvalue()


def main(made: Path | None = None) -> None:
    """Photograph each page once it has settled, on the demonstration: made for it, or in a home that has it already."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as name:
        home = made or Path(name) / "home"
        if made is None:
            load_demonstration(home)
        with sync_playwright() as playwright, serving(home, Path(name) / "streamlit.log") as server:
            browser = launch(playwright)
            photograph(browser, server.address, IMAGES)
            browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
