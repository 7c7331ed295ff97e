"""Signing in step by step, by account or by what a provider says, until a session begins or somebody is refused."""

from __future__ import annotations

from dataclasses import dataclass

from casework.access.accounts import change_password, take_codes
from casework.access.listed import BY_ACCOUNT, BY_PROVIDER
from contract.errors import SignInRefused
from contract.settings import Home
from ledger import audit
from ledger.access import accounts, passwords, sessions, steps
from ledger.access.accounts import Account, account_of
from ledger.access.configured import Provider, SignIn
from ledger.people import key_of

UNKNOWN = "未知用户"  # in the audit, for a name that has no account: it may be a password in the wrong place


@dataclass(frozen=True)
class Entered:
    """How far somebody has come: a session's id, or the next step's kind and id."""

    session: str = ""
    step: str = ""
    token: str = ""


def refused(home: Home, name: str, reason: str, address: str) -> None:
    """Records that somebody was not let in."""
    account = account_of(home, name) if key_of(name) else None
    who = account.name if account else UNKNOWN
    given = {} if account else {"所称": audit.stands_for(name)}
    audit.record_passage(home, audit.REFUSED, who, reason, address=address, **given)


def by_password(home: Home, configured: SignIn, name: str, password: str, address: str) -> Entered:
    """The first step of an account: name and password. Raises SignInRefused, which is recorded."""
    try:
        account = accounts.with_password(home, name, password, address)
        if account.code_secret:
            return Entered(step=steps.CODE, token=steps.lay(home, steps.CODE, name=account.name))
        return _after_code(home, configured, account, address)
    except SignInRefused as refusal:
        refused(home, name, str(refusal), address)
        raise


def by_code(home: Home, configured: SignIn, token: str, code: str, address: str) -> Entered:
    """The step of the one-time code. A wrong one leaves the step as it is, until one has to wait.

    Raises SignInRefused, which is recorded.
    """
    account = _of_step(home, steps.CODE, token)
    try:
        accounts.check_code(home, account, code, address)
    except SignInRefused as refusal:
        refused(home, account.name, str(refusal), address)
        raise
    _used(home, steps.CODE, token)
    return _after_code(home, configured, account, address)


def with_new_password(home: Home, configured: SignIn, token: str, password: str, code: str, address: str) -> Entered:
    """The step of who begins: a password of one's own, and one-time codes where they are required.

    Raises SignInRefused, which leaves the step as it is.
    """
    account, secret = _of_step(home, steps.NEW_PASSWORD, token), new_secret(home, token)
    if account.must_change:
        passwords.check_new(password, account.name)  # before a code is used up for it
    if _needs_codes(configured, account):
        take_codes(home, account, secret, code, address)
    if account.must_change:
        change_password(home, account, password, address)
    _used(home, steps.NEW_PASSWORD, token)
    return _begun(home, account, address)


def new_secret(home: Home, token: str) -> str:
    """What an authenticator is to take in at the step of who begins; empty where it adds no one-time codes."""
    return (steps.known(home, steps.NEW_PASSWORD, token) or {}).get("secret", "")


def must_change(home: Home, token: str) -> bool:
    """Whether the step of who begins asks for a password of one's own."""
    facts = steps.known(home, steps.NEW_PASSWORD, token)
    account = account_of(home, facts["name"]) if facts else None
    return account is not None and account.must_change


def offer_codes(home: Home, name: str) -> str:
    """Lays the step by which the holder of an account adds one-time codes to it; gives its id."""
    return steps.lay(home, steps.OWN_CODES, name=name, secret=passwords.new_code_secret())


def own_secret(home: Home, token: str, name: str) -> str:
    """What an authenticator is to take in at that step; empty where there is no such step of this person."""
    facts = steps.known(home, steps.OWN_CODES, token) or {}
    return facts.get("secret", "") if facts.get("name") == name else ""


def add_codes(home: Home, token: str, name: str, code: str, address: str) -> None:
    """Adds one-time codes to an account, once its holder gives one; every session of before ends.

    Raises SignInRefused.
    """
    account, secret = account_of(home, name), own_secret(home, token, name)
    if account is None or not secret:
        raise SignInRefused("这一步已办过或已超过十分钟，请重新办理")
    take_codes(home, account, secret, code, address)
    _used(home, steps.OWN_CODES, token)
    sessions.end_all_of(home, account.person, sessions.REPLACED, account.name)


def by_provider(home: Home, provider: Provider, subject: str, id_token: str, address: str) -> Entered:
    """A session for a provider's subject. Raises SignInRefused for one that is linked to no user, which is recorded."""
    name = accounts.linked(home, provider.issuer, subject)
    if not name:
        mark = audit.stands_for(subject)
        audit.record_passage(home, audit.REFUSED, UNKNOWN, "用户标识没有对应的使用者", address=address, 标识=mark)
        raise SignInRefused(
            "已通过身份认证，但本系统没有登记这一用户，不能查看任何内容：请联系管理员登记。用户标识：" + subject[:120]
        )
    try:
        token = sessions.begin(home, name, BY_PROVIDER, address, id_token)
    except SignInRefused as refusal:
        refused(home, name, str(refusal), address)
        raise
    return Entered(session=token)


def _after_code(home: Home, configured: SignIn, account: Account, address: str) -> Entered:
    if account.must_change or _needs_codes(configured, account):
        secret = passwords.new_code_secret() if _needs_codes(configured, account) else ""
        token = steps.lay(home, steps.NEW_PASSWORD, name=account.name, secret=secret)
        return Entered(step=steps.NEW_PASSWORD, token=token)
    return _begun(home, account, address)


def _needs_codes(configured: SignIn, account: Account) -> bool:
    return configured.code == "required" and not account.code_secret


def _begun(home: Home, account: Account, address: str) -> Entered:
    token = sessions.begin(home, account.name, BY_ACCOUNT, address, bootstrap=account.bootstrap)
    return Entered(session=token)


def _of_step(home: Home, kind: str, token: str) -> Account:
    """The account that a step is of; the step stays. Raises SignInRefused where there is none, or no more."""
    facts = steps.known(home, kind, token)
    account = account_of(home, facts["name"]) if facts else None
    if account is None or account.disabled:
        raise SignInRefused("这一步已办过或已超过十分钟，请重新登录")
    return account


def _used(home: Home, kind: str, token: str) -> None:
    """Uses a step up. Raises SignInRefused where another request was faster."""
    if steps.take(home, kind, token) is None:
        raise SignInRefused("这一步已办过，请重新登录")
