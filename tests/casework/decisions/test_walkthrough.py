"""A supervisor takes members from admission to exit and back by commands alone, on a home that starts empty.

One bank is admitted, watched for what its figures show, told, heard, put right and released; another leaves and comes
back a year later; a third is taken over; a district's exit is put to the seven authorities. Each refusal on the way is
one that the rules demand.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

import etl.warehouse.identify
import etl.warehouse.version
from casework.__main__ import casework
from etl.__main__ import etl as etl_main
from ledger.archive import digest
from metrics.__main__ import metrics
from tests.etl.conftest import read_here
from tests.etl.submissions import change, submission, workbook

ANALYST, SUPERVISOR = "甲", "乙"
# A loan of September, valued inside the bank.
ABOVE = {
    "valuation_method": "内部评估", "valuation_fee": "0", "amount": "900", "loan_applied_on": "2026-09-01",
    "pledge_applied_on": "2026-09-02", "registered_on": "2026-09-04", "approved_on": "2026-09-07",
    "disbursed_on": "2026-09-10", "matures_on": "2027-09-09",
}  # fmt: skip
Story = Generator[str, None, str | None]
COMMANDS = {"etl": etl_main, "metrics": metrics, "casework": casework}


@dataclass
class Terminal:
    """Commands as a person types them, on days that a test sets; papers and letters lie in `folder`."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def on(self, day: str) -> None:
        self.monkeypatch.setenv("PILOT_NOW", f"{day}T09:00:00")

    def run(self, line: str, *more: str, code: int = 0) -> Result:
        """`casework list --as-of 2026-10-31`, and arguments with spaces behind."""
        program, *arguments = line.split()
        done = CliRunner().invoke(COMMANDS[program], [*arguments, *more])
        assert done.exit_code == code, f"{line}: {done.output}"
        return done

    def refused(self, line: str, *more: str) -> str:
        """The one line that a wrong call is told."""
        told = self.run(line, *more, code=2).stderr
        assert told.count("\n") == 1
        return told

    def paper(self, name: str) -> str:
        path = self.folder / name
        path.write_text(name, encoding="utf-8")
        return str(path)

    def propose(self, line: str, *more: str) -> str:
        """Puts a decision forward; gives its number."""
        said = self.run(f"casework propose {line} --doc-no 试1号 --by {ANALYST}", "--reason", "见附件", *more).stdout
        return re.match(r"\d{4}年第\d+号事项（台账编号(\d+)）", said)[1]

    def decide(self, line: str, *more: str) -> str:
        number = self.propose(line, *more)
        self.run(f"casework approve {number} --by {SUPERVISOR} --no-publish")
        return number

    def letters(self, number: str) -> list[str]:
        """The full text of the letters that a case has come to, by name."""
        written = self.run(f"casework letter {number} --by {ANALYST} --out {self.folder / '文书'}").stdout.split()
        return ["\n".join(paragraph.text for paragraph in docx.Document(path).paragraphs) for path in written]

    def rows(self, line: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.run(line).stdout)))

    def states(self, day: str) -> dict[str, str]:
        return {row["code"]: row["state"] for row in self.rows(f"casework list --as-of {day}")}


