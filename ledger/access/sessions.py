"""Sessions: begun at sign-in under a new id, looked at on every request, ended for one of the reasons in `ENDED_WORDS`.

Each look asks the store and the ledger anew, so that who is disabled or ended is out with the next request.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from contract.errors import LedgerError, SignInRefused
from contract.settings import Home
from contract.viewer import Viewer
from ledger import audit
from ledger.access import store
from ledger.access.configured import SignIn
from ledger.access.standing import last_change, viewer_of
from ledger.access.store import ACCOUNT, SESSION, in_passing, store_of
from ledger.people import key_of

LOG = logging.getLogger(__name__)
TOUCH_SECONDS = 20  # a session is noted as seen at most this often
AHEAD_SECONDS = 60  # a session that was seen later than now by more than this: the clock was set back
KEPT_SECONDS = 30 * 86400  # ended sessions are listed this long, and then removed: the audit keeps what happened
HOUR, MINUTE = 3600, 60
SIGNED_OUT, ABSOLUTE, IDLE, CHANGED, DISABLED, CLOCK, BY_ADMINISTRATOR, REPLACED = (
    "signed_out", "absolute", "idle", "user_changed", "account_disabled", "clock", "by_administrator", "password",
)  # fmt: skip
ENDED_WORDS = {
    SIGNED_OUT: "已退出",
    ABSOLUTE: "登录已满最长时限，请重新登录",
    IDLE: "较长时间没有操作，请重新登录",
    CHANGED: "使用者的登记有变更，请重新登录",
    DISABLED: "账户已停用",
    CLOCK: "服务器的时钟被调回，请重新登录",
    BY_ADMINISTRATOR: "会话已由管理人员结束",
    REPLACED: "口令或验证方式已更换，请重新登录",
}


@dataclass(frozen=True)
class Session:
    """One sign-in. `number` is how people call it; times are seconds of the wall clock; `ended` is empty or why."""

    number: int
    person: str
    name: str
    way: str
    began: float
    seen: float
    address: str
    standing: int
    id_token: str
    ended: str

    @property
    def holder(self) -> str:
        """What tells this sign-in from every other, to whom the framework's own sessions and files are bound."""
        return f"session-{self.number}"


COLUMNS = [column for column in SESSION.c if column.name != "hash"]


def begin(home: Home, name: str, way: str, address: str, id_token: str = "", bootstrap: bool = False) -> str:
    """Begins a session for somebody who has shown to be this user; gives its id, which nobody has seen before.

    Raises SignInRefused where the name stands for nobody who may look; LedgerError where it cannot be recorded.
    """
    viewer = viewer_of(home, name, bootstrap)
    if viewer is None:
        raise SignInRefused("尚未登记为本系统的使用者，或已停用：请联系管理员")
    token, now = secrets.token_urlsafe(32), store.seconds()
    audit.record_passage(
        home, audit.SIGNED_IN, viewer.user, "登录", role=viewer.role, scope=viewer.scope, address=address, 方式=way
    )
    facts = {"hash": store.hashed(token), "person": key_of(viewer.user), "name": viewer.user, "way": way, "began": now}
    about = {"seen": now, "address": address, "standing": last_change(home, name), "id_token": id_token, "ended": ""}
    with store_of(home).writing() as connection:
        connection.execute(sa.delete(SESSION).where(SESSION.c.ended != "", SESSION.c.seen < now - KEPT_SECONDS))
        connection.execute(sa.insert(SESSION).values(facts | about))
    return token


