"""事件登记: what no figure shows, entered with evidence, confirmed by another person, taken back if mistaken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import streamlit as st

from casework.decisions.incidents import annul, confirm, known_incidents, record
from contract.settings import home
from contract.viewer import may_see
from ledger.incidents import Incident, incident_kinds
from ledger.roster import ON_LIST
from metrics.queries.members.roster import members
from pages.shared import acts, downloads, forms
from pages.shared.approval import left_to_another
from pages.shared.format import number
from pages.shell import states
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

LONGEST = 500


@dataclass(frozen=True)
class Act:
    """What may be done about an incident, with a paper: how it is called, and what it will do, in HTML."""

    title: str
    icon: str
    paper: str
    send: str
    lead: str
    does: Callable[..., Incident]


CONFIRM = Act(
    "确认", ":material/check:", "确认材料", "确认属实",
    "<p><b>确认后：</b></p><ul><li>该成员当年的年度评价评为D级（一票否决）</li><li>随后生成新的数据版本</li></ul>",
    confirm,
)  # fmt: skip
ANNUL = Act(
    "撤销", ":material/undo:", "撤销的依据文件", "撤销事件",
    "<p>登记有误时撤销；台账保留登记和撤销两条记录，由此形成的预警线索随之消失。</p>", annul,
)  # fmt: skip


def incidents(view: View) -> None:
    """The form for a new one, then a card each, the latest first."""
    acts.said(view.viewer)
    listed = read(view, members)
    names = dict(zip(listed["code"], listed["short_name"], strict=True))
    _enter(view, {code: names[code] for code in listed.loc[listed["state"].isin(ON_LIST), "code"]})
    known = known_incidents(view.viewer, home())
    if not known:
        states.empty("没有登记过事件。", "处罚、案件、重大风险、自愿退出等报表看不出的，在此登记", title="没有事件")
        return
    st.subheader(f"已登记的事件（{number(len(known))}件）")
    for incident in known:
        with st.container(border=True, key=f"incident-{incident.id}"):
            _card(view, incident, names.get(incident.subject, incident.subject))


def _enter(view: View, names: dict[str, str]) -> None:
    kinds = incident_kinds()
    vetoing = "、".join(escape(kind.name) for kind in kinds.values() if kind.veto)
    forms.behind_button(
        "登记事件",
        ":material/add:",
        f"incident-{acts.turn('incident')}",
        (
            forms.pick("事件", {code: kind.name for code, kind in kinds.items()}),
            forms.pick("成员", {code: f"{name}（{code}）" for code, name in names.items()}),
            forms.day("发生日期", view.snapshot.now.date()),
            forms.text("说明（可不填）", most=LONGEST),
            forms.file("依据文件"),
        ),
        lambda kind, subject, on, note, paper: record(
            home(), kinds[kind], subject, paper, view.viewer, on, note.strip()
        ),
        lambda incident: f"{names[incident.subject]}的“{incident.kind.name}”已登记",
        primary=True,
        lead=f"<p>登记后形成预警线索。{vetoing}经另一人确认后，该成员当年评为D级。</p>",
        publish_for=view.viewer,
        empties="incident",
    )


def _card(view: View, incident: Incident, name: str) -> None:
    """What happened to whom, on which papers, by whom entered and confirmed; and what this viewer may do."""
    kind, confirmed = incident.kind, incident.confirmation
    facts = [
        incident.number,
        f"{day(incident.happened_on)}发生",
        f"{person(incident.entered_by)}于{day(incident.entered_on)}登记",
        f"{person(confirmed.by)}于{day(confirmed.on)}确认" if confirmed else "待另一人确认" if kind.veto else "",
    ]
    said = f'<p class="case">{escape(incident.note)}</p>' if incident.note else ""
    st.html(
        f'<h3 class="case">{escape(name)}（{escape(incident.subject)}）：{escape(kind.name)}</h3>{said}'
        f'<p class="quiet">{escape(" · ".join(filter(None, facts)))}</p>'
    )
    downloads.papers(view, incident.id)
    with st.container(horizontal=True, gap="small"):
        confirms = kind.veto and not confirmed and may_see(view.viewer, "approve")
        if confirms and not left_to_another(view, "确认", {"由本人登记": incident.entered_by}):
            _act(view, incident, CONFIRM)
        _act(view, incident, ANNUL)


def _act(view: View, incident: Incident, act: Act) -> None:
    forms.behind_button(
        act.title,
        act.icon,
        f"{act.title}-{incident.id}",
        (forms.file(act.paper),),
        lambda paper: act.does(home(), incident.id, incident.subject, paper, view.viewer),
        lambda _: f"事件{incident.number}已{act.title}",
        send=act.send,
        primary=act is CONFIRM,
        lead=act.lead,
        publish_for=view.viewer,
    )
