"""The archive, in a folder of the home and where hosts share it: bytes as received, once, found out when damaged."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.errors import CallError, PilotError, RefusedFile
from contract.places import SharedArchive, shared_archive_of
from contract.settings import PROJECT, Home, home
from etl.receiving.receive import from_archive
from ledger import remote
from ledger.archive import MARK, asides, copied, digest, fetch, keep, listed, prepare, reached, size_of, tidy
from tests.etl.submissions import csv_files, package, submission
from tests.ledger.archives import PLACES, Somewhere, somewhere
from tests.object_store import Store, object_store

CONTENT = bytes(range(256)) * 100
KEEPER = """
import sys
from contract.places import archive_place_of
from ledger.archive import keep
keep(archive_place_of(sys.argv[1]), sys.stdin.buffer.read())
"""


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Somewhere]:
    with somewhere(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def store() -> Iterator[Store]:
    with object_store() as found:
        prepare(SharedArchive(found.uri))
        yield found


def test_bytes_come_back_as_they_were(place: Somewhere):
    sha256 = keep(place.archive, CONTENT)
    assert fetch(place.archive, sha256) == place.lies(sha256) == CONTENT
    assert listed(place.archive) == {sha256: len(CONTENT)}
    assert (size_of(place.archive, sha256), size_of(place.archive, digest(b""))) == (len(CONTENT), 0)
    assert fetch(place.archive, keep(place.archive, b"")) == b""


def test_the_same_bytes_are_kept_once(place: Somewhere):
    sha256 = keep(place.archive, b"content")
    written = place.store.puts if place.store else place.path(sha256).stat().st_mtime_ns
    assert keep(place.archive, b"content") == sha256 == digest(b"content")
    assert (place.store.puts if place.store else place.path(sha256).stat().st_mtime_ns) == written
    if not place.store:
        assert stat.S_IMODE(place.path(sha256).stat().st_mode) == 0o444
        assert [file.name for file in place.path(sha256).parent.iterdir()] == [sha256]


@pytest.mark.parametrize(("how", "words"), [("flipped", "校验值不符"), ("half", "校验值不符"), ("gone", "中没有")])
def test_damage_and_loss_are_found_told_in_one_line_and_mended(place: Somewhere, how: str, words: str):
    sha256 = keep(place.archive, CONTENT)
    place.harm(sha256, how)
    with pytest.raises(RefusedFile, match=f"{words}.*备份") as told:
        fetch(place.archive, sha256)
    assert "\n" not in str(told.value)
    assert keep(place.archive, CONTENT) == sha256
    assert fetch(place.archive, sha256) == CONTENT


def test_a_folder_comes_back_with_all_its_files(place: Somewhere):
    given = package(csv_files(submission()))
    content_hash = given.archived(place.archive)
    assert content_hash == given.content_hash
    assert from_archive(place.archive, given.name, content_hash, True) == given


def test_a_folder_is_told_by_names_and_contents(tmp_path: Path):
    files = csv_files(submission())
    given = package(files)
    reversed_order = package(dict(reversed(files.items())))
    renamed = package({"I2.csv" if name == "I1.csv" else name: data for name, data in files.items()})
    assert given.content_hash == reversed_order.content_hash != renamed.content_hash


def test_a_place_that_only_looks_like_it_is_refused(tmp_path: Path):
    """Such as the folder on which nothing is mounted: originals would lie where no other host finds them."""
    with object_store() as empty:
        for archive in (SharedArchive((tmp_path / "mount").as_uri()), SharedArchive(empty.uri)):
            for act in (
                lambda to=archive: keep(to, CONTENT),
                lambda to=archive: listed(to),
                lambda to=archive: tidy(to),
            ):
                with pytest.raises(PilotError, match="没有原件库的标记：共享目录没有挂载"):
                    act()
            assert not empty.held and (archive.folder is None or not archive.folder.exists())
            assert [prepare(archive), prepare(archive)] == [True, False]
            assert fetch(archive, keep(archive, CONTENT)) == CONTENT
    assert [path.name for path in (tmp_path / "mount").iterdir() if path.is_file()] == [MARK]


@pytest.mark.parametrize("is_mute", [False, True])
def test_a_store_that_is_away_is_told_in_time_and_nothing_is_called_lost(store: Store, is_mute: bool, monkeypatch):
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 1)
    monkeypatch.setattr(remote, "ATTEMPTS", 1)
    archive = SharedArchive(store.uri)
    sha256 = keep(archive, CONTENT)
    store.puts_left, store.is_mute = 0, is_mute
    began = time.monotonic()
    for act in (lambda: reached(archive), lambda: fetch(archive, sha256), lambda: keep(archive, b"more")):
        words = "没有在限定时间内答复" if is_mute else "连接不上"
        with pytest.raises(PilotError, match=f"^原件库s3://bucket/pilot不能读取：{words}[^\n]*$") as told:
            act()
        assert not isinstance(told.value, RefusedFile) and str(store.uri) not in str(told.value)
    assert time.monotonic() - began < 30
    store.puts_left, store.is_mute = None, False
    assert fetch(archive, sha256) == CONTENT


def test_a_share_that_answers_nothing_is_told_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    archive = SharedArchive(tmp_path.as_uri())
    os.mkfifo(tmp_path / MARK)  # whoever opens it waits, as for a server that is away
    monkeypatch.setattr("ledger.archive.FOLDER_SECONDS", 0.2)
    for act in (lambda: keep(archive, CONTENT), lambda: reached(archive), lambda: prepare(archive)):
        with pytest.raises(PilotError, match="^原件库file:///.*在0.2秒内没有答复[^\n]*$"):
            act()
    os.close(os.open(tmp_path / MARK, os.O_WRONLY | os.O_NONBLOCK))  # lets go of those who wait
    (tmp_path / MARK).unlink()
    (tmp_path / MARK).mkdir()
    with pytest.raises(PilotError, match="不能读写：是文件夹而不是文件"):
        keep(archive, CONTENT)


def test_bytes_that_a_store_holds_otherwise_are_not_kept(store: Store):
    store.is_dishonest = True
    with pytest.raises(PilotError, match="读回的.*与写入的不同，没有登记"):
        keep(SharedArchive(store.uri), CONTENT)


def test_a_listing_of_several_pages_is_read_to_its_end(store: Store):
    store.page = 2
    hashes = {keep(SharedArchive(store.uri), bytes([number])): 1 for number in range(7)}
    assert listed(SharedArchive(store.uri)) == hashes


def test_the_bucket_may_be_part_of_the_hosts_name(store: Store):
    virtual = store.uri.replace("127.0.0.1", "localhost") + "&force_virtual_addressing=true"
    assert fetch(SharedArchive(store.uri), keep(SharedArchive(virtual), CONTENT)) == CONTENT
    with pytest.raises(CallError, match="s3://桶/目录：不支持选项allow_bucket_creation"):
        reached(SharedArchive(f"{store.uri}&allow_bucket_creation=true"))


def test_killed_while_it_puts_an_object_none_is_there_and_the_next_attempt_is_whole(store: Store):
    big = os.urandom(1 << 20)
    arguments = [sys.executable, "-c", KEEPER, store.uri]
    process = subprocess.Popen(arguments, cwd=PROJECT, stdin=subprocess.PIPE)
    store.victim = process.pid
    process.communicate(big)
    assert process.returncode == -9
    archive = SharedArchive(store.uri)
    assert listed(archive) == {}
    store.victim = 0
    assert subprocess.run(arguments, cwd=PROJECT, input=big, check=True).returncode == 0
    assert fetch(archive, digest(big)) == big and listed(archive) == {digest(big): 1 << 20}


def test_from_the_folder_into_the_store_and_back(place: Somewhere, tmp_path: Path):
    own, back = tmp_path / "before", tmp_path / "back"
    hashes = sorted(keep(own, bytes([number]) * 1000) for number in range(5))
    assert copied(own, place.archive) == (dict.fromkeys(hashes, 1000), [])
    place.harm(hashes[0], "flipped")
    place.harm(hashes[1], "gone")
    puts = place.store.puts if place.store else 0
    assert copied(own, place.archive) == (dict.fromkeys(hashes, 1000), [])  # mended, and nothing else written
    assert not place.store or place.store.puts == puts + 2
    place.harm(hashes[2], "half")
    assert copied(place.archive, back) == (dict.fromkeys([*hashes[:2], *hashes[3:]], 1000), [hashes[2]])
    assert copied(own, back) == (dict.fromkeys(hashes, 1000), [])
    assert listed(back) == listed(own)


def test_only_what_no_process_writes_any_more_is_cleared_away(tmp_path: Path):
    shared = SharedArchive((tmp_path / "shared").as_uri())
    prepare(shared)
    host = socket.gethostname().replace("-", "_")
    own = [f".part-{os.getpid()}-{host}-a", f".part-999999999-{host}-b"]
    names = [*own, ".part-999999999-another-c", ".part-1-other-d"]
    for name in names:
        (shared.folder / name).write_bytes(b"half")
    os.utime(shared.folder / names[3], (0, 0))
    assert [path.name for path in asides(shared)] == [names[3], names[1]]
    tidy(shared)
    assert sorted(path.name for path in shared.folder.glob(".part-*")) == sorted([names[0], names[2]])
    assert listed(shared) == {}


def test_the_setting_names_it_for_this_processs_own_home_alone(own_home: Path, tmp_path: Path, monkeypatch):
    assert home().archive == own_home / "archive"
    address = tmp_path / "address"
    address.write_text("s3://key:secret@bucket/pilot?region=here\n", encoding="utf-8")
    address.chmod(0o600)
    monkeypatch.setenv("PILOT_ARCHIVE", str(address))
    named = home().archive
    assert (named.name, named.folder) == ("s3://bucket/pilot", None) and "secret" not in repr(named)
    assert Home(tmp_path / "another").archive == tmp_path / "another" / "archive"
    shared_archive_of.cache_clear()
    address.chmod(0o640)
    with pytest.raises(CallError, match="载有原件库的密钥，其他用户可以读取，请改为600"):
        _ = home().archive
    for nonsense in ("ftp://host/folder", str(tmp_path / "nothing"), "file://host/x"):
        monkeypatch.setenv("PILOT_ARCHIVE", nonsense)
        with pytest.raises(CallError, match="不是原件库的地址：应为file:///…或s3://…"):
            _ = home().archive


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("AWS Error ACCESS_DENIED during PutObject operation: m", "密钥不对，或没有给这个密钥权限"),
        ("AWS Error UNKNOWN (HTTP status 403) during HeadObject operation", "密钥不对，或没有给这个密钥权限"),
        ("AWS Error NO_SUCH_BUCKET during PutObject operation: m", "没有这个桶"),
        ("AWS Error UNKNOWN (HTTP status 507) during PutObject operation: Unable\nto parse", "空间已满"),
        ("AWS Error SLOW_DOWN during ListObjectsV2 operation: m", "暂时不能服务，请稍后再试"),
        (
            "AWS Error UNKNOWN (HTTP status 418) during HeadObject operation",
            "答复为AWS Error UNKNOWN (HTTP status 418)",
        ),
    ],
)
def test_what_a_store_answers_is_told_in_words(said: str, told: str):
    """Whatever stands in the name of the object."""
    assert (
        remote.reason(OSError(f"When uploading object with key 'pilot/50/503403507' in bucket 'bucket': {said}"))
        == told
    )
    assert remote.reason(PermissionError(13, "Permission denied")) == "没有权限"