def look(home: Home, configured: SignIn, token: str, touch: bool = True) -> Session | None:
    """The session of an id, if it lives; it ends here where its time is over or its user is another than it began with.

    `touch`: whether this is an act of its user, from which on it may be idle again.
    """
    if not token:
        return None
    with store_of(home).reading() as connection:
        query = sa.select(*COLUMNS).where(SESSION.c.hash == store.hashed(token), SESSION.c.ended == "")
        row = connection.execute(query).first()
        account = (
            row
            and connection.execute(
                sa.select(ACCOUNT.c.disabled, ACCOUNT.c.bootstrap).where(ACCOUNT.c.person == row.person)
            ).first()
        )
    if row is None:
        return None
    session, now = Session(*row), store.seconds()
    because = _over(home, configured, session, now, account is not None and account.disabled)
    if because:
        end(home, session.number, because, session.name)
        return None
    if touch and now - session.seen > min(TOUCH_SECONDS, configured.idle_minutes * MINUTE / 10):
        _note_seen(home, session.number, now)
    return session


def _note_seen(home: Home, number: int, now: float) -> None:
    """Notes that a session was seen. Where others keep the store, or the disk is full, the session lives on from when
    it was noted last: the next look tries again, and one that never can ends as if it were idle."""
    try:
        with in_passing(home).writing() as connection:
            connection.execute(sa.update(SESSION).where(SESSION.c.number == number).values(seen=now))
    except LedgerError as error:
        LOG.warning("a session could not be noted as seen: %s", error)


def _over(home: Home, configured: SignIn, session: Session, now: float, disabled: bool) -> str:
    """Why a session is over, empty while it is not."""
    if session.seen > now + AHEAD_SECONDS or session.began > now + AHEAD_SECONDS:
        return CLOCK
    if now - session.began > configured.hours * HOUR:
        return ABSOLUTE
    if now - session.seen > configured.idle_minutes * MINUTE:
        return IDLE
    if disabled:
        return DISABLED
    return CHANGED if last_change(home, session.name) != session.standing else ""


def viewer_in(home: Home, session: Session) -> Viewer | None:
    """Who looks in a session, by the ledger as it is now; None for one who may look no more."""
    with store_of(home).reading() as connection:
        bootstrap = connection.execute(
            sa.select(ACCOUNT.c.bootstrap).where(ACCOUNT.c.person == session.person)
        ).scalar()
    return viewer_of(home, session.name, bool(bootstrap))


def end(home: Home, number: int, because: str, by: str, address: str = "") -> bool:
    """Ends a session, and records who did and why; False where there is none that lives."""
    with store_of(home).writing() as connection:
        living = sa.select(SESSION.c.name, SESSION.c.address).where(SESSION.c.number == number, SESSION.c.ended == "")
        row = connection.execute(living).first()
        if row is None:
            return False
        # The provider's token serves its sign-out alone, and is not kept beyond it.
        connection.execute(sa.update(SESSION).where(SESSION.c.number == number).values(ended=because, id_token=""))
    kind = audit.SIGNED_OUT if because == SIGNED_OUT else audit.ENDED
    facts = {"会话": number, "使用者": row.name}
    audit.record_passage(home, kind, by, ENDED_WORDS[because], address=address or row.address, **facts)
    return True


def end_all_of(home: Home, person: str, because: str, by: str, but: int = 0) -> int:
    """Ends every session of a person, but the one with a number where one is given; gives how many."""
    numbers = [session.number for session in living(home) if session.person == person and session.number != but]
    return sum(end(home, number, because, by) for number in numbers)


def living(home: Home) -> list[Session]:
    """The sessions that have not been ended, the latest first. One whose time is over may be among them until seen."""
    if not home.access.exists():
        return []
    with store_of(home).reading() as connection:
        query = sa.select(*COLUMNS).where(SESSION.c.ended == "").order_by(SESSION.c.number.desc())
        return [Session(*row) for row in connection.execute(query)]


def why_ended(home: Home, token: str) -> str:
    """Why the session of an id ended, in words; empty where there was none."""
    if not token:
        return ""
    with store_of(home).reading() as connection:
        query = sa.select(SESSION.c.ended).where(SESSION.c.hash == store.hashed(token))
        return ENDED_WORDS.get(connection.execute(query).scalar() or "", "")
