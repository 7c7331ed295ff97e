"""What those who look after sign-in read: accounts, sessions, the audit, and who may see what; held to their role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from contract.declarations import cover_items, forms
from contract.errors import AccessDenied
from contract.levels import levels
from contract.settings import BEIJING, Home
from contract.viewer import ROLES, Viewer, areas, may_see, reach
from ledger.access import accounts as stored
from ledger.access import sessions
from ledger.access.sessions import Session
from ledger.access.standing import registered
from ledger.audit import KINDS, NOT_OPENED, SIGNED_IN, Look, looks
from ledger.people import key_of

ACCOUNTS, AUDIT, RIGHTS = "accounts", "audit", "rights"  # areas of `data/access.csv`
BY_ACCOUNT, BY_PROVIDER = "账户口令", "统一身份认证"  # how people sign in
IN_USE, FIRST, OFF = "在用", "待首次登录", "停用"
SHOWN_WORDS = {
    "list": "能看到所在清单的人", "form": "能看到所属报表明细的人", "bureau": "仅本局人员", "supervisor": "仅复核人",
}  # fmt: skip
EXPORT_WORDS = {"free": "随表格导出，有记录", "guarded": "受控导出：写明级别，有记录", "approved": "须经申请、批准"}
REACH_WORDS = {"all": "全部", "own": "本单位", "none": "—"}


@dataclass(frozen=True)
class Access:
    """One way in: an account, or a provider's subject that is linked to a user. `role` is empty where there is none."""

    user: str
    role: str
    way: str
    subject: str
    state: str
    codes: str


@dataclass(frozen=True)
class Known:
    """A registered user, and when somebody last came in as this user; None where nobody has."""

    user: str
    role: str
    scope: str
    disabled: bool
    since: date
    last_in: datetime | None


def moment(seconds: float) -> datetime:
    """A time of the store, as naive Beijing time to the second."""
    return datetime.fromtimestamp(int(seconds), UTC).astimezone(BEIJING).replace(tzinfo=None)


def ways_in(home: Home) -> list[Access]:
    """Every account and every link, by name."""
    known = registered(home)

    def role(name: str) -> str:
        standing = known.get(key_of(name))
        return standing.user.role if standing and not standing.user.disabled else ""

    found = [
        Access(
            one.name, role(one.name), BY_ACCOUNT, "",
            OFF if one.disabled else FIRST if one.must_change else IN_USE, "有" if one.code_secret else "无",
        )
        for one in stored.accounts(home)
    ]  # fmt: skip
    found += [Access(name, role(name), BY_PROVIDER, subject, IN_USE, "") for name, _, subject in stored.links(home)]
    return sorted(found, key=lambda one: one.user)


def accounts_for(viewer: Viewer, home: Home) -> list[Access]:
    """The same for a viewer. Raises AccessDenied."""
    demand(viewer, ACCOUNTS)
    return ways_in(home)


def sessions_for(viewer: Viewer, home: Home) -> list[Session]:
    """The sessions that live, the latest first. Raises AccessDenied."""
    demand(viewer, ACCOUNTS)
    return sessions.living(home)


def audit_for(viewer: Viewer, home: Home, since: date, until: date, kind: str = "", user: str = "") -> list[Look]:
    """The audit's entries of some days (both included), of a kind and of a user where they are named, latest first.

    Raises AccessDenied; LedgerError as `Ledger`.
    """
    demand(viewer, AUDIT)
    return [
        look
        for look in looks(home)
        if since <= look.at.date() <= until
        and kind in ("", look.kind)
        and (not user or key_of(user) in key_of(look.user))
    ]


def users_for(viewer: Viewer, home: Home) -> list[Known]:
    """Every registered user, with the last sign-in. Raises AccessDenied."""
    demand(viewer, RIGHTS)
    last: dict[str, datetime] = {}
    for look in looks(home):
        if look.kind == SIGNED_IN:
            last.setdefault(key_of(look.user), look.at)
    return [
        Known(one.user.name, one.user.role, one.user.scope, one.user.disabled, one.user.since, last.get(key))
        for key, one in registered(home).items()
    ]


@dataclass(frozen=True)
class Right:
    """One right of one user: an area, the strictest level of data that it tells of, how far the role goes in it, the
    pages that need it, and when it was used last; None where the audit has no use of it."""

    user: str
    role: str
    scope: str
    area: str
    level: str
    reach: str
    pages: str
    last: datetime | None


def uses_for(viewer: Viewer, home: Home, pages: Mapping[str, tuple[str, ...]]) -> list[Right]:
    """One row a user who may come in and an area that the user's role reaches, by the last use that the audit has: a
    page opened, rows seen, a file taken, an act. Users by registration, then those whom the audit alone knows (of the
    demonstration). Raises AccessDenied; LedgerError as `Ledger`.
    """
    demand(viewer, RIGHTS)
    users = {key: one.user for key, one in registered(home).items()}
    known = {key: (user.name, user.role, user.scope) for key, user in users.items() if not user.disabled}
    last: dict[tuple[str, str], datetime] = {}
    for look in looks(home):
        if look.role and not users:
            known.setdefault(key_of(look.user), (look.user, look.role, look.scope))
        if look.area and look.kind != NOT_OPENED:
            last.setdefault((key_of(look.user), look.area), look.at)
    return [
        Right(
            *who, declared["name"], levels()[declared["level"]].name, REACH_WORDS[reach(who[1], area)],
            "、".join(title for title, needs in pages.items() if area in needs), last.get((key, area)),
        )
        for key, who in known.items()
        for area, declared in areas().items()
        if reach(who[1], area) != "none"
    ]  # fmt: skip


def rights_for(viewer: Viewer, pages: Mapping[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """One row an area of `data/access.csv`: its name, the strictest level of data that it tells of, the pages that need
    it, and how far each role goes.

    `pages`: title → the areas of which its reader needs one, as the menu declares them. Raises AccessDenied.
    """
    demand(viewer, RIGHTS)
    return [
        {"area": declared["name"], "level": levels()[declared["level"]].name}
        | {"pages": "、".join(title for title, needs in pages.items() if area in needs)}
        | {role: REACH_WORDS[reach(role, area)] for role in ROLES}
        for area, declared in areas().items()
    ]


def levels_for(viewer: Viewer) -> list[dict[str, str | int]]:
    """One row a level of data, the strictest first: `level, shown, export, recorded` in words, `years` at least kept,
    `columns`: of how many columns of forms and cover. Raises AccessDenied."""
    demand(viewer, RIGHTS)
    columns = chain(cover_items(), *(form.columns for form in forms().values()))
    held = Counter(column.level for column in columns)
    return [
        {"level": level.name, "columns": held[level.code], "shown": SHOWN_WORDS[level.shown]}
        | {"export": EXPORT_WORDS[level.export], "recorded": "有" if level.recorded else "—", "years": level.years}
        for level in levels().values()
    ]


def demand(viewer: Viewer, area: str) -> None:
    """Raises AccessDenied where a viewer may not see an area."""
    if not may_see(viewer, area):
        raise AccessDenied(f"{viewer.role_name}不能查看{areas()[area]['name']}")


KIND_NAMES = {"": "全部", **KINDS}
