"""The operations manual, followed to the letter: what is backed up as it says comes back as it says."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.submission import PERIOD, RECEIVED, write_roster, write_submission
from contract.settings import PROJECT
from tests.processes import run_module


def values(home: Path) -> str:
    done = run_module("metrics", "values", "--period", PERIOD, home=home, PILOT_NOW=RECEIVED)
    assert done.returncode == 0, done.stderr
    return done.stdout


def as_written(begins: str, **places: Path) -> list[str]:
    """The command of the manual that begins so, its places replaced by those of a test."""
    manual = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    words = re.search(rf"^python -m ({begins}.*)$", manual, flags=re.MULTILINE)[1].split()
    return [
        str(places.get(word.replace("/mnt/pilot-backup", "COPIES").replace("新的数据目录", "HOME"), word))
        for word in words
    ]


def test_a_home_comes_back_from_archive_and_ledger(tmp_path, own_home):
    for arguments in (
        ("register", write_roster(tmp_path)),
        ("load", write_submission(tmp_path, 60), "--received", RECEIVED),
    ):
        done = run_module("etl", *arguments, home=own_home, PILOT_NOW=RECEIVED)
        assert done.returncode == 0, done.stdout + done.stderr
    before = values(own_home)
    assert f"{PERIOD},city,BJ,G03,60,,60" in before.splitlines()

    restored, copies = tmp_path / "restored", tmp_path / "copies"
    for begins in ("etl backup", "etl restore .* --into"):
        command = as_written(begins, COPIES=copies, HOME=restored)
        done = run_module(*command, home=own_home, PILOT_NOW=RECEIVED)
        assert done.returncode == 0, done.stdout + done.stderr
    assert values(restored) == before
    verified = run_module("etl", "verify", home=restored)
    events, files, version = verified.stdout.splitlines()
    assert verified.returncode == 0
    assert re.fullmatch(r"台账\d+条事件校验链完整", events)
    assert files == f"档案{sum(path.is_file() for path in (own_home / 'archive').rglob('*'))}个文件齐全"
    assert version == "数据版本第2版与台账相符"
