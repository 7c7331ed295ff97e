"""The papers of a matter beside what is decided on it: read in place where that is safe, taken away in any case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from casework.papers.held_papers import HeldPaper, content_of, papers_of, words_of
from contract.settings import home
from pages.shared import downloads
from pages.shared.format import number
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View


@dataclass(frozen=True)
class Whole:
    """All that there is on a matter as one file: its name, and what makes it."""

    name: str
    make: Callable[[], bytes]


def listed(view: View, matter: int, *, whole: Whole | None = None) -> None:
    """A fold with the papers of a matter, each with who brought it; opened only when asked for."""
    papers = papers_of(view.viewer, home(), matter)
    if not papers and whole is None:
        st.caption("没有材料。")
        return
    title = f"材料（{number(len(papers))}件）" if papers else "事项全卷（没有附件）"
    fold = st.expander(title, icon=":material/folder_open:", key=f"papers-{matter}", on_change="rerun")
    if fold.open:
        with fold:
            for paper in papers:
                _paper(view, matter, paper)
            if whole:
                downloads.button(
                    "下载事项全卷（zip）", whole.make, whole.name, key=f"whole-{matter}", mime=downloads.ANY
                )
                st.caption(
                    "全卷：事项全过程、名单摘录、预警线索及其指标的来历、全部材料和文书、台账记录、清单与校验值。"
                )


def _paper(view: View, matter: int, held: HeldPaper) -> None:
    """One paper: what it is, its download, and what it says where it is plain text or our own letter."""
    viewer, sha256 = view.viewer, held.paper.sha256
    key = f"{matter}-{sha256[:16]}"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        downloads.button(
            held.name, lambda: content_of(viewer, home(), matter, sha256), held.name, key=key, mime=downloads.ANY
        )
        st.caption(f"{held.what} · {day(held.on)} {person(held.by)}登记")
    if words := words_of(viewer, home(), matter, sha256):
        with st.expander("查看文字内容", key=f"words-{key}"):
            st.text(words)
