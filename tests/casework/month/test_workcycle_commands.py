"""The month's work by commands: what each prints, with which exit code, and one clear line for each wrong call."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casework.__main__ import casework
from ledger.events import Ledger
from tests.casework.pilots import Pilot
from tests.casework.worklists import DISTRICT_CODE, PERIOD

pytestmark = pytest.mark.usefixtures("version")


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(casework, arguments)
    assert done.exit_code == code, done.output
    return done


def table(*arguments: str, code: int = 0) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run(*arguments, code=code).stdout)))


def test_a_batch_is_opened_with_its_notice_and_templates(tmp_path: Path):
    out = tmp_path / "布置"
    said = run("batch", "open", PERIOD, "--by", "甲", "--out", str(out)).stdout
    assert said == f"已布置{PERIOD}：应报3家，截止2026-03-10 24:00\n"
    names = {path.name for path in out.iterdir()}
    assert names == {f"报送通知_{PERIOD}.docx", *(f"{PERIOD}_{code}.xlsx" for code in ("B001", "B002", DISTRICT_CODE))}
    (row,) = table("batch", "list")
    counts = [row[name] for name in ("state", "expected", "received", "missing", "returned")]
    assert counts == ["已截止", "3", "2", "0", "1"]
    again = tmp_path / "再次"
    shown = table("batch", "show", PERIOD, "--out", str(again))
    assert [(row["submitter"], row["verdict"]) for row in shown] == [
        (DISTRICT_CODE, "accepted"), ("B001", "questions"), ("B002", "returned"),
    ]  # fmt: skip
    notice = f"报送通知_{PERIOD}.docx"
    assert (again / notice).read_bytes() == (out / notice).read_bytes()


def test_a_reminder_by_letter_writes_what_it_kept(tmp_path: Path):
    said = run(
        "task", "remind", "b002", PERIOD, "--means", "letter", "--to", "办公室", "--by", "甲", "--out", str(tmp_path)
    ).stdout.splitlines()
    assert said[0].endswith("2026-03-16以催报函联系办公室；尚无答复")
    assert (tmp_path / f"催报函_{PERIOD}_B002.docx").exists()
    (row,) = table("task", "reminders", "--period", PERIOD)
    run("task", "remind-answer", row["id"], "--answer", "明日报", "--by", "乙")
    (row,) = table("task", "reminders", "--submitter", "B002")
    assert (row["means"], row["answer"], row["answered_by"]) == ("letter", "明日报", "乙")


def test_a_follow_up_goes_its_way_and_an_overdue_one_asks_for_somebody(pilot: Pilot, tmp_path: Path):
    paper = tmp_path / "材料.txt"
    paper.write_text("材料", encoding="utf-8")
    common = ("--owner", "B001", "--due", "2026-03-20", "--by", "甲")
    assert run("task", "add", "briefing", PERIOD, "核实余额", *common).stdout.endswith("B001，2026-03-20前，待办\n")
    (row,) = table("task", "list")
    number = row["id"]
    pilot.at("2026-03-23")
    assert [task["overdue"] for task in table("task", "list", "--overdue", code=1)] == ["true"]
    run("task", "postpone", number, "--due", "2026-03-27", "--reason", "核查需时", "--by", "甲")
    run("task", "answer", number, "--text", "已核实", "--by", "甲", "--file", str(paper))
    assert "须由另一人办结" in run("task", "close", number, "--text", "属实", "--by", "甲", code=2).stderr
    run("task", "close", number, "--text", "属实", "--by", "乙")
    assert table("task", "list", "--state", "open") == []
    (row,) = table("task", "list", "--state", "closed", "--owner", "B001", "--source", "briefing")
    assert (row["answer"], row["closed_by"], row["conclusion"]) == ("已核实", "乙", "属实")
    shown = json.loads(run("task", "show", number, "--format", "json").stdout)
    assert [turn["act"] for turn in shown] == ["交办", "调整期限", "答复", "办结"]
    out = tmp_path / "依据"
    run("task", "show", number, "--out", str(out))
    assert [path.read_text(encoding="utf-8") for path in out.iterdir()] == ["材料"]
    run("task", "reopen", number, "--reason", "有误", "--by", "甲")


def test_a_meeting_and_its_page(tmp_path: Path):
    minutes = tmp_path / "纪要.txt"
    minutes.write_text("纪要", encoding="utf-8")
    said = run(
        "meeting", "record", "2026-02-24", "--file", str(minutes), "--by", "甲",
        "--outcome", "核实余额|B001|2026-03-06", "--outcome", "参数不变",
    ).stdout.splitlines()  # fmt: skip
    assert said[0] == "已登记2026-02-24会商：结论2项，其中督办1项"
    text = run("meeting", "page").stdout
    assert text.startswith(f"{PERIOD}会商材料（变化自2026-01起，上次会商2026-02-24）\n\n变化\n")
    page = json.loads(run("meeting", "page", PERIOD, "--format", "json").stdout)
    assert (page["last_meeting"]["held_on"], page["since"]) == ("2026-02-24", "2026-01")
    # the task was due on the 6th, and it is the 16th
    overdue = {(point["section"], point["what"]) for point in page["points"] if point["state"] == "逾期"}
    assert overdue == {("待议", "核实余额"), ("上次会商", "核实余额")}


def test_calendar_and_key_firms(tmp_path: Path):
    rows = table("calendar", "--period", PERIOD, code=1)
    assert [row["name"] for row in rows] == ["布置", "报送", "催报", "校核", "会商", "评价与预警", "月报"]
    firm = ("firm-answer", DISTRICT_CODE, "f2", "--bank", "b001", "--answer", "declined", "--reason", "权属有争议")
    # codes are written in capitals, and so is a credit code
    assert "没有报送过重点企业F2" in run("task", *firm, "--by", "甲", code=2).stderr
    firms = table("key-firms", "--period", PERIOD, "--district", DISTRICT_CODE)
    assert [(firm["uscc"], firm["has_loan"], firm["waiting_days"]) for firm in firms] == [
        ("f2", "false", "28"), ("f3", "false", "0"), ("f1", "true", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("batch", "open", "2026-13", "--by", "甲"), "报送期“2026-13”应如2026-10"),
        (("batch", "show", PERIOD), "尚未布置"),
        (("task", "remind", "B001", PERIOD, "--means", "other", "--to", "王", "--by", "甲"), "已受理"),
        (("task", "add", "rumour", "1", "x", "--owner", "B001", "--due", "2026-03-20", "--by", "甲"), "来源“rumour”"),
        (("task", "add", "briefing", PERIOD, "x", "--owner", "B001", "--due", "三月", "--by", "甲"), "日期“三月”"),
        (("task", "show", "999"), "没有第999号督办事项"),
        (("task", "answer", "999", "--text", "x", "--by", "甲"), "没有第999号督办事项"),
        (("meeting", "record", "2026-03-16", "--file", "无", "--outcome", "a", "--by", "甲"), "找不到文件"),
        (
            ("meeting", "record", "2026-03-16", "--file", "无", "--outcome", "a|b", "--by", "甲"),
            "应为“结论|责任人|期限”",
        ),
        (("meeting", "page", "2030-01"), "没有报送期“2030-01”"),
        (("calendar", "--period", "2026"), "应如2026-10"),
        (("key-firms", "--period", "2030-01"), "没有报送期“2030-01”"),
    ],
)
def test_a_wrong_call_gets_one_clear_line_and_changes_nothing(pilot: Pilot, arguments: tuple[str, ...], words: str):
    before = Ledger(pilot.home.ledger).head()
    done = run(*arguments, code=2)
    assert words in done.stderr and done.stderr.count("\n") == 1
    assert Ledger(pilot.home.ledger).head() == before
