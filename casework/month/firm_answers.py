"""Records what a bank says to a district's key firm (重点企业对接), and why."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import date

from casework.held import File, holding
from contract.errors import CallError
from contract.month_work import check_work_code
from contract.settings import Home
from etl.snapshot.opened import connect, current
from ledger.month.firm_answers import EVENT, FirmAnswer, firm_answers
from ledger.people import Actor, check_person

AREA = "follow_up"  # of `data/access.csv`
LISTED = "SELECT 1 FROM R4 WHERE submitter = ? AND uscc = ? LIMIT 1"


def record_answer(
    home: Home, district: str, uscc: str, bank: str, answer: str, reason: str, by: Actor,
    on: date | None = None, files: Sequence[File] = (),
) -> FirmAnswer:  # fmt: skip
    """Records a bank's answer about a firm that a district has reported as a key firm.

    The reason is shown to the district, which is not told which bank it is: so it names none.

    Raises:
        CallError: the district never reported the firm, the bank is not on the list, or something is missing.
        AccessDenied: the user's role records no answers.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "登记对接答复")
        check_work_code("firm_answer", answer, "答复")
        institution = held.listed.get(bank)
        if institution is None or institution.kind != "bank":
            raise CallError(f"{bank}不是试点名单上的机构")
        with closing(connect(current(home).path)) as connection:
            if not connection.execute(LISTED, [district, uscc]).fetchall():
                raise CallError(f"{district}没有报送过重点企业{uscc}")
        if not reason.strip():
            raise CallError("须写明原因（--reason）")
        banks = [member for member in held.listed.values() if member.kind == "bank"]
        named = {name for member in banks for name in (member.code, *(stretch.value for stretch in member.names))}
        if any(name.casefold() in reason.casefold() for name in named):
            raise CallError("原因会显示给区级用户，不能写明机构名称或编码")
        said_on = on or held.today
        if said_on > held.today:
            raise CallError(f"答复日{said_on}在今天（{held.today}）之后")
        facts = {"district": district, "bank": bank, "answer": answer, "reason": reason.strip()}
        papers = [asdict(held.keep(file)) for file in files]
        number = held.append(EVENT, actor, uscc, **facts, on=said_on.isoformat(), papers=papers)
        return next(given for given in firm_answers(held.ledger.events(EVENT)) if given.id == number)
