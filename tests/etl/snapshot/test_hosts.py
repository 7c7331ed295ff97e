"""Data versions between hosts: one publishes and shares, two take them, each in a folder and processes of its own."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

import etl.snapshot.publish
from contract.errors import PilotError, RefusedFile
from contract.settings import PROJECT, Home
from etl.snapshot import facts
from etl.snapshot import shared as store
from etl.snapshot.fetch import fetch
from etl.snapshot.share import share
from etl.snapshot.shared import CURRENT, VARIABLE, Storage
from etl.upkeep.health import health
from etl.warehouse.lock import writing
from etl.warehouse.origin import FETCHED, origin
from ledger.events import Ledger
from tests.etl.conftest import Pilot
from tests.etl.submissions import BANK, PERIOD, change, submission
from tests.object_store import object_store
from tests.processes import environment, run_here

QUESTION = "SELECT submitter, period, count(*), sum(amount) FROM B1 GROUP BY ALL"
# A process that fetches, and is gone, as by a loss of power, once it has so many bytes of the file.
CUT_OFF = """
import os, signal, sys
from pathlib import Path
from contract.settings import Home
from etl.snapshot import shared
from etl.snapshot.fetch import fetch
shared.CHUNK, seen, whole = 1 << 16, 0, shared.Storage.chunks
def half(self, stated):
    global seen
    for chunk in whole(self, stated):
        yield chunk
        seen += len(chunk)
        if seen > stated.bytes // 2:
            os.kill(os.getpid(), signal.SIGKILL)
shared.Storage.chunks = half
fetch(Home(Path(sys.argv[1])), sys.argv[2])
"""
# A process that has a data version open, and asks it a second time when it is told to.
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.execute(sys.argv[2]).fetchall(), flush=True)
sys.stdin.readline()
print(connection.execute(sys.argv[2]).fetchall())
"""


@dataclass(frozen=True)
class Hosts:
    """The host that publishes, the shared storage, and two that show."""

    pilot: Pilot
    folder: Path
    one: Home
    two: Home

    @property
    def uri(self) -> str:
        return self.folder.as_uri()

    def publish(self, amount: int) -> int:
        """A corrected report as the next data version, shared as it is published."""
        self.pilot.send(f"{PERIOD}_{BANK}_{amount}.xlsx", change(submission(), "B1", {"amount": str(amount)}))
        return self.pilot.publish()

    def file(self) -> Path:
        return self.folder / Storage(self.uri).current().file


@pytest.fixture(scope="module")
def prepared() -> list[Path]:
    """Where the first test left the home that all begin with."""
    return []


@pytest.fixture
def hosts(
    pilot: Pilot,
    prepared: list[Path],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Hosts:
    """One data version, published and shared."""
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: {"facts": facts.build})
    hosts = Hosts(pilot, tmp_path / "shared", Home(tmp_path / "one"), Home(tmp_path / "two"))
    if not prepared:
        hosts.publish(1000)
        prepared.append(shutil.copytree(pilot.home.root, tmp_path_factory.mktemp("prepared") / "home"))
    shutil.rmtree(pilot.home.root)
    shutil.copytree(prepared[0], pilot.home.root)
    monkeypatch.setenv(VARIABLE, hosts.uri)
    monkeypatch.setenv("PILOT_HOME", str(pilot.home.root))
    share(pilot.home, hosts.uri)
    return Hosts(Pilot(pilot.home, Ledger(pilot.home.ledger), pilot.inbox), hosts.folder, hosts.one, hosts.two)


def answer(home: Home) -> list[tuple]:
    """What a process of that host is told."""
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as connection:
        return connection.execute(QUESTION).fetchall()


def called(home: Home, *words: str) -> tuple[int, str]:
    done = run_here("etl", *words, home=home.root)
    return done.returncode, (done.stdout + done.stderr).strip()


def test_each_host_answers_as_the_one_that_publishes(hosts: Hosts):
    """Two processes that watch take the first version, then, undisturbed, the second."""
    watch = [sys.executable, "-m", "etl", "fetch", "--from", hosts.uri, "--watch", "1"]
    homes = (hosts.one, hosts.two)
    watching = [
        subprocess.Popen(watch, cwd=PROJECT, env=environment(home.root), stdout=subprocess.DEVNULL) for home in homes
    ]
    try:
        for number, amount in ((1, None), (2, 2000)):
            if amount:
                hosts.publish(amount)
            until(lambda number=number: all(shows(home, number) for home in homes))
            assert answer(hosts.one) == answer(hosts.two) == answer(hosts.pilot.home) != []
    finally:
        for process in watching:
            process.terminate()
            process.wait()


