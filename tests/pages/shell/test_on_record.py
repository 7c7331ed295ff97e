"""What is done on a page: the numbers of its events, by right, with the address, stand in the audit."""

from __future__ import annotations

import pytest

from casework.giving.requests import approve, request
from contract.errors import CallError, LedgerError
from contract.settings import home
from contract.viewer import Viewer
from ledger.audit import ACTED, looks
from ledger.events import Ledger
from ledger.givings import GivingDraft
from pages.shell import publishing, url
from pages.shell.publishing import on_record

ANALYST = Viewer("张", "张", "analyst", address="10.0.0.7")
SUPERVISOR = Viewer("李", "李", "supervisor", address="10.0.0.8")
DRAFT = GivingDraft("某局", "核查", "名单", "other")
FILE = ("名单.csv", b"1")


@pytest.fixture(autouse=True)
def page(own_home, monkeypatch) -> None:
    monkeypatch.setattr(url, "page_address", lambda: "giving")


def test_an_act_is_on_record_with_its_numbers_its_right_and_from_where():
    with on_record(ANALYST):
        first = request(home(), DRAFT, FILE, ANALYST).id
        second = request(home(), DRAFT, FILE, ANALYST).id
        request(home(), DRAFT, FILE, SUPERVISOR)  # another's meanwhile
    with on_record(SUPERVISOR):
        approve(home(), first, SUPERVISOR)
    told = [
        (look.kind, look.user, look.what, look.selection, look.area, look.level, look.address) for look in looks(home())
    ]
    approved = Ledger(home().ledger).head()[0]
    assert told == [
        (ACTED, "李", "giving", f"台账={approved}", "approve", "sensitive", "10.0.0.8"),
        (ACTED, "张", "giving", f"台账={first}、{second}", "give", "sensitive", "10.0.0.7"),
    ]


def test_what_was_refused_leaves_nothing():
    with pytest.raises(CallError), on_record(ANALYST):
        request(home(), GivingDraft("", "核查", "名单", "other"), FILE, ANALYST)
    with on_record(ANALYST):
        pass
    assert looks(home()) == []


def test_an_act_whose_record_fails_is_told_as_done(monkeypatch):
    def full(*_given, **_named):
        raise LedgerError("磁盘已满")

    monkeypatch.setattr(publishing, "record_act", full)
    with pytest.raises(LedgerError, match="已登入台账（编号1），但未能记入查阅记录：磁盘已满"), on_record(ANALYST):
        request(home(), DRAFT, FILE, ANALYST)
