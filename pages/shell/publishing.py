"""What follows an act on a page: from where it was done, for the audit; and the data version that shows it, made in the
background, its progress and its failure told on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from casework.publication import Publication, Publisher
from casework.replay.replay import kinds
from contract.errors import LedgerError, PilotError
from contract.levels import strictest
from contract.settings import Home, home
from contract.viewer import Viewer
from etl.snapshot.publish import is_left_behind, publish
from ledger.audit import record_act
from ledger.events import Ledger
from ledger.people import name_of, same_person
from pages.shell import url
from pages.shell.log import note_error
from pages.shell.plain import plain

TICKET = "publication_ticket"  # of what this session waits for
RESUMING = "系统（启动时补发）"  # who publishes what was cut off
RESUMED = "上次停机前登记的内容还没有发布，系统已自动补发"
EVERY = 1.0  # seconds between two looks at it


@contextmanager
def on_record(viewer: Viewer) -> Iterator[None]:
    """Records, right by right, which events what is done within left under the viewer's name, and from where.

    Raises LedgerError where that cannot be recorded: the act itself is in the ledger then, and the words say so.
    """
    path = home().ledger
    before = Ledger(path).head()[0] if path.exists() else 0
    yield
    left: dict[str, list[tuple[int, str]]] = {}
    for event in Ledger(path).stored(before) if path.exists() else ():
        if same_person(event.actor, viewer.user) and event.kind in kinds():
            kind = kinds()[event.kind]
            left.setdefault(kind.area, []).append((event.seq, kind.level))
    for area, events in left.items():
        numbers, level = [seq for seq, _ in events], strictest(level for _, level in events).code
        try:
            record_act(home(), viewer, url.page_address(), numbers, level=level, area=area)
        except LedgerError as error:
            raise LedgerError(
                f"已登入台账（编号{'、'.join(map(str, numbers))}），但未能记入查阅记录：{error}"
            ) from error


def ask(viewer: Viewer) -> None:
    """Has what was just recorded published; the page says how it goes until it is done."""
    st.session_state[TICKET] = publisher(home().root).ask(name_of(viewer))


@st.cache_resource(show_spinner=False)
def publisher(root: Path) -> Publisher:
    """The one of this process for a home."""
    place = Home(root)
    return Publisher(lambda by, tell: publish(place, Ledger(place.ledger), by, building=tell), _words)


@st.cache_resource(show_spinner=False)
def resumed(root: Path) -> int | None:
    """Asks, once in the life of the process, for what a killed one left unpublished; gives the ticket, if there is one.

    The server does so at its start; what it can't read then, the pages tell of.
    """
    place = Home(root)
    try:
        place.current_snapshot()
        return publisher(root).ask(RESUMING) if is_left_behind(Ledger(place.ledger)) else None
    except PilotError as error:
        note_error(error)
        return None


def _words(error: Exception) -> str:
    log_id = note_error(error)
    return str(error) if isinstance(error, PilotError) else f"程序发生错误，已记入日志（编号{log_id}）"


def awaited(viewer: Viewer) -> None:
    """What this session waits for: running, made (said once), or failed with a way to try again; else nothing.

    Those who run the system are told of what the server began by itself too, while that runs or where it failed.
    """
    own = st.session_state.get(TICKET)
    ticket = resumed(home().root) if own is None and runs_it(viewer) else own
    if ticket is None:
        return
    standing = publisher(home().root).standing(ticket)
    if standing.running:
        _watch(ticket, "已登记" if own else RESUMED)
    elif standing.failure:
        st.error(f"已登记的内容都在台账中，但新的数据版本未能生成：{plain(standing.failure)}", icon=":material/error:")
        if st.button("重新生成数据版本", icon=":material/refresh:", key="publish-again"):
            ask(viewer)
            st.rerun()
    elif own:
        del st.session_state[TICKET]
        st.success(
            f"数据版本第{standing.number}版已生成，本页已按新版本显示。", icon=":material/published_with_changes:"
        )


def offer(viewer: Viewer) -> None:
    """To those who run the system: a button that has a data version published, and how that stands."""
    awaited(viewer)
    if not runs_it(viewer) or publisher(home().root).is_running:
        return
    if st.button("重新发布数据版本", icon=":material/refresh:", key="publish-anew"):
        ask(viewer)
        st.rerun()


def runs_it(viewer: Viewer) -> bool:
    return viewer.bureau or viewer.role == "admin"


@st.fragment(run_every=EVERY)
def _watch(ticket: int, why: str) -> None:
    """Looks again every second, and draws the whole page anew once it is done."""
    standing = publisher(home().root).standing(ticket)
    if not standing.running:
        st.rerun()
    st.progress(_share(standing), text=said(standing, why))


def _share(standing: Publication) -> float:
    done, total = standing.steps
    return done / total if total else 0.0


def said(standing: Publication, why: str) -> str:
    """`已登记。正在生成新的数据版本（第5步，共17步），完成后本页自动更新……`."""
    done, total = standing.steps
    step = f"（已完成{done}步，共{total}步）" if total else ""
    return f"{why}。正在生成新的数据版本{step}，完成后本页自动更新；其间可照常办理其他事项。"
