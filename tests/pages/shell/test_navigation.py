"""Which pages are in whose menu; a page that is not for a viewer answers its address with a refusal."""

from __future__ import annotations

from itertools import chain

import pytest

from contract.settings import PROJECT
from contract.viewer import areas
from pages.shell import session
from pages.shell.navigation import OVERVIEW, SECTIONS, SYSTEM, first_page
from tests.published import ADMIN, ANALYST, AUTHORITY, DISTRICT, INSTITUTION, SUPERVISOR

ENTRIES = tuple(chain.from_iterable(SECTIONS.values()))


def menu(viewer) -> list[str]:
    return [entry.title for entry in ENTRIES if entry.open_to(viewer)]


def test_the_bureau_has_every_page():
    """But what administers the system, which is the supervisor's too."""
    assert menu(ANALYST) == [entry.title for entry in ENTRIES if entry is not SYSTEM]
    assert menu(SUPERVISOR) == [entry.title for entry in ENTRIES]


@pytest.mark.parametrize(
    ("viewer", "without"),
    [
        (DISTRICT, {"机构画像"}),
        (INSTITUTION, {"地区画像", "预警与退出"}),
        (AUTHORITY, {"数据报送", "机构画像", "预警与退出"}),
    ],
)
def test_others_have_what_is_theirs(viewer, without):
    assert not without & set(menu(viewer))


def test_an_administrator_has_no_figures():
    assert menu(ADMIN) == ["指标字典", "校验规则", "系统管理"]
    assert first_page(ADMIN) is SYSTEM and first_page(ANALYST) is first_page(AUTHORITY) is OVERVIEW


def test_every_page_exists_and_asks_for_declared_areas():
    for entry in ENTRIES:
        assert (PROJECT / entry.file).is_file()
        assert set(entry.areas) <= areas().keys()


def test_the_demonstrations_role_is_told_with_every_drawing_of_its_choice(monkeypatch):
    """A value that is only kept is not sent: a browser that missed the run that set it would choose for itself."""
    told = []

    class Kept(dict):
        def __setitem__(self, name, value):
            told.append((name, value))
            super().__setitem__(name, value)

    monkeypatch.setattr(session.st, "session_state", Kept({session.ROLE: "admin"}))
    assert [session.demonstration_user(None).role for _ in range(2)] == ["admin", "admin"]
    assert told == [(session.ROLE, "admin")] * 2
