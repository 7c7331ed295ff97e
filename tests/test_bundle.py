"""What an installation without network needs: sums that hold, wheels for both processors, and no index."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from contract.settings import PROJECT
from scripts import bundle

WHEEL = "tiny-1.0-py3-none-any.whl"


def tiny_wheel(folder: Path) -> Path:
    """A wheel with one module, as the packaging standard has it."""
    files = {
        "tiny.py": "WHOLE = True\n",
        "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    hashes = {name: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()) for name, text in files.items()}
    record = [f"{name},sha256={hashes[name].decode().rstrip('=')},{len(text)}" for name, text in files.items()]
    files["tiny-1.0.dist-info/RECORD"] = "\n".join([*record, "tiny-1.0.dist-info/RECORD,,", ""])
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / WHEEL, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return folder / WHEEL


@pytest.fixture
def small(tmp_path):
    """A folder as `bundle` makes it, of a project that needs one package."""
    folder = tmp_path / "bundle"
    wheel = tiny_wheel(folder / "wheels")
    pinned = f"tiny==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    with tarfile.open(folder / bundle.SOURCE, "w:gz") as archive:
        for name in ("scripts/environment.sh", "scripts/system_packages.sh"):
            archive.add(PROJECT / name, name)
        entry = tarfile.TarInfo("requirements.txt")
        entry.size = len(pinned)
        archive.addfile(entry, io.BytesIO(pinned.encode()))
    shutil.copy(bundle.INSTALLER, folder / "install.sh")
    (folder / bundle.SUMS).write_text("".join(bundle.sums(folder)), encoding="utf-8")
    return folder


def install(folder: Path, target: Path) -> subprocess.CompletedProcess[str]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [folder / "install.sh", target, sys.executable], env=settings, capture_output=True, text=True, check=False
    )


def test_it_installs_without_an_index(small, tmp_path):
    target = tmp_path / "opt"
    done = install(small, target)
    assert done.returncode == 0, done.stdout + done.stderr
    said = subprocess.run(
        [target / ".venv/bin/python", "-c", "import tiny; print(tiny.WHOLE)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "True\n"


@pytest.mark.parametrize("harm", [
    lambda folder: (folder / "wheels" / WHEEL).write_bytes(b"other"),
    lambda folder: (folder / bundle.SOURCE).unlink(),
    lambda folder: (folder / bundle.SUMS).write_text("", encoding="utf-8"),
])  # fmt: skip
def test_a_folder_that_is_not_whole_installs_nothing(small, tmp_path, harm):
    harm(small)
    done = install(small, tmp_path / "opt")
    assert done.returncode == 1 and "安装包不完整或已损坏" in done.stderr
    assert not (tmp_path / "opt").exists()


@pytest.mark.parametrize("processor", bundle.PROCESSORS)
def test_wheels_are_asked_for_by_processor_and_by_systems_that_are_old_enough(processor):
    options = bundle.target(processor)
    tags = {value for option, value in itertools.pairwise(options) if option == "--platform"}
    assert f"manylinux_2_28_{processor}" in tags and f"manylinux2014_{processor}" in tags
    assert not any("2_29" in tag or "2_3" in tag for tag in tags)
    assert all(tag.endswith(processor) for tag in tags)


def test_a_folder_that_is_there_is_left_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bundle", str(tmp_path)])
    assert bundle.main() == 2
    assert "已存在" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