def shows(home: Home, number: int) -> bool:
    return home.is_published and home.current_snapshot() == home.snapshot(number)


def until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.1)


def test_killed_within_a_download_the_one_before_goes_on(hosts: Hosts):
    fetch(hosts.one, hosts.uri)
    before = answer(hosts.one)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(hosts.one.current_snapshot()), QUESTION],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = reader.stdout.readline()
    hosts.publish(3000)
    arguments = [sys.executable, "-c", CUT_OFF, str(hosts.one.root), hosts.uri]
    done = subprocess.run(arguments, cwd=PROJECT, env=environment(hosts.one.root), check=False)
    assert done.returncode == -signal.SIGKILL
    assert answer(hosts.one) == before
    assert list(hosts.one.warehouse.glob(".building-*"))
    assert fetch(hosts.one, hosts.uri)[0].number == 2
    assert not list(hosts.one.warehouse.glob(".building-*"))
    assert answer(hosts.one) == answer(hosts.pilot.home) != before
    assert reader.communicate("again\n")[0] == told == f"{before}\n"


@pytest.mark.parametrize("damage", ["flipped", "half", "missing", "pointer"])
def test_what_is_not_whole_is_refused_in_one_line(hosts: Hosts, damage: str):
    fetch(hosts.one, hosts.uri)
    before = answer(hosts.one)
    hosts.publish(4000)
    file = hosts.file()
    content = bytearray(file.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif damage == "half":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "missing":
        file.unlink()
    else:
        (hosts.folder / CURRENT).write_bytes((hosts.folder / CURRENT).read_bytes()[:40])
    words = {"flipped": "与所载校验值不符", "half": "字节，应为", "missing": "没有第2版的文件", "pointer": "已损坏"}
    code, said = called(hosts.one, "fetch", "--from", hosts.uri)
    assert (code, said.count("\n"), words[damage] in said) == (2, 0, True), said
    assert answer(hosts.one) == before and shows(hosts.one, 1)
    assert [path.name for path in hosts.one.warehouse.glob("*.duckdb")] == ["pilot-1.duckdb"]
    # A file of the right size is looked into only when it is asked for.
    again = ["--again"] if damage == "flipped" else []
    assert called(hosts.pilot.home, "share", "--to", hosts.uri, *again)[0] == 0
    assert fetch(hosts.one, hosts.uri)[0].number == 2
    assert answer(hosts.one) == answer(hosts.pilot.home)


def test_never_backwards_unless_told(hosts: Hosts):
    shutil.copytree(hosts.folder, hosts.folder.with_name("older"))
    older = hosts.folder.with_name("older").as_uri()
    hosts.publish(5000)
    fetch(hosts.one, hosts.uri)
    with pytest.raises(PilotError, match="本机已是较新的第2版，不退回"):
        fetch(hosts.one, older)
    assert shows(hosts.one, 2)
    assert fetch(hosts.one, older, back=True)[0].number == 1
    assert shows(hosts.one, 1) and not hosts.one.snapshot(2).exists()
    assert fetch(hosts.one, hosts.uri) == (Storage(hosts.uri).current(), True)
    # Nor does a host that publishes put an older one over a newer one.
    second = Home(hosts.folder.with_name("second"))
    shutil.copytree(hosts.pilot.home.root, second.root)
    (second.warehouse / "CURRENT").write_text("pilot-1.duckdb\n", encoding="ascii")
    with pytest.raises(PilotError, match="共享存储已有较新的第2版"):
        share(second, hosts.uri)


def test_nothing_new_is_nothing_done(hosts: Hosts):
    assert fetch(hosts.one, hosts.uri)[1] is True
    written = hosts.one.snapshot(1).stat().st_mtime_ns
    assert fetch(hosts.one, hosts.uri)[1] is False
    assert share(hosts.pilot.home, hosts.uri)[1] is False
    assert hosts.one.snapshot(1).stat().st_mtime_ns == written
    assert hosts.one.snapshot(1).stat().st_mode & 0o777 == 0o600


def test_a_host_that_shows_records_nothing(hosts: Hosts):
    """Else an act would lie in a ledger that nobody else sees."""
    fetch(hosts.one, hosts.uri)
    with pytest.raises(PilotError, match="本机只供查看，数据版本取自file:"), writing(hosts.one):
        raise AssertionError
    assert "本机只供查看" in called(hosts.one, "publish")[1]
    assert "本机自己装载和发布数据版本" in called(hosts.pilot.home, "fetch", "--from", hosts.uri)[1]
    (hosts.one.warehouse / FETCHED).write_text("{", encoding="ascii")
    with pytest.raises(PilotError, match="FETCHED已损坏"):
        origin(hosts.one)


def test_health_tells_who_is_behind(hosts: Hosts, monkeypatch: pytest.MonkeyPatch):
    def told(home: Home) -> list[tuple[str, bool]]:
        return [(fact.state, fact.fine) for fact in health(home) if fact.subject == "共享存储"]

    fetch(hosts.one, hosts.uri)
    assert told(hosts.pilot.home) == told(hosts.one) == [("第1版", True)]
    hosts.publish(6000)
    assert told(hosts.one) == [("第2版，本机为第1版：没有取用到最新的一版，请查看pilot-fetch", False)]
    # A store that refuses does not undo a publication, and is caught up with.
    monkeypatch.setattr(store.Storage, "put", lambda *_: refuse())
    assert hosts.publish(7000) == 3
    assert told(hosts.pilot.home) == [("第2版，本机为第3版：请执行python -m etl share", False)]
    monkeypatch.undo()
    share(hosts.pilot.home, hosts.uri)
    assert told(hosts.one)[0][0].startswith("第3版")


def refuse() -> None:
    raise PilotError("共享存储不能写入")


def test_old_versions_are_thinned_on_both_sides(hosts: Hosts, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("etl.snapshot.share.KEPT", 1)
    monkeypatch.setattr("etl.snapshot.publish.KEPT", 0)
    fetch(hosts.one, hosts.uri)
    hosts.publish(8000)
    fetch(hosts.one, hosts.uri)
    assert [path.name[:7] for path in hosts.folder.glob("pilot-*.duckdb")] == ["pilot-2"]
    assert [path.name for path in hosts.one.warehouse.glob("pilot-*")] == ["pilot-2.duckdb"]


def test_an_object_store_serves_as_well(hosts: Hosts, monkeypatch: pytest.MonkeyPatch):
    """Through the same protocol as any; a flipped byte there is refused, and mended by sharing again."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    with object_store() as objects:
        uri, held = objects.uri, objects.held
        shared, is_new = share(hosts.pilot.home, uri)
        assert is_new and len(held[f"bucket/pilot/{shared.file}"]) == shared.bytes
        assert fetch(hosts.one, uri)[0] == fetch(hosts.two, uri)[0] == shared
        assert answer(hosts.one) == answer(hosts.two) == answer(hosts.pilot.home)
        hosts.publish(9000)
        newer, _ = share(hosts.pilot.home, uri)
        content = bytearray(held[f"bucket/pilot/{newer.file}"])
        content[-1] ^= 1
        held[f"bucket/pilot/{newer.file}"] = bytes(content)
        with pytest.raises(RefusedFile, match="与所载校验值不符"):
            fetch(hosts.one, uri)
        assert shows(hosts.one, 1)
        share(hosts.pilot.home, uri, again=True)
        assert fetch(hosts.one, uri) == (newer, True)
        assert answer(hosts.one) == answer(hosts.pilot.home)


@pytest.mark.parametrize("uri", ["here", "ftp://host/folder", "file://"])
def test_what_is_no_storage_is_told(hosts: Hosts, uri: str):
    code, said = called(hosts.one, "fetch", "--from", uri)
    assert (code, "应如file:///" in said, said.count("\n")) == (2, True, 0), said


def test_a_store_that_cannot_be_written_is_told(hosts: Hosts):
    (hosts.folder.parent / "a file").write_bytes(b"")
    with pytest.raises(PilotError, match="不能写入"):
        share(hosts.pilot.home, (hosts.folder.parent / "a file" / "x").as_uri())
