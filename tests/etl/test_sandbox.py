"""Files are read in child processes: what kills or stalls one costs that file alone."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO

import pytest

import etl.readworker
from etl.errors import RefusedFile
from etl.reading import Reading
from etl.receive import Package
from etl.sandbox import read_all
from tests.etl.submissions import csv_files, package, submission, workbook


def bomb() -> bytes:
    """A zip of a few kilobytes that says it unpacks to a hundred million."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("B1.csv", b"0" * 100_000_000)
    return content.getvalue()


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


class Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_fault_of_the_reader_is_told_apart_from_a_bad_file(monkeypatch: pytest.MonkeyPatch):
    def breaks(_: Package) -> Reading:
        raise ZeroDivisionError

    monkeypatch.setattr(etl.readworker, "read_package", breaks)
    answer = etl.readworker._read(package(b"x"))
    assert "系统" in answer and "ZeroDivisionError" in answer
