"""The words of an issue, paragraph by paragraph, edited in place; the printed page beside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

import streamlit as st

from briefing.issue.content import TOKEN, Chart, Document, Note, Said, Section, Table
from briefing.issued.figures import overtaken, shown_words, stale, written_figures
from briefing.issued.making import declared, drafted, worded
from briefing.issued.moved import moved_charts, moved_tables
from casework.issues import drafts
from casework.issues.words import MOST_WORDS
from contract.console.program import later
from contract.errors import CallError, SnapshotError
from contract.settings import home
from contract.viewer import may_see
from contract.wording import for_screen
from ledger.issues import DRAFTING, SUBMITTED, Issue
from metrics.queries.work.issues import known_issues
from pages.results.monthly import moved
from pages.results.monthly.issue import HEADINGS
from pages.results.monthly.moved import Behind
from pages.shared import acts
from pages.shell.plain import plain as as_text
from pages.shell.plain import refused
from pages.shell.view import View

pages = later("briefing.paper.pdf:pages")  # what sets them is loaded where an issue is looked at as printed
EDITING, SEEN = "issue_editing", "issue_seen"  # which paragraph is open, and the words that its editor has seen
RENDERED = 6  # documents whose pages are kept as pictures
PIXELS = 96  # an inch, of a page beside the text
NUMBER = re.compile(r"\d[\d,.—]*\w?%?")  # with the first sign of its unit
NAMED, LONGEST_NAMED = 6, 20  # figures named above the text where they differ, and their characters; lists are too long


@lru_cache(maxsize=RENDERED)
def printed(document: Document) -> list[bytes]:
    """The pages as they come out of the printer."""
    return pages(document, PIXELS)


def words(view: View, issue: Issue) -> None:
    """Text at the left, the printed page at the right."""
    try:
        version = drafts.version_of(home(), issue)
    except SnapshotError as gone:
        st.error(refused(gone), icon=":material/block:")
        return
    plain = declared(home(), issue, version)
    document = drafted(home(), issue)
    behind = _behind(view, issue, document)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="issue-words"):
        _warn(view, issue, behind)
        now = worded(issue, plain)
        open_to_edit = issue.state == DRAFTING and may_see(view.viewer, drafts.DRAFTS)
        changed = overtaken(issue, plain)
        for section in plain.sections:
            _block(view, issue, section, now, behind, changed, open_to_edit)
        for annex in document.annexes:
            moved.table(behind, annex)
        if issue.remark:
            st.html(f'<p class="issue-note">备注：{escape(issue.remark)}</p>')
    with right, st.container(key="issue-printed"):
        _beside(issue, document)


def _behind(view: View, issue: Issue, document: Document) -> Behind:
    """What of an unreleased issue the current data version says otherwise."""
    if issue.snapshot == view.snapshot.number or issue.state not in (DRAFTING, SUBMITTED):
        return Behind()
    try:
        latest = declared(home(), issue, view.snapshot)
    except CallError as reason:
        return Behind(lost=for_screen(str(reason)))
    return Behind(
        {(old.paragraph, old.token): old for old in stale(document, latest)},
        {table.table.key: table for table in moved_tables(document, latest)},
        moved_charts(document, latest),
    )


def _warn(view: View, issue: Issue, behind: Behind) -> None:
    if behind.lost:
        st.warning(
            as_text(
                f"当前数据版本第{view.snapshot.number}版不能写出本稿：{behind.lost}。本稿仍按第{issue.snapshot}版；"
                "在“数据报送”查看本期报送，重报受理后换用新版，或撤稿。"
            ),
            icon=":material/update:",
        )
    figures = behind.figures.values()
    short = [old for old in figures if len(old.then) <= LONGEST_NAMED][:NAMED]
    lines = "；".join(f"{old.then}→{old.now or '已无此数'}" for old in short)
    more = f"等{len(figures)}处" if len(figures) > len(short) else ""
    told = "；".join(filter(None, (f"{lines}{more}", behind.told())))
    if told:
        first = "退回起草人后" if issue.state == SUBMITTED else ""
        st.warning(
            as_text(
                f"当前数据版本第{view.snapshot.number}版与本稿所用第{issue.snapshot}版不同：{told}。"
                f"在下文以红色标出；要更新请{first}换用新版。"
            ),
            icon=":material/update:",
        )


def _block(
    view: View, issue: Issue, block: object, now: Mapping[str, Said], behind: Behind, changed: Mapping[str, Said],
    open_to_edit: bool,
) -> None:  # fmt: skip
    """A heading and the paragraphs below it; tables and charts stand on the printed page, here where they differ."""
    if isinstance(block, Section):
        tag = HEADINGS.get(block.level, "h4")
        st.html(f'<{tag} class="issue">{escape(block.heading)}</{tag}>')
        for inner in block.blocks:
            _block(view, issue, inner, now, behind, changed, open_to_edit)
    elif isinstance(block, Table):
        moved.table(behind, block)
    elif isinstance(block, Chart):
        moved.chart(behind, block)
    elif isinstance(block, Said):
        if block.id not in now:
            st.html(_html(block, behind, isinstance(block, Note)))
            return
        paragraph = now[block.id]
        if st.session_state.get(EDITING) == (issue.id, block.id) and open_to_edit:
            _editor(view, issue, paragraph)
            return
        text, button = st.columns([9, 1]) if open_to_edit else (st.container(), None)
        text.html(_html(paragraph, behind, isinstance(block, Note)))
        marks = _marks(issue, paragraph, changed)
        if marks:
            text.caption(as_text(marks))
        if button:
            button.button(
                "改",
                key=f"edit-{issue.id}-{block.id}",
                help="改写这一段",
                on_click=_open,
                args=(issue.id, block.id, shown_words(paragraph)),
            )


def _html(paragraph: Said, behind: Behind, is_note: bool) -> str:
    """The words with their figures set off, those that a newer version says otherwise with both."""
    if not paragraph.template:
        return '<p class="issue-note">（本段不印）</p>'
    said = {token.name: token.text for token in paragraph.tokens}
    pieces: list[str] = []
    end = 0
    for named in TOKEN.finditer(paragraph.template):
        pieces.append(escape(paragraph.template[end : named.start()]))
        old = behind.figures.get((paragraph.id, named[1]))
        now = f"（新版：{escape(old.now or '已无此数')}）" if old else ""
        style = "figure stale" if old else "figure"
        pieces.append(f'<span class="{style}">{_whole(said.get(named[1], named[0]))}{now}</span>')
        end = named.end()
    pieces.append(escape(paragraph.template[end:]))
    return f'<p class="{"issue-note" if is_note else "issue-text"}">{"".join(pieces)}</p>'


def _whole(figure: str) -> str:
    """A figure's words as HTML, in which no number is parted by the end of a line."""
    return NUMBER.sub(r'<span class="nowrap">\g<0></span>', escape(figure))


