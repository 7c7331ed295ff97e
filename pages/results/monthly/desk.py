"""The desk: one issue of a part with the acts that are this viewer's, from its opening to its sending."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from briefing.issue.content import charts
from briefing.issued.making import declared, part_names
from briefing.parts.declared import parts
from casework.issues import drafts, passing
from contract.errors import SnapshotError
from contract.month_work import work_codes
from contract.settings import home
from contract.viewer import may_see
from contract.wording import month_name
from ledger.issues import CITY as CITY_ISSUE
from ledger.issues import DRAFTING, RELEASED, STATES, SUBMITTED, Issue, corrections
from metrics.indicators.relations import CITY
from metrics.queries.work.annotations import AREA, pinned_in, series_of
from pages.results.monthly.history import history
from pages.results.monthly.issue import FORMATS
from pages.results.monthly.released import full_text, released_files
from pages.results.monthly.words import words
from pages.shared import acts, approval, downloads, forms, wording
from pages.shared.in_url import kept, segments
from pages.shell.data import read_now
from pages.shell.links import link
from pages.shell.moments import day, minute
from pages.shell.plain import plain
from pages.shell.selections import Followups, Monthly
from pages.shell.session import person
from pages.shell.view import View


def begin(view: View, part: str) -> None:
    """Where there is no issue yet: the button that opens one."""
    place, about = st.columns([1, 3], vertical_alignment="center")
    with place:
        _open(view, part)
    about.caption(
        f"{month_name(view.period)}{part_names()[part]}尚未起草。起草后可逐段改写、备注、选图，送另一人复核后发布。"
        "以下为当前数据版本的初稿。"
    )


def _open(view: View, part: str) -> None:
    if may_see(view.viewer, drafts.DRAFTS) and st.button("起草本期", type="primary", icon=":material/edit_note:"):
        acts.do(
            lambda: drafts.open_issue(home(), view.period, view.viewer, part),
            lambda issue: f"已起草{month_name(view.period)}{part_names()[part]}，用数据版本第{issue.snapshot}版",
        )


def desk(view: View, issues: Sequence[Issue]) -> None:
    """The issues of a period and part, the latest that was not withdrawn chosen unless another is."""
    issues = sorted(issues, key=lambda issue: not issue.standing)
    names = {str(issue.id): _called(issue) for issue in issues}
    chosen = next(iter(names))
    if len(issues) > 1:
        chosen = st.selectbox("期次", **kept("issue", list(names)), format_func=names.get)
    issue = next(each for each in issues if str(each.id) == chosen)
    _standing(view, issue, corrections({each.id: each for each in issues}).get(issue.id))
    with st.container(horizontal=True, gap="small", key="issue-acts"):
        if issue.standing:
            ACTS[issue.state](view, issue)
        elif not issues[0].standing:
            _open(view, issue.part)
    part = segments("查看", "part", Monthly.PARTS)
    if part == "words":
        words(view, issue)
    elif part == "text":
        full_text(issue)
    else:
        history(view, issue, issues)


def _called(issue: Issue) -> str:
    correction = "（更正）" if issue.corrects is not None and issue.number is None else ""
    return f"{issue.name}{correction}，{STATES[issue.state]}"


def _standing(view: View, issue: Issue, correction: Issue | None) -> None:
    """How the issue stands, and what whoever opens it should know first."""
    opened, out = issue.turns[0], issue.released
    told = [f"{day(opened.at)}由{person(opened.by)}起草", f"数据版本第{issue.snapshot}版"]
    told += [f"{day(out.at)}由{person(out.by)}发布"] if out else []
    told += [f"已分送{len(issue.sent)}次"] if issue.sent else []
    st.html(
        f'<h3 class="case">{wording.tag(issue.state, STATES)} {escape(_called(issue).partition("，")[0])}'
        f"（{month_name(issue.period)}{escape(part_names()[issue.part])}）</h3>"
        f'<p class="quiet">{escape("；".join(told))}</p>'
    )
    if correction:
        st.warning(plain(f"本期已由{correction.name}更正。"), icon=":material/edit:")
    if gone := issue.withdrawn:
        st.warning(plain(f"{person(gone.by)}于{minute(gone.at)}撤稿：{gone.text}"), icon=":material/delete:")
    if back := issue.returned:
        st.warning(plain(f"{person(back.by)}于{minute(back.at)}退回：{back.text}"), icon=":material/undo:")


def _drafting(view: View, issue: Issue) -> None:
    if not may_see(view.viewer, drafts.DRAFTS):
        return
    turn = f"{issue.id}-{len(issue.turns)}"
    if st.button("送审", type="primary", icon=":material/send:", key=f"submit-{turn}"):
        with st.spinner("正在核对全文……"):
            acts.do(
                lambda: passing.submit(home(), issue.id, view.viewer),
                lambda _: "已送审，须由另一人复核发布",
            )
    if view.snapshot.number != issue.snapshot:
        label = f"换用数据版本第{view.snapshot.number}版"
        if st.button(label, icon=":material/update:", key=f"version-{turn}"):
            with st.spinner("正在换用……"):
                acts.do(
                    lambda: drafts.change_version(home(), issue.id, view.viewer),
                    lambda moved: f"已换用数据版本第{moved.snapshot}版，数已更新，文字未动",
                )
    _remark(view, issue, turn)
    _charts(view, issue, turn)
    forms.behind_button(
        "撤稿",
        ":material/delete:",
        f"withdraw-{turn}",
        (forms.text("撤稿原因"),),
        lambda reason: drafts.withdraw(home(), issue.id, reason, view.viewer),
        lambda _: "已撤稿，改过的文字仍可在办理经过中查看",
        send="确认撤稿",
        lead="<p>草稿作废，不再送审；本期可以重新起草。</p>",
    )


def _remark(view: View, issue: Issue, turn: str) -> None:
    field = forms.Field(
        "备注",
        lambda key: st.text_area("备注（印在正文之后）", value=issue.remark, key=key),
    )
    forms.behind_button(
        "备注",
        ":material/note_add:",
        f"remark-{turn}",
        (field,),
        lambda text: drafts.remark(home(), issue.id, issue.remark, text, view.viewer),
        lambda _: "备注已保存",
        send="保存备注",
        lead=annotated(view, issue),
    )


def annotated(view: View, issue: Issue) -> str:
    """What was pinned in charts to the month, of the series of whom the issue is about: to be taken into the remark."""
    if not may_see(view.viewer, AREA):
        return ""
    whose = ("city", CITY) if issue.part == CITY_ISSUE else ("district", issue.part)
    pinned = read_now(view, pinned_in, period=issue.period)
    lines = [
        f"<li>{escape(series_of(each.indicator).name)}：{escape(each.text)}（{escape(person(each.by))}）</li>"
        for each in pinned
        if (each.scope, each.entity) == whose
    ]
    return f"<p>本期图上的批注，可择用：</p><ul>{''.join(lines)}</ul>" if lines else ""


def _charts(view: View, issue: Issue, turn: str) -> None:
    try:
        unedited = declared(home(), issue, drafts.version_of(home(), issue))
    except SnapshotError:
        return
    names = {chart.key: chart.caption.partition("　")[2] for chart in charts(unedited.sections)}
    if not names:
        return
    kept_now = [key for key in names if key not in issue.without]
    field = forms.Field(
        "印哪些图",
        lambda key: st.multiselect("印哪些图", list(names), default=kept_now, format_func=names.get, key=key,
                                   placeholder="不印图"),
    )  # fmt: skip
    forms.behind_button(
        "选图",
        ":material/bar_chart:",
        f"charts-{turn}",
        (field,),
        lambda kept: drafts.pick_charts(home(), issue.id, [key for key in names if key not in kept], view.viewer),
        lambda _: "选图已保存",
        send="保存选图",
    )


def _submitted(view: View, issue: Issue) -> None:
    if not may_see(view.viewer, passing.RELEASES):
        st.caption("已送审，等待另一人复核发布或退回。")
        return
    own = {f"本人（{person(drafter)}）起草或改动过": drafter for drafter in issue.drafters}
    if approval.left_to_another(view, "发布或退回", own):
        return
    with st.popover("发布", icon=":material/verified:", key=f"release-{issue.id}-{len(issue.turns)}"):
        st.markdown("发布后编号，文件存入原件库，不能再改，只能更正。")
        if st.button("确认发布", type="primary", key=f"release-sure-{issue.id}"):
            with st.spinner("正在制作Word、PDF、Excel并存档……"):
                acts.do(
                    lambda: passing.release(home(), issue.id, view.viewer),
                    lambda out: f"已发布为{out.name}",
                )
    forms.behind_button(
        "退回",
        ":material/undo:",
        f"return-{issue.id}-{len(issue.turns)}",
        (forms.text("原因"),),
        lambda reason: passing.give_back(home(), issue.id, reason, view.viewer),
        lambda _: "已退回起草人",
        send="退回起草人",
    )


def _released(view: View, issue: Issue) -> None:
    released_files(view, issue)
    if not may_see(view.viewer, drafts.DRAFTS):
        return
    forms.behind_button(
        "登记分送",
        ":material/outgoing_mail:",
        f"send-{issue.id}-{len(issue.turns)}",
        (forms.line("收件单位"), forms.pick("方式", work_codes("sending_means"))),
        lambda to, means: passing.send(home(), issue.id, to, means, view.viewer),
        lambda out: f"已登记分送{out.sent[-1].to}",
    )
    _letter(view, issue)
    if st.button("起草更正", icon=":material/edit:", key=f"correct-{issue.id}"):
        acts.do(
            lambda: drafts.open_issue(home(), "", view.viewer, corrects=issue.id),
            lambda draft: f"已起草对{issue.name}的更正，用数据版本第{draft.snapshot}版",
        )
    link(view, Followups(source="briefing", about=issue.period), "据此交办督办事项")


def _letter(view: View, issue: Issue) -> None:
    """The letter of transmission, to the receiver that is typed, or the part's own; as long as it can be made."""
    try:
        drafts.version_of(home(), issue)
    except SnapshotError:
        return
    declared_part = parts().get(issue.part)
    with st.popover("报送函", icon=":material/mail:", key=f"letter-{issue.id}"):
        usual = declared_part.to if declared_part else ""
        to = st.text_input("收件单位", value=usual, max_chars=passing.LONGEST_NAME, key=f"letter-to-{issue.id}")
        if to.strip():
            downloads.button(
                "下载报送函（Word）",
                lambda: passing.letter_of(view.viewer, home(), issue.id, to)[1],
                f"报送函_{issue.period}_{part_names()[issue.part]}_{issue.name}.docx",
                key=f"letter-file-{issue.id}",
                mime=FORMATS["docx"][1],
            )


ACTS = {DRAFTING: _drafting, SUBMITTED: _submitted, RELEASED: _released}
