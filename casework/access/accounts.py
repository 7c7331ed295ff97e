"""Built-in accounts: made for registered users, reset, disabled; and links of a provider's subjects to users."""

from __future__ import annotations

from contract.errors import CallError, SignInRefused
from contract.settings import Home
from ledger import audit
from ledger.access import accounts as stored
from ledger.access import failures, passwords, sessions, store
from ledger.access.accounts import Account, account_of
from ledger.access.configured import running
from ledger.access.standing import has_administrator, last_change, registered
from ledger.events import Ledger
from ledger.people import Actor, address_of, check_person, key_of, name_of, written_name

ACTS, SEES = "account_acts", "accounts"  # areas of `data/access.csv`


def who_acts(home: Home, by: Actor, area: str, act: str) -> str:
    """The name of who handles accounts. As long as the ledger has no administrator, nobody has to be registered.

    Raises AccessDenied, CallError as `ledger.people.check_person`.
    """
    return check_person(Ledger(home.ledger), by, area, act, settled=has_administrator(home))


def create_account(home: Home, name: str, by: Actor) -> str:
    """Makes an account for a registered user; gives its first password, which is kept nowhere.

    Raises CallError where nobody is registered under the name, or there is an account; AccessDenied.
    """
    who_acts(home, by, ACTS, "开设账户")
    user = _user(home, name)
    if account_of(home, user):
        raise CallError(f"{user}已有账户；忘记口令的请重置（account reset）")
    return _given(home, user, by, "开设账户", disabled=False)


def first_account(home: Home, name: str) -> str:
    """Makes the account with which a system is begun; gives its first password.

    Its holder administers until the ledger has an administrator, and then is what the ledger says, as everybody.
    Raises CallError where there is an administrator, or such an account already.
    """
    written = written_name(name)
    if not key_of(written):
        raise CallError("须写明姓名")
    if has_administrator(home):
        raise CallError("台账中已有管理员，请由管理员开设账户（account create）")
    begun = [account.name for account in stored.accounts(home) if account.bootstrap]
    if begun:
        raise CallError(f"已为{begun[0]}开设过首个管理员账户；忘记口令的请重置（account reset）")
    return _given(home, written, written, "开设首个管理员账户", bootstrap=True, disabled=False)


def reset_account(home: Home, name: str, by: Actor, without_codes: bool = False) -> str:
    """Gives an account a new first password, ends its sessions, and takes its one-time codes away where asked.

    Raises CallError where there is none, or it is disabled; AccessDenied.
    """
    actor = who_acts(home, by, ACTS, "重置口令")
    account = _account(home, name)
    if account.disabled:
        raise CallError(f"{account.name}的账户已停用，请先恢复")
    without = {"code_secret": "", "code_used": 0} if without_codes else {}
    password = _given(home, account.name, by, "重置口令并取消动态验证码" if without_codes else "重置口令", **without)
    sessions.end_all_of(home, account.person, sessions.REPLACED, actor)
    return password


def disable_account(home: Home, name: str, by: Actor, disabled: bool = True) -> Account:
    """Disables an account and ends its sessions, or lets it in again. Raises CallError where nothing changes."""
    act = "停用账户" if disabled else "恢复账户"
    actor = who_acts(home, by, ACTS, act)
    account = _account(home, name)
    if account.disabled == disabled:
        raise CallError(f"{account.name}的账户{'已经停用' if disabled else '没有停用'}")
    stored.keep(home, account.name, disabled=disabled)
    audit.record_passage(home, audit.HANDLED, actor, act, address=address_of(by), 使用者=account.name)
    if disabled:
        sessions.end_all_of(home, account.person, sessions.DISABLED, actor)
    failures.forget(home, [account.person])
    return _account(home, name)


def link_subject(home: Home, issuer: str, subject: str, name: str, by: Actor) -> str:
    """Links a provider's subject to a registered user; gives the user's name. Raises CallError, AccessDenied."""
    actor, user = who_acts(home, by, ACTS, "对应用户标识"), _user(home, name)
    if not subject.strip():
        raise CallError("须写明用户标识")
    before = stored.linked(home, issuer, subject.strip())
    if before:
        raise CallError(f"该用户标识已对应{before}；要改为他人的，请先取消（account unlink）")
    stored.link(home, issuer, subject.strip(), user)
    audit.record_passage(
        home,
        audit.HANDLED,
        actor,
        "对应用户标识",
        address=address_of(by),
        使用者=user,
        标识=audit.stands_for(subject.strip()),
    )
    return user


def unlink_subject(home: Home, issuer: str, subject: str, by: Actor) -> str:
    """Takes a link back and ends the sessions of its user; gives the user's name. Raises CallError, AccessDenied."""
    actor = who_acts(home, by, ACTS, "取消用户标识的对应")
    user = stored.linked(home, issuer, subject.strip())
    if not user:
        raise CallError("没有这一用户标识")
    stored.link(home, issuer, subject.strip(), "")
    mark = audit.stands_for(subject.strip())
    audit.record_passage(home, audit.HANDLED, actor, "取消对应", address=address_of(by), 使用者=user, 标识=mark)
    sessions.end_all_of(home, key_of(user), sessions.CHANGED, actor)
    return user


def end_session(home: Home, number: int, by: Actor) -> None:
    """Ends one session. Raises CallError where there is none that lives; AccessDenied."""
    actor = who_acts(home, by, SEES, "结束会话")
    if not sessions.end(home, number, sessions.BY_ADMINISTRATOR, actor):
        raise CallError(f"没有第{number}号会话，或已结束")


def end_sessions_of(home: Home, name: str, by: Actor) -> int:
    """Ends all sessions of a user; gives how many. Raises AccessDenied."""
    actor = who_acts(home, by, SEES, "结束会话")
    return sessions.end_all_of(home, key_of(name), sessions.BY_ADMINISTRATOR, actor)


def change_password(home: Home, account: Account, password: str, address: str) -> None:
    """Puts the password that its holder has chosen in place; every session of before ends. Raises SignInRefused."""
    stored.set_password(home, account, password)
    audit.record_passage(home, audit.HANDLED, account.name, "本人更换口令", address=address)
    sessions.end_all_of(home, account.person, sessions.REPLACED, account.name)


def take_codes(home: Home, account: Account, secret: str, code: str, address: str) -> None:
    """Adds one-time codes to an account, once its holder has shown to have them. Raises SignInRefused."""
    step = passwords.code_step(secret, code, store.seconds(), 0, running(home).code_steps_around)
    if step is None:
        raise SignInRefused(stored.WRONG_CODE)
    stored.keep(home, account.name, code_secret=secret, code_used=step)
    audit.record_passage(home, audit.HANDLED, account.name, "启用动态验证码", address=address)


def _user(home: Home, name: str) -> str:
    if not last_change(home, name):
        raise CallError(f"没有登记使用者“{written_name(name)}”，请先登记（python -m casework user）")
    return registered(home)[key_of(name)].user.name


def _account(home: Home, name: str) -> Account:
    account = account_of(home, name)
    if account is None:
        raise CallError(f"{written_name(name)}没有账户")
    return account


def _given(home: Home, name: str, by: Actor, act: str, **facts: object) -> str:
    """A new first password of an account, kept as its hash; the act in the audit."""
    password = passwords.first_password()
    until = store.seconds() + stored.FIRST_SECONDS
    audit.record_passage(home, audit.HANDLED, name_of(by), act, address=address_of(by), 使用者=name)
    stored.keep(home, name, password=passwords.kept(password), first_until=until, **facts)
    failures.forget(home, [key_of(name)])
    return password
