"""What lies behind a figure: its explanation, the rows it is made of, whose it is."""

from __future__ import annotations

from dataclasses import replace

from contract.viewer import may_see
from contract.wording import month_name
from metrics.indicators.catalogue import catalogue
from pages.shared.behind.marks import Ways
from pages.shared.row_views import rows_behind
from pages.shell.selections import Dictionary, profile
from pages.shell.view import View

MEMBERS = ("bank", "district")


def explained(code: str, scope: str, entity: str, period: str = "") -> Dictionary:
    """The explanation of one figure, by its address."""
    return Dictionary(period=period, code=code, of=f"{scope}-{entity}")


def behind_figure(view: View, code: str, scope: str, entity: str, *, period: str = "", whose: str = "") -> Ways:
    """The ways from a figure: how it comes about, the rows behind it, the profile of whose it is (`whose`: by name);
    as far as the viewer may follow them. None for what is no indicator, or is not of such a scope."""
    declared = catalogue().get(code)
    if declared is None or scope not in declared.scopes or not may_see(view.viewer, "figures"):
        return ()
    at = replace(view, period=period or view.period)
    said = f"{month_name(period)}的" if period else ""
    ways = [(explained(code, scope, entity, period), f"{whose}{said}{declared.name}：口径与来源")]
    ways += rows_behind(at, declared, scope, entity)
    return (*ways, *of_member(scope, entity, whose))


def of_member(scope: str, entity: str, name: str = "") -> Ways:
    """The way to a member's profile; none for a group of members."""
    return ((profile(scope, entity), f"{name or '成员'}画像"),) if scope in MEMBERS and entity else ()
