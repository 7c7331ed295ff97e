"""Makes the pictures in the documents from the running dashboard on the demonstration: `make screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from contract.settings import PROJECT
from tests.browser.screen import WIDTH, launch, looking_at
from tests.browser.server import serving
from tests.processes import load_demonstration

IMAGES = PROJECT / "docs" / "images"
HEIGHT = 1160  # down to the charts
# Name → address and height, in pixels.
PICTURES = {
    "overview": ("/", HEIGHT),
}


def photograph(browser: Browser, address: str, folder: Path) -> None:
    """All pictures of the dashboard at an address."""
    for picture, (path, height) in PICTURES.items():
        with looking_at(browser, address + path) as screen:
            screen.page.set_viewport_size({"width": WIDTH, "height": height})
            screen.settle()
            screen.page.screenshot(path=folder / f"{picture}.png")


def main() -> None:
    """Load the demonstration into a home that is thrown away, and photograph each page once it has settled."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as name:
        home = Path(name) / "home"
        load_demonstration(home)
        with sync_playwright() as playwright, serving(home, Path(name) / "streamlit.log") as server:
            browser = launch(playwright)
            photograph(browser, server.address, IMAGES)
            browser.close()


if __name__ == "__main__":
    main()
