"""What the figures on a page stand on: whose data they are, and how many have filed."""

from __future__ import annotations

from metrics.queries.filing.board import coverage
from pages.shell.data import read
from pages.shell.view import View

OWN = {"bank": "本机构报送的数据", "district": "本区数据与试点机构合计"}
KINDS = {"bank": "机构", "district": "地区"}


def about(view: View) -> str:
    """`试点机构合计 · 已报机构29/30家、地区10/10家`; for a viewer held to one member, that it is its own."""
    if view.viewer.own_scope:
        return OWN[view.viewer.own_scope]
    if not view.viewer.bureau:
        return "试点机构合计与试点地区"
    counts = read(view, coverage, period=view.period)
    filed = "、".join(f"{name}{counts[kind][0]}/{counts[kind][1]}家" for kind, name in KINDS.items() if kind in counts)
    return f"试点机构合计 · 已报{filed}"
