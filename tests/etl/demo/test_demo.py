"""The demonstration: true to the contract, month after month, and in the declared proportions."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from contract.calendar import day_of
from contract.declarations import districts, forms
from contract.month_work import work_codes
from etl.demo.decisions import APPROVER, PROPOSER
from etl.demo.identifiers import credit_code, organisation_check, patent_check, patent_number, uscc_check
from etl.demo.members import submissions
from etl.demo.situations import planted, situations
from etl.demo.tables import FIRST_PERIOD, FOLDER, LAST_PERIOD, banks, target_balance
from etl.template.filled import Submission

SEED = 2026
Sent = dict[str, dict[str, Submission]]  # period → member → submission


@pytest.fixture(scope="module")
def sent() -> Sent:
    """Everything that the members have to send, before it is written."""
    by_period: Sent = defaultdict(dict)
    for submission in submissions(SEED):
        by_period[submission.period][submission.submitter] = submission
    return by_period


def loans(sent: Sent, period: str) -> list[dict]:
    return [row for submission in sent[period].values() for row in submission.rows.get("B1", ())]


def active(rows: list[dict]) -> list[dict]:
    return [row for row in rows if row["status"] == "active"]


def total(rows: list[dict], column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal(0))


def share(rows: list[dict], column: str, condition) -> float:
    """Percent of a column's sum in the rows that meet a condition."""
    return float(100 * total([row for row in rows if condition(row)], column) / total(rows, column))


def test_published_examples_of_check_characters():
    assert uscc_check("91350100M000100Y4") == "3"  # the example in GB 32100-2015
    assert organisation_check("10000396") == "2"
    assert patent_check("201710601862") == "3"
    assert credit_code("110108", 10_000_396).endswith(uscc_check("91110108100003962"))
    assert patent_number(2017, 1, 601862) == "ZL201710601862.3"


def test_check_characters_of_firms_and_patents(sent):
    codes = {row["uscc"] for period in sent for row in loans(sent, period)}
    assert all(code[17] == uscc_check(code[:17]) and code[16] == organisation_check(code[8:16]) for code in codes)
    rights = [row for period in sent for member in sent[period].values() for row in member.rows.get("B6", ())]
    patents = {row["right_no"] for row in rights if row["ip_type"] == "patent"}
    assert len(patents) > 5_000
    assert all(number[-1] == patent_check(number[2:14]) for number in patents)


def test_forms_due_are_there_with_the_declared_columns(sent):
    for period, members in sent.items():
        for member, submission in members.items():
            kind = "bank" if member in banks() else "district"
            due = [form.code for form in forms().values() if form.filed_by(kind) and form.due_in(period)]
            assert sorted(submission.rows) == sorted(due), (period, member)
            for code, rows in submission.rows.items():
                columns = [column.code for column in forms()[code].columns]
                assert all(list(row) == columns for row in rows), (period, member, code)
                required = [column.code for column in forms()[code].columns if column.required]
                assert all(row[column] is not None for row in rows for column in required), (period, member, code)


def test_all_groups_and_all_units(sent):
    assert {bank.peer_group for bank in banks().values()} == {
        "policy",
        "state",
        "joint_stock",
        "city",
        "rural",
        "other",
    }
    assert len({row["district"] for row in active(loans(sent, LAST_PERIOD))}) == 18
    assert sum(member not in banks() for member in sent[LAST_PERIOD]) == 10


def test_balance_follows_its_path(sent):
    for period, members in sent.items():
        unreported = sum(planted("missing", bank, period) is not None for bank in banks())
        assert len(members) == 40 - unreported
        balance = float(total(loans(sent, period), "balance"))
        assert balance == pytest.approx(target_balance()[period], rel=0.02), period


def test_proportions_at_the_end(sent):
    """Against the ranges that the design gives for Beijing."""
    rows = active(loans(sent, LAST_PERIOD))
    firms = {row["uscc"] for row in rows}
    assert 1_600 <= len(firms) <= 2_000
    assert 0.8 <= share(rows, "balance", lambda row: row["risk_class"] >= "3") <= 1.4
    assert 30 <= share(rows, "balance", lambda row: row["district"] == "110108") <= 48
    assert 62 <= share(rows, "balance", lambda row: row["sei"] != "0") <= 72
    lent = [row for row in loans(sent, LAST_PERIOD) if row["disbursed_on"].year == 2026]
    assert 70 <= 100 * sum(row["amount"] <= 1000 for row in lent) / len(lent) <= 80
    mean_rate = float(sum(row["amount"] * row["rate"] for row in lent) / total(lent, "amount"))
    assert 2.5 <= mean_rate <= 3.2


