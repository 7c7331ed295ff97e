"""The rule book as one catalogue: every check with its clause, every clause with its checks, listed and changed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner, Result

from contract.errors import DeclarationError
from etl.__main__ import etl
from etl.checks import rulebook
from etl.checks.rule_changes import catalogue, declared_changes
from etl.checks.rule_list import RULE_FIELDS, as_run, rule_rows
from etl.checks.rulebook import CATEGORIES, Check, clauses
from etl.warehouse import lock
from ledger.events import Entry
from scripts import rulebook as written
from tests.etl.conftest import NOW, Pilot
from tests.etl.submissions import PERIOD

# What the contract asks of quality (Q) and across forms, submitters and periods (M): its sentences, as it lists them.
SENTENCES = {"合理性": 13, "一致性": 16}
BALANCE = "V-B1-115"


def run_etl(*words: str) -> Result:
    return CliRunner().invoke(etl, words)


def test_every_sentence_of_the_contract_has_checks_of_its_level():
    numbered = {f"报送要求·{name}{number + 1}": name for name, count in SENTENCES.items() for number in range(count)}
    assert {clause for clause in clauses() if clause.rstrip("0123456789") != clause} - {"GB 32100—2015"} == set(
        numbered
    )
    levels = {"合理性": {"Q"}, "一致性": {"M"}}
    assert {clause: {check.level for check in written.citing(clause)} for clause in numbered} == {
        clause: levels[name] for clause, name in numbered.items()
    }


def test_every_clause_has_a_check_and_every_check_a_clause():
    assert [clause for clause in clauses() if not written.citing(clause)] == []
    assert [check.id for check in catalogue().values() if not check.clause] == []


def test_rules_are_parsed_alike_however_many_do_it_at_once():
    """Two pages may be the first of a process to ask for the rule book."""
    rules = [check.rule for check in rulebook.rule_book() if check.rule][:30] * 4
    alone = [rulebook._names(rule, "") for rule in rules]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda rule: rulebook._names(rule, ""), rules)) == alone


def test_the_page_of_clauses_is_what_is_declared():
    assert written.PAGE.read_text(encoding="utf-8") == written.page()


def test_runs_of_numbers_are_shortened():
    assert (
        written.spans(["Q-B1-204", "Q-B1-205", "Q-B1-206", "Q-B4-207", "Q-B1-209"])
        == "Q-B1-204…206、Q-B4-207、Q-B1-209"
    )


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_is_in_use(category: str):
    assert category in {check.category for check in catalogue().values()}


def test_what_is_left_out_is_said_to_be_left_out():
    """A cell that a condition asks for is 漏报, as one that is always required; a loan told a month late is 迟报."""
    asked = {check.id for check in catalogue().values() if check.rule.endswith("IS NOT NULL") and check.level == "V"}
    assert asked == {
        "V-B1-105", "V-B1-120", "V-B1-123", "V-B2-104", "V-B3-103", "V-B4-101", "V-B4-103", "V-R1-102",
    }  # fmt: skip
    assert {catalogue()[check_id].category for check_id in asked} == {"漏报"}
    assert catalogue()["M-B1-307"].category == "迟报"


def test_a_check_against_another_cell_says_what_it_compares_with():
    """Rules that say `a <= b` of two columns of the row, or of the period: what stands on the other side is told."""
    silent = {
        check.id
        for check in catalogue().values()
        if check.kind == "rule" and not check.expected and any(sign in check.rule for sign in ("<=", ">=", "BETWEEN"))
    }
    # A condition on other cells, or several of them at once: there is no one value to expect.
    assert silent == {"V-B3-103"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"category": "其他"}, "类别“其他”应为"),
        ({"clause": "某文件第9条"}, "依据“某文件第9条”不在clauses.csv内"),
        ({"effective_from": "2026-13"}, "起止报送期应形如2026-10"),
        ({"effective_from": "2026-10", "effective_to": "2026-09"}, "起始报送期2026-10晚于终止报送期2026-09"),
    ],
)
def test_what_is_no_check_is_refused(fields: dict, message: str):
    given = {"clause": "报送要求·质押贷款明细·期末余额"} | fields
    with pytest.raises(DeclarationError, match=message):
        Check("V-B1-999", "V", "rule", "B1", "balance", ("balance",), "问题", "怎么改", **given)


def test_a_row_tells_all_of_a_check():
    row = next(row for row in rule_rows(declared_changes(), PERIOD) if row["check"] == BALANCE)
    assert tuple(row) == RULE_FIELDS
    assert (row["level"], row["form_name"], row["headers"]) == ("V", "B1 质押贷款明细", "期末余额、贷款金额")
    assert (row["rule"], row["expected"], row["clause"]) == (
        "balance <= amount",
        "amount",
        "报送要求·质押贷款明细·期末余额",
    )


def test_generated_checks_are_shown_as_they_run():
    assert as_run(catalogue()["V-B1-001"]) == "loan_no IS NOT NULL"
    assert "try_cast" in as_run(catalogue()["S-B1-024"])
    assert as_run(catalogue()["V-B6-101"]) == "loan_no IN (SELECT loan_no FROM B1)"


def test_a_change_takes_two_persons(pilot: Pilot):
    words = ("--level", "off", "--from", PERIOD, "--doc-no", "演示〔2026〕9号")
    proposed = run_etl("rule", BALANCE, *words, "--by", "甲")
    number = pilot.events("rule_proposal")[0].seq
    assert proposed.exit_code == 0 and f"第{number}号" in proposed.output
    assert pilot.events("rule") == []
    refused = run_etl("approve-rule", str(number), "--by", "甲")
    assert (refused.exit_code, pilot.events("rule")) == (2, [])
    assert "须由另一人批准" in refused.output
    assert run_etl("approve-rule", str(number), "--by", "乙").exit_code == 0
    (change,) = pilot.events("rule")
    assert {name: change.payload[name] for name in ("check_id", "level", "proposer", "approver")} == {
        "check_id": BALANCE, "level": "off", "proposer": "甲", "approver": "乙",
    }  # fmt: skip
    again = run_etl("approve-rule", str(number), "--by", "丙")
    assert again.exit_code == 2 and "已由乙批准" in again.output
    same = run_etl("rule", BALANCE, *words, "--by", "丙")
    assert same.exit_code == 2 and "没有变化" in same.output
    listed = json.loads(run_etl("rules", "--period", PERIOD, "--form", "B1", "--format", "json").output)
    assert [(row["level"], row["document_no"]) for row in listed if row["check"] == BALANCE] == [
        ("off", "演示〔2026〕9号")
    ]
    assert {row["form"] for row in listed} == {"B1"}


CHANGE = ("rule", BALANCE, "--level", "off", "--from", PERIOD, "--doc-no", "演示〔2026〕9号")


@pytest.mark.parametrize("same", ["zhang 甲", "ZHANG 甲", " Zhang甲　", "Ｚｈａｎｇ 甲", "Zh\u200bang 甲"])
def test_in_no_spelling_one_person_changes_a_rule(pilot: Pilot, same: str):
    assert run_etl(*CHANGE, "--by", "Zhang 甲").exit_code == 0
    number = str(pilot.events("rule_proposal")[0].seq)
    refused = run_etl("approve-rule", number, "--by", same)
    told = f"规则变更第{number}号由Zhang 甲提出，须由另一人批准，换用其他角色也不可"
    assert (refused.exit_code, pilot.events("rule")) == (2, []) and told in refused.output
    assert run_etl("reject-rule", number, "--reason", "再议", "--by", same).exit_code == 0  # who proposed takes it back
    assert [event.payload["proposal"] for event in pilot.events("rule_rejection")] == [int(number)]


@pytest.mark.parametrize("nobody", ["", " ", "\u200b"])
def test_nobody_changes_no_rule(pilot: Pilot, nobody: str):
    assert "须写明经办人" in run_etl(*CHANGE, "--by", nobody).output
    assert run_etl(*CHANGE, "--by", "甲").exit_code == 0
    number = str(pilot.events("rule_proposal")[0].seq)
    for words in (("approve-rule", number), ("reject-rule", number, "--reason", "再议")):
        refused = run_etl(*words, "--by", nobody)
        assert refused.exit_code == 2 and "须写明经办人" in refused.output
    assert (len(pilot.events("rule_proposal")), pilot.events("rule"), pilot.events("rule_rejection")) == (1, [], [])


def test_where_users_are_registered_a_rule_is_changed_by_their_roles(pilot: Pilot):
    roles = {"甲": "analyst", "乙": "supervisor", "丁": "institution"}
    entries = [Entry("user", "管理员", name, {"role": role, "scope": ""}) for name, role in roles.items()]
    pilot.ledger.append(NOW, entries)
    assert "丁的角色不能提议规则变更，须由分析员、复核人办理" in run_etl(*CHANGE, "--by", "丁").output
    assert run_etl(*CHANGE, "--by", "乙").exit_code == 0
    number = str(pilot.events("rule_proposal")[0].seq)
    for words in (("approve-rule", number), ("reject-rule", number, "--reason", "再议")):
        assert "甲的角色不能" in run_etl(*words, "--by", "甲").output
    assert pilot.events("rule") == pilot.events("rule_rejection") == []


def test_a_rule_is_changed_under_the_lock(pilot: Pilot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.05)
    run_etl(*CHANGE, "--by", "甲")
    number = str(pilot.events("rule_proposal")[0].seq)
    acts = (CHANGE, ("approve-rule", number), ("reject-rule", number, "--reason", "再议"))
    with lock.writing(pilot.home):
        for words in acts:
            assert "另一个装载或发布正在进行" in run_etl(*words, "--by", "乙").output
    assert (len(pilot.events("rule_proposal")), pilot.events("rule"), pilot.events("rule_rejection")) == (1, [], [])


def test_a_proposal_that_was_rejected_changes_nothing(pilot: Pilot):
    run_etl("rule", BALANCE, "--level", "Q", "--from", PERIOD, "--doc-no", "演示〔2026〕9号", "--by", "甲")
    number = str(pilot.events("rule_proposal")[0].seq)
    assert run_etl("reject-rule", number, "--reason", "依据不足", "--by", "乙").exit_code == 0
    late = run_etl("approve-rule", number, "--by", "乙")
    assert late.exit_code == 2 and "已由乙驳回" in late.output
    assert pilot.events("rule") == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("rule", "V-B1-999", "--level", "Q", "--from", PERIOD), "没有校验规则“V-B1-999”"),
        (("rule", "S-B1-005", "--level", "off", "--from", PERIOD), "不能停用或改变级别"),
        (("rule", "M-B2-301", "--level", "V", "--from", PERIOD), "应为Q、M、off之一"),
        (("rule", BALANCE, "--level", "Q", "--from", "十一月"), "应形如2026-11"),
    ],
)
def test_a_change_that_cannot_be_is_one_clear_line(pilot: Pilot, words: tuple[str, ...], message: str):
    result = run_etl(*words, "--doc-no", "演示〔2026〕9号", "--by", "甲")
    assert (result.exit_code, pilot.events("rule_proposal")) == (2, [])
    assert message in result.output and result.output.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"), [(("--period", "十月"), "应形如2026-10"), (("--form", "B9"), "没有表“B9”")]
)
def test_a_wrong_call_of_the_list_is_told(own_home: object, words: tuple[str, str], message: str):
    result = run_etl("rules", *words)
    assert result.exit_code == 2 and message in result.output
