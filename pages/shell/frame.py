"""The frame of every page: sign-in, navigation, sidebar, heading, and what is shown when something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from html import escape
from pathlib import Path
from time import perf_counter

import streamlit as st

from contract.errors import AccessDenied, LedgerError, OlderVersion, PilotError
from contract.settings import home, wall_time
from contract.viewer import OWN_ROLES, ROLES, Viewer
from contract.wording import for_screen, month_name
from etl.snapshot.opened import Snapshot, told_of_age
from ledger.audit import record_page
from metrics.queries.figures.values import periods, reported
from pages.shell import links, navigation, publishing, saved_views, search, sent, session, states, url
from pages.shell.data import ask, read
from pages.shell.drawn import Drawn, follow
from pages.shell.log import note_error, note_page
from pages.shell.moments import minute
from pages.shell.selections import Filing, Setup, selection_of
from pages.shell.view import View

SIDEBAR = 236  # pixels
PERIOD_WIDGET = "period_chosen"
OPENED = "pages_opened"
ICON = Path(__file__).with_name("favicon.svg")
PRODUCT = "知识产权金融试点监管"
OWN, OUT = "/sign-in/own", "/sign-out"  # answered by the gate (pages/gate/entrance.py)


def run(take_away: Callable[[View, navigation.Entry, Drawn], None], explain: Callable[[View], None]) -> None:
    """One run of the app: everything around the page, then the page.

    `take_away` draws, at the side, the way to take the page away as a file, given what the run draws; `explain` opens
    over the page the explanation that its address asks for.
    """
    begun = perf_counter()
    st.set_page_config(page_title=PRODUCT, page_icon=str(ICON), layout="wide", initial_sidebar_state=SIDEBAR)
    snapshot = session.snapshot_or_none()
    if session.demonstration():
        session.resume()
    viewer = session.signed_in(snapshot)
    if viewer is None:
        states.signed_out()
        return
    page, entry = navigate(viewer, snapshot)
    begins = navigation.first_page(viewer)
    if entry is navigation.FIRST and begins is not entry:
        st.switch_page(begins.page())
    url.enter(entry)
    with st.sidebar:
        months = tuple(ask(viewer, snapshot, periods)) or (snapshot.last_period,) if snapshot else ()
        unknown = session.period_unknown(months) if months else ""
        period = choose_period(months) if months else ""
        if session.demonstration():
            switch_role(snapshot)
        else:
            note_user(viewer, snapshot)
        note_version(snapshot)
    if not snapshot and not entry.without_data:
        heading(entry.title)
        states.no_data_version()
        links.link(View(viewer, None, "", ()), Setup(), "去启用准备")
        return
    view = View(viewer, snapshot, period, months)
    drawn = follow()
    session.keep(view)
    try:
        with told_of_age(snapshot) if snapshot else nullcontext():
            if snapshot:
                with st.sidebar:
                    search.box(view)
                    saved_views.button(view, entry)
                    take_away(view, entry, drawn)
            note_opened(view, entry)
            if not entry.open_to(viewer):
                heading(entry.title)
                raise AccessDenied(f"{viewer.role_name}没有“{entry.title}”页面的权限。")
            if unknown:
                st.info(unknown, icon=":material/event_busy:")
            place = st.container()
            page.run()
            explain(view)
            with place:
                sent.tell_if_lost()
    except AccessDenied as refusal:
        states.refused(for_screen(str(refusal)))
    except OlderVersion as lacking:
        note_error(lacking)
        states.older_version(lacking.number)
        publishing.offer(viewer)
    except PilotError as error:
        states.failed(for_screen(str(error)), note_error(error))
    finally:
        note_page(viewer, entry.address, begun)


def note_opened(view: View, entry: navigation.Entry) -> None:
    """Records that a page was opened, or refused, once a session, day and viewer: by this is told who uses which right.

    Where it cannot be recorded the log says so and the page opens: its rows and files are recorded for themselves.
    """
    mark = (entry.address, view.viewer, wall_time().date())
    if mark in st.session_state.setdefault(OPENED, set()):
        return
    refused = not entry.open_to(view.viewer)
    try:
        record_page(home(), view.viewer, entry.address, area=entry.area_of(view.viewer), refused=refused)
    except LedgerError as error:
        note_error(error)
    st.session_state[OPENED].add(mark)


def navigate(viewer: Viewer, snapshot: Snapshot | None) -> tuple[st.Page, navigation.Entry]:
    """The navigation, drawn on every run: Streamlit serves a deep link through it, and knows no page without it.

    A page that is not for the viewer is left out of the menu; its address leads to a refusal.
    """
    demonstration = snapshot is not None and snapshot.demonstration

    def listed_for(entry: navigation.Entry) -> bool:
        return entry.open_to(viewer) and (demonstration or not entry.demonstration)

    entries = {
        section: [
            (
                entry.page(default=entry is navigation.FIRST, visibility="visible" if listed_for(entry) else "hidden"),
                entry,
            )
            for entry in listed
        ]
        for section, listed in navigation.SECTIONS.items()
    }
    chosen = st.navigation(
        {section: [page for page, _ in pairs] for section, pairs in entries.items()}, position="sidebar", expanded=True
    )
    return chosen, next(entry for pairs in entries.values() for page, entry in pairs if page == chosen)


def choose_period(months: tuple[str, ...]) -> str:
    """The reporting period, from the URL or by hand."""
    st.session_state[PERIOD_WIDGET] = session.chosen_period(months)
    period = st.selectbox("报告期", months, key=PERIOD_WIDGET, format_func=month_name, on_change=take_period)
    session.keep_period(period)
    return period


def take_period() -> None:
    session.keep_period(st.session_state[PERIOD_WIDGET])


def switch_role(snapshot: Snapshot | None) -> None:
    """The demonstration user's role, and whom it stands for."""
    st.selectbox("演示登录 · 角色", list(ROLES), key=session.ROLE, format_func=ROLES.get)
    kind = OWN_ROLES.get(st.session_state[session.ROLE])
    if kind and snapshot:
        names = session.known_members(snapshot).get(kind, {})
        label = "所属机构" if kind == "bank" else "所属地区"
        st.selectbox(label, list(names), key=session.SCOPE, format_func=lambda code: f"{names[code]}（{code}）")


