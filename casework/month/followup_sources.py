"""What a follow-up comes from, looked up so that none points at nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from casework.held import Held
from contract.errors import CallError
from contract.month_work import check_work_code
from etl.feedback.answers import chosen, questions_of, version_answered
from etl.snapshot.opened import connect, current
from ledger.month.meetings import EVENT as MEETING
from ledger.month.meetings import meetings


def sourced(held: Held, source: str, source_id: str) -> str:
    """The id under which a source is noted, once it is sure that there is one.

    A finding is given as `B001/2026-10/3` or by its stable key, and noted by its key; a trigger by its id, a decision
    by its number, a meeting by its day, a briefing by its period. Raises CallError where there is none.
    """
    return LOOKS[check_work_code("followup_source", source, "来源")](held, source_id.strip())


def _finding(held: Held, given: str) -> str:
    parts = given.split("/")
    if len(parts) != 3:
        raise CallError(f"校验问题“{given}”应如B001/2026-10/3：报送机构、报送期、问题序号或标识")
    submitter, period, name = parts
    with closing(connect(current(held.home).path)) as connection:
        (question,) = chosen(questions_of(connection, version_answered(connection, submitter, period)), [name])[:1]
    return f"{submitter}/{period}/{question.key}"


def _trigger(held: Held, given: str) -> str:
    return _in_snapshot(held, given, "SELECT 1 FROM trigger_case WHERE id = ?", f"没有预警线索“{given}”")


def _decision(held: Held, given: str) -> str:
    if not given.isdecimal() or int(given) not in held.proposals:
        raise CallError(f"没有第{given}号名单决定")
    return str(int(given))


def _meeting(held: Held, given: str) -> str:
    if given not in meetings(held.ledger.events(MEETING)):
        raise CallError(f"没有登记{given}的会商")
    return given


def _briefing(held: Held, given: str) -> str:
    return _in_snapshot(held, given, "SELECT 1 FROM value WHERE period = ? LIMIT 1", f"没有报送期{given}的月报")


def _in_snapshot(held: Held, given: str, query: str, missing: str) -> str:
    with closing(connect(current(held.home).path)) as connection:
        if not connection.execute(query, [given]).fetchall():
            raise CallError(missing)
    return given


LOOKS: dict[str, Callable[[Held, str], str]] = {
    "finding": _finding,
    "trigger": _trigger,
    "decision": _decision,
    "meeting": _meeting,
    "briefing": _briefing,
}
