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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

import etl.load
import etl.staging
from etl.commands import etl as etl_commands
from metrics.__main__ import metrics
from tests.etl.conftest import read_here
from tests.etl.submissions import change, submission, workbook

ANALYST, SUPERVISOR = "甲", "乙"
COMMANDS = {"etl": etl_commands, "metrics": metrics}


@dataclass
class Terminal:
    """Commands as a person types them, on days that a test sets; papers and letters lie in `folder`."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def on(self, day: str) -> None:
        self.monkeypatch.setenv("PILOT_NOW", f"{day}T09:00:00")

    def run(self, line: str, *more: str, code: int = 0) -> Result:
        """`metrics list --as-of 2026-10-31`, and arguments with spaces behind."""
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
        said = self.run(f"metrics propose {line} --doc-no 试1号 --by {ANALYST}", "--reason", "见附件", *more).stdout
        return re.match(r"第(\d+)号事项", said)[1]

    def decide(self, line: str, *more: str) -> str:
        number = self.propose(line, *more)
        self.run(f"metrics approve {number} --by {SUPERVISOR} --no-publish")
        return number

    def letters(self, number: str) -> list[str]:
        """The full text of the letters that a case has come to, by name."""
        written = self.run(f"metrics letter {number} --by {ANALYST} --out {self.folder / '文书'}").stdout.split()
        return ["\n".join(it.text for it in docx.Document(path).paragraphs) for path in written]

    def rows(self, line: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.run(line).stdout)))

    def states(self, day: str) -> dict[str, str]:
        return {row["code"]: row["state"] for row in self.rows(f"metrics list --as-of {day}")}


@pytest.fixture
def terminal(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """An empty home. Files are read in this process: `test_sandbox` has the other way."""
    for module in (etl.load, etl.staging):
        monkeypatch.setattr(module, "read_all", read_here)
    return Terminal(tmp_path, monkeypatch)


def admit(terminal: Terminal) -> None:
    """Three banks of the first batch, a bank of the second, a district; each by two persons."""
    terminal.on("2026-07-01")
    for bank, batch in (("B001", "第一批"), ("B002", "第一批"), ("B003", "第一批"), ("B004", "第二批")):
        extra = f"--ceiling 500 --batch {batch} --recommended-by 演示协会"
        number = terminal.propose(f"admit {bank} --name 演示银行{bank} --group city --effective 2026-07-06 {extra}")
        own = terminal.refused(f"metrics approve {number} --by {ANALYST}")
        assert "须由另一人批准" in own
        terminal.run(f"metrics approve {number} --by {SUPERVISOR} --no-publish")
    number = terminal.propose("admit 110109 --effective 2026-07-06")
    assert "须由另一人批准" in terminal.refused(f"metrics approve {number}", "--by", f" {ANALYST} ")
    terminal.run(f"metrics approve {number} --by {SUPERVISOR} --no-publish")
    assert "状态为在册" in terminal.refused(
        f"metrics propose admit B001 --effective 2026-07-06 --reason 事由 --doc-no 试1号 --by {ANALYST}"
    )


def report(terminal: Terminal) -> None:
    """September of all but the fourth bank; the first has lent above its ceiling on its own valuation."""
    terminal.on("2026-10-12")
    above = {"valuation_method": "内部评估", "valuation_fee": "", "amount": "900", "balance": "800.5"}
    days = {"loan_applied_on": "2026-09-01", "approved_on": "2026-09-07", "pledge_applied_on": "2026-09-02",
            "registered_on": "2026-09-04", "disbursed_on": "2026-09-10", "matures_on": "2027-09-09"}  # fmt: skip
    inbox = terminal.folder / "收件"
    inbox.mkdir()
    for code in ("B001", "B002", "B003", "110109"):
        sheets = submission(code)
        if code == "B001":
            change(sheets, "B1", above | days)
        (inbox / f"2026-09_{code}.xlsx").write_bytes(workbook(sheets))
    loaded = terminal.run(f"etl load {inbox} --received 2026-10-11T10:00")
    print(loaded.output)
    raised = terminal.rows("metrics triggers --period 2026-09")
    print(raised)


def test_the_whole_way(terminal: Terminal):
    admit(terminal)
    report(terminal)
    assert 0
