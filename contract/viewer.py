"""Who is looking or acting: the viewer that queries and acts take, and what each role may see and do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from contract.declarations import COUNTRY, here
from contract.errors import AccessDenied, DeclarationError
from contract.levels import BUREAU, FORM, LIST, Level, level_named, levels, strictest
from contract.settings import DECLARATIONS, read_rows

ROLES = {
    "analyst": "分析员",
    "supervisor": "复核人",
    "district": "区级用户",
    "institution": "报送用户",
    "authority": "协作部门",
    "admin": "管理员",
}
SUPERVISOR = "supervisor"
BUREAU_ROLES = ("analyst", SUPERVISOR)
OWN_ROLES = {"district": "district", "institution": "bank"}  # role → the scope whose one entity it is bound to
REACHES = ("all", "own", "none")


@dataclass(frozen=True)
class Viewer:
    """One person at one moment: `scope` is the bank's or district's code for the roles bound to one, else empty;
    `address` from where it asks, for the audit alone: empty where that is this machine itself, by a command; `region`
    the one that the person belongs to, whatever the role: empty for who belongs to the country."""

    user: str
    name: str
    role: str
    scope: str = ""
    address: str = field(default="", compare=False)
    region: str = field(default_factory=here)

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise AccessDenied(f"没有“{self.role}”这一角色")
        if bool(self.scope) != (self.role in OWN_ROLES):
            raise AccessDenied(f"{ROLES[self.role]}{'须' if self.role in OWN_ROLES else '不'}对应一个机构或地区")

    @property
    def role_name(self) -> str:
        return ROLES[self.role]

    @property
    def bureau(self) -> bool:
        """Whether the viewer belongs to the Bureau, before whom nothing is withheld."""
        return self.role in BUREAU_ROLES

    @property
    def national(self) -> bool:
        """Whether the viewer belongs to no region, so that all of them are before it."""
        return self.region == COUNTRY

    @property
    def own_scope(self) -> str:
        """The scope of the viewer's one entity (`bank` or `district`), empty for roles bound to none."""
        return OWN_ROLES.get(self.role, "")


@cache
def areas() -> dict[str, dict[str, str]]:
    """Area → role → reach, `name` for its Chinese name, `level` for the strictest level of data that it tells of, as
    `data/access.csv` declares them."""
    rows = read_rows(DECLARATIONS / "access.csv", "area", "name", "level", *ROLES)
    for row in rows:
        level_named(row["level"], f"access.csv中{row['area']}")
        for role in ROLES:
            if row[role] not in REACHES:
                raise DeclarationError(
                    f"access.csv中{row['area']}的{role}为“{row[role]}”，应为{'、'.join(REACHES)}之一"
                )
    return {row["area"]: row for row in rows}


def may_see(viewer: Viewer, area: str) -> bool:
    """Whether the viewer's role reaches anything of an area."""
    return reach(viewer.role, area) != "none"


def reach(role: str, area: str) -> str:
    """How far a role goes in an area, as one of `REACHES`; `none` for a role that there is not."""
    return areas()[area][role] if role in ROLES else "none"


def roles_of(area: str) -> tuple[str, ...]:
    """The roles that have any part in an area."""
    return tuple(role for role in ROLES if reach(role, area) != "none")


def shows(viewer: Viewer, level: str, area: str) -> bool:
    """Whether a viewer who reaches a list is shown a column of it, by the level of its data and the area of the form
    that it is of (empty: of none). The one rule of masking."""
    shown = levels()[level].shown
    if shown == LIST:
        return True
    if area and not may_see(viewer, area):
        return False
    return shown == FORM or (viewer.bureau if shown == BUREAU else viewer.role == SUPERVISOR)


def level_of_areas(named: Iterable[str]) -> Level:
    """The strictest level of data that some areas tell of."""
    return strictest(areas()[area]["level"] for area in named)


def own_only(viewer: Viewer, area: str) -> str | None:
    """The one entity that the viewer is held to in an area, None where all are open.

    Raises AccessDenied where the role has no part in the area.
    """
    goes = reach(viewer.role, area)
    if goes == "none":
        raise AccessDenied(f"{viewer.role_name}不能查看{areas()[area]['name']}")
    return viewer.scope if goes == "own" else None
