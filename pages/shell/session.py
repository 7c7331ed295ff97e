"""Who is looking, at which period: the user who has signed in, or the demonstration's; and what a link carries."""

from __future__ import annotations

import re
from dataclasses import replace

import streamlit as st

from contract.errors import SnapshotError
from contract.settings import home
from contract.viewer import OWN_ROLES, ROLES, Viewer
from contract.wording import month_name
from etl.snapshot.opened import Snapshot, current
from ledger.access.configured import SESSION_COOKIE, running
from ledger.access.sessions import look, viewer_in
from metrics.queries.members.roster import members
from pages.shell import url
from pages.shell.data import ask
from pages.shell.view import View

VIEW = "view"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
ROLE = "demonstration_role"
SCOPE = "demonstration_scope"
PERIOD = "period"
ADDRESS_HEADER = "x-pilot-address"  # written by the gate alone
RESUMED = "as"  # what the page's script (`address.js`) adds to the first address of a tab that is loaded anew
DEMONSTRATION_USERS = {role: f"演示{name}" for role, name in ROLES.items()}


def demonstration_viewer(role: str, scope: str) -> Viewer:
    """The local demonstration user in one of its roles."""
    return Viewer(f"demo-{role}", DEMONSTRATION_USERS[role], role, scope if role in OWN_ROLES else "")


def person(user: str) -> str:
    """A user as people call it: the demonstration users by their Chinese names, others as they are."""
    names = {f"demo-{role}": name for role, name in DEMONSTRATION_USERS.items()}
    return names.get(user, user)


def role_chosen() -> str:
    """`district-110108`: the role chosen at the side and whom it stands for, as the page's script keeps it."""
    return "-".join(filter(None, (st.session_state[ROLE], st.session_state.get(SCOPE, ""))))


def resume() -> None:
    """The role that this browser tab had before it was loaded anew, which its script gives once; no page's link has it.

    Not a matter of rights: who may use the demonstration sign-in may choose any role in it.
    """
    role, _, scope = url.taken(RESUMED).partition("-")
    if role in ROLES and ROLE not in st.session_state:
        st.session_state[ROLE] = role
        if role in OWN_ROLES and scope:
            st.session_state[SCOPE] = scope


def demonstration() -> bool:
    """Whether no sign-in is configured, so that whoever sits at this machine chooses the role."""
    return running(home()).demonstration


def signed_in(snapshot: Snapshot | None) -> Viewer | None:
    """Who is looking, asked anew on every run: by the session's cookie, the session store and the ledger alone.

    None where the session is over. Without configured sign-in, the local demonstration user in the role chosen.
    """
    if demonstration():
        return from_here(demonstration_user(snapshot))
    configured = running(home())
    session = look(home(), configured, st.context.cookies.get(configured.cookie_name(SESSION_COOKIE), ""))
    viewer = viewer_in(home(), session) if session else None
    return viewer and from_here(viewer)


def from_here(viewer: Viewer) -> Viewer:
    """The viewer with the address that this run's page is open at, as the gate has told it (`pages/gate/gate.py`)."""
    return replace(viewer, address=st.context.headers.get(ADDRESS_HEADER) or "")


def demonstration_user(snapshot: Snapshot | None) -> Viewer:
    """The local demonstration user in the role chosen at the side.

    Role and whom it is for are set anew on every run, so that every drawing of the choices at the side tells them: the
    first one, after which a page begins elsewhere and draws them again, may be overtaken before the browser has it,
    which then answers with the first of each list.
    """
    role = st.session_state[ROLE] = st.session_state.get(ROLE, "analyst")
    codes = list(known_members(snapshot).get(OWN_ROLES[role], {})) if snapshot and role in OWN_ROLES else []
    if role not in OWN_ROLES or not codes:
        return demonstration_viewer("analyst" if role in OWN_ROLES else role, "")
    kept = st.session_state.get(SCOPE)
    scope = st.session_state[SCOPE] = kept if kept in codes else codes[0]
    return demonstration_viewer(role, scope)


def snapshot_or_none() -> Snapshot | None:
    """The current data version, None where none is published yet."""
    try:
        return current(home())
    except SnapshotError:
        return None


def known_members(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """Kind → code → short name of all members: for the role switch, which chooses whom to demonstrate."""
    frame = ask(demonstration_viewer("analyst", ""), snapshot, members)
    return {kind: dict(zip(part["code"], part["short_name"], strict=True)) for kind, part in frame.groupby("kind")}


def chosen_period(periods: tuple[str, ...]) -> str:
    """The URL's period where there is such a one, else the session's, else the latest; from now on in both."""
    asked = url.asked(PERIOD) or st.session_state.get(PERIOD)
    return asked if asked in periods else periods[0]


def period_unknown(periods: tuple[str, ...]) -> str:
    """What to say where the address names a period that the data do not have; nothing where it names none or has it."""
    asked = url.asked(PERIOD)
    if not asked or asked in periods:
        return ""
    span = f"现有{month_name(periods[-1])}至{month_name(periods[0])}的数据"
    named = f"{month_name(asked)}没有数据" if MONTH.fullmatch(asked) else "地址中的报告期写法不对，应如2026-10"
    return f"{named}。{span}，现按{month_name(periods[0])}显示；可在左侧另选报告期。"


def keep_period(period: str) -> None:
    """Puts the period where it outlives a page change (the session) and where a link carries it (the URL)."""
    st.session_state[PERIOD] = period
    url.keep(PERIOD, period)


def keep(current_view: View) -> None:
    """Sets the view of this run."""
    st.session_state[VIEW] = current_view


def view() -> View:
    """The view of this run, as the frame has set it."""
    return st.session_state[VIEW]
