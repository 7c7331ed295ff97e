"""For whom somebody who has signed in stands: the user of the ledger as it is now, in role and scope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from contract.places import Place
from contract.settings import Home
from contract.viewer import Viewer
from ledger.events import Ledger
from ledger.people import USER, User, key_of, users

ADMINISTRATOR = "admin"


@dataclass(frozen=True)
class Standing:
    """A registered user, and the number of the ledger's last event about that user."""

    user: User
    seq: int


@lru_cache(maxsize=4)
def _ledger(place: Place) -> Ledger:
    return Ledger(place)


@lru_cache(maxsize=8)
def _registered(place: Place, head: tuple[int, str]) -> dict[str, Standing]:
    """Key of the name → standing, of the ledger up to an event; `head` only tells whether that was read before."""
    events = _ledger(place).events(USER)
    last = {key_of(event.subject): event.seq for event in events}
    return {key: Standing(user, last[key]) for key, user in users(events).items()}


def registered(home: Home) -> dict[str, Standing]:
    """Key of the name → standing of every registered user, as the ledger tells now. Raises LedgerError."""
    if not home.ledger.exists():
        _ledger.cache_clear()
        return {}
    return _registered(home.ledger, _ledger(home.ledger).head())


def has_administrator(home: Home) -> bool:
    """Whether the ledger has an administrator who is not disabled."""
    return any(one.user.role == ADMINISTRATOR and not one.user.disabled for one in registered(home).values())


def viewer_of(home: Home, name: str, bootstrap: bool = False) -> Viewer | None:
    """The viewer that a name stands for; None for who is not registered or is disabled.

    Who begins a system (`bootstrap`) administers it as long as nobody is registered for that.
    """
    standing = registered(home).get(key_of(name))
    if standing is None:
        return Viewer(name, name, ADMINISTRATOR) if bootstrap and not has_administrator(home) else None
    user = standing.user
    return None if user.disabled else Viewer(user.name, user.name, user.role, user.scope)


def last_change(home: Home, name: str) -> int:
    """The number of the ledger's last event about a user, 0 for one who is not registered."""
    standing = registered(home).get(key_of(name))
    return standing.seq if standing else 0