@pytest.fixture
def terminal(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """An empty home. Files are read in this process: `test_sandbox` has the other way."""
    for module in (etl.warehouse.identify, etl.warehouse.version):
        monkeypatch.setattr(module, "read_all", read_here)
    return Terminal(tmp_path, monkeypatch)


def admit(terminal: Terminal) -> None:
    """Three banks of the first batch, one of the second, a district; each by two persons, in whatever spelling."""
    terminal.on("2026-08-25")
    for bank, batch in (("B001", "第一批"), ("B002", "第一批"), ("B003", "第一批"), ("B004", "第二批")):
        extra = f"--ceiling 500 --batch {batch} --recommended-by 演示协会"
        number = terminal.propose(f"admit {bank} --name 演示银行{bank} --group city --effective 2026-09-01 {extra}")
        assert "须由另一人批准" in terminal.refused(f"casework approve {number} --by {ANALYST.upper()}")
        terminal.run(f"casework approve {number} --by {SUPERVISOR} --no-publish")
    number = terminal.propose("admit 110108 --effective 2026-09-01 --batch 第一批")
    assert "须由另一人批准" in terminal.refused(f"casework approve {number}", "--by", f" {ANALYST.swapcase()} ")
    terminal.run(f"casework approve {number} --by {SUPERVISOR} --no-publish")
    assert "状态为在册" in terminal.refused(
        f"casework propose admit B001 --effective 2026-09-01 --reason 事由 --doc-no 试1号 --by {ANALYST}"
    )


def report(terminal: Terminal) -> None:
    """September of three banks and the district; the first has lent above its ceiling on its own valuation."""
    terminal.on("2026-10-12")
    inbox = terminal.folder / "收件"
    inbox.mkdir()
    for code in ("B001", "B002", "B003", "110108"):
        sheets = submission(code)
        if code == "B001":
            change(sheets, "B1", ABOVE)
        (inbox / f"2026-09_{code}.xlsx").write_bytes(workbook(sheets))
    loaded = terminal.run(f"etl load {inbox} --received 2026-10-11T10:00")
    assert "已受理4件" in loaded.stdout


def watch(terminal: Terminal) -> str:
    """The trigger that the figures raised, a decision that names it, its letter."""
    (raised,) = [row for row in terminal.rows("metrics triggers --period 2026-09") if row["level"] == "watch"]
    assert (raised["id"], raised["value"], raised["threshold"]) == ("X05-B001-2026-09", "900", "500")
    number = terminal.propose(
        f"watch B001 --effective 2026-10-13 --trigger {raised['id']}", "--file", terminal.paper("核查记录.txt")
    )
    assert "还没有可以制作的文书" in terminal.refused(f"casework letter {number} --out {terminal.folder}")
    terminal.run(f"casework approve {number} --by {SUPERVISOR}")
    assert "X05-B001-2026-09" not in {row["id"] for row in terminal.rows("metrics triggers --period 2026-09")}
    (letter,) = terminal.letters(number)
    assert "关于将演示银行B001列入关注的监管提示函" in letter
    assert "自2026年10月13日起将你单位列入关注（试1号）" in letter
    return number


def rectify_and_release(terminal: Terminal) -> Story:
    """Two periods without a report: told, heard, put right by a day, released."""
    yield "2026-12-15"
    terminal.run("etl publish")
    raised = {row["id"]: row["level"] for row in terminal.rows("metrics triggers --period 2026-11")}
    assert (raised["X04-B001-2026-11"], raised["X09-B002-2026-12"]) == ("rectify", "exit")
    number = terminal.propose("rectify B001 --effective 2027-01-11 --trigger X04-B001-2026-11")
    assert f"须先告知（notice {number}）" in terminal.refused(f"casework approve {number} --by {SUPERVISOR}")
    assert "尚未告知" in terminal.refused(
        f"casework answer {number} --by {ANALYST}", "--file", terminal.paper("早.txt")
    )
    assert "期限2026-12-29" in terminal.run(f"casework notice {number} --by {ANALYST}").stdout
    assert "尚未答复也未到期" in terminal.refused(f"casework approve {number} --by {SUPERVISOR}")
    answer = terminal.paper("陈述意见.txt")
    assert "已于2026-12-15答复" in terminal.run(f"casework answer {number} --by {ANALYST}", "--file", answer).stdout
    assert "须由另一人批准" in terminal.refused(f"casework approve {number} --by {ANALYST}")
    terminal.run(f"casework approve {number} --by {SUPERVISOR} --no-publish")
    hearing, notice = terminal.letters(number)
    assert "拟对演示银行B001作出责令限期整改决定的陈述申辩告知书" in hearing
    assert "你单位于2026年12月15日提出了陈述申辩" in notice
    assert "整改期限至2027年4月11日" in notice
    yield "2027-01-20"
    plan = terminal.paper("整改方案.txt")
    assert "于2027-01-20报送整改方案" in terminal.run(f"casework plan {number} --by {ANALYST}", "--file", plan).stdout
    yield "2027-03-01"
    accept = f"casework acceptance {number} passed --reason 整改到位 --file {terminal.paper('核查记录.txt')}"
    assert f"整改方案由{ANALYST}登记，须由另一人验收" in terminal.refused(f"{accept} --by {ANALYST}")
    assert "整改到位，可提出解除" in terminal.run(f"{accept} --by {SUPERVISOR}").stdout
    early = "casework propose release B001 --effective 2026-12-31 --reason 事由 --doc-no 试1号 --by 甲"
    assert "早于B001上一项决定的生效日2027-01-11" in terminal.refused(early)
    terminal.decide("release B001 --effective 2027-03-02")


def leave_and_come_back(terminal: Terminal) -> Story:
    """A bank withdraws by letter, is told, does not answer, leaves; it may come back after twelve months."""
    yield "2026-12-15"
    letter = terminal.paper("退出申请.txt")
    terminal.run(f"casework event withdrawal B002 --by {ANALYST} --on 2026-12-14 --no-publish", "--file", letter)
    number = terminal.propose("exit B002 --effective 2027-01-20 --trigger X09-B002-2026-12")
    assert "须先告知" in terminal.refused(f"casework approve {number} --by {SUPERVISOR}")
    terminal.run(f"casework notice {number} --by {ANALYST}")
    yield "2026-12-29"  # the last day to answer
    assert "期限为2026-12-29，尚未答复也未到期" in terminal.refused(f"casework approve {number} --by {SUPERVISOR}")
    yield "2026-12-30"
    terminal.run(f"casework approve {number} --by {SUPERVISOR} --no-publish")
    _, told = terminal.letters(number)
    assert "移出知识产权金融生态综合试点名单" in told
    assert "未提出陈述申辩" in told
    yield "2027-06-01"
    back = "casework propose readmit B002 --reason 事由 --doc-no 试1号 --by 甲 --effective"
    assert "退出未满12个月，2028-01-20起方可重新纳入" in terminal.refused(f"{back} 2028-01-19")
    yield "2028-01-10"
    terminal.decide("readmit B002 --effective 2028-01-20 --batch 第三批")
    return number


def change_and_take_over(terminal: Terminal) -> Story:
    """What is written of a bank changes; it takes another's place."""
    yield "2027-01-04"
    assert "须至少设定" in terminal.refused(
        "casework propose amend B003 --effective 2027-01-05 --reason 事由 --doc-no 试1号 --by 甲"
    )
    terminal.decide("amend B003 --ceiling 2000 --group state --contact 演示联系人 --effective 2027-01-05")
    terminal.decide("succeed B004 --successor B003 --effective 2027-02-01")
    gone = terminal.refused("casework propose watch B004 --effective 2027-02-02 --reason 事由 --doc-no 试1号 --by 甲")
    assert "B004已由B003承继" in gone


def dismiss_district(terminal: Terminal) -> Story:
    """A district's exit waits for what the seven authorities say."""
    yield "2026-12-15"
    number = terminal.propose("exit 110108 --effective 2027-02-01")
    terminal.run(f"casework notice {number} --by {ANALYST}")
    yield "2027-01-05"
    approve = f"casework approve {number} --by {SUPERVISOR} --no-publish"
    assert "须先提请会商" in terminal.refused(approve)
    consulted = f"casework event consultation 110108 --of {number} --by {ANALYST} --outcome"
    terminal.run(f"{consulted} declined", "--file", terminal.paper("会商纪要一.txt"))
    assert "会商结果为不同意退出，不能批准" in terminal.refused(approve)
    terminal.run(f"{consulted} agreed", "--file", terminal.paper("会商纪要二.txt"))
    terminal.run(approve)


def told_in_order(terminal: Terminal, *stories: Story) -> list[str | None]:
    """Each story up to its end, the days of all in order, so that the clock never goes back; gives what each returned.

    A story yields the day on which it goes on.
    """
    ends: list[str | None] = [None] * len(stories)
    waiting = [(next(story), place) for place, story in enumerate(stories)]
    while waiting:
        day, place = min(waiting)
        waiting.remove((day, place))
        terminal.on(day)
        try:
            waiting.append((next(stories[place]), place))
        except StopIteration as end:
            ends[place] = end.value
    return ends


def test_members_are_taken_all_the_way_by_commands_alone(terminal: Terminal):
    admit(terminal)
    report(terminal)
    watched = watch(terminal)
    stories = (leave_and_come_back, rectify_and_release, change_and_take_over, dismiss_district)
    left, *_ = told_in_order(terminal, *(story(terminal) for story in stories))
    terminal.run("etl publish")
    days = ("2026-08-31", "2026-09-01", "2026-10-13", "2027-01-11", "2027-03-02", "2028-01-20")
    states = [terminal.states(day) for day in days]
    assert [listed.get("B001") for listed in states] == [None, "active", "watch", "rectify", "active", "active"]
    assert [listed.get("B002") for listed in states] == [None, "active", "active", "active", "exited", "active"]
    assert (states[-1]["B004"], states[-1]["110108"]) == ("exited", "exited")
    _the_list(terminal)
    _the_evidence(terminal, watched, left)


def _the_list(terminal: Terminal) -> None:
    """The list by batch, what changed between two days, on paper and as a workbook."""
    listed = {row["code"]: row["batch"] for row in terminal.rows("casework list --as-of 2028-02-01")}
    assert listed == {"B001": "第一批", "B002": "第三批", "B003": "第一批", "B004": "第二批", "110108": "第一批"}
    assert [row["code"] for row in terminal.rows("casework list --as-of 2028-02-01 --batch 第二批")] == ["B004"]
    assert "没有批次“第九批”，有：第一批、第三批、第二批" in terminal.refused(
        "casework list --as-of 2028-02-01 --batch 第九批"
    )
    changed = terminal.rows("casework list --since 2027-01-01 --as-of 2027-03-31")
    rows = {row["code"]: row for row in changed}
    assert {code: (row["state_before"], row["state_after"]) for code, row in rows.items()} == {
        "B001": ("watch", "active"),
        "B002": ("active", "exited"),
        "B003": ("active", "active"),
        "B004": ("active", "exited"),
        "110108": ("active", "exited"),
    }
    amended = [rows["B003"][name] for name in ("ceiling_after", "member_group_after", "contact_after")]
    assert amended == ["2000", "state", "演示联系人"]
    paper = terminal.folder / "名单.docx"
    terminal.run(f"casework list --as-of 2027-01-31 --format docx --out {paper}")
    file = docx.Document(paper)
    assert file.sections[0].page_width > file.sections[0].page_height
    assert [paragraph.text for paragraph in file.paragraphs if "家：" in paragraph.text] == [
        "试点机构（4家：在册2家，限期整改1家，退出1家）",
        "试点地区（1家：在册1家）",
    ]
    banks = file.tables[0]
    first = dict(
        zip([cell.text for cell in banks.rows[0].cells], [cell.text for cell in banks.rows[1].cells], strict=True)
    )
    assert (first["名称"], first["组别"], first["状态"], first["批次"]) == (
        "演示银行B001",
        "城市商业银行",
        "限期整改",
        "第一批",
    )
    assert "w:tblHeader" in banks.rows[0]._tr.xml
    terminal.run(f"casework list --format xlsx --out {terminal.folder / '名单.xlsx'}")
    events = [row["event"] for row in terminal.rows("casework timeline B001")]
    assert events == ["纳入名单", "列入关注", "限期整改", "解除"]


def _the_evidence(terminal: Terminal, watched: str, left: str) -> None:
    """Everything that a decision rests on, with hashes: in a folder, and as one file."""
    out = terminal.folder / "依据"
    assert "第" in terminal.run(f"casework evidence {watched} --out {out}").stdout
    (folder,) = out.iterdir()
    text = (folder / "事项.txt").read_text(encoding="utf-8")
    assert "对象：演示银行B001（B001）" in text
    assert re.search(r"X05-B001-2026-09 .* 关注 +900 +500 ", text)
    trigger = json.loads((folder / "预警线索/X05-B001-2026-09/线索.json").read_text(encoding="utf-8"))
    (loan,) = trigger["evidence"]["periods"][0]["facts"]["above_ceiling_loans"]
    assert (loan["loan_no"], loan["amount"], loan["ceiling"]) == ("L-0002", "900", "500")
    assert (folder / "依据材料/核查记录.txt").read_text(encoding="utf-8") == "核查记录.txt"
    listed = list(csv.DictReader((folder / "清单.csv").open(encoding="utf-8-sig")))
    letter = next(row for row in listed if row["file"] == "文书/监管提示函.docx")
    assert letter["what"] == "监管提示函：2026-10-12制作，与台账登记的一致"
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    assert sums.keys() == {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"SHA256SUMS"}
    assert all(digest((folder / name).read_bytes()) == sha256 for name, sha256 in sums.items())
    assert "已存在" in terminal.refused(f"casework evidence {watched} --out {out}")
    terminal.run(f"casework evidence {left} --out {out} --zip")
    (archive,) = out.glob("*.zip")
    names = {name.partition("/")[2] for name in zipfile.ZipFile(archive).namelist()}
    assert {"事件材料/退出申请.txt", "文书/退出告知.docx", "文书/陈述申辩告知.docx"} <= names
    before = archive.read_bytes()
    terminal.run(f"casework evidence {left} --out {out} --zip")
    assert archive.read_bytes() == before
    assert "没有第9999号事项" in terminal.refused(f"casework evidence 9999 --out {out}")
