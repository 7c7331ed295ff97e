"""Who may do what with decisions: two persons, and roles where users are registered."""

from __future__ import annotations

from contract.errors import AccessDenied, CallError
from contract.viewer import ROLES
from ledger.events import Ledger

PROPOSERS = ("analyst", "supervisor")
APPROVERS = ("supervisor",)


def key_of(name: str) -> str:
    """A user's name as it is compared: without the spaces around it and the difference of capitals."""
    return name.strip().casefold()


def same_person(one: str, other: str) -> bool:
    """Whether two user names are one person's, in whatever role."""
    return key_of(one) == key_of(other)


def registered_users(ledger: Ledger) -> dict[str, dict]:
    """Key of the user's name → what the latest event says of that user: role, and disabled where so."""
    return {key_of(event.subject): event.payload for event in ledger.events("user")}


def check_person(ledger: Ledger, user: str, roles: tuple[str, ...], act: str) -> str:
    """The user's name, trimmed, once it is sure that the user may act.

    Users are those of the ledger's `user` events (see `ledger.users`), the latest of each. Where no user is
    registered at all, anyone who can run the command may act.

    Raises:
        CallError: no user is named.
        AccessDenied: users are registered and this one is not, is disabled, or has another role.
    """
    name = user.strip()
    if not name:
        raise CallError("须写明经办人（--by）")
    registered = registered_users(ledger)
    if not registered:
        return name
    known = registered.get(key_of(name))
    if known is None or known.get("disabled"):
        raise AccessDenied(f"没有使用者“{name}”，或已停用")
    if known["role"] not in roles:
        allowed = "、".join(ROLES[role] for role in roles)
        raise AccessDenied(f"{name}的角色不能{act}，须由{allowed}办理")
    return name
