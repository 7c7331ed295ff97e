"""What lies between two requests of a sign-in, kept here under a random id that the browser holds: used once."""

from __future__ import annotations

import json
import secrets
from typing import Any

import sqlalchemy as sa

from contract.settings import Home
from ledger.access import store
from ledger.access.store import STEP, store_of

STEP_SECONDS, AHEAD_SECONDS = 600, 60
AT_PROVIDER, CODE, NEW_PASSWORD, OWN_CODES = "provider", "code", "new_password", "own_codes"


def lay(home: Home, kind: str, **facts: Any) -> str:
    """Keeps what a step needs to know; gives the id under which it can be taken up once, within ten minutes."""
    token, now = secrets.token_urlsafe(32), store.seconds()
    row = {"hash": store.hashed(token), "kind": kind, "facts": json.dumps(facts), "until": now + STEP_SECONDS}
    with store_of(home).writing() as connection:
        alive = STEP.c.until.between(now, now + STEP_SECONDS + AHEAD_SECONDS)
        connection.execute(sa.delete(STEP).where(~alive))
        connection.execute(sa.insert(STEP).values(row))
    return token


def take(home: Home, kind: str, token: str) -> dict[str, Any] | None:
    """What was kept under an id, which is used up by it; None where there is nothing, or no more."""
    if not token:
        return None
    with store_of(home).writing() as connection:
        own = (STEP.c.hash == store.hashed(token)) & (STEP.c.kind == kind)
        row = connection.execute(sa.select(STEP.c.facts, STEP.c.until).where(own)).first()
        connection.execute(sa.delete(STEP).where(own))
    return json.loads(row.facts) if row is not None and _alive(row.until) else None


def known(home: Home, kind: str, token: str) -> dict[str, Any] | None:
    """The same, leaving the step as it is."""
    if not token:
        return None
    with store_of(home).reading() as connection:
        query = sa.select(STEP.c.facts, STEP.c.until).where(STEP.c.hash == store.hashed(token), STEP.c.kind == kind)
        row = connection.execute(query).first()
    return json.loads(row.facts) if row is not None and _alive(row.until) else None


def _alive(until: float) -> bool:
    """Whether it is in time; one that was laid in a future, as the clock was set back since, is not."""
    return 0 <= until - store.seconds() <= STEP_SECONDS + AHEAD_SECONDS
