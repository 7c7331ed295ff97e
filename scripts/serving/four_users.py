"""Signs each of some users in through the service, changes the first password, and looks at a page as that user.

    python -m scripts.serving.four_users ADDRESS FILE FOLDER

FILE holds what `casework account create` has printed; each browser's cookies are kept in FOLDER.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.viewer import Browser, session, told

FIRST = re.compile(r"(\S+)的初始口令：(\S+)")
OWN = "{}自己想出来的一句长话"
PAGE = "dictionary"  # open to everybody


async def seen(browser: Browser) -> str:
    """All that the page says."""
    async with session(browser) as line:
        return b"".join([content async for _, content in told(line, PAGE)]).decode(errors="ignore")


def look(address: str, name: str, first: str) -> Browser:
    """The browser, signed in. Raises AssertionError where a step does not lead on, PermissionError where the user is
    not let in afterwards."""
    browser, own = Browser(address), OWN.format(name)
    assert browser.post("/sign-in", name=name, password=first) == HTTPStatus.OK, name
    assert browser.post("/sign-in/password", new=own, again=own) == HTTPStatus.SEE_OTHER, name
    assert name in asyncio.run(seen(browser)), name
    Browser(address).sign_in(name, own)
    return browser


def keep(browser: Browser, file: Path) -> None:
    """As `scripts.serving.by_provider` keeps them: name, value and site of each."""
    site = urlsplit(browser.address).hostname
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps([[name, value, site] for name, value in browser.cookies.items() if value]), "utf-8")


if __name__ == "__main__":
    for user, password in FIRST.findall(Path(sys.argv[2]).read_text(encoding="utf-8")):
        keep(look(sys.argv[1], user, password), Path(sys.argv[3], f"{user}.json"))
        print(f"{user} is let in, and sees a page as that user")
