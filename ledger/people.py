"""Who is registered and who may act: a name in any spelling is one person, and where two must act, two persons do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contract.errors import AccessDenied, CallError
from contract.unseen import not_surely_seen, without_unseen
from contract.viewer import ROLES, Viewer, reach, roles_of
from ledger.events import Event, Ledger

USER = "user"  # the event that registers a user, changes or disables one
SUPERVISOR = "supervisor"
Actor = Viewer | str  # who acts: a viewer on the screen, or a name that a command was given
Earlier = tuple[str, str]  # a person who acted before, and what that was, in words: `第7号事项由甲提出`


@dataclass(frozen=True)
class User:
    """A registered user as last decided; the two persons are empty where the event names none."""

    name: str
    role: str
    scope: str
    disabled: bool
    since: date
    proposer: str
    approver: str

    @property
    def supervises(self) -> bool:
        return self.role == SUPERVISOR and not self.disabled


def users(events: Iterable[Event]) -> dict[str, User]:
    """Key of the name → user, in the order of first registration, from ledger events of kind `user`."""
    registered: dict[str, User] = {}
    for event in events:
        facts = event.payload
        decided_on = facts.get("decided_on")
        registered[key_of(event.subject)] = User(
            event.subject,
            facts["role"],
            facts.get("scope", ""),
            bool(facts.get("disabled")),
            date.fromisoformat(decided_on) if decided_on else event.at.date(),
            facts.get("proposer", ""),
            facts.get("approver", ""),
        )
    return registered


def written_name(name: str) -> str:
    """A name as it is kept: without what nobody sees, and with one space at most between two words."""
    return " ".join(without_unseen(name).split())


def key_of(name: str) -> str:
    """A name as it is compared: capitals, full width, spaces and what nobody sees make no other person."""
    folded = unicodedata.normalize("NFKC", without_unseen(name)).casefold()
    return "".join(without_unseen(unicodedata.normalize("NFKC", folded)).split())


def same_person(name: str, other: str) -> bool:
    """Whether two user names are one person's, in whatever role."""
    return key_of(name) == key_of(other)


def name_of(by: Actor) -> str:
    """The name under which an act is kept."""
    return written_name(by.user if isinstance(by, Viewer) else by)


def address_of(by: Actor) -> str:
    """From where somebody acts, as far as it is known: by a command nowhere else than here."""
    return by.address if isinstance(by, Viewer) else ""


def check_person(ledger: Ledger, by: Actor, area: str, act: str, subject: str = "", settled: bool = True) -> str:
    """The name of who acts, once it is sure that this person may; `data/access.csv` says which roles may, by `area`.

    A viewer is held to its role, and any name to the role under which it is registered: the latest `user` event of it
    counts. Where no user is registered at all, anyone who can run the command may act. A role bound to one member acts
    for that member alone: `subject` is whom the act is for. As long as users are not `settled`, too few for anybody to
    begin, nobody has to be registered, but none who is disabled acts.

    Raises:
        CallError: nobody is named, or by a character of which nobody is sure to see anything.
        AccessDenied: the role may not, or not for this member; or users are registered and this one is not, or is
            disabled.
    """
    name = name_of(by)
    if not key_of(name):
        raise CallError("须写明经办人（--by）")
    if odd := not_surely_seen(name):
        raise CallError(f"经办人姓名含有看不见或无法显示的字符（{odd}），请改用看得见的文字")
    if isinstance(by, Viewer):
        _check_reach(by.role_name, by.role, by.scope, area, act, subject)
    registered = users(ledger.events(USER))
    user = registered.get(key_of(name))
    if registered and (user.disabled if user else settled):
        raise AccessDenied(f"没有使用者“{name}”，或已停用")
    if user and settled:
        _check_reach(f"{name}的角色", user.role, user.scope, area, act, subject)
    return name


def _check_reach(who: str, role: str, scope: str, area: str, act: str, subject: str) -> None:
    goes = reach(role, area)
    if goes == "none":
        raise AccessDenied(f"{who}不能{act}，须由{'、'.join(ROLES[known] for known in roles_of(area))}办理")
    if goes == "own" and scope != subject:
        raise AccessDenied(f"{who}只能为本单位{act}")


def second_person(
    ledger: Ledger, by: Actor, area: str, act: str, of: str, earlier: Iterable[Earlier], settled: bool = True
) -> str:
    """The name of who does what another person must do than those who acted before. The one rule of two persons.

    `earlier`: who acted before and what that was; looked up once the role is sure, so that who may not act is told
    nothing of the case. `act` and `of` say what is to be done now: `批准` `决定`. A viewer counts by its user's name
    and by the name shown.

    Raises:
        CallError: nobody is named, or it is the same person, in whatever spelling or role.
        AccessDenied: as `check_person`.
    """
    name = check_person(ledger, by, area, f"{act}{of}", settled=settled)
    names = {key_of(name), key_of(by.name) if isinstance(by, Viewer) else "", ""}  # nobody is no other person either
    for person, did in earlier:
        if key_of(person) in names:
            raise CallError(f"{did}，须由另一人{act}，换用其他角色也不可")
    return name
