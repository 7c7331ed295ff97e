"""The data version that follows an act: made in the background, its progress and its failure told on the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from casework.publication import Publication, Publisher
from contract.errors import PilotError
from contract.settings import Home, home
from contract.viewer import Viewer
from etl.snapshot.publish import publish
from ledger.events import Ledger
from ledger.people import name_of
from pages.shell.log import note_error

TICKET = "publication_ticket"  # of what this session waits for
EVERY = 1.0  # seconds between two looks at it


def ask(viewer: Viewer) -> None:
    """Has what was just recorded published; the page says how it goes until it is done."""
    st.session_state[TICKET] = publisher(home().root).ask(name_of(viewer))


@st.cache_resource(show_spinner=False)
def publisher(root: Path) -> Publisher:
    """The one of this process for a home."""
    place = Home(root)
    return Publisher(lambda by, tell: publish(place, Ledger(place.ledger), by, building=tell), _words)


def _words(error: Exception) -> str:
    log_id = note_error(error)
    return str(error) if isinstance(error, PilotError) else f"程序发生错误，已记入日志（编号{log_id}）"


def awaited(viewer: Viewer) -> None:
    """What this session waits for: running, made (said once), or failed with a way to try again; else nothing."""
    ticket = st.session_state.get(TICKET)
    if ticket is None:
        return
    standing = publisher(home().root).standing(ticket)
    if standing.running:
        _watch(ticket)
    elif standing.failure:
        st.error(f"已登记的内容都在台账中，但新的数据版本未能生成：{standing.failure}", icon=":material/error:")
        if st.button("重新生成数据版本", icon=":material/refresh:", key="publish-again"):
            ask(viewer)
            st.rerun()
    else:
        del st.session_state[TICKET]
        st.success(
            f"数据版本第{standing.number}版已生成，本页已按新版本显示。", icon=":material/published_with_changes:"
        )


def offer(viewer: Viewer) -> None:
    """To those who run the system: a button that has a data version published, and how that stands."""
    awaited(viewer)
    runs_it = viewer.bureau or viewer.role == "admin"
    if runs_it and TICKET not in st.session_state and st.button("重新发布数据版本", icon=":material/refresh:"):
        ask(viewer)
        st.rerun()


@st.fragment(run_every=EVERY)
def _watch(ticket: int) -> None:
    """Looks again every second, and draws the whole page anew once it is done."""
    standing = publisher(home().root).standing(ticket)
    if not standing.running:
        st.rerun()
    st.progress(_share(standing), text=said(standing))


def _share(standing: Publication) -> float:
    done, total = standing.steps
    return done / total if total else 0.0


def said(standing: Publication) -> str:
    """`正在生成新的数据版本（第5步，共17步），完成后本页自动更新……`."""
    done, total = standing.steps
    step = f"（已完成{done}步，共{total}步）" if total else ""
    return f"已登记。正在生成新的数据版本{step}，完成后本页自动更新；其间可照常办理其他事项。"