def test_internal_valuation_spreads(sent):
    def part(period: str) -> float:
        small = [
            row for row in loans(sent, period) if f"{row['disbursed_on']:%Y}" == period[:4] and row["amount"] <= 1000
        ]
        return 100 * sum(row["valuation_method"] != "external" for row in small) / len(small)

    assert 20 <= part("2025-06") <= 32
    assert 58 <= part("2026-10") <= 72


def test_cells_of_a_loan_bear_each_other_out(sent):
    for period in sent:
        for row in loans(sent, period):
            days = ("loan_applied_on", "approved_on", "disbursed_on", "matures_on")
            assert all(row[before] <= row[after] for before, after in pairwise(days)), row["loan_no"]
            assert row["approved_on"] <= row["pledge_applied_on"] <= row["registered_on"] <= row["disbursed_on"]
            assert row["one_stop"] == (row["point_id"] is not None)
            assert row["valuation_fee"] == 0 or row["valuation_method"] == "external"
            assert 0 < row["valuation_fee"] + 1 < row["valuation"]
            assert Decimal("0.1") < row["amount"] / row["valuation"] <= 1
            assert row["overdue_days"] <= 90 or row["risk_class"] >= "3"
            assert row["ip_count"] >= len(row["ip_types"].split(","))
            assert not (row["pure_ip"] and row["risk_share"] == "guarantee")
            if row["status"] == "active":
                assert 0 < row["balance"] <= row["amount"]
                assert row["closed_on"] is None
                assert row["overdue_days"] > 0 or f"{row['matures_on']:%Y-%m}" > period
            else:
                assert row["balance"] == 0
                assert f"{row['closed_on']:%Y-%m}" == period
                assert row["closed_on"] >= row["disbursed_on"]
            assert (row["closed_amount"] is None) == (row["status"] in ("active", "settled"))


@pytest.mark.parametrize("bank", banks())
def test_a_loan_goes_on_from_month_to_month(sent, bank):
    months = [sent[period][bank].rows["B1"] for period in sent if bank in sent[period]]
    periods = [period for period in sent if bank in sent[period]]
    for (before, after), period in zip(pairwise(months), periods[1:], strict=True):
        now = {row["loan_no"]: row for row in after}
        new = {row["loan_no"] for row in after} - {row["loan_no"] for row in before}
        followed = planted("missing", bank, before_period(period)) is None
        for row in active(before):
            if row["loan_no"] not in now:
                assert not followed, (period, row["loan_no"])
                continue
            later = now[row["loan_no"]]
            for column in ("uscc", "amount", "disbursed_on", "matures_on", "registration_no", "district", "rate"):
                assert row[column] == later[column]
            assert later["balance"] <= row["balance"]
            assert int(later["risk_class"]) >= int(row["risk_class"]) - 1
        if followed:
            assert all(f"{now[loan_no]['disbursed_on']:%Y-%m}" == period for loan_no in new)


def before_period(period: str) -> str:
    periods = sorted(target_balance())
    return periods[periods.index(period) - 1]


def test_summary_equals_the_loans(sent):
    for members in sent.values():
        for bank in banks().keys() & members.keys():
            rows, summary = active(members[bank].rows["B1"]), members[bank].rows["B2"][0]
            assert summary["ip_balance"] == total(rows, "balance")
            assert summary["ip_borrowers"] == len({row["uscc"] for row in rows})
            assert summary["ip_loans"] == len(rows)
            assert summary["ip_npl"] == total([row for row in rows if row["risk_class"] >= "3"], "balance")
            assert summary["total_npl"] <= summary["total_loans"]
            assert summary["online_branches"] <= summary["branches"]


