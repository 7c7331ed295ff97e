"""The archive: the bytes as received, once, read-only, and found out when damaged."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from contract.errors import RefusedFile
from etl.receiving.receive import from_archive
from ledger.archive import digest, fetch, keep
from tests.etl.submissions import csv_files, package, submission


def place_of(archive: Path, sha256: str) -> Path:
    return archive / sha256[:2] / sha256


def test_bytes_come_back_as_they_were(tmp_path: Path):
    content = bytes(range(256)) * 100
    assert fetch(tmp_path, keep(tmp_path, content)) == content


def test_the_same_bytes_are_kept_once_and_read_only(tmp_path: Path):
    sha256 = keep(tmp_path, b"content")
    path = place_of(tmp_path, sha256)
    written = path.stat().st_mtime_ns
    assert keep(tmp_path, b"content") == sha256 == digest(b"content")
    assert path.stat().st_mtime_ns == written
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert [file.name for file in path.parent.iterdir()] == [sha256]


def test_damage_and_loss_are_found(tmp_path: Path):
    sha256 = keep(tmp_path, b"content")
    path = place_of(tmp_path, sha256)
    os.chmod(path, 0o644)
    path.write_bytes(b"contend")
    with pytest.raises(RefusedFile, match="校验值不符"):
        fetch(tmp_path, sha256)
    path.unlink()
    with pytest.raises(RefusedFile, match="备份"):
        fetch(tmp_path, sha256)


def test_a_folder_comes_back_with_all_its_files(tmp_path: Path):
    given = package(csv_files(submission()))
    content_hash = given.archived(tmp_path)
    assert content_hash == given.content_hash
    assert from_archive(tmp_path, given.name, content_hash, True) == given


def test_a_folder_is_told_by_names_and_contents(tmp_path: Path):
    files = csv_files(submission())
    given = package(files)
    reversed_order = package(dict(reversed(files.items())))
    renamed = package({"I2.csv" if name == "I1.csv" else name: data for name, data in files.items()})
    assert given.content_hash == reversed_order.content_hash != renamed.content_hash
