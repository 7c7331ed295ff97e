"""Keeps a view of a page under a name, for its owner or the owner's circle, and takes it away again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from casework.held import holding
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer
from ledger.people import check_person, same_person, written_name
from ledger.sharing.saved_views import EVENTS, REMOVED, SAVED, SavedView, saved_views
from metrics.queries.work.saved_views import circle_of

AREA = "views"  # of `data/access.csv`
MOST_NAME, MOST_PARAMETERS = 40, 4_000  # characters
ADDRESS = re.compile(r"[a-z_0-9]+")


def save_view(home: Home, name: str, page: str, parameters: Mapping[str, str], shared: bool, by: Viewer) -> SavedView:
    """Keeps a page's address with its parameters; one of the same owner and name is replaced.

    Shared, it is listed to the owner's circle (the Bureau's people, or those of the same role and member); what it
    opens is within the opener's rights.

    Raises:
        CallError: no name or too long a one, or what is no address.
        AccessDenied: the user's role keeps none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "保存视图", by.scope)
        called = written_name(name)
        if not called or len(called) > MOST_NAME:
            raise CallError(f"请写1至{MOST_NAME}字的名称")
        if not ADDRESS.fullmatch(page) or sum(map(len, (*parameters, *parameters.values()))) > MOST_PARAMETERS:
            raise CallError("这一视图的地址过长或不是本系统的页面，不能保存")
        number = held.append(
            SAVED, actor, called, page=page, parameters=dict(parameters), circle=circle_of(by) if shared else ""
        )
        return saved_views(held.ledger.events(*EVENTS))[number]


def remove_view(home: Home, number: int, by: Viewer) -> None:
    """Takes one's own view away.

    Raises:
        CallError: there is none of the number, or it is another's.
        AccessDenied: the user's role keeps none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "删除视图", by.scope)
        view = saved_views(held.ledger.events(*EVENTS)).get(number)
        if view is None or not same_person(view.owner, actor):
            raise CallError("没有这一视图，或不是本人保存的")
        held.append(REMOVED, actor, view.name, view=number)