def _marks(issue: Issue, paragraph: Said, changed: Mapping[str, Said]) -> str:
    """What a reader of an edited paragraph should know: figures by hand, a sentence that now reads otherwise."""
    if paragraph.id not in issue.words:
        return ""
    marks = []
    if by_hand := written_figures(paragraph.template):
        marks.append(f"手写的数不随数据版本更新：{'、'.join(by_hand)}")
    if paragraph.id in changed:
        marks.append(f"本版原句已不同：{changed[paragraph.id].text}")
    return "已改写。" + "；".join(marks)


def _open(issue: int, where: str, seen: str) -> None:
    st.session_state[EDITING] = (issue, where)
    st.session_state[SEEN] = seen


def _close() -> None:
    st.session_state.pop(EDITING, None)
    st.session_state.pop(SEEN, None)


def _editor(view: View, issue: Issue, paragraph: Said) -> None:
    """The paragraph in place, figures in brackets; what is refused stays in it, and the reason stands below."""
    with st.form(f"words-{issue.id}-{paragraph.id}", border=True):
        text = st.text_area(
            "改写这一段：【】中是数，可以移动或删去，不能改；全部删空则不印本段",
            value=st.session_state[SEEN],
            height=190,
            key=f"words-{issue.id}-{paragraph.id}-text",
        )
        save, leave = st.columns([1, 1])
        saved = save.form_submit_button("保存", type="primary")
        left = leave.form_submit_button("不改了")
    if left:
        _close()
        st.rerun()
    if not saved:
        return
    if len(text) > MOST_WORDS:
        st.caption(f"现有{len(text)}字。")

    def act() -> Issue:
        edited = drafts.edit(home(), issue.id, paragraph.id, st.session_state[SEEN], text, view.viewer)
        _close()
        return edited

    acts.do(act, lambda _: "已保存")
    _see_again(view, issue, paragraph)


def _see_again(view: View, issue: Issue, paragraph: Said) -> None:
    """After a refusal: who saves once more has seen what another wrote meanwhile, as the message says it."""
    latest: Sequence[Issue] = [each for each in known_issues(view.viewer, home()) if each.id == issue.id]
    for now in latest:
        plain = declared(home(), now, drafts.version_of(home(), now))
        st.session_state[SEEN] = shown_words(worded(now, plain)[paragraph.id])


def _beside(issue: Issue, document: Document) -> None:
    """One printed page, and which."""
    with st.spinner("正在排印……"):
        sheets = printed(document)
    page = 1
    if len(sheets) > 1:
        page = st.number_input(f"印出样式，共{len(sheets)}页，看第几页", 1, len(sheets), key=f"page-{issue.id}")
    st.image(sheets[page - 1], width="stretch", alt=f"月报印出样式第{page}页")
