"""The audit: who came in, looked at which rows, took them away, or handed in what is another's; append-only, chained.

It lies beside the ledger, and holds no cell of a submission and no password: a text that was searched for stands in it
as the beginning of its sha256, by which whoever knows the text finds it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from contract.places import Place
from contract.settings import Home, clock, wall_time
from contract.viewer import Viewer
from ledger.events import Entry, Event, Ledger
from ledger.people import Actor, address_of, name_of

WITNESSED = "audit"  # in a publication's payload: number and hash of the audit's last entry then
LABEL = "查阅记录校验码"  # before a hash of the audit that is printed
VIEWED, EXPORTED, NOT_TAKEN, ACTED = "rows_viewed", "rows_exported", "file_refused", "acted"
OPENED, NOT_OPENED = "page_opened", "page_refused"
SIGNED_IN, REFUSED, SIGNED_OUT, ENDED, HANDLED = (
    "signed_in", "sign_in_refused", "signed_out", "session_ended", "account_handled",
)  # fmt: skip
PASSAGES = {SIGNED_IN: "登录", REFUSED: "登录未成", SIGNED_OUT: "退出", ENDED: "会话结束", HANDLED: "账户办理"}
KINDS = {VIEWED: "查看", EXPORTED: "导出", NOT_TAKEN: "拒收", ACTED: "办理"} | PASSAGES
KINDS |= {OPENED: "打开页面", NOT_OPENED: "页面未放行"}
MARK = "文本#"  # before what stands for a text
DIGITS = 16  # of the sha256 that stand for a text


class Audit(Ledger):
    """An open audit; what a ledger can do, it can."""

    called = "查阅记录"


@lru_cache(maxsize=4)
def _open(place: Place) -> Audit:
    return Audit(place)


def audit_of(home: Home) -> Audit:
    """The audit of a home, opened once a process. Raises LedgerError as `Ledger`."""
    if not home.audit.exists():
        _open.cache_clear()
    return _open(home.audit)


def witnessed(home: Home) -> dict[str, dict[str, object]]:
    """The audit's head, for the payload of a publication: whoever has the ledger's hash on paper has this one's too.

    Nothing where nobody has looked at rows yet. Raises LedgerError as `Ledger`.
    """
    if not home.audit.exists():
        return {}
    seq, hashed = audit_of(home).head()
    return {WITNESSED: {"seq": seq, "hash": hashed}} if seq else {}


def head_words(home: Home) -> str:
    """What is printed of the audit as it stands, on rows that are taken away. Raises LedgerError as `Ledger`."""
    seq, hashed = audit_of(home).head()
    return f"{LABEL}（截至第{seq}号事件）：{hashed}"


@dataclass(frozen=True)
class Look:
    """One entry: who saw how many rows of what, on which data version; `sha256` of what was taken away, else empty.

    Of an act: which events of the ledger it left. Of those who came in or went out (`PASSAGES`): what happened, from
    which address; no rows and no data version.
    """

    seq: int
    at: datetime
    kind: str  # one of KINDS
    user: str
    role: str
    scope: str  # the one member that the user is bound to, if any
    what: str
    selection: str
    rows: int
    number: int  # data version; 0 of a file that was refused
    sha256: str
    address: str = ""  # from where, where it is known
    level: str = ""  # the strictest of the data, where it is said
    area: str = ""  # of `data/access.csv`: the right that was used, where it is said


def stands_for(text: str) -> str:
    """What the audit has in place of a text that a reader typed or followed."""
    return MARK + sha256(text.encode()).hexdigest()[:DIGITS]


def record_look(
    home: Home,
    viewer: Actor,
    what: str,
    selection: Mapping[str, str],
    rows: int,
    number: int,
    given: bytes | None = None,
    *,
    level: str,
    area: str = "",
) -> Event:
    """Records that a viewer saw rows, or took them away as a file (`given`); `level` is the strictest of their data,
    `area` the right by which it sees them. A command names who asks, and no role.

    `selection` names what was asked for and holds no cell: texts are in it by `stands_for`. Raises LedgerError where
    it cannot be recorded: then the rows are not to be shown.
    """
    kind, digest = (VIEWED, "") if given is None else (EXPORTED, sha256(given).hexdigest())
    said = {"rows": rows, "number": number, "level": level, "area": area} | ({"sha256": digest} if digest else {})
    return _record(home, viewer, kind, what, selection, **said)


def record_refused(home: Home, viewer: Viewer, digest: str) -> Event:
    """Records that a file which a viewer handed in was another member's; `digest` is its sha256. Raises LedgerError."""
    return _record(home, viewer, NOT_TAKEN, "intake", {}, sha256=digest, area="intake")


def record_page(home: Home, viewer: Viewer, page: str, *, area: str, refused: bool = False) -> Event:
    """Records that a viewer opened a page (its address), by which right, or was refused it. Raises LedgerError."""
    return _record(home, viewer, NOT_OPENED if refused else OPENED, page, {}, area=area)


def record_act(home: Home, viewer: Viewer, what: str, numbers: Sequence[int], *, level: str, area: str) -> Event:
    """Records from where an act of the ledger was done: `numbers` of the events that it left, `what` the page.

    Raises LedgerError.
    """
    left = "、".join(map(str, numbers))
    return _record(home, viewer, ACTED, what, {"台账": left}, level=level, area=area)


def _record(home: Home, by: Actor, kind: str, what: str, selection: Mapping[str, str], **said: str | int) -> Event:
    """One entry of a viewer, with the address that it asks from, or of whom a command names."""
    role, scope = (by.role, by.scope) if isinstance(by, Viewer) else ("", "")
    who = {"role": role, "scope": scope, "address": address_of(by), "selection": dict(selection)}
    entry = Entry(kind, name_of(by), what, who | {"rows": 0, "number": 0} | said)
    return audit_of(home).append(clock() or wall_time(), [entry])[0]


def record_passage(home: Home, kind: str, who: str, what: str, *, role: str = "", scope: str = "", address: str = "",
                   **facts: str | int) -> Event:  # fmt: skip
    """Records that somebody came in, was not let in, went out, or that an account was handled (one of `PASSAGES`).

    `who` acts; `what` says it in words; further `facts` are names and numbers. Raises LedgerError where it cannot be
    recorded: then nobody is let in.
    """
    payload = {"role": role, "scope": scope, "address": address, "selection": facts, "rows": 0, "number": 0}
    return audit_of(home).append(clock() or wall_time(), [Entry(kind, who, what, payload)])[0]


def looks(home: Home) -> list[Look]:
    """Every entry, the latest first; none where there is no audit yet. Raises LedgerError as `Ledger`."""
    if not home.audit.exists():
        return []
    return [_look(event) for event in reversed(audit_of(home).events(*KINDS))]


def _look(event: Event) -> Look:
    facts = event.payload
    selection = "；".join(f"{name}={value}" for name, value in facts["selection"].items())
    return Look(
        *(event.seq, event.at, event.kind, event.actor, facts["role"], facts["scope"], event.subject, selection),
        *(facts["rows"], facts["number"], facts.get("sha256", ""), facts.get("address", "")),
        level=facts.get("level", ""),
        area=facts.get("area", ""),
    )
