"""The papers of a matter beside its decision: which there are, who may open them, what is shown as text."""

from __future__ import annotations

import pytest

from casework.decisions import incidents, steps
from casework.papers.held_papers import content_of, papers_of, words_of
from casework.papers.made_letters import case_letters
from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer
from ledger.incidents import incident_kinds
from tests.casework.pilots import ANALYST, Pilot, file

BUREAU = Viewer("乙", "乙", "supervisor")
OTHERS = [
    Viewer("丙", "丙", "district", "110108"),
    Viewer("丁", "丁", "institution", "B001"),
    Viewer("戊", "戊", "authority"),
    Viewer("己", "己", "admin"),
]


def heard(pilot: Pilot) -> int:
    """A case with evidence, letters and an answer; gives its number."""
    pilot.at("2026-02-02")
    proposal = pilot.propose("rectify", "B001", "2026-03-02", files=[file("核查情况"), ("函件.docx", b"PK\x03\x04")])
    steps.notice(pilot.home, proposal.id, ANALYST)
    case_letters(pilot.home, proposal.id, ANALYST)
    steps.answer(pilot.home, proposal.id, ("申辩.csv", "项目,说明\n一,属实\n".encode("gb18030")), ANALYST)
    return proposal.id


def test_the_papers_of_a_case_stand_in_the_order_in_which_they_came(pilot: Pilot):
    papers = papers_of(BUREAU, pilot.home, heard(pilot))
    assert [(held.what, held.by) for held in papers] == [
        ("依据材料", "甲"), ("依据材料", "甲"), ("文书", "甲"), ("陈述申辩", "甲"),
    ]  # fmt: skip
    assert [held.name for held in papers][:2] == ["核查情况.txt", "函件.docx"]
    assert papers[2].name.startswith("陈述申辩告知")


def test_text_and_our_own_letters_are_read_in_place_and_nothing_else(pilot: Pilot):
    number = heard(pilot)
    text, foreign, letter, answer = (
        words_of(BUREAU, pilot.home, number, held.paper.sha256) for held in papers_of(BUREAU, pilot.home, number)
    )
    assert (text, foreign, answer) == ("核查情况", None, "项目,说明\n一,属实\n")
    assert "陈述" in letter and "B001" not in text


def test_a_long_text_says_that_it_was_cut(pilot: Pilot):
    proposal = pilot.propose("watch", "B001", "2026-02-02", files=[("长.txt", b"a" * 20_001)])
    (held,) = papers_of(BUREAU, pilot.home, proposal.id)
    assert words_of(BUREAU, pilot.home, proposal.id, held.paper.sha256).endswith("……（以下略，全文请下载）")
    assert len(content_of(BUREAU, pilot.home, proposal.id, held.paper.sha256)) == 20_001


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda viewer: viewer.role)
def test_papers_are_for_those_who_decide(pilot: Pilot, viewer: Viewer):
    number = heard(pilot)
    sha256 = papers_of(BUREAU, pilot.home, number)[0].paper.sha256
    for ask in (papers_of, lambda *about: content_of(*about, sha256), lambda *about: words_of(*about, sha256)):
        with pytest.raises(AccessDenied):
            ask(viewer, pilot.home, number)


def test_no_paper_of_another_matter_is_given_out(pilot: Pilot):
    number = heard(pilot)
    other = pilot.propose("watch", "B002", "2026-02-02", files=[file("别案材料")])
    (held,) = papers_of(BUREAU, pilot.home, other.id)
    with pytest.raises(CallError, match="没有这份材料"):
        content_of(BUREAU, pilot.home, number, held.paper.sha256)
    with pytest.raises(CallError, match="没有第999号事项"):
        papers_of(BUREAU, pilot.home, 999)


def test_an_incident_has_its_evidence(pilot: Pilot):
    kind = next(kind for kind in incident_kinds().values() if kind.veto)
    incident = incidents.record(pilot.home, kind, "B001", file("处罚决定书"), ANALYST)
    incidents.confirm(pilot.home, incident.id, "B001", file("核实"), "乙")
    whats = [held.what for held in papers_of(BUREAU, pilot.home, incident.id)]
    assert whats == ["事件材料", "确认材料"]
