"""Built-in accounts as they are stored, and how a name and a password are held against them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from contract.errors import SignInRefused
from contract.settings import Home
from ledger.access import failures, passwords, store
from ledger.access.configured import running
from ledger.access.store import ACCOUNT, IDENTITY, store_of
from ledger.people import key_of

WRONG = "用户名或口令不对"
WRONG_CODE = "验证码不对或已用过，请等下一个验证码"
FIRST_SECONDS = 7 * 86400  # a first password that nobody has used by then is none any more


@dataclass(frozen=True)
class Account:
    """One built-in account. `first_until`: until when its first password holds, 0 once its holder has set one."""

    person: str
    name: str
    password: str
    first_until: float
    code_secret: str
    code_used: int
    disabled: bool
    bootstrap: bool
    created: float

    @property
    def must_change(self) -> bool:
        return self.first_until > 0


def account_of(home: Home, name: str) -> Account | None:
    """The account of a name in any spelling, None where there is none."""
    with store_of(home).reading() as connection:
        row = connection.execute(sa.select(ACCOUNT).where(ACCOUNT.c.person == key_of(name))).first()
    return Account(*row) if row else None


def accounts(home: Home) -> list[Account]:
    """Every account, by name."""
    if not home.access.exists():
        return []
    with store_of(home).reading() as connection:
        return [Account(*row) for row in connection.execute(sa.select(ACCOUNT).order_by(ACCOUNT.c.name))]


def keep(home: Home, name: str, **facts: Any) -> None:
    """Makes an account, or changes what is given of it."""
    person = key_of(name)
    with store_of(home).writing() as connection:
        known = connection.execute(sa.select(ACCOUNT.c.person).where(ACCOUNT.c.person == person)).first()
        if known:
            connection.execute(sa.update(ACCOUNT).where(ACCOUNT.c.person == person).values(facts))
            return
        new = {"person": person, "name": name, "password": "", "first_until": 0.0, "code_secret": "", "code_used": 0}
        made = {"disabled": False, "bootstrap": False, "created": store.seconds()}
        connection.execute(sa.insert(ACCOUNT).values(new | made | facts))


def with_password(home: Home, name: str, password: str, address: str) -> Account:
    """The account whose name and password these are. A failure is noted, and after several one has to wait.

    Raises SignInRefused, in the same words and after the same time whether there is such an account or not.
    """
    person = key_of(name)
    failures.check_patience(home, person, address)
    account = account_of(home, name)
    if not passwords.fits(password, account.password if account else "") or account.disabled:
        failures.note(home, person, address)
        raise SignInRefused(WRONG)
    if account.must_change and account.first_until < store.seconds():
        raise SignInRefused("初始口令已过期，请联系管理员重新发给")
    if passwords.outdated(account.password):
        keep(home, name, password=passwords.kept(password))
    if not account.code_secret:
        failures.forget(home, [person])
    return account


def check_code(home: Home, account: Account, code: str, address: str) -> None:
    """Uses up a one-time code. Raises SignInRefused for one that is wrong, was used before, or after several wrong."""
    failures.check_patience(home, account.person, address)
    now = store.seconds()
    with store_of(home).writing() as connection:  # read and written as one, so that a code counts once
        own = ACCOUNT.c.person == account.person
        row = connection.execute(sa.select(ACCOUNT.c.code_secret, ACCOUNT.c.code_used).where(own)).one()
        around = running(home).code_steps_around
        step = passwords.code_step(row.code_secret, code, now, row.code_used, around) if row.code_secret else None
        if step is not None:
            connection.execute(sa.update(ACCOUNT).where(own).values(code_used=step))
    if step is None:
        failures.note(home, account.person, address)
        raise SignInRefused(WRONG_CODE)
    failures.forget(home, [account.person])


def set_password(home: Home, account: Account, password: str) -> None:
    """Puts the password that its holder has chosen in place of the one before. Raises SignInRefused."""
    passwords.check_new(password, account.name)
    if passwords.fits(password, account.password):
        raise SignInRefused("新口令应与原来的不同")
    keep(home, account.name, password=passwords.kept(password), first_until=0.0)


def linked(home: Home, issuer: str, subject: str) -> str:
    """The name to which a provider's subject is linked, empty where it is linked to none."""
    with store_of(home).reading() as connection:
        own = (IDENTITY.c.issuer == issuer) & (IDENTITY.c.subject == subject)
        return connection.execute(sa.select(IDENTITY.c.name).where(own)).scalar() or ""


def link(home: Home, issuer: str, subject: str, name: str) -> None:
    """Links a provider's subject to a name, or to another than before; without a name, to none."""
    with store_of(home).writing() as connection:
        connection.execute(sa.delete(IDENTITY).where(IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject))
        if name:
            row = {"issuer": issuer, "subject": subject, "person": key_of(name), "name": name}
            connection.execute(sa.insert(IDENTITY).values(row))


def links(home: Home) -> list[tuple[str, str, str]]:
    """Name, issuer and subject of every link, by name."""
    if not home.access.exists():
        return []
    with store_of(home).reading() as connection:
        query = sa.select(IDENTITY.c.name, IDENTITY.c.issuer, IDENTITY.c.subject).order_by(IDENTITY.c.name)
        return [tuple(row) for row in connection.execute(query)]
