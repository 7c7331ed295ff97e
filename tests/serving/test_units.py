"""What systemd itself says of the units, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from scripts.serving.declaration import read
from scripts.serving.write import UNITS, written

ANALYZE = shutil.which("systemd-analyze")
pytestmark = pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")


def analyzed(*arguments) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ANALYZE, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture
def units(tmp_path):
    """The units in a folder, of a program that lies where they say."""
    (tmp_path / "opt" / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "opt" / ".venv" / "bin" / "python").symlink_to(sys.executable)
    folder = tmp_path / "units"
    folder.mkdir()
    service = replace(read(), project=str(tmp_path / "opt"), user="daemon")
    shows = replace(service, shared="file:///mnt/pilot-shared", fetch_seconds=30)
    for name, text in (written(shows) | written(service)).items():
        if name.startswith(UNITS):
            (folder / name.rpartition("/")[2]).write_text(text, encoding="utf-8")
    (folder / "pilot@8501.service").symlink_to("pilot@.service")
    (folder / "pilot@8502.service").symlink_to("pilot@.service")
    return folder


def test_systemd_finds_no_fault(units):
    done = analyzed("verify", "--man=no", *sorted(units.glob("*")))
    said = [line for line in done.stderr.splitlines() if "pilot" in line]
    assert (done.returncode, said) == (0, [])


def test_systemd_would_find_one(units):
    path = units / "pilot-backup.service"
    path.write_text(path.read_text(encoding="utf-8").replace("Type=oneshot", "Type=once"), encoding="utf-8")
    assert "Failed to parse service type" in analyzed("verify", "--man=no", path).stderr


def test_moments_are_moments():
    service = read()
    for moment in (service.backup_at, service.verify_at, service.rehearse_at, "*-*-* *:07"):
        assert analyzed("calendar", moment).returncode == 0, moment
