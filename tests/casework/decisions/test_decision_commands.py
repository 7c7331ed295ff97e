"""A bank taken from admission to exit by commands alone, and one clear line for each wrong call."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import etl.snapshot.publish
from casework.__main__ import casework
from etl.snapshot import facts, rules
from tests.casework.pilots import Pilot


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot with the tables of `etl` alone."""
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: {"facts": facts.build, "rules": rules.build})


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(casework, arguments)
    assert done.exit_code == code, done.output
    return done


def propose(*arguments: str) -> str:
    said = ("--reason", "事由", "--doc-no", "试1号", "--by", "甲", "--format", "json")
    return str(json.loads(run("propose", *arguments, *said).stdout)[0]["id"])


def listed(*arguments: str) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(run("list", *arguments).stdout))
    return {row["code"]: row["state"] for row in rows}


def test_a_bank_is_taken_all_the_way_by_commands(pilot: Pilot, tmp_path: Path):
    paper = tmp_path / "文件.txt"
    paper.write_text("文件", encoding="utf-8")
    admit = propose(
        "admit", "B009", "--name", "演示新银行", "--group", "city", "--effective", "2026-02-02", "--batch", "二"
    )
    run("approve", admit, "--by", "乙", "--no-publish")
    run("approve", propose("watch", "B009", "--effective", "2026-03-02"), "--by", "乙", "--no-publish")
    rectify = propose("rectify", "B009", "--effective", "2026-04-01", "--rectify-due", "2026-06-30")
    run("notice", rectify, "--by", "甲")
    assert "尚未答复也未到期" in run("approve", rectify, "--by", "乙", code=2).stderr
    run("answer", rectify, "--file", str(paper))
    run("approve", rectify, "--by", "乙", "--no-publish")
    leave = propose("exit", "B009", "--effective", "2026-08-03")
    run("notice", leave)
    pilot.at("2026-08-03")
    run("approve", leave, "--by", "乙")
    dates = ("2026-02-01", "2026-02-02", "2026-03-02", "2026-04-01", "2026-08-03")
    assert [listed("--as-of", day).get("B009") for day in dates] == [None, "active", "watch", "rectify", "exited"]
    changed = list(csv.DictReader(io.StringIO(run("list", "--since", "2026-03-15", "--as-of", "2026-04-15").stdout)))
    assert [(row["code"], row["state_before"], row["state_after"]) for row in changed] == [("B009", "watch", "rectify")]
    way = list(csv.DictReader(io.StringIO(run("timeline", "b009").stdout)))
    assert [(row["on"], row["event"], row["state"], row["decision_id"]) for row in way] == [
        ("2026-02-02", "纳入名单", "active", admit),
        ("2026-03-02", "列入关注", "watch", way[1]["decision_id"]),
        ("2026-04-01", "限期整改", "rectify", rectify),
        ("2026-08-03", "退出", "exited", leave),
    ]
    written = run("letter", leave, "--out", str(tmp_path / "文书")).stdout.split()
    assert [Path(path).name.split("_")[0] for path in written] == ["陈述申辩告知", "退出告知"]
    assert run("list", "--format", "xlsx", "--out", str(tmp_path / "名单.xlsx")).stdout.strip().endswith("名单.xlsx")
    assert run("proposals", "--status", "proposed").stdout.count("\n") == 1


@pytest.mark.usefixtures("pilot")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("propose", "praise", "B001", "--effective", "2026-02-02"), "没有“praise”这种决定，应为admit（纳入名单）"),
        (("propose", "watch", "B001", "--effective", "二月"), "日期“二月”"),
        (("propose", "watch", "B777", "--effective", "2026-02-02"), "试点名单上没有B777"),
        (("propose", "release", "B001", "--effective", "2026-02-02"), "状态为在册"),
        (("propose", "watch", "B001", "--effective", "2026-02-02", "--file", "没有.pdf"), "找不到文件没有.pdf"),
    ],
)
def test_a_wrong_proposal_ends_with_2_and_one_line(arguments: tuple[str, ...], told: str):
    done = run(*arguments, "--reason", "事由", "--doc-no", "试1号", "--by", "甲", code=2)
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("pilot")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("approve", "99", "--by", "乙"), "没有第99号事项"),
        (("letter", "B001", "--out", "x"), "事项编号“B001”应为数字"),
        (("letter", "B001", "--out", "x", "--period", "一月"), "报送期“一月”"),
        (("event", "fire", "B001", "--file", __file__, "--by", "甲"), "没有“fire”这种事件"),
        (("event", "consultation", "110108", "--file", __file__, "--by", "甲"), "会商的事项编号"),
    ],
)
def test_another_wrong_call_ends_with_2_and_one_line(arguments: tuple[str, ...], told: str):
    done = run(*arguments, code=2)
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
