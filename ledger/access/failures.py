"""Repeated failures: after so many within a time, an account or an address has to wait, whatever it gives."""

from __future__ import annotations

import math
from collections.abc import Iterable

import sqlalchemy as sa

from contract.errors import SignInRefused
from contract.settings import Home
from ledger.access import store
from ledger.access.store import FAILURE, store_of

WITHIN_SECONDS = 15 * 60
MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 5, 30
AHEAD_SECONDS = 60


def about_account(person: str) -> str:
    """What failures of an account are noted under. A hash, since people type a password where the name belongs."""
    return f"account:{store.hashed(person)}"


def about_address(address: str) -> str:
    return f"address:{address}"


def check_patience(home: Home, person: str, address: str) -> None:
    """Raises SignInRefused where the account or the address has failed too often; nothing is compared then."""
    limits = {about_account(person): MOST_OF_ACCOUNT, about_address(address): MOST_OF_ADDRESS}
    now, waits = store.seconds(), 0.0
    with store_of(home).reading() as connection:
        for about, most in limits.items():
            # A failure that lies ahead is of a clock that was set back since: it holds nobody up for longer.
            window = FAILURE.c.at.between(now - WITHIN_SECONDS, now + AHEAD_SECONDS)
            times = sa.select(FAILURE.c.at).where(FAILURE.c.about == about, window).order_by(FAILURE.c.at.desc())
            latest = list(connection.execute(times.limit(most)).scalars())
            if len(latest) == most:
                waits = max(waits, latest[-1] + WITHIN_SECONDS - now)
    if waits > 0:
        raise SignInRefused(f"登录失败次数过多，请在{math.ceil(waits / 60)}分钟后再试")


def note(home: Home, person: str, address: str) -> None:
    """Notes a failure of an account from an address."""
    now = store.seconds()
    with store_of(home).writing() as connection:
        connection.execute(sa.delete(FAILURE).where(~FAILURE.c.at.between(now - WITHIN_SECONDS, now + WITHIN_SECONDS)))
        rows = [{"about": about, "at": now} for about in (about_account(person), about_address(address))]
        connection.execute(sa.insert(FAILURE), rows)


def forget(home: Home, persons: Iterable[str]) -> None:
    """Forgets the failures of accounts: who has signed in, or was given a new password."""
    with store_of(home).writing() as connection:
        connection.execute(sa.delete(FAILURE).where(FAILURE.c.about.in_([about_account(one) for one in persons])))
