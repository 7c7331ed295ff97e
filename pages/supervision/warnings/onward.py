"""From a trigger to what is done about it: its way, the member, the decision and the follow-up, already filled in."""

from __future__ import annotations

from contract.decision_kinds import decision_kinds
from contract.viewer import may_see
from pages.shell.links import links
from pages.shell.selections import Filing, Followups, Roster, Warnings, profile
from pages.shell.view import View


def onward(view: View, case: str, subject: str, kind: str, level: str, *, open_in: str = "") -> None:
    """The links from a trigger to its case, or from a case to its evidence in a period (`open_in`), and onward."""
    evidence, course = Warnings(period=open_in, case=case), Warnings(part="ways", shown="all", case=case)
    other = (evidence, "查看依据") if open_in else (course, "办理过程")
    acts = []
    if may_see(view.viewer, "propose"):
        filled = Roster(part="decisions", decision=answering(level), member=subject, trigger=case)
        acts.append((filled, "提出决定"))
    if may_see(view.viewer, "follow_up"):
        acts.append((Followups(source="trigger", about=case), "交办督办"))
    links(
        view,
        "case",
        other,
        (profile(kind, subject), "成员画像"),
        (Filing(part="detail", member=subject), "报送明细"),
        (Roster(part="history", member=subject), "名单经历"),
        *acts,
    )


def answering(level: str) -> str:
    """The kind of decision that answers a trigger of a level; a hint, where anything, is put under watch."""
    return next((kind.code for kind in decision_kinds().values() if level in kind.answers), "watch")
