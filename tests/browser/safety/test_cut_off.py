"""A file is handed in on the page and the process killed: registered once or not at all, and its person told which."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from casework.filing.unfinished import NOTES
from contract.settings import Home
from ledger.events import Ledger
from ledger.roster import admissions
from tests.browser.screen import THOROUGH, looking_at
from tests.browser.server import LOCAL, Server, free_port, serving
from tests.etl.conftest import roster
from tests.etl.submissions import BANK, PERIOD, change, submission, workbook
from tests.processes import run_here

pytestmark = pytest.mark.browser
WAIT_SECONDS = 120
CUT_OFF = "的报送中断了，没有显示结果"
AWAY_MS = 120_000  # until a browser has found the server again, on a busy machine


def registered(home: Home) -> list[str]:
    """The files of all versions, as the ledger has them."""
    return [event.payload["content_hash"] for event in Ledger(home.ledger).events("submission")]


# What a kill waits for: nothing of it is there, the note, the receipt, a data version in the making.
SIGNS: dict[str, Callable[[Home, int], bool]] = {
    "noted": lambda home, known: any((home.warehouse / NOTES).glob("*.json")),
    "acknowledged": lambda home, known: len(registered(home)) > known,
    "building": lambda home, known: any(home.warehouse.glob(".building-*")),
}
# Sign and seconds after it; in the suite the one at which most is at stake, as each takes two starts of a server.
MOMENTS = [("acknowledged", 0.0)]
MOMENTS += [("noted", after / 10) for after in range(12)] + [("building", 0.1)] if THOROUGH else []


def file(folder: Path, number: int) -> Path:
    """A submission unlike all others."""
    path = folder / str(number) / f"{PERIOD}_{BANK}.xlsx"
    path.parent.mkdir()
    path.write_bytes(workbook(change(submission(), "B1", {"amount": f"{900 + number / 100}"})))
    return path


def hand_in(screen, path: Path) -> None:
    screen.page.locator('[data-testid="stFileUploader"] input').set_input_files(path)
    screen.page.get_by_role("button", name="报送并校验1个文件").click()


def killed_at(sign: Callable[[Home, int], bool], after: float, home: Home, known: int, server: Server) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not sign(home, known):
        assert time.monotonic() < until
        time.sleep(0.005)
    time.sleep(after)
    os.kill(server.pid, signal.SIGKILL)
    while answers(server):
        time.sleep(0.01)


def answers(server: Server) -> bool:
    """Whether the port still takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex((LOCAL, urlsplit(server.address).port)) == 0


def test_a_file_is_registered_once_or_not_at_all_and_its_person_told(browser, tmp_path, subtests):
    home, port = Home(tmp_path / "home"), free_port()
    Ledger(home.ledger).append(datetime(2026, 7, 6), admissions(roster(BANK), [], "测试"))
    assert run_here("etl", "publish", home=home.root).returncode == 0
    with ExitStack() as stack:
        server = stack.enter_context(serving(home.root, tmp_path / "0.log", port))
        screen = stack.enter_context(looking_at(browser, f"{server.address}/filing?part=upload"))
        for number, (sign, after) in enumerate(MOMENTS, 1):
            with subtests.test(f"{sign} + {after} s"):
                path, known = file(tmp_path, number), len(registered(home))
                hand_in(screen, path)
                killed_at(SIGNS[sign], after, home, known, server)
                server = stack.enter_context(serving(home.root, tmp_path / f"{number}.log", port))
                came = len(registered(home)) - known
                if sign == "building":  # its end was told: what is left is to publish it, which the start sees to
                    screen.go(f"{server.address}/filing?part=upload")
                    assert came == 1 and screen.page.get_by_text(CUT_OFF).count() == 0
                else:  # the browser finds the server again by itself
                    said = screen.page.get_by_text(CUT_OFF)
                    said.wait_for(timeout=AWAY_MS)
                    told = said.inner_text()
                    assert ("已登记，回执号" in told, "没有登记，请再报一次" in told) == (came == 1, came == 0)
                screen.settle()
                assert screen.page.get_by_text(path.name, exact=True).count() == 0  # as if it could still be sent
                hand_in(screen, path)
                screen.page.get_by_text("本次报送结果：1个文件").wait_for(timeout=AWAY_MS)
                screen.settle()
                assert len(registered(home)) == len(set(registered(home))) == known + 1
                assert screen.page.get_by_text(CUT_OFF).count() == 0
    done = run_here("etl", "verify", home=home.root)
    assert done.returncode == 0, done.stdout