def note_user(viewer: Viewer, snapshot: Snapshot | None) -> None:
    """Who has signed in, for whom, and the ways to the account and out."""
    kind = viewer.own_scope
    own = session.known_members(snapshot).get(kind, {}).get(viewer.scope, viewer.scope) if kind and snapshot else ""
    about = " · ".join(filter(None, (viewer.role_name, own)))
    st.html(
        f'<div class="signed-in"><b>{escape(viewer.name)}</b> <span>{escape(about)}</span>'
        f'<nav aria-label="账户"><a href="{OWN}" target="_self">我的账户</a>'
        f'<a href="{OUT}" target="_self">退出登录</a></nav></div>'
    )


def note_version(snapshot: Snapshot | None) -> None:
    """Which data version this is, and where it is so, that this is the demonstration sign-in."""
    version = [f"数据版本第{snapshot.number}版", f"{minute(snapshot.built_at)} 发布"] if snapshot else []
    mark = [f"演示数据 · 演示时点 {snapshot.now:%Y-%m-%d}"] if snapshot and snapshot.demonstration else []
    lines = "".join(f"<div>{escape(line)}</div>" for line in (*version, *mark))
    if session.demonstration():
        role = f' data-role="{escape(session.role_chosen())}"'
        lines += "<div>演示登录：未配置统一登录，仅限本机使用</div>"
    else:
        role = ""
    st.html(f'<div class="version"{role}>{lines}</div>')


def open_page(title: str, about: str = "") -> View:
    """The page's heading with period, data version and 演示 mark; gives the view to ask the data for."""
    view = session.view()
    heading(title, view, about)
    tell_if_empty(view)
    return view


def tell_if_empty(view: View) -> None:
    """Above a page of figures, that the month has no report in force yet; the ways to one that has, and to filing."""
    entry = navigation.entry_at(url.page_address())
    if view.snapshot is None or not entry.of_reports:
        return
    known = read(view, reported)
    if view.period in known:
        return
    here = selection_of(entry.address, url.parameters())
    before = next((period for period in known if period < view.period), "")
    with st.container(border=True, key="empty-month", gap=None):
        also = f"，最近一个有数据的报告期是{month_name(before)}" if before else ""
        st.markdown(f"**{month_name(view.period)}还没有已受理的报送**，本页多处没有数据{also}。")
        ways = [(replace(here, period=before), f"改看{month_name(before)}")] if before else []
        links.links(view, *ways, (Filing(part="board"), "查看报送情况"))


def heading(title: str, view: View | None = None, about: str = "") -> None:
    """The first heading of every page; with a view, what it shows as of when and for whom."""
    demonstration = (
        '<span class="mark">演示数据</span>' if view and view.snapshot and view.snapshot.demonstration else ""
    )
    line = ""
    if view and view.snapshot:
        as_of = f"截至{month_name(view.period)}末" + (f" · {about}" if about else "")
        version = f"数据版本第{view.snapshot.number}版 · {view.viewer.role_name}"
        line = f'<p>{escape(as_of)}<span class="aside">{escape(version)}</span></p>'
    open_to_all = '<span class="mark mark-quiet">演示登录</span>' if session.demonstration() else ""
    st.html(f'<header class="page"><h1>{escape(title)}{demonstration}{open_to_all}</h1>{line}</header>')


def report_error(error: Exception) -> bool:
    """An error that nobody foresaw: a clear line and a log id instead of a trace. Called by the server."""
    log_id = note_error(error)
    if isinstance(error, OlderVersion):  # in a part of the page that was drawn by itself
        states.older_version(error.number)
    else:
        states.failed("系统处理本页时发生错误，已记入日志。", log_id)
    return True
