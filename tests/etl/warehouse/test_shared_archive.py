"""The archive where hosts share it: originals there before the ledger names them, on every host, and told where not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

import etl.snapshot.publish
import etl.warehouse.identify
import etl.warehouse.version
from casework.month import followups
from contract.errors import PilotError
from contract.places import SharedArchive
from contract.settings import home
from etl.receiving.receive import from_archive
from etl.snapshot import again, facts, rules, verdicts
from etl.snapshot.again import built_again
from etl.snapshot.verify import report_lines, verify
from etl.upkeep.health import health
from etl.upkeep.storage import stores
from ledger import remote
from ledger.archive import fetch, listed, prepare
from ledger.events import Ledger
from ledger.roster import admissions
from tests.etl.conftest import NOW, Pilot, read_here, roster
from tests.etl.submissions import BANK, DISTRICT, PERIOD, Sheets, change, csv_files, submission, workbook
from tests.ledger.archives import Somewhere, somewhere
from tests.object_store import Store, object_store
from tests.postgres import Cluster
from tests.processes import run_here

STEPS = {"facts": facts.build, "rules": rules.build, "explanations": verdicts.build}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    monkeypatch.setattr(remote, "ATTEMPTS", 1)


@pytest.fixture(params=["shared folder", "object store"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Somewhere]:
    with somewhere(request.param, tmp_path) as found:
        monkeypatch.setenv("PILOT_ARCHIVE", found.archive.uri)
        yield found


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with object_store() as found:
        prepare(SharedArchive(found.uri))
        monkeypatch.setenv("PILOT_ARCHIVE", found.uri)
        yield found


def filed(pilot: Pilot) -> str:
    """A workbook and a folder, published; gives the hash of the first."""
    pilot.send(f"{PERIOD}_{BANK}.xlsx", submission())
    pilot.send(f"{PERIOD}_{DISTRICT}", csv_files(submission(DISTRICT)))
    pilot.publish()
    return pilot.events("submission")[0].payload["content_hash"]


def said(*arguments: str | Path, home: Path, code: int = 0, **settings: str) -> str:
    done = run_here("etl", *arguments, home=home, PILOT_NOW=NOW.isoformat(), **settings)
    assert done.returncode == code and "Traceback" not in done.stderr, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_from_the_filing_to_the_copy_that_was_brought_back(place: Somewhere, pilot: Pilot, tmp_path: Path, monkeypatch):
    sha256 = filed(pilot)
    assert not (pilot.home.root / "archive").exists() and place.lies(sha256)
    assert verify(pilot.home).faults == []
    assert ("原件库", f"可以读取，在{place.archive.name}", True) in [
        tuple(vars(f).values()) for f in health(pilot.home)
    ]
    kept = listed(place.archive)
    assert (stores(pilot.home)[0].files, stores(pilot.home)[0].bytes) == (len(kept), sum(kept.values()))
    monkeypatch.setattr(again, "steps", lambda: STEPS)
    assert built_again(pilot.home, 1, NOW, tmp_path / "again").number == 1

    served = {"home": pilot.home.root, "PILOT_ARCHIVE": place.archive.uri}
    said("backup", tmp_path / "copies", **served)
    for how, words in (("flipped", "已损坏，内容与其校验值不符"), ("half", "已损坏"), ("gone", "档案缺少")):
        place.harm(sha256, how)
        assert [words in fault and sha256[:12] in fault for fault in verify(pilot.home).faults] == [True]
        mended = said("archive", "copy", "--from", tmp_path / "copies" / "archive", "--to", place.archive.uri, **served)
        assert f"{len(kept)}个文件，后者都在，内容与校验值相符" in mended
    assert verify(pilot.home).faults == []
    assert "恢复、重建、核对完毕" in said("restore", tmp_path / "copies", "--rehearse", **served)
    said("archive", "copy", "--from", place.archive.uri, "--to", tmp_path / "back", **served)
    assert listed(tmp_path / "back") == listed(place.archive) == kept


def test_nothing_is_acknowledged_that_the_archive_has_not(store: Store, pilot: Pilot):
    """The store goes away in the middle of an acknowledgement, and before it."""
    sent = [
        pilot.put(f"{PERIOD}_{BANK}.xlsx", submission()),
        pilot.put(f"{PERIOD}_B002.xlsx", submission("B002")),
        pilot.put(f"{PERIOD}_{DISTRICT}", csv_files(submission(DISTRICT))),
    ]
    head = pilot.ledger.head()
    for puts in (3, 1, 0):  # fewer each time, since what was put stays
        store.puts_left = puts
        with pytest.raises(PilotError, match="^原件库s3://bucket/pilot不能[^\n]*连接不上[^\n]*$"):
            pilot.load(*sent)
        assert pilot.ledger.head() == head
    assert ["不能读取" in line for line in report_lines(verify(pilot.home)) if line.startswith("错误")] == [True]
    assert [fact.subject for fact in health(pilot.home) if not fact.fine][:1] == ["原件库"]
    store.puts_left = None
    assert verify(pilot.home).faults == []  # what nobody acknowledged is told as that
    assert [outcome.status for outcome in pilot.load(*sent)] == ["accepted"] * 3
    pilot.publish()
    assert verify(pilot.home).faults == [] and verify(pilot.home).notes == []


@pytest.fixture
def hosts(store: Store, on_server: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict]:
    """Two that publish, each with a home of its own, and one that shows; one ledger and one archive for all."""
    for module in (etl.warehouse.identify, etl.warehouse.version):
        monkeypatch.setattr(module, "read_all", read_here)
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: STEPS)
    common = {"PILOT_LEDGER": home().ledger.url, "PILOT_ARCHIVE": store.uri}
    with closing(Ledger(home().ledger)) as ledger:
        ledger.append(NOW, admissions(roster(BANK, DISTRICT), [], "测试"))
    return {name: {"home": tmp_path / name, **common} for name in ("one", "two", "shows")}


def questioned() -> Sheets:
    return change(submission(), "B1", {"risk_share": "融资担保"})


@contextmanager
def using(host: dict) -> Iterator[None]:
    """This process as one of that host."""
    settings = {"PILOT_HOME": str(host["home"])} | {name: host[name] for name in host if name.startswith("PILOT")}
    with patch.dict(os.environ, settings | {"PILOT_NOW": NOW.isoformat()}):
        yield


def events(kind: str, key: str) -> list:
    with closing(Ledger(home().ledger)) as ledger:
        return [event.payload[key] for event in ledger.events(kind)]


def test_handed_in_on_one_host_opened_published_and_explained_on_the_other(hosts: dict[str, dict], tmp_path: Path):
    one, two = hosts["one"], hosts["two"]
    file = tmp_path / f"{PERIOD}_{BANK}.xlsx"
    file.write_bytes(workbook(questioned()))
    said("load", file, **one)
    said("publish", **two)
    assert "Q-B1-214" in said("findings", BANK, PERIOD, **two)
    explained = (BANK, PERIOD, "1", "--reason", "有保证金", "--by")
    assert "已说明·待确认" in said("explain", *explained, "张三", **two)
    assert "第4版" in said("confirm", *explained, "李四", **one)
    shutil.rmtree(one["home"])  # all that it had of its own; what it acknowledged is on the other
    with using(two):
        (sha256,) = events("submission", "content_hash")
        assert from_archive(home().archive, file.name, sha256, False).files == {file.name: file.read_bytes()}
    assert "错误" not in said("verify", **two)
    assert "已重建并发布数据版本第5版" in said("rebuild", **one)


def test_a_host_that_shows_acts_and_publishes_nothing(hosts: dict[str, dict], tmp_path: Path):
    one, shows = hosts["one"], hosts["shows"]
    file = tmp_path / f"{PERIOD}_{BANK}.xlsx"
    file.write_bytes(workbook(questioned()))
    shared = (tmp_path / "versions").as_uri()
    said("load", file, **one, PILOT_SHARED=shared)
    assert "已换用数据版本第1版" in said("fetch", "--from", shared, **shows)
    with using(shows):
        (sha256,) = events("submission", "content_hash")
        assert from_archive(home().archive, file.name, sha256, False).files == {file.name: file.read_bytes()}
        papers = [("依据.txt", "材料".encode())]
        followups.add(home(), "finding", f"{BANK}/{PERIOD}/1", "核实", BANK, NOW.date(), "甲", papers)
    with using(one):
        ((paper,),) = events("followup", "papers")
        assert fetch(home().archive, paper["sha256"]).decode() == "材料"
    for refused in (("load", file), ("publish",), ("rebuild",)):
        assert "本机只供查看" in said(*refused, code=2, **shows)
    assert not (shows["home"] / "archive").exists() and not (one["home"] / "archive").exists()
