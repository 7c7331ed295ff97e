"""`python -m etl` as a scheduler calls it: exit codes, one clear line, stable fields."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, csv_files, submission, workbook
from tests.processes import run_here, run_module

NOW = "2026-11-16T09:00:00"
ROSTER = (
    "code,name,kind,peer_group,ceiling,admitted_on\n"
    "B001,演示一银行,bank,city,,2026-07-06\n"
    "110108,海淀区,district,core,,2026-07-06\n"
)
FINDING = [
    "form",
    "sheet",
    "row",
    "column",
    "value",
    "level",
    "check",
    "message",
    "advice",
    "expected",
    "category",
    "record",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two members and a good, a bad, a late and an unreadable file, loaded and published once."""
    home = tmp_path_factory.mktemp("commands")
    (home / "roster.csv").write_text(ROSTER, encoding="utf-8")
    tree = home / "inbox" / "2026-09"
    tree.mkdir(parents=True)
    (tree / f"{PERIOD}_{BANK}.xlsx").write_bytes(workbook(change(submission(), "B1", {"amount": "一千"})))
    (tree / f"{PERIOD}_B009.xlsx").write_bytes(b"no workbook")
    folder = tree / f"{PERIOD}_{DISTRICT}"
    folder.mkdir()
    for name, content in csv_files(submission(DISTRICT), "gb18030").items():
        (folder / name).write_bytes(content)
    assert etl(home, "register", home / "roster.csv").returncode == 0
    return home


@pytest.fixture(scope="module")
def loaded(home: Path) -> CompletedProcess[str]:
    return run_module("etl", "load", home / "inbox", "--received", "2026-10-20T00:00:00", home=home, PILOT_NOW=NOW)


def etl(home: Path, *arguments: str | Path) -> CompletedProcess[str]:
    return run_here("etl", *arguments, home=home, PILOT_NOW=NOW)


def rows(done: CompletedProcess[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_load_gives_a_line_each_and_asks_for_the_user(loaded: CompletedProcess[str]):
    assert loaded.returncode == 1
    lines = loaded.stdout.splitlines()
    assert len([line for line in lines if PERIOD in line]) == 3
    assert any(f"{DISTRICT} {PERIOD} 第1版" in line for line in lines)
    assert "共3件" in lines[-1] and "已受理1件" in lines[-1] and "已退回1件" in lines[-1] and "已拒收1件" in lines[-1]
    assert "一千" not in loaded.stderr  # no cell values in logs


def test_status_in_stable_columns(home: Path, loaded: CompletedProcess[str]):
    done = etl(home, "status", "--period", PERIOD, "--format", "csv")
    shown = {row["submitter"]: row for row in rows(done)}
    assert done.returncode == 0
    assert list(shown[BANK])[:8] == [
        *("submitter", "period", "version", "received_at", "on_time", "verdict", "versions", "returned")
    ]
    assert (shown[BANK]["verdict"], shown[BANK]["on_time"], shown[BANK]["S"]) == ("returned", "true", "1")
    assert shown[DISTRICT]["verdict"] in ("accepted", "questions")
    assert shown[DISTRICT]["received_at"] == "2026-10-20T00:00:00"


def test_findings_in_stable_fields(home: Path, loaded: CompletedProcess[str]):
    done = etl(home, "findings", BANK, PERIOD, "--format", "json")
    (finding,) = json.loads(done.stdout)
    assert list(finding)[: len(FINDING)] == FINDING
    assert (finding["form"], finding["row"], finding["column"], finding["level"]) == ("B1", 5, "amount", "S")
    assert etl(home, "findings", BANK, "2026-08").returncode == 2


def test_check_as_json_stores_nothing(tmp_path: Path):
    path = tmp_path / f"{PERIOD}_{BANK}.xlsx"
    path.write_bytes(workbook(change(submission(), "B1", {"amount": "一千"})))
    home, marked = tmp_path / "home", tmp_path / "marked.xlsx"
    done = etl(home, "check", path, "--format", "json", "--report", marked)
    result = json.loads(done.stdout)
    assert done.returncode == 1 and marked.exists()
    assert (result["submitter"], result["period"], result["verdict"]) == (BANK, PERIOD, "returned")
    assert list(result["findings"][0])[: len(FINDING)] == FINDING
    assert not home.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "missing.xlsx"],
        ["load", "missing.xlsx"],
        ["load"],
        ["status"],
        ["register", "missing.csv"],
        ["findings", "B001", "2026-09"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_one_line_and_code_2(tmp_path: Path, arguments: list[str]):
    done = etl(tmp_path / "home", *arguments)
    assert done.returncode == 2
    assert done.stdout == "" and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_bytes_of_an_earlier_version_say_how_they_are_made_to_count(tmp_path: Path):
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    assert etl(tmp_path, "register", tmp_path / "roster.csv").returncode == 0
    name = f"{PERIOD}_{BANK}.xlsx"
    for folder, amount in (("first", "1000"), ("second", "900")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(workbook(change(submission(), "B1", {"amount": amount})))
        assert etl(tmp_path, "load", tmp_path / folder, "--no-publish").returncode == 0
    same = etl(tmp_path, "load", tmp_path / "first", "--no-publish")
    assert (
        same.returncode == 0
        and "与第1版内容相同，未作变更，现行有效的是第2版；仍以此件为准的，加--again重新装载" in same.stdout
    )
    meant = etl(tmp_path, "load", tmp_path / "first", "--again", "--no-publish")
    assert meant.returncode == 0 and f"{BANK} {PERIOD} 第3版" in meant.stdout
    counts = etl(tmp_path, "load", tmp_path / "first", "--again", "--no-publish")
    assert "该版现行有效，未作变更" in counts.stdout and "--again" not in counts.stdout