def test_lending_of_the_year_is_the_sum_of_its_months(sent):
    for bank in banks():
        if any(planted("missing", bank, period) for period in sent):
            continue
        for year in ("2025", "2026"):
            lent = Decimal(0)
            for period in (period for period in sent if period.startswith(year)):
                rows = sent[period][bank].rows["B1"]
                lent += total([row for row in rows if f"{row['disbursed_on']:%Y-%m}" == period], "amount")
                assert sent[period][bank].rows["B2"][0]["ip_disbursed_ytd"] == lent, (bank, period)


def test_rights_bear_out_the_loans(sent):
    """Each loan's rights are listed once, with the number and types that B1 says; all in the first submission."""
    for bank in banks():
        listed = defaultdict(list)
        for period in sent:
            if bank in sent[period]:
                for row in sent[period][bank].rows["B6"]:
                    listed[row["loan_no"]].append(row)
                for row in active(sent[period][bank].rows["B1"]):
                    rights = listed[row["loan_no"]]
                    assert len(rights) == row["ip_count"]
                    assert {right["ip_type"] for right in rights} == set(row["ip_types"].split(","))
                    assert all(
                        right["expires_on"] is None or right["expires_on"] > row["matures_on"] for right in rights
                    )


def test_live_rights_are_pledged_once_but_for_the_planted_ones(sent):
    rights = {
        (bank, row["loan_no"], row["right_no"])
        for period in sent
        for bank in banks().keys() & sent[period].keys()
        for row in sent[period][bank].rows["B6"]
    }
    live = {row["loan_no"] for row in active(loans(sent, "2026-06"))}
    holders = defaultdict(set)
    for bank, loan_no, right_no in rights:
        if loan_no in live:
            holders[right_no].add(bank if loan_no in live else None)
    twice = {frozenset(banks) for banks in holders.values() if len(banks) > 1}
    assert twice == {frozenset({"B004", "B010"})}


def test_points_of_loans_are_open_and_running_when_used(sent):
    opened = {}
    for period in sent:
        for submission in sent[period].values():
            opened |= {row["point_id"]: row["opened_on"] for row in submission.rows.get("R1", ())}
    for row in loans(sent, LAST_PERIOD):
        if row["point_id"]:
            assert row["point_id"].startswith(row["district"])
            assert opened[row["point_id"]] <= row["pledge_applied_on"]
    assert sum(len(member.rows.get("R1", ())) for member in sent[FIRST_PERIOD].values()) == 12
    assert sum(len(member.rows.get("R1", ())) for member in sent[LAST_PERIOD].values()) == 45


def test_disposal_cases_have_a_life(sent):
    for bank in banks():
        known: dict[str, dict] = {}
        ended: set[str] = set()
        for period in sent:
            if bank not in sent[period]:
                continue
            rows = {row["case_no"]: row for row in sent[period][bank].rows["B4"]}
            assert not ended & rows.keys()
            for case_no, row in rows.items():
                before = known.get(case_no)
                assert before is None or row["recovered"] >= before["recovered"]
                assert row["recovered"] + row["compensation"] <= row["exposure"] * Decimal("1.2")
                assert (row["closed_on"] is not None) == (row["status"] == "closed")
                assert row["loan_no"] in {loan["loan_no"] for loan in sent[period][bank].rows["B1"]}
            still_open = {case_no for case_no, row in known.items() if row["status"] == "open"}
            assert still_open <= rows.keys()
            ended |= {case_no for case_no, row in rows.items() if row["status"] != "open"}
            known = rows


def test_cumulative_columns_never_fall_within_a_year(sent):
    for before, after in pairwise(sent):
        if before[:4] != after[:4]:
            continue
        for member in sent[before].keys() & sent[after].keys():
            for form in ("R2", "B2"):
                for old, new in zip(*(sent[p][member].rows.get(form, ()) for p in (before, after)), strict=True):
                    falling = [
                        code for code in old if code.endswith("_ytd") and "rate" not in code and old[code] > new[code]
                    ]
                    assert falling == [], (member, after)


