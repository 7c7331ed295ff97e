"""From a trigger to what is done about it: its way, the member, the decision and the follow-up, already filled in."""

from __future__ import annotations

from contract.decision_kinds import decision_kinds
from contract.viewer import may_see
from pages.shell.links import links
from pages.shell.selections import Filing, Followups, Roster, Selection, Warnings, profile
from pages.shell.view import View


def onward(view: View, case: str, subject: str, kind: str, level: str, *, open_in: str | None = None) -> None:
    """The links from a trigger to its case, or from a case to its evidence in a period (`open_in`, empty where there
    is none), and onward."""
    other: list[tuple[Selection, str]] = []
    if open_in is None:
        other.append((Warnings(part="ways", shown="all", case=case), "办理过程"))
    elif open_in:
        other.append((Warnings(period=open_in, case=case), "查看依据"))
    acts: list[tuple[Selection, str]] = []
    if may_see(view.viewer, "propose"):
        filled = Roster(part="decisions", decision=answering(level), member=subject, trigger=case)
        acts.append((filled, "提出决定"))
    if may_see(view.viewer, "follow_up"):
        acts.append((Followups(source="trigger", about=case), "交办督办"))
    links(
        view,
        *other,
        (profile(kind, subject), "成员画像"),
        (Filing(part="detail", member=subject), "报送明细"),
        (Roster(part="history", member=subject), "名单经历"),
        *acts,
    )


def answering(level: str) -> str:
    """The kind of decision that answers a trigger of a level; a hint, where anything, is put under watch."""
    return next((kind.code for kind in decision_kinds().values() if level in kind.answers), "watch")
