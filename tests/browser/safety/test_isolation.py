"""What the server sends to a role, byte for byte over the websocket, holds nobody else's name, code, firm or right.

Every page of the menu and every page beyond it, each part of it, and every address that names another's member, firm,
right or filing. With `PILOT_THOROUGH=1` for all districts and a bank of each kind too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlencode

import duckdb
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.viewer import session, told
from contract.settings import Home
from etl.snapshot.opened import connect
from pages.shell.navigation import SECTIONS
from pages.shell.selecting import Selection
from pages.shell.selections import (
    SELECTIONS,
    Dictionary,
    Evaluation,
    Filing,
    Firm,
    Firms,
    FreeTable,
    Monthly,
    Overview,
    Right,
    Roster,
    Rows,
    Task,
    Warnings,
    profile,
)
from tests.browser.screen import THOROUGH
from tests.browser.server import apart
from tests.browser.test_pages import FAILED_STATE

pytestmark = pytest.mark.browser

PERIOD = "2026-10"
SIDEBAR = 1  # of the containers that the framework lays out
CODES = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")  # unified social credit codes
# Member → what else is in the demonstration, to ask for and to look for.
NAMED = """
    SELECT code, short_name FROM member WHERE kind = 'bank' AND code <> ?
"""
FIRMS = "SELECT DISTINCT borrower_name, uscc, registration_no, loan_no FROM B1 WHERE submitter <> ?"
OWN = "SELECT DISTINCT borrower_name, uscc, registration_no, loan_no FROM B1 WHERE submitter = ?"
KEY_FIRMS = "SELECT DISTINCT name, uscc FROM R4 WHERE submitter {is_own} ?"


def addresses() -> list[tuple[str, str]]:
    """Every page of every menu with each of its parts: address and query."""
    listed = []
    for entry in (entry for entries in SECTIONS.values() for entry in entries):
        parts = getattr(SELECTIONS[entry.address], "PARTS", ())
        listed += [(entry.address, f"part={part}") for part in parts] or [(entry.address, "")]
    return listed


def asking(others: Iterable[str], firm: str, right: str) -> list[tuple[str, str]]:
    """Addresses that name what is another's."""
    named: list[Selection] = [Firm(uscc=firm), Right(number=right), Firms(shown="all", firm=firm)]
    for code in others:
        kind = "bank" if code.startswith("B") else "district"
        whose = f"{kind}-{code}"
        named += [
            profile(kind, code), Filing(part="detail", member=code), Evaluation(member=code), Warnings(subject=code),
            Roster(part="history", member=code), Task(task="service", of=whose), Monthly(scope=code),
            FreeTable(indicators="G01", subjects=whose), Dictionary(code="G01", of=whose),
            Overview(explained=f"G01-{whose}"), Rows(kind="loans", of="A", scope=kind, entity=code),
            Rows(kind="loans", of="A", scope=kind, entity=code, figure="G01.part"),
        ]  # fmt: skip
    return [(selection.entry.address, urlencode(selection.parameters())) for selection in named]


def is_switch(said: ForwardMsg) -> bool:
    """The demonstration's choice at the side, whom to stand for: it has all members, and nobody signed in has it."""
    return (
        said.WhichOneof("type") == "delta"
        and said.metadata.delta_path[0] == SIDEBAR
        and said.delta.new_element.WhichOneof("type") == "selectbox"
    )


async def sent(address: str, role: str, asked: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Page and query → all that the server says when a viewer in that role opens it, but what was asked for."""
    heard = {}
    async with session(address) as line:
        for page, query in asked:
            content = bytearray()
            async for said, part in told(line, page, f"as={role}&period={PERIOD}&{query}"):
                content += b"" if is_switch(said) else part
            heard[page, query] = content.decode("utf-8", errors="ignore").replace(f"&{query}", "")
    return heard


def secrets(connection: duckdb.DuckDBPyConnection, kind: str, code: str) -> set[str]:
    """Names, codes and numbers that are others' alone: banks, borrowers, rights, loans, key firms."""

    def texts(sql: str, *given: str) -> set[str]:
        return {text for row in connection.execute(sql, given).fetchall() for text in row if text and len(text) > 3}

    if kind in ("authority", "admin"):  # the one knows who takes part, and neither whose loans they are
        names = set() if kind == "authority" else texts(NAMED, code)
        return names | texts(FIRMS, code) | texts(KEY_FIRMS.format(is_own="<>"), code)
    own = texts(OWN, code) if kind == "institution" else set()
    if kind == "district":
        own = texts(KEY_FIRMS.format(is_own="="), code)
    return (texts(NAMED, code) | texts(FIRMS, code) | texts(KEY_FIRMS.format(is_own="<>"), code)) - own


def found_in(content: str, hidden: set[str]) -> set[str]:
    """Which of the hidden texts stand in what was sent."""
    codes = {text for text in hidden if CODES.fullmatch(text)}
    return (set(CODES.findall(content)) & codes) | {text for text in hidden - codes if text in content}


def viewers(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("SELECT kind, code FROM member ORDER BY code").fetchall()
    every = [f"{'institution' if kind == 'bank' else 'district'}-{code}" for kind, code in rows]
    return [*every, "authority-", "admin-"] if THOROUGH else ["district-110108", "institution-B007"]


def test_a_member_is_sent_nothing_of_anothers(dashboard, demo_home):
    with connect(Home(demo_home).current_snapshot()) as connection:
        firm, right = connection.execute(
            "SELECT uscc, registration_no FROM B1 WHERE submitter = 'B001' AND registration_no <> '' LIMIT 1"
        ).fetchone()
        tried, leaked = 0, {}
        for role in viewers(connection):
            kind, code = role.split("-")
            others = [("B001", "110102"), ("B002", "110105")][code in ("B001", "110102")]
            hidden = secrets(connection, kind, code)
            heard = apart(sent(dashboard.address, role.rstrip("-"), addresses() + asking(others, firm, right)))
            for asked, content in heard.items():
                tried += len(hidden)
                assert len(content) > 500 and FAILED_STATE not in content, (role, asked)
                if told_of := {text for text in found_in(content, hidden) if text not in asked[1]}:
                    leaked[role, *asked] = sorted(told_of)[:5]
    assert leaked == {}
    assert tried > 100_000


def test_the_look_finds_what_the_bureau_is_sent(dashboard, demo_home):
    """The same look at an analyst's pages finds names, firms and rights: it is not blind."""
    with connect(Home(demo_home).current_snapshot()) as connection:
        hidden = secrets(connection, "district", "110108")
    heard = apart(sent(dashboard.address, "analyst", [("rows", "kind=loans"), ("overview", "")]))
    assert len(found_in(heard["rows", "kind=loans"], hidden)) > 40
    assert "演示国有银行05" in found_in(heard["overview", ""], hidden)
