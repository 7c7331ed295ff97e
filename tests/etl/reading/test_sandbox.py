"""Files are read in child processes: what kills or stalls one costs that file alone, and it can do nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

import etl.reading.sandbox
from contract.errors import RefusedFile
from contract.settings import PROJECT
from etl.reading.sandbox import in_child, layers, read_all
from etl.reading.submission import Reading
from etl.receiving.receive import Package
from tests.etl.submissions import csv_files, package, submission, workbook

HERE = "tests.etl.reading.confined"
ALWAYS = ["limits", "audit"]


def bomb() -> bytes:
    """A zip of a few kilobytes that says it unpacks to a hundred million."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("B1.csv", b"0" * 100_000_000)
    return content.getvalue()


class Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (1,)


@pytest.fixture
def port() -> Iterator[int]:
    """Of a server on this machine that listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_readings_come_in_the_order_of_the_packages():
    given = [package(workbook(submission())), package(b"nothing"), package(csv_files(submission())), package(bomb())]
    first, refused, third, too_large = read_all(given)
    assert isinstance(first, Reading) and isinstance(third, Reading)
    assert first.cover["submitter"].value == third.cover["submitter"].value == "B001"
    assert isinstance(refused, RefusedFile) and "Excel工作簿" in str(refused)
    assert isinstance(too_large, RefusedFile) and "过大" in str(too_large)


def test_nothing_to_read_starts_nothing():
    assert list(read_all([])) == []


def test_a_child_that_dies_costs_its_file_alone():
    """The package is one that the child cannot even unpickle."""
    good = package(csv_files(submission()))
    first, second = read_all([Package("x", {"x": Deadly()}, False), good])
    assert isinstance(first, RefusedFile)
    assert isinstance(second, Reading)


def test_a_child_reads_and_does_nothing_else(port: int, tmp_path: Path):
    (tmp_path / "old").write_text("as it was")
    done = in_child(f"{HERE}:attempts", {"port": port, "folder": str(tmp_path)})
    assert set(done.pop("connect")) and {name for name, error in done.items() if not error} == set()
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old").read_text() == "as it was"


def test_a_child_that_writes_has_one_folder_for_it(port: int, tmp_path: Path):
    (tmp_path / "old").write_text("as it was")
    done = in_child(f"{HERE}:attempts", {"port": port, "folder": str(tmp_path)}, writes=True)
    assert done["temporary file"] == "" and done["connect"] and done["program"]
    if "landlock" in layers():
        assert {name for name, error in done.items() if not error} == {"temporary file"}
        assert (tmp_path / "old").read_text() == "as it was"


def test_the_kernel_refuses_what_python_would_not(port: int):
    if "seccomp" not in layers():
        pytest.skip("this kernel filters no system calls")
    done = in_child(f"{HERE}:without_python", port)
    assert done["socket"] == done["connect"] == -1 and done["system"] != 0


def test_the_first_layers_hold_everywhere():
    assert {*ALWAYS, "privileges"} <= set(layers())


def test_what_a_kernel_refuses_is_left_out():
    """Where no layer of the kernel's can be had, the child still starts, and Python refuses."""
    assert in_child(f"{HERE}:bare", None) == ALWAYS
    assert "namespace" not in in_child(f"{HERE}:again", None)
    code = "import socket; from tests.etl.reading.confined import bare; bare(None); socket.socket()"
    ended = subprocess.run([sys.executable, "-c", code], check=False, cwd=PROJECT, capture_output=True, text=True)
    assert ended.stderr.rstrip().endswith("PermissionError: socket.__new__ is not allowed here")


def test_secrets_of_the_environment_stay_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PILOT_SECRET", "x")
    monkeypatch.setenv("LANG", "C.UTF-8")
    seen = in_child(f"{HERE}:settings", None)
    assert "LANG" in seen and not {"PILOT_SECRET", "PILOT_HOME", "HOME", "PATH"} & set(seen)


def test_memory_has_a_limit():
    assert in_child(f"{HERE}:takes", 100) == 100 * 1024**2
    with pytest.raises(RefusedFile, match="内存"):
        in_child(f"{HERE}:takes", 1100)


def test_time_has_a_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(etl.reading.sandbox, "SECONDS", 1)
    with pytest.raises(RefusedFile, match="没有读完"):
        in_child(f"{HERE}:stalls", None)


@pytest.mark.parametrize(
    ("function", "told"),
    [("leaves", "读取进程中断"), ("aborts", "内存"), ("breaks", "ZeroDivisionError"), ("takes_over", "读取进程中断")],
)
def test_a_child_that_gives_no_answer_is_told(function: str, told: str):
    with pytest.raises(RefusedFile, match=told):
        in_child(f"{HERE}:{function}", None)


def test_a_refusal_is_handed_on_in_its_words():
    with pytest.raises(RefusedFile, match="^理由$"):
        in_child(f"{HERE}:refuses", "理由")


def test_what_a_library_prints_is_no_answer():
    assert in_child(f"{HERE}:chatters", "喧哗") == "喧哗"
