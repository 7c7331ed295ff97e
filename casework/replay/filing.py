"""Events of submissions and data versions, of what is said about findings, and those that no person enters."""

from __future__ import annotations

import re
from datetime import date, datetime

from casework.replay.past import Before
from contract.errors import CallError
from contract.settings import snapshot_name
from contract.standing import BLOCKING
from contract.viewer import Viewer
from etl.feedback.answers import ANSWERS, EXPLAINS, LODGES
from etl.feedback.explanations import SAID
from ledger.audit import WITNESSED
from ledger.events import Event
from ledger.guard.chain import hash_functions
from ledger.people import check_person, second_person
from ledger.roster import FILING_FROM, FIRST_BATCH, FIRST_REASON

SHA256 = re.compile("[0-9a-f]{64}")
ANSWERED = ("confirmed", "rejected", "upheld", "dismissed")  # acts of the Bureau


def _demand(holds: object, words: str) -> None:
    if not holds:
        raise CallError(words)


def submission(before: Before, event: Event) -> None:
    """The next version of what a member of the list files, with the verdict that its findings lead to."""
    facts = event.payload
    whose = (facts["submitter"], facts["period"])
    _demand(event.subject == whose[0] and whose[0] in before.listed, f"{whose[0]}不在名单上")
    _demand(facts["kind"] == before.listed[whose[0]].kind, "报送机构的类别不符")
    versions = before.ledger.tally("submission", whose)
    _demand(facts["version"] == versions + 1, f"应为第{versions + 1}版，却为第{facts['version']}版")
    _demand(SHA256.fullmatch(facts["content_hash"]), "没有报送文件")
    blocked = any(facts[f"{level.lower()}_count"] for level in BLOCKING)
    asked = facts["q_count"] + facts["m_count"]
    verdicts = {"returned"} if blocked else {"questions", "accepted"} if asked else {"accepted", "questions"}
    _demand(facts["verdict"] in verdicts, "结论与问题数不符")
    before.ledger.count("submission", whose)


def kept_file(before: Before, event: Event) -> None:
    """A refusal or a file set aside: with its reason."""
    facts = event.payload
    _demand(not facts["content_hash"] or SHA256.fullmatch(facts["content_hash"]), "留存的文件没有校验值")
    _demand(facts["reason"] if event.kind == "refusal" else facts["rule_faults"], "没有原因")


def publication(before: Before, event: Event) -> None:
    """The next number. An early release stated no hash of the file."""
    number = before.ledger.tally("publication", ()) + 1
    facts = event.payload
    _demand(facts["number"] == number, f"应为数据版本第{number}版，却为第{facts['number']}版")
    _demand(event.subject == snapshot_name(number), "数据版本的文件名不符")
    _demand("sha256" not in facts or SHA256.fullmatch(facts["sha256"]), "数据版本没有校验值")
    _demand(WITNESSED not in facts or facts[WITNESSED].keys() == {"seq", "hash"}, "所载查阅记录的末尾不成样子")
    before.ledger.count("publication", ())


def demonstration(before: Before, event: Event) -> None:
    """That a ledger is a demonstration's is said before anything is filed, and once."""
    _demand(not before.ledger.events("demonstration", "submission"), "台账中已有报送，或已有演示标记")
    datetime.fromisoformat(event.payload["moment"])


def first_admission(before: Before, event: Event) -> None:
    """A decision by one person: a member of the first roster, before two persons have decided anything."""
    facts = event.payload
    _demand(facts["kind"] == "admit" and facts["batch"] == FIRST_BATCH and facts["reason"] == FIRST_REASON,
            "没有提议和批准")  # fmt: skip
    _demand(facts["proposer"] == facts["approver"] == event.actor, "首批登记的经办人不符")
    date.fromisoformat(facts.get(FILING_FROM, "2000-01-01"))
    _demand(event.subject not in before.listed, f"{event.subject}已在名单上")
    decided = before.ledger.events("decision")
    _demand(not any("proposal" in known.payload for known in decided), "名单已有经两人办理的决定，不再是首批登记")


def hash_change(before: Before, event: Event) -> None:
    check_person(before.ledger, before.actor, "chain", "更换校验算法")
    _demand(event.payload["to"] == event.subject and event.subject in hash_functions(), "没有这种校验算法")


def explanation(before: Before, event: Event) -> None:
    """What a submitter says of a finding; by a workbook that came, its own officer says it."""
    facts = event.payload
    _demand(facts["act"] in SAID and facts["reason"].strip() and event.subject == facts["submitter"], "说明不完整")
    _demand(facts["level"] not in BLOCKING or facts["act"] == "contested", "须改正的问题不能以说明代替")
    place = (event.subject, facts["key"])
    if "entered_by" in facts:
        area = EXPLAINS if isinstance(before.actor, Viewer) else LODGES
        check_person(before.ledger, before.actor, area, "说明问题", event.subject)
        _demand(facts["entered_by"] == event.actor, "登记人不符")
    else:
        _demand(before.ledger.tally("submission", (event.subject, facts["period"])), "没有带来说明的报送")
    before.ledger.said[place] = facts


def confirmation(before: Before, event: Event) -> None:
    """The Bureau's answer, by another person than who said it and than who entered that."""
    facts = event.payload
    place = (event.subject, facts["key"])
    last = before.ledger.said.get(place, {})
    earlier = [(name, f"该说明由{name}作出") for name in (last.get("said_by"), last.get("entered_by")) if name]
    second_person(before.ledger, before.actor, ANSWERS, "确认或退回", "说明", earlier)
    _demand(facts["act"] in ANSWERED and facts["reason"].strip(), "答复不完整")
    _demand(last or facts["act"] == "confirmed", "还没有说明，无可答复")
    _demand(facts["level"] not in BLOCKING or facts["act"] in ("upheld", "dismissed"), "须改正的问题，未提异议")
    _demand(facts["entered_by"] == event.actor, "登记人不符")
