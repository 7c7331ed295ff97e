"""常用视图 at the side of every page: views kept under a name, one's own and shared ones, and the form to keep one."""

from __future__ import annotations

import streamlit as st

from casework.sharing.saved_views import MOST_NAME, remove_view, save_view
from contract.errors import PilotError
from contract.settings import home
from ledger.sharing.saved_views import SavedView
from metrics.queries.work.saved_views import is_own, views_of
from pages.shell import links, navigation, publishing, session, url
from pages.shell.navigation import Entry
from pages.shell.plain import plain, refused
from pages.shell.selections import selection_of
from pages.shell.session import person
from pages.shell.view import View

PERIOD = "period"
BY_ADDRESS = {entry.address: entry for listed in navigation.SECTIONS.values() for entry in listed}


def button(view: View, entry: Entry) -> None:
    """Opens the list, which is read only then."""
    if st.button("常用视图", icon=":material/bookmark:", key="saved-views", width="stretch"):
        listing(view, entry)


@st.dialog("常用视图")
def listing(view: View, entry: Entry) -> None:
    """The views, each a link to its page as it was kept; below, the form to keep the page that is open."""
    try:
        listed = views_of(view.viewer, view.snapshot, home())
        saved_views = [saved for saved in listed if opens(view, saved)]
    except PilotError as refusal:
        st.warning(refused(refusal), icon=":material/block:")
        return
    if not saved_views:
        st.caption("还没有保存过视图。打开某一页并选好内容后，可在下面保存，以后从这里直接打开。")
    for saved in saved_views:
        line(view, saved)
    keep(view, entry)


def opens(view: View, saved: SavedView) -> bool:
    """Whether there is such a page, and it is open to the viewer."""
    return saved.page in BY_ADDRESS and BY_ADDRESS[saved.page].open_to(view.viewer)


def line(view: View, saved: SavedView) -> None:
    """A link, whose it is, and for its owner the button that removes it."""
    entry, own = BY_ADDRESS[saved.page], is_own(view.viewer, saved)
    whose = ("本人，已共享" if saved.circle else "本人") if own else person(saved.owner)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"view-{saved.id}"):
        links.link(view, selection_of(saved.page, dict(saved.parameters)), saved.name)
        st.caption(f"{entry.title}　{plain(whose)}")
        if own and st.button("删除", key=f"remove-view-{saved.id}", type="tertiary", icon=":material/delete:"):
            done(lambda: remove_view(home(), saved.id, view.viewer))


def keep(view: View, entry: Entry) -> None:
    """The form: a name, whether the period is kept too, whether colleagues see it."""
    with st.form("save-view", border=True):
        name = st.text_input("把本页当前选择保存为", max_chars=MOST_NAME, placeholder="如：国有银行不良率月度表")
        fixed = st.checkbox("固定在当前报告期", help="不勾选时，打开时显示所选的报告期")
        shared = st.checkbox(
            "共享给同事", help="本局人员之间、同一单位的同一角色之间可见；打开后只显示打开者有权查看的内容"
        )
        if not st.form_submit_button("保存", type="primary"):
            return
    parameters = {key: value for key, value in url.parameters().items() if fixed or key != PERIOD}
    done(lambda: save_view(home(), name, entry.address, parameters, shared, view.viewer))


def done(act) -> None:
    """Does it, and draws the list anew; says why not where it is refused."""
    try:
        with publishing.on_record(session.view().viewer):
            act()
    except PilotError as refusal:
        st.error(refused(refusal), icon=":material/block:")
        return
    st.rerun(scope="fragment")
