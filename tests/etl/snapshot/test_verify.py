"""`python -m etl verify`: says what is whole, and exactly what is not."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.errors import LedgerError, PilotError
from contract.settings import Home
from contract.viewer import Viewer
from etl.__main__ import etl
from etl.snapshot.publish import publish, rebuild
from etl.snapshot.verify import verify
from ledger.archive import keep
from ledger.audit import audit_of, head_words, record_look
from ledger.events import Entry, Ledger
from tests.etl.conftest import NOW, Pilot
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, csv_files, submission

UNREAD = Entry("refusal", "张三", "报送.xlsx", {"content_hash": "", "reason": "无法读取"})


@pytest.fixture(scope="module")
def prepared() -> dict[str, Path]:
    """Where the first test left the home that all begin with."""
    return {}


@pytest.fixture
def filled(pilot: Pilot, prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    """An accepted file, a returned one with its findings, a refused one, and a folder; all of it published."""
    if not prepared:
        pilot.load(
            pilot.put(f"{PERIOD}_{BANK}.xlsx", submission()),
            pilot.put(f"{PERIOD}_{BANK}_2.xlsx", change(submission(), "B1", {"amount": "一千"})),
            pilot.put("来历不明.xlsx", b"no workbook"),
            pilot.put(f"{PERIOD}_{DISTRICT}", csv_files(submission(DISTRICT))),
        )
        pilot.publish()
        prepared["home"] = tmp_path_factory.mktemp("prepared") / "home"
        shutil.copytree(pilot.home.root, prepared["home"])
    shutil.rmtree(pilot.home.root)
    shutil.copytree(prepared["home"], pilot.home.root)
    return Pilot(pilot.home, Ledger(pilot.home.ledger), pilot.inbox)


def said(*more: str) -> tuple[int, list[str]]:
    """Exit code and lines of the command."""
    done = CliRunner().invoke(etl, ["verify", *more])
    return done.exit_code, done.output.splitlines()


def by_owner(home: Home, *statements: str) -> None:
    """Statements run by one who owns the file and takes the guards away first."""
    with closing(sqlite3.connect(home.ledger)) as connection, connection:
        for trigger in ("no_update", "no_delete", "no_replace"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement)


def test_what_is_whole_is_said_in_three_lines(filled: Pilot):
    folder_files = len(csv_files(submission(DISTRICT)))
    # 3 members, 1 refusal, 3 submissions, 1 publication; 3 files, 1 manifest with its parts, 1 list of findings
    assert said() == (
        0,
        ["台账8条事件校验链完整", f"档案{3 + 1 + folder_files + 1}个文件齐全", "数据版本第1版与台账相符"],
    )


def test_an_empty_home_is_told_as_such():
    assert said() == (0, ["台账0条事件校验链完整", "档案0个文件齐全", "还没有数据版本"])


def test_damaged_missing_and_unregistered_files_are_told_apart(filled: Pilot):
    first, second, _ = (event.payload["content_hash"] for event in filled.events("submission"))
    archive = filled.home.archive
    os.chmod(archive / first[:2] / first, 0o644)
    os.truncate(archive / first[:2] / first, 100)
    (archive / second[:2] / second).unlink()
    seq = filled.events("submission")[1].seq
    code, lines = said()
    assert code == 1
    assert lines[1:3] == [
        f"错误：档案{first[:12]}…已损坏，内容与其校验值不符，请从备份恢复",
        f"错误：档案缺少{second[:12]}…（台账第{seq}号事件），请从备份恢复",
    ]


def test_a_file_that_came_before_its_registration_is_a_note_only(filled: Pilot):
    sha256 = keep(filled.home.archive, b"received, and the process was killed")
    (filled.home.archive / ".part-4194305-x").write_bytes(b"half")
    code, lines = said()
    assert code == 0
    assert [line for line in lines if sha256[:12] in line and line.startswith("注意：档案另有1个文件未登记")]
    assert "注意：档案有1个没有写完的临时文件，不作数，下次装载时清除" in lines
    filled.load()
    assert not list(filled.home.archive.glob(".part-*"))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM event WHERE kind = 'publication'", "错误：数据版本第1版在台账中没有发布记录：台账缺少末尾的事件"),
        ("UPDATE event SET actor = '他人' WHERE seq = 2", "错误：台账第2号事件与前一事件的校验链不符"),
    ],
)
def test_a_cut_or_changed_ledger_is_found(filled: Pilot, statement: str, words: str):
    by_owner(filled.home, statement)
    code, lines = said()
    assert code == 1 and any(line.startswith(words) for line in lines), lines


def test_a_ledger_written_anew_from_one_event_on_is_found(filled: Pilot):
    """The chain of the new events holds, and the snapshot still knows what the old ones were."""
    events = filled.ledger.events()
    by_owner(filled.home, "DELETE FROM event WHERE seq >= 4")
    forged = Ledger(filled.home.ledger)
    for event in events[3:]:
        forged.append(event.at, [Entry(event.kind, "他人", event.subject, event.payload)])
    forged.verify()
    code, lines = said()
    assert code == 1 and "台账缺少末尾的事件或被改动" in "".join(lines), lines
    (filled.home.warehouse / "staging.duckdb").unlink()
    code, lines = said()
    assert code == 1 and "数据版本第1版所依据的事件与台账不符" in "".join(lines), lines


def test_nothing_goes_on_with_a_ledger_that_lost_its_end(filled: Pilot):
    """Its numbers would be given away a second time."""
    before = filled.home.current_snapshot().read_bytes()
    by_owner(filled.home, "DELETE FROM event WHERE seq >= 7")
    for go_on in (filled.publish, filled.load, lambda: rebuild(filled.home, filled.ledger, "测试")):
        with pytest.raises(LedgerError, match="请从备份恢复ledger.db"):
            go_on()
    assert filled.home.current_snapshot().read_bytes() == before


def test_a_lost_end_that_was_never_published_is_found_by_staging(filled: Pilot):
    filled.send(f"{PERIOD}_{BANK}_3.xlsx", change(submission(), "B1", {"amount": "900"}))
    by_owner(filled.home, "DELETE FROM event WHERE seq = 9")
    code, lines = said()
    assert code == 1 and lines[0].startswith("错误：暂存库中的第9号报送与台账不符"), lines
    with pytest.raises(LedgerError, match="第9号报送与台账不符"):
        rebuild(filled.home, filled.ledger, "测试")


def test_a_snapshot_that_is_not_what_was_published_is_found(filled: Pilot):
    os.truncate(filled.home.current_snapshot(), filled.home.current_snapshot().stat().st_size - 1)
    assert said()[0] == 1
    assert said()[1][-1] == "错误：数据版本第1版的文件已损坏，请执行python -m etl publish生成新的一版"
    filled.publish()
    assert said()[1][-1] == "错误：数据版本第1版的文件已损坏，只供比较，可以删除"


def test_a_clock_set_back_is_recorded_as_it_is_and_told(filled: Pilot, caplog: pytest.LogCaptureFixture):
    event = filled.ledger.append(NOW.replace(year=2025), [UNREAD])[0]
    assert (event.seq, event.at.year) == (9, 2025)
    assert "时钟回拨" in caplog.text
    code, lines = said()
    assert code == 0
    assert lines[-1] == "注意：时钟回拨1处：第9号事件的时间早于前一事件，先后以编号为准"


def test_a_publication_that_was_acknowledged_is_finished_by_the_next_start(filled: Pilot, monkeypatch):
    """The file is whole and in the ledger; the process died before readers were pointed at it."""
    with monkeypatch.context() as cut:
        cut.setattr("etl.snapshot.publish.switch", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            filled.publish()
    assert filled.home.current_snapshot().name == "pilot-1.duckdb"
    assert [event.payload["number"] for event in filled.events("publication")] == [1, 2]
    filled.load()
    assert filled.home.current_snapshot().name == "pilot-2.duckdb"
    assert filled.ask("SELECT number FROM snapshot") == [(2,)]


def test_a_full_disk_is_one_clear_line(filled: Pilot, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ledger.archive.os.fsync", full)
    with pytest.raises(PilotError, match="磁盘已满，操作没有完成。台账已登记的报送都在"):
        filled.send(f"{PERIOD}_{BANK}_3.xlsx", change(submission(), "B1", {"amount": "900"}))


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("incident", lambda paper: {"paper": paper}),
        ("proposal", lambda paper: {"papers": [paper]}),
        ("meeting", lambda paper: {"minutes": paper, "noted": []}),
        ("letter", lambda paper: {"paper": paper, "proposal": 1}),
    ],
)
def test_evidence_that_is_gone_is_found_and_named(filled: Pilot, kind: str, payload):
    """Whatever kind of event names a file handed in, and at whatever place: the archive must hold it."""
    sha256 = keep(filled.home.archive, b"evidence")
    (event,) = filled.ledger.append(NOW, [Entry(kind, "甲", "B001", payload({"name": "依据.pdf", "sha256": sha256}))])
    assert verify(filled.home).archive_faults == []
    (filled.home.archive / sha256[:2] / sha256).unlink()
    assert said()[0] == 1
    missing = f"档案缺少{sha256[:12]}…（台账第{event.seq}号事件），请从备份恢复"
    assert verify(filled.home).archive_faults == [missing]


def test_an_event_that_no_act_has_left_is_named_after_the_chain(filled: Pilot):
    facts = {"kind": "watch", "effective_on": "2026-07-06", "reason": "事由", "batch": "", "proposer": "甲"}
    filled.ledger.append(NOW, [Entry("decision", "乙", BANK, facts | {"approver": "乙"})])
    code, lines = said()
    assert (code, lines[0]) == (1, "台账9条事件校验链完整")
    assert lines[1] == f"错误：台账第9号事件（名单决定，{BANK}，乙）不是经办理产生的：没有提议和批准"


def test_what_other_users_can_read_is_told_and_mended_by_the_next_writer(filled: Pilot):
    filled.home.archive.chmod(0o755)
    filled.home.ledger.chmod(0o644)
    code, lines = said()
    assert (code, lines[-1]) == (0, "注意：本机其他用户可以读取ledger.db、archive，下次装载、发布或办理时收回")
    filled.publish()
    assert len(said()[1]) == 3


def test_a_load_or_a_publication_stops_at_a_changed_ledger_and_readers_keep_what_they_have(filled: Pilot):
    by_owner(filled.home, "UPDATE event SET actor = '李四' WHERE seq = 2")
    before = filled.ledger.head()
    sent = filled.put(f"{PERIOD}_{BANK}_3.xlsx", change(submission(), "B1", {"amount": "900"}))
    for command in (["load", str(sent)], ["publish"], ["rebuild"]):
        done = CliRunner().invoke(etl, command)
        assert done.exit_code == 2
        assert done.output == "错误：台账第2号事件与前一事件的校验链不符，台账被改动或缺损，请从备份恢复\n"
    assert filled.ledger.head() == before
    assert filled.ask("SELECT number FROM snapshot") == [(1,)]


def test_the_hash_of_a_snapshot_is_no_file_of_the_archive(filled: Pilot):
    assert [event.payload.keys() for event in filled.events("publication")] == [{"number", "sha256"}]
    assert said()[0] == 0


def test_a_publication_bears_witness_to_the_audit(filled: Pilot, tmp_path):
    viewer = Viewer("a", "甲", "analyst")
    for rows in (3, 5):
        record_look(filled.home, viewer, "loans", {"period": PERIOD}, rows, 1, level="sensitive")
    publish(filled.home, filled.ledger, "甲")
    audit = audit_of(filled.home)
    assert filled.events("publication")[-1].payload["audit"] == {"seq": 2, "hash": audit.head()[1]}
    record_look(filled.home, viewer, "loans", {"period": PERIOD}, 7, 2, level="sensitive")
    assert said()[0] == 0
    paper = tmp_path / "纸.txt"
    paper.write_text(f"{filled.ledger.head()[1]}\n{head_words(filled.home)}\n", encoding="utf-8")
    code, lines = said("--against", str(paper))
    assert (code, lines[-1]) == (0, "印出的校验码与查阅记录相符的1个")
    for seq in (3, 2):  # its end is taken away, by whoever owns the file: unseen as far as it goes beyond the witness
        with sqlite3.connect(filled.home.audit) as connection:
            connection.executescript(f"DROP TRIGGER IF EXISTS no_delete; DELETE FROM event WHERE seq = {seq}")
        assert said()[0] == (1 if seq == 2 else 0)
    assert any("查阅记录截至第2号的校验码与台账第" in line for line in said()[1])
    filled.home.audit.unlink()
    assert any(line.startswith("错误：没有查阅记录audit.db，而台账第") for line in said()[1])
