"""Hostile files: each is refused in clear words, kept with the reason, and costs nobody else anything."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from contract.errors import RefusedFile
from contract.settings import Home, home
from etl.reading.sandbox import read_all
from etl.receiving.receive import Delivery, Package, find
from etl.warehouse.load import load
from ledger.archive import digest, fetch
from ledger.events import Ledger
from ledger.roster import admissions
from tests.etl.conftest import NOW, roster
from tests.etl.reading.hostile_files import HOSTILE, VALID, in_b1, rows_added, with_parts
from tests.etl.submissions import (
    BANK,
    change,
    csv_files,
    judge,
    package,
    state,
    submission,
    typed,
    workbook,
)

CHINESE = re.compile("[\u4e00-\u9fff]")
VALID_NAME = "2026-09_B001.xlsx"


@pytest.fixture(scope="module")
def refusals() -> dict[str, str]:
    """Name of a hostile file → what is said of it, all read one after another by the same children."""
    packages = [Package(one.name, {one.name: one.content}, False) for one in HOSTILE.values()]
    *answers, last = read_all([*packages, package(VALID)])
    assert not isinstance(last, RefusedFile)  # a valid file after all of them is read
    return {
        name: str(answer) if isinstance(answer, RefusedFile) else ""
        for name, answer in zip(HOSTILE, answers, strict=True)
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_clear_words(name: str, refusals: dict[str, str]):
    told = refusals[name]
    assert re.search(HOSTILE[name].told, told), told
    assert CHINESE.search(told) and "系统读取文件时出错" not in told and len(told) < 200 and told.isprintable()


@pytest.fixture
def pilot_home(own_home: Path) -> Home:
    Ledger(home().ledger).append(NOW, admissions(roster(BANK, "B002"), [], "测试"))
    return home()


def load_all(place: Home, *paths: Path) -> list:
    return load(place, Ledger(place.ledger), [Delivery(path, NOW) for path in paths], NOW, "测试")


def test_a_batch_goes_on_and_keeps_what_it_refused(pilot_home: Home, tmp_path: Path):
    """Hostile files before and after a valid one; nothing is written outside of the home."""
    inbox = tmp_path / "inbox"
    chosen = ["a path that leads out", "an entity from outside", "macros", "an encrypted workbook", "a PDF"]
    for number, name in enumerate(chosen):
        (inbox / str(number)).mkdir(parents=True)
        (inbox / str(number) / HOSTILE[name].name).write_bytes(HOSTILE[name].content)
    (inbox / "2" / "2026-09_B002.xlsx").write_bytes(workbook(submission("B002")))
    before = sorted(inbox.rglob("*"))
    outcomes = load_all(pilot_home, *find(inbox))
    assert [outcome.status for outcome in outcomes] == ["refused"] * 3 + ["accepted"] + ["refused"] * 2
    refused = Ledger(pilot_home.ledger).events("refusal")
    assert [event.payload["reason"] for event in refused] == [o.message for o in outcomes if o.status == "refused"]
    kept = [fetch(pilot_home.archive, event.payload["content_hash"]) for event in refused]
    assert kept == [HOSTILE[name].content for name in chosen]
    assert sorted(inbox.rglob("*")) == before
    assert {path.name for path in tmp_path.iterdir()} == {"home", "inbox"}


def test_links_and_pipes_are_refused_and_not_followed(pilot_home: Home, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_bytes(VALID)
    inbox = tmp_path / "inbox"
    folder = inbox / "2026-09_B002"
    folder.mkdir(parents=True)
    for name, data in csv_files(submission("B002")).items():
        (folder / name).write_bytes(data)
    (folder / "B9.csv").symlink_to(secret)
    (inbox / "a.xlsx").symlink_to(secret)
    (inbox / "b").symlink_to(tmp_path)
    os.mkfifo(inbox / VALID_NAME)
    outcomes = {outcome.delivery.name: outcome for outcome in load_all(pilot_home, *find(inbox))}
    assert set(outcomes) == {"2026-09_B002", "a.xlsx", "b", VALID_NAME}
    assert {outcome.status for outcome in outcomes.values()} == {"refused"}
    assert all("不是普通文件" in outcome.message for outcome in outcomes.values())
    assert "B9.csv" in outcomes["2026-09_B002"].message
    assert not (pilot_home.archive / digest(VALID)[:2]).exists()


def test_a_device_is_refused_at_once(pilot_home: Home):
    (outcome,) = load_all(pilot_home, *find(Path("/dev/zero")))
    assert outcome.status == "refused" and "不是普通文件" in outcome.message


def test_a_name_of_undecodable_bytes_is_shown_and_kept(pilot_home: Home, tmp_path: Path):
    name = os.fsdecode(b"2026-09_B001\xff\xfe.xlsx")
    (tmp_path / name).write_bytes(VALID)
    (outcome,) = load_all(pilot_home, tmp_path / name)
    (event,) = Ledger(pilot_home.ledger).events("refusal")
    assert outcome.status == "refused" and event.subject == outcome.delivery.name == "2026-09_B001<U+DCFF><U+DCFE>.xlsx"
    assert fetch(pilot_home.archive, event.payload["content_hash"]) == VALID


def test_a_million_empty_formatted_rows_are_no_rows():
    rows = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(6, 1_000_006))
    (reading,) = read_all([package(in_b1(rows_added(rows)))])
    assert reading.tables["B1"].row_numbers.to_pylist() == [4, 5]


def sized(said: str) -> bytes:
    """A workbook whose B1 says of itself that it has that size."""
    return in_b1(lambda xml: re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{said}"', xml))


def merged(area: str) -> bytes:
    merging = f'<mergeCells><mergeCell ref="{area}"/></mergeCells>'
    return in_b1(lambda xml: xml.replace("</sheetData>", f"</sheetData>{merging}"))


def named(borrower: str) -> dict:
    return change(submission(), "B1", {"borrower_name": borrower})


def long_summary() -> bytes:
    """A workbook in which both summaries are one text of a megabyte, which no Excel would write."""
    edits = {"xl/sharedStrings.xml": lambda xml: xml.replace("演示用的举措摘要", "长" * 350_000)}
    return with_parts(edits=edits)


BLANKS = change(named("\ufeff\u200b演示科技\u00a0\u200b"), "B1", {"amount": "\u200b1000"})
# Content → where it has findings, as (row, column), and a word of each; none for what is read as it is meant.
READ = {
    "a size that is too large": (sized("A1:XFD1048576"), [], ""),
    "a size that is too small": (sized("A1"), [], ""),
    "a size in the wrong order": (sized("Z99:A1"), [], ""),
    "blanks around values, in CSV": (csv_files(BLANKS), [], ""),
    "blanks around values": (workbook(BLANKS), [], ""),
    "a merged title": (merged("A1:AI2"), [], ""),
    "merged loans": (merged("X4:Y5"), [(4, "balance"), (5, "amount"), (5, "balance")], "合并"),
    "a text of a megabyte, in CSV": (
        csv_files(change(submission(), "I1", {"summary": "长" * 350_000})),
        [(3, "summary")],
        "过长：长",
    ),
    "a text of a megabyte": (long_summary(), [(4, "summary"), (5, "summary")], "过长：长"),
    "a turned direction": (
        workbook(named("演示\u202e科技")),
        [(5, "borrower_name")],
        "“演示<U+202E>科技”含有看不见的字符",
    ),
    "no width": (workbook(named("演示\u200b科技")), [(5, "borrower_name")], "“演示<U+200B>科技”含有看不见"),
    "a turned direction, in CSV": (
        csv_files(named("演示\u202e科技")),
        [(3, "borrower_name")],
        "“演示<U+202E>科技”含有",
    ),
    "a control character, in CSV": (csv_files(named("演示\x7f科技")), [(3, "borrower_name")], "“演示<U+007F>科技”含有"),
    "on the cover": (workbook(state(submission(), "填报人", "张\u202e三")), [(5, "preparer")], "“张<U+202E>三”"),
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[dict]]:
    """Name of a submission → its findings, all in one run of the engine."""
    return dict(zip(READ, judge([package(content) for content, _, _ in READ.values()]), strict=True))


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read_or_told_with_its_place(name: str, found: dict[str, list[dict]]):
    _, places, word = READ[name]
    told = [finding for finding in found[name] if finding["level"] == "S"]
    assert [(finding["row_no"], finding["column_code"]) for finding in told] == places
    assert all(word in finding["message"] and len(finding["message"]) < 200 for finding in told)


def test_blanks_around_a_value_are_no_part_of_it():
    assert typed(workbook(BLANKS), "B1", "borrower_name")[-1] == ("演示科技",)
