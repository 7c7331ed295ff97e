"""A view is kept under a name, listed to its owner and, where shared, to the owner's circle; its owner removes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.sharing.saved_views import MOST_NAME, remove_view, save_view
from contract.errors import CallError
from metrics.queries.work.saved_views import views_of
from tests.casework.pilots import Pilot
from tests.casework.worklists import ADMIN, ANALYST, AUTHORITY, BANK, DISTRICT, SUPERVISOR

COLLEAGUE = replace(DISTRICT, user="同区同事", name="同区同事")


def save(pilot: Pilot, name: str, viewer, *, shared: bool = False, **parameters: str):
    return save_view(pilot.home, name, "free_table", parameters or {"span": "12"}, shared, viewer)


def names(pilot: Pilot, viewer) -> list[str]:
    return [view.name for view in views_of(viewer, None, pilot.home)]


def test_an_own_view_is_its_owners_alone(pilot: Pilot):
    view = save(pilot, " 月度 表 ", ANALYST, indicators="G01,G09", span="12")
    assert (view.name, view.page) == ("月度 表", "free_table")
    assert dict(view.parameters) == {"indicators": "G01,G09", "span": "12"}
    assert names(pilot, ANALYST) == ["月度 表"]
    for viewer in (SUPERVISOR, DISTRICT, BANK, AUTHORITY, ADMIN):
        assert names(pilot, viewer) == []


def test_a_shared_view_reaches_the_circle_and_nobody_else(pilot: Pilot):
    save(pilot, "本局共用", ANALYST, shared=True)
    save(pilot, "本区共用", DISTRICT, shared=True)
    assert names(pilot, SUPERVISOR) == ["本局共用"]
    assert names(pilot, COLLEAGUE) == ["本区共用"]
    for viewer in (BANK, AUTHORITY, ADMIN):
        assert names(pilot, viewer) == []


def test_ones_own_come_first_and_the_same_name_replaces(pilot: Pilot):
    save(pilot, "甲视图", SUPERVISOR, shared=True)
    save(pilot, "乙视图", ANALYST, span="3")
    save(pilot, "乙视图", ANALYST, span="6")
    own, shared = views_of(ANALYST, None, pilot.home)
    assert (own.name, dict(own.parameters), shared.name) == ("乙视图", {"span": "6"}, "甲视图")


def test_its_owner_removes_it_and_nobody_else(pilot: Pilot):
    view = save(pilot, "共用", ANALYST, shared=True)
    with pytest.raises(CallError, match="不是本人保存的"):
        remove_view(pilot.home, view.id, SUPERVISOR)
    remove_view(pilot.home, view.id, ANALYST)
    assert names(pilot, ANALYST) == names(pilot, SUPERVISOR) == []
    with pytest.raises(CallError, match="没有这一视图"):
        remove_view(pilot.home, view.id, ANALYST)


@pytest.mark.parametrize(
    ("name", "page", "parameters"),
    [
        ("", "filing", {}),
        ("长" * (MOST_NAME + 1), "filing", {}),
        ("名", "../filing", {}),
        ("名", "https://x", {}),
        ("名", "filing", {"q": "长" * 5000}),
    ],
)
def test_what_is_no_name_or_no_address_is_refused(pilot: Pilot, name, page, parameters):
    with pytest.raises(CallError):
        save_view(pilot.home, name, page, parameters, False, ANALYST)
