"""Letters: which a case has come to, filled from it, with number and seal left blank, the same bytes each time."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import pytest

from casework.decisions import steps
from casework.papers.letters import read_templates, templates
from casework.papers.made_letters import Made, case_letters, reminder_letter
from contract.errors import CallError, DeclarationError
from contract.settings import Home
from ledger.clock import reference_time
from ledger.events import Entry
from tests.casework.pilots import ANALYST, SUPERVISOR, Pilot


@pytest.fixture
def pilot(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    return Pilot(Home(own_home), monkeypatch)


def lines(made: Made) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(BytesIO(made.content)).paragraphs if paragraph.text]


def rectified(pilot: Pilot, **more) -> int:
    number = pilot.propose("rectify", "B001", "2026-04-01", reason="不良率偏离过大。", document_no="试7号", **more).id
    pilot.at("2026-03-02")
    steps.notice(pilot.home, number, ANALYST)
    return number


def test_a_letter_comes_with_its_step_and_is_filled_from_the_case(pilot: Pilot):
    number = pilot.propose("rectify", "B001", "2026-04-01").id
    with pytest.raises(CallError, match="尚未告知"):
        case_letters(pilot.home, number, ANALYST)
    number = rectified(pilot, triggers=("X02-B001-2025-12",))
    (told,) = case_letters(pilot.home, number, ANALYST)
    text = lines(told)
    assert told.file_name == "陈述申辩告知_2026年第5号_B001.docx"
    title = "关于拟对演示机构B001作出责令限期整改决定的陈述申辩告知书"
    assert text[:4] == ["北京金融监管局", "　　　　〔　　　　〕　　　号", title, "演示机构B001："]
    # ten working days from Monday 2 March 2026 end on Monday the 16th; three months from 1 April on 1 July
    for words in (
        "不良率偏离过大。",
        "不良率偏离超出容忍度（季末不良率偏离高于3个百分点",
        "自2025年12月起",
        "2026年7月1日",
        "2026年3月2日告知之日起10个工作日内，即于2026年3月16日前",
    ):
        assert words in "".join(text)
    assert text[-2:] == ["北京金融监管局", "2026年3月2日"]
    pilot.at("2026-03-17")
    steps.approve(pilot.home, number, SUPERVISOR)
    both = case_letters(pilot.home, number, ANALYST)
    assert [made.file_name.split("_")[0] for made in both] == ["陈述申辩告知", "限期整改通知"]
    assert "你单位在期限内未提出陈述申辩。" in "".join(lines(both[1]))


def test_a_paragraph_without_its_facts_is_left_out(pilot: Pilot):
    (told,) = case_letters(pilot.home, rectified(pilot), ANALYST)
    assert [line for line in lines(told) if line.startswith("二、")] == []
    assert "{" not in "".join(lines(told))


def test_the_same_case_gives_the_same_bytes_and_is_noted_once(pilot: Pilot):
    number = rectified(pilot)
    first, second = (case_letters(pilot.home, number, ANALYST)[0].content for _ in range(2))
    assert first == second
    assert [event.payload["kind"] for event in pilot.ledger.events("letter")] == ["hearing"]


@pytest.mark.parametrize(
    ("kind", "names"), [("watch", ["监管提示函"]), ("exit", ["陈述申辩告知", "退出告知"]), ("amend", None)]
)
def test_each_decision_has_its_letters(pilot: Pilot, kind: str, names: list[str] | None):
    number = pilot.decide(kind, "B001", "2026-02-02", **({"contact": "甲处"} if kind == "amend" else {})).id
    if names is None:
        with pytest.raises(CallError, match="没有对应的文书"):
            case_letters(pilot.home, number, ANALYST)
    else:
        assert [made.file_name.split("_")[0] for made in case_letters(pilot.home, number, ANALYST)] == names


def test_a_reminder_is_for_who_has_not_filed(pilot: Pilot):
    pilot.at("2026-02-20")
    received = {"submitter": "B001", "period": "2026-01", "verdict": "returned"}
    pilot.ledger.append(reference_time(pilot.ledger), [Entry("submission", "收件", "B001", received)])
    text = "".join(lines(reminder_letter(pilot.home, "B001", "2026-01", ANALYST)))
    # the 10th of February 2026 is a Tuesday
    for words in (
        "2026年1月",
        "截止时间为2026年2月10日24时",
        "B1 质押贷款明细、B2 机构汇总",
        "已报送1版，均因存在差错被退回",
    ):
        assert words in text
    assert "B3" not in text  # a quarterly form
    pilot.ledger.append(
        reference_time(pilot.ledger), [Entry("submission", "收件", "B001", received | {"verdict": "accepted"})]
    )
    for submitter, period, words in (("B001", "2026-01", "已受理"), ("B001", "2025-12", "无须报送"),
                                     ("B002", "2026-02", "尚未结束")):  # fmt: skip
        with pytest.raises(CallError, match=words):
            reminder_letter(pilot.home, submitter, period, ANALYST)


def test_every_declared_letter_is_made_by_some_case_or_report():
    assert {name for template in templates().letters.values() for name in template.decisions} == set(templates().action)
    assert [template.kind for template in templates().letters.values() if not template.decisions] == [
        "batch",
        "reminder",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"), [("{rectify_due}", "{rectified}", "rectified"), ('"approved"', '"sent"', "sent"),
                              ('decisions = ["watch"]', 'decisions = ["praise"]', "praise")]
)  # fmt: skip
def test_a_template_that_cannot_be_filled_is_refused(tmp_path: Path, old: str, new: str, words: str):
    declared = (Path(__file__).parents[3] / "data" / "letters.toml").read_text(encoding="utf-8")
    path = tmp_path / "letters.toml"
    path.write_text(declared.replace(old, new), encoding="utf-8")
    with pytest.raises(DeclarationError, match=words):
        read_templates(path)


def test_every_page_of_a_letter_bears_the_hash_of_the_event_with_which_it_came_due(pilot: Pilot):
    number = rectified(pilot)
    (told,) = case_letters(pilot.home, number, ANALYST)
    (notice,) = pilot.ledger.events("notice")
    section = docx.Document(BytesIO(told.content)).sections[0]
    witness = f"台账校验码（截至第{notice.seq}号事件）：{notice.hash}"
    assert [footer.paragraphs[-1].text for footer in (section.footer, section.even_page_footer)] == [witness, witness]
    pilot.propose("watch", "B002", "2026-04-01")
    assert case_letters(pilot.home, number, ANALYST) == [told]
    assert len(pilot.ledger.events("letter")) == 1
