"""The month as work: batches, reminders, meetings and their page, calendar, key firms; what is refused, who sees."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest

from casework.month import batches, firm_answers, followups, meetings, reminders
from casework.month.meetings import Outcome
from contract.errors import AccessDenied, CallError, DeclarationError
from contract.month_work import read_work_codes, read_work_steps
from ledger.archive import fetch
from metrics.queries.work.agenda import CHANGED, LAST_TIME, THIS_TIME, TO_DECIDE, agenda
from metrics.queries.work.batches import batch_members, batch_standings, owing, period_to_open, reminded
from metrics.queries.work.key_firms import key_firms
from metrics.queries.work.month import month
from tests.casework.pilots import Pilot, file
from tests.casework.worklists import (
    ADMIN,
    ANALYST,
    AUTHORITY,
    BANK,
    DISTRICT,
    DISTRICT_CODE,
    OTHER_BANK,
    OTHER_DISTRICT,
    PERIOD,
)

STRANGERS = (BANK, DISTRICT, AUTHORITY, ADMIN)


def states(viewer, pilot: Pilot, version, period: str = PERIOD) -> dict[str, str]:
    return {standing.step.code: standing.state for standing in month(viewer, version, pilot.home, period)}


# Batches


def test_a_batch_says_who_files_what_by_when_and_is_opened_once(pilot: Pilot, version):
    batch = batches.open_batch(pilot.home, PERIOD, "甲")
    assert batch.deadline == datetime(2026, 3, 11)  # 24:00 of the 10th, a Tuesday
    assert set(batch.expected) == {"B001", "B002", DISTRICT_CODE}
    # February ends no quarter: no B3, B5, R4
    assert batch.expected["B001"] == ("B1", "B2", "B4", "B6", "I1")
    assert batch.expected[DISTRICT_CODE] == ("R1", "R2", "R3", "I1")
    assert fetch(pilot.home.archive, batch.notice.sha256)[:2] == b"PK"
    with pytest.raises(CallError, match="已于2026-03-16由甲布置"):
        batches.open_batch(pilot.home, PERIOD, "乙")


def test_no_batch_for_a_month_that_runs_or_that_nobody_files_for(pilot: Pilot):
    pilot.at("2026-02-28")
    with pytest.raises(CallError, match="尚未结束"):
        batches.open_batch(pilot.home, PERIOD, "甲")
    with pytest.raises(CallError, match="没有2025-12应报送的成员"):
        batches.open_batch(pilot.home, "2025-12", "甲")


def test_a_batch_counts_what_came_and_closes_with_the_month(pilot: Pilot, version):
    batches.open_batch(pilot.home, PERIOD, "甲")
    (standing,) = batch_standings(ANALYST, version, pilot.home)
    counts = (standing.expected, standing.received, standing.returned, standing.missing)
    assert (standing.state, counts) == ("已截止", (3, 2, 1, 0))
    reminders.remind(pilot.home, "B002", PERIOD, "telephone", "王五", "甲")
    asked = {
        member.submitter: (member.verdict, member.reminders)
        for member in batch_members(ANALYST, version, pilot.home, PERIOD)
    }
    assert asked == {"B001": ("questions", 0), "B002": ("returned", 1), DISTRICT_CODE: ("accepted", 0)}
    pilot.at("2026-03-26")  # the briefing is issued on Wednesday the 25th
    assert batch_standings(ANALYST, version, pilot.home)[0].state == "已关闭"
    with pytest.raises(CallError, match="2026-01尚未布置"):
        batch_members(ANALYST, version, pilot.home, "2026-01")


def test_the_last_month_that_ended_is_to_be_opened_until_it_is(pilot: Pilot, version):
    assert period_to_open(ANALYST, pilot.home) == PERIOD  # it is 16 March
    batches.open_batch(pilot.home, PERIOD, "甲")
    assert period_to_open(ANALYST, pilot.home) is None
    pilot.at("2026-04-01")
    assert period_to_open(ANALYST, pilot.home) == "2026-03"


def test_templates_are_made_for_whom_the_batch_names(pilot: Pilot, version):
    with pytest.raises(CallError, match="2026-02尚未布置"):
        batches.batch_templates(ANALYST, pilot.home, PERIOD)
    batches.open_batch(pilot.home, PERIOD, "甲")
    told = []
    content = batches.batch_templates(ANALYST, pilot.home, PERIOD, lambda done, total: told.append((done, total)))
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert names == [f"2026-02_模板/2026-02_{code}.xlsx" for code in ("B001", "B002", DISTRICT_CODE)]
    assert told == [(1, 3), (2, 3), (3, 3)]


# Reminders


def test_who_owes_stands_with_what_it_was_asked(pilot: Pilot, version):
    assert [(owes.submitter, owes.verdict, owes.reminders) for owes in owing(ANALYST, version, pilot.home, PERIOD)] == [
        ("B002", "returned", ())
    ]
    reminder = reminders.remind(pilot.home, "B002", PERIOD, "telephone", "王五", "甲")
    assert owing(ANALYST, version, pilot.home, PERIOD)[0].reminders == (reminder,)


def test_a_reminder_is_recorded_and_answered_later(pilot: Pilot, version):
    reminder = reminders.remind(pilot.home, "B002", PERIOD, "telephone", " 王五 ", "甲", date(2026, 3, 12))
    assert (reminder.to, reminder.on, reminder.answer) == ("王五", date(2026, 3, 12), "")
    for day, words in ((date(2026, 3, 11), "应在2026-03-12至2026-03-16之间"), (date(2026, 3, 17), "应在")):
        with pytest.raises(CallError, match=words):
            reminders.record_answer(pilot.home, reminder.id, "明日报", "甲", day)
    answered = reminders.record_answer(pilot.home, reminder.id, "明日报", "乙", files=[file("来函")])
    assert (answered.answer, answered.answered_on, answered.answered_by) == ("明日报", date(2026, 3, 16), "乙")
    assert reminded(ANALYST, pilot.home, PERIOD) == [answered]
    with pytest.raises(CallError, match="没有第999号催报"):
        reminders.record_answer(pilot.home, 999, "明日报", "乙")


def test_a_letter_is_made_and_kept_with_the_reminder(pilot: Pilot, version):
    reminder = reminders.remind(pilot.home, "B002", PERIOD, "letter", "办公室", "甲", answer="收悉")
    assert (reminder.papers[0].name, reminder.answer) == (f"催报函_{PERIOD}_B002.docx", "收悉")
    assert fetch(pilot.home.archive, reminder.papers[0].sha256)[:2] == b"PK"


@pytest.mark.parametrize(
    ("submitter", "period", "means", "to", "on", "words"),
    [
        ("B001", PERIOD, "telephone", "王五", None, "已受理，不必催报"),
        ("B009", PERIOD, "telephone", "王五", None, "无须报送"),
        ("B002", "2025-12", "telephone", "王五", None, "无须报送"),
        ("B002", PERIOD, "telephone", " ", None, "--to"),
        ("B002", PERIOD, "pigeon", "王五", None, "应为telephone（电话）"),
        ("B002", PERIOD, "telephone", "王五", date(2026, 3, 8), "自2026-03-09开始"),
        ("B002", PERIOD, "telephone", "王五", date(2026, 3, 17), "在今天"),
    ],
)
def test_nobody_is_reminded_of_what_is_not_owed_or_too_early(
    pilot: Pilot, version, submitter, period, means, to, on, words
):
    before = pilot.ledger.head()
    with pytest.raises(CallError, match=words):
        reminders.remind(pilot.home, submitter, period, means, to, "甲", on)
    assert pilot.ledger.head() == before


def test_before_the_deadline_a_reminder_is_allowed_from_its_day(pilot: Pilot, version):
    pilot.at("2026-03-09")
    assert reminders.remind(pilot.home, "B002", PERIOD, "telephone", "王五", "甲").on == date(2026, 3, 9)


# Meetings


OUTCOMES = (
    Outcome("核实余额", "B001", date(2026, 3, 27)),
    Outcome("参数不变"),
    Outcome("约谈", "supervisor", date(2026, 3, 20)),
)


def test_outcomes_of_a_meeting_become_follow_ups(pilot: Pilot, version):
    held, tasks = meetings.record(pilot.home, date(2026, 3, 16), file("纪要"), OUTCOMES, "甲")
    assert (held.period, held.noted) == (PERIOD, ("参数不变",))
    assert [(task.source, task.source_id, task.owner) for task in tasks] == [
        ("meeting", "2026-03-16", "B001"), ("meeting", "2026-03-16", "supervisor"),
    ]  # fmt: skip
    assert fetch(pilot.home.archive, held.minutes.sha256).decode() == "纪要"
    with pytest.raises(CallError, match="已经登记"):
        meetings.record(pilot.home, date(2026, 3, 16), file("纪要二"), OUTCOMES, "甲")


@pytest.mark.parametrize(
    ("day", "outcomes", "words"),
    [
        (date(2026, 3, 17), OUTCOMES, "在今天"),
        (date(2026, 3, 16), (), "须写明会商结论"),
        (date(2026, 3, 16), (Outcome("核实", "B001"),), "须同时写明"),
        (date(2026, 3, 16), (*OUTCOMES, Outcome("核实", "B009", date(2026, 3, 27))), "不在试点名单上"),
        (date(2026, 3, 16), (Outcome("核实", "B001", date(2026, 3, 13)),), "早于会商日"),
    ],
)
def test_a_meeting_is_recorded_whole_or_not_at_all(pilot: Pilot, version, day, outcomes, words):
    before = pilot.ledger.head()
    with pytest.raises(CallError, match=words):
        meetings.record(pilot.home, day, file("纪要"), outcomes, "甲")
    assert pilot.ledger.head() == before


def test_the_page_says_what_changed_what_is_to_be_decided_and_what_became_of_last_time(pilot: Pilot, version):
    pilot.at("2026-02-24")  # the meeting about January
    january = date(2026, 2, 24)
    outcomes = (
        Outcome("核实余额", "B001", date(2026, 3, 6)),
        Outcome("参数不变"),
        Outcome("约谈", "analyst", date(2026, 3, 31)),
    )
    _, (first, second) = meetings.record(pilot.home, january, file("纪要"), outcomes, "甲")
    pilot.at("2026-03-16")
    followups.answer(pilot.home, second.id, "已约谈", "甲")
    pilot.decide("watch", "B002", "2026-04-01")
    waiting = pilot.propose("rectify", "B001", "2026-05-01")
    page = agenda(ANALYST, version, pilot.home, PERIOD)
    assert (page.last.id, page.since) == ("2026-02-24", "2026-01")
    figures = {point.subject: (point.before, point.now) for point in page.of(CHANGED) if point.kind == "指标"}
    assert figures["质押贷款余额"] == (0.0, 100.0)
    said = {(point.kind, point.subject): point.state for point in page.of(TO_DECIDE)}
    assert said[("督办逾期", first.number)] == "逾期"
    assert said[("答复待办结", second.number)] == "已答复"
    assert said[("决定待复核", "B001")] == "待告知" and waiting.number in "".join(p.what for p in page.of(TO_DECIDE))
    assert ("名单决定", "B002", "2026-03-16批准") in [(p.kind, p.subject, p.state) for p in page.of(CHANGED)]
    leads = {(point.kind, point.subject): point.leads for point in page.points}
    assert leads[("督办逾期", first.number)] == ("followup", str(first.id))
    assert leads[("决定待复核", "B001")] == ("decision", str(waiting.id))
    assert leads[("报送", PERIOD)] == ("filing", PERIOD) and leads[("结论", "2026-02-24")] is None
    last = {point.what: point.state for point in page.of(LAST_TIME)}
    assert last == {"参数不变": "", "核实余额": "逾期", "约谈（已约谈）": "已答复"}


def test_what_the_meeting_decided_stands_on_its_own_page(pilot: Pilot, version):
    meetings.record(pilot.home, date(2026, 3, 16), file("纪要"), OUTCOMES, "甲")
    page = agenda(ANALYST, version, pilot.home, PERIOD)
    decided = [(point.kind, point.what) for point in page.of(THIS_TIME)]
    assert (page.last, decided) == (None, [("结论", "参数不变"), ("督办", "约谈"), ("督办", "核实余额")])


def test_without_a_meeting_before_changes_count_from_the_month_before(pilot: Pilot, version):
    page = agenda(ANALYST, version, pilot.home, PERIOD)
    assert (page.last, page.since, page.of(LAST_TIME)) == (None, "2026-01", ())


# The calendar


def test_the_calendar_rolls_days_and_tells_done_due_overdue_and_unrecorded(pilot: Pilot, version):
    pilot.at("2026-03-05")
    standings = {standing.step.code: standing for standing in month(ANALYST, version, pilot.home, PERIOD)}
    # 1, 7 and 22 March 2026 are a Sunday, a Saturday, a Sunday; February ends no quarter
    spans = {code: (step.first and step.first.day, step.last.day) for code, step in standings.items()}
    assert spans == {
        "open": (2, 2), "file": (2, 10), "remind": (9, 12), "verify": (None, 13), "meet": (None, 23),
        "evaluate": (None, 24), "brief": (None, 25),
    }  # fmt: skip
    assert (standings["open"].state, standings["file"].state, standings["file"].note) == (
        "unrecorded",
        "due",
        "已受理2/3家",
    )
    assert {standings[code].state for code in ("remind", "verify", "meet", "brief")} == {"due"}
    pilot.at("2026-03-16")
    before = states(ANALYST, pilot, version)
    assert [before[code] for code in ("file", "remind", "verify", "meet")] == ["overdue", "overdue", "overdue", "due"]
    batches.open_batch(pilot.home, PERIOD, "甲")
    reminders.remind(pilot.home, "B002", PERIOD, "telephone", "王五", "甲")
    meetings.record(pilot.home, date(2026, 3, 16), file("纪要"), OUTCOMES, "甲")
    after = states(ANALYST, pilot, version)
    assert [after[code] for code in ("open", "remind", "meet")] == ["done", "done", "done"]
    pilot.at("2026-03-26")
    assert states(ANALYST, pilot, version)["brief"] == "unrecorded"


def test_at_a_quarters_end_what_waits_for_the_reports_moves_with_them(pilot: Pilot, version):
    days = {
        standing.step.code: (standing.first, standing.last)
        for standing in month(ANALYST, version, pilot.home, "2026-03")
    }
    # filing ends on Saturday 18 April, so on Monday the 20th: reminders two days later, verification three
    assert days["file"][1] == date(2026, 4, 20)
    assert (days["remind"][1], days["verify"][1]) == (date(2026, 4, 22), date(2026, 4, 23))
    assert days["tie_out"] == (None, date(2026, 4, 20))


def test_a_member_sees_its_own_steps_by_its_own_reports(pilot: Pilot, version):
    assert states(DISTRICT, pilot, version) == {"open": "unrecorded", "file": "done", "verify": "done"}
    assert states(BANK, pilot, version) == {"open": "unrecorded", "file": "done", "verify": "overdue"}
    assert states(OTHER_BANK, pilot, version)["file"] == "overdue"
    for stranger in (AUTHORITY, ADMIN):
        with pytest.raises(AccessDenied):
            month(stranger, version, pilot.home, PERIOD)


# Key firms


def test_firms_wait_from_the_period_that_first_named_them(pilot: Pilot, version):
    february = {
        firm.uscc: (firm.has_loan, firm.waiting_days) for firm in key_firms(ANALYST, version, pilot.home, PERIOD)
    }
    # from 31 January to 28 February: 28 days; f3 is new
    assert february == {"f1": (True, None), "f2": (False, 28), "f3": (False, 0)}
    january = {firm.uscc: firm.has_loan for firm in key_firms(ANALYST, version, pilot.home, "2026-01")}
    assert january == {"f1": False, "f2": False}


def test_a_district_is_told_answer_and_reason_but_no_bank(pilot: Pilot, version):
    firm_answers.record_answer(pilot.home, DISTRICT_CODE, "f2", "B002", "pending", "材料在审", "甲", date(2026, 3, 10))
    firm_answers.record_answer(
        pilot.home, DISTRICT_CODE, "f2", "B001", "declined", "权属有争议", "甲", date(2026, 3, 12)
    )

    def answer(viewer) -> tuple[str, str, str]:
        (firm,) = (firm for firm in key_firms(viewer, version, pilot.home, PERIOD) if firm.uscc == "f2")
        return firm.answer, firm.reason, firm.bank

    assert answer(ANALYST) == ("declined", "权属有争议", "B001")
    assert answer(DISTRICT) == ("declined", "权属有争议", "")
    assert key_firms(OTHER_DISTRICT, version, pilot.home, PERIOD) == ()
    with pytest.raises(AccessDenied):
        key_firms(OTHER_DISTRICT, version, pilot.home, PERIOD, DISTRICT_CODE)
    for stranger in (BANK, AUTHORITY, ADMIN):
        with pytest.raises(AccessDenied):
            key_firms(stranger, version, pilot.home, PERIOD)


@pytest.mark.parametrize(
    ("district", "uscc", "bank", "answer", "reason", "words"),
    [
        (DISTRICT_CODE, "f9", "B001", "declined", "原因", "没有报送过重点企业f9"),
        ("110102", "f1", "B001", "declined", "原因", "没有报送过"),
        (DISTRICT_CODE, "f1", DISTRICT_CODE, "declined", "原因", "不是试点名单上的机构"),
        (DISTRICT_CODE, "f1", "B009", "declined", "原因", "不是试点名单上的机构"),
        (DISTRICT_CODE, "f1", "B001", "maybe", "原因", "应为agreed"),
        (DISTRICT_CODE, "f1", "B001", "declined", " ", "须写明原因"),
        (DISTRICT_CODE, "f1", "B001", "declined", "已在B002办理", "不能写明机构名称"),
    ],
)
def test_an_answer_is_a_banks_about_a_reported_firm_and_names_none(
    pilot: Pilot, version, district, uscc, bank, answer, reason, words
):
    with pytest.raises(CallError, match=words):
        firm_answers.record_answer(pilot.home, district, uscc, bank, answer, reason, "甲")


# All of it


def test_the_bureaus_records_are_the_bureaus(pilot: Pilot, version):
    for stranger in STRANGERS:
        for read in (
            lambda viewer: batch_standings(viewer, version, pilot.home),
            lambda viewer: reminded(viewer, pilot.home),
            lambda viewer: owing(viewer, version, pilot.home, PERIOD),
            lambda viewer: period_to_open(viewer, pilot.home),
            lambda viewer: batches.batch_templates(viewer, pilot.home, PERIOD),
            lambda viewer: agenda(viewer, version, pilot.home, PERIOD),
        ):
            with pytest.raises(AccessDenied):
                read(stranger)


def test_what_is_declared_wrongly_names_its_row(tmp_path):
    path = tmp_path / "calendar.csv"
    header = "step,name,opens,closes,waits_for_filing,quarter_ends_only,members_see\n"
    for row, words in (
        ("nap,午休,,calendar_day_open,否,否,否", "第2行的步骤“nap”"),
        ("open,布置,,calendar_day_nap,否,否,否", "第2行：calendar_day_nap"),
        ("open,布置,,calendar_day_open,也许,否,否", "第2行"),
    ):
        path.write_text(header + row + "\n", encoding="utf-8")
        with pytest.raises(DeclarationError, match=words):
            read_work_steps(path)
    codes = tmp_path / "workcodes.csv"
    for row, words in (("reminder_means,fax,\n", "为空或重复"), ("colours,red,红\n", "colours")):
        codes.write_text(f"list,code,name\n{row}", encoding="utf-8")
        with pytest.raises(DeclarationError, match=words):
            read_work_codes(codes)