def test_mechanisms_hold_together(sent):
    quarters = [period for period in sent if period[5:] in ("03", "06", "09", "12")]
    for period in quarters:
        for bank in banks().keys() & sent[period].keys():
            row = sent[period][bank].rows["B3"][0]
            assert max(row["dd_exempted_ytd"], row["dd_fast_ytd"]) <= row["dd_cases_ytd"]
            assert row["dd_appeals_upheld_ytd"] <= row["dd_appeals_ytd"]
            assert row["incentive_staff_ytd"] <= row["ip_staff"]
            assert (row["dd_fast_days"] is not None) == (row["dd_fast_ytd"] > 0)
            assert row["has_incentive_plan"] or row["incentive_amount_ytd"] == row["incentive_staff_ytd"] == 0

    def flags(period: str) -> int:
        rows = [sent[period][bank].rows["B3"][0] for bank in banks().keys() & sent[period].keys()]
        return sum(value is True for row in rows for value in row.values())

    assert flags(quarters[0]) < flags(quarters[3]) < flags(quarters[-1])


def npl_gap(submission: Submission) -> float:
    """Non-performing share of the pledge loans less that of all loans, in points."""
    summary = submission.rows["B2"][0]
    return float(100 * (summary["ip_npl"] / summary["ip_balance"] - summary["total_npl"] / summary["total_loans"]))


def test_planted_banks(sent):
    for quarter in ("2026-06", "2026-09"):
        gaps = {bank: npl_gap(sent[quarter][bank]) for bank in banks() if bank in sent[quarter]}
        assert {bank for bank, gap in gaps.items() if gap > 3} == {"B020", "B025"}
        large, small = (sent[quarter][bank].rows["B2"][0] for bank in ("B020", "B025"))
        assert large["ip_borrowers"] >= 20 and large["ip_balance"] >= 10_000
        assert small["ip_borrowers"] < 20 or small["ip_balance"] < 10_000
    for bank in banks():
        periods = sorted(period for period in sent if bank in sent[period])
        lent = [
            any(f"{row['disbursed_on']:%Y-%m}" == period for row in sent[period][bank].rows["B1"]) for period in periods
        ]
        longest = max((len(run) for run in "".join("x-"[one_lent] for one_lent in lent).split("-")), default=0)
        assert (longest >= 6) == (bank == "B016"), bank


def test_planted_loan_above_the_ceiling(sent):
    above = {
        (bank, period)
        for period in sent
        for bank in banks().keys() & sent[period].keys()
        for row in sent[period][bank].rows["B1"]
        if f"{row['disbursed_on']:%Y-%m}" == period
        and row["valuation_method"] != "external"
        and row["amount"] > Decimal(banks()[bank].ceiling)
    }
    assert above == {("B007", "2026-10")}


def test_planted_districts(sent):
    for period, members in sent.items():
        for member, submission in members.items():
            if member in banks():
                continue
            running = [row for row in submission.rows["R1"] if row["status"] == "running"]
            if period >= "2026-08":
                assert (not running) == (member == "110112")
            pool = submission.rows["R2"][0]
            low = pool["pool_balance"] < pool["pool_size"] / 5
            assert low == (member == "110116" and period >= "2026-07")


def test_situations_name_members_that_exist(sent):
    known = banks().keys() | sent[LAST_PERIOD].keys()
    assert {situation.member for situation in situations()} <= known


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_planted_work_is_work_that_the_commands_would_take():
    """Members and codes are declared ones, days come in order, and whoever answered did not close."""
    listed, held = {*banks(), *districts()}, {row["held_on"] for row in rows_of("meetings")}
    for row in rows_of("followups"):
        assert row["source"] in work_codes("followup_source")
        assert row["source"] != "meeting" or row["source_id"] in held
        assert row["owner"] in (listed if row["owner_kind"] == "member" else ("analyst", "supervisor"))
        days = [row[name] for name in ("opened_on", "answered_on", "closed_on") if row[name]]
        assert days == sorted(days) and row["opened_on"] <= row["due_on"]
        assert bool(row["answered_on"]) == bool(row["answer"]) and bool(row["closed_on"]) == bool(row["conclusion"])
    assert PROPOSER != APPROVER
    for row in rows_of("reminders"):
        assert row["submitter"] in listed and row["means"] in work_codes("reminder_means")
        assert date.fromisoformat(row["on"]) >= day_of(row["period"], "calendar_day_remind_from")
    for row in rows_of("firm_answers"):
        assert row["district"] in listed and row["bank"] in banks() and row["answer"] in work_codes("firm_answer")
    for row in rows_of("batches"):
        assert date.fromisoformat(row["opened_on"]) == day_of(row["period"], "calendar_day_open")
