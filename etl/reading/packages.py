"""From a package's bytes to a submission as read: told apart by content, never by the file's ending."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.reading.csv_files import read_csv
from etl.reading.submission import Reading, read_grids
from etl.receiving.file_types import NEITHER, OLE_MAGIC, ZIP_MAGIC, is_workbook, refuse_unless_zip
from etl.receiving.leftovers import is_left_over
from etl.receiving.receive import Package
from etl.receiving.zip_parts import Parts, parts_of
from etl.sheets.grids import Grid
from etl.sheets.workbook import read_workbook

PACKED = {".zip": "压缩包", ".rar": "压缩包", ".7z": "压缩包", ".xlsx": "工作簿", ".xlsm": "工作簿", ".xls": "工作簿"}
INSIDE_A_ZIP = "压缩包里的“{}”是{}，已拒收；工作簿请直接报送，CSV文件请直接压缩，不要多层压缩"


def _is_csv(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() == ".csv" and not path.name.startswith(".") and not is_left_over(name)


def csv_files(package: Package) -> dict[str, bytes] | None:
    """The CSV files of a folder or zip by name (in a zip, with its folders); None for a workbook."""
    if package.is_folder:
        return {name: content for name, content in package.files.items() if _is_csv(name)}
    parts = parts_of(package.files[package.name])
    return None if is_workbook(parts) else _csv_parts(parts)


def _csv_parts(parts: Parts) -> dict[str, bytes]:
    """The CSV files of a zip. Raises RefusedFile where it holds a zip, a workbook or a program as well."""
    for name in parts:
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in PACKED and not is_left_over(name):
            raise RefusedFile(INSIDE_A_ZIP.format(shown(name), PACKED[suffix]))
    files = {name: parts.read(name) for name in sorted(parts) if _is_csv(name)}
    for name, content in files.items():
        if content.startswith((ZIP_MAGIC, OLE_MAGIC)):
            raise RefusedFile(INSIDE_A_ZIP.format(shown(name), "压缩包或工作簿"))
    return files


def _csv_grids(files: dict[str, bytes]) -> list[Grid]:
    grids = []
    for name in list(files):
        content = files.pop(name)  # a large file is let go before what was read of it is handed on
        if content and not content.isspace():
            grids.append(replace(read_csv(content, PurePosixPath(name).name), path=name))
    if not grids:
        raise RefusedFile("没有找到可读的CSV文件；应有cover.csv、B1.csv等，首行为表头")
    return grids


def _refuse_odd_names(package: Package) -> None:
    """Raises RefusedFile for a name that shows otherwise than it is, or is longer than any file's should be."""
    for name in (package.name, *package.files):
        if shown(name) != name:
            raise RefusedFile(f"文件名“{shown(name)}”过长或含有看不见的字符，已拒收；文件名应如2026-10_B001.xlsx")


def get_ready(_: None) -> None:
    """Nothing: by the time that this is called, all that reading needs is imported."""


def read_package(package: Package) -> Reading:
    """The submission as read. Raises RefusedFile, with one clear line, where the bytes are none."""
    _refuse_odd_names(package)
    if package.is_folder:
        return read_grids(_csv_grids(csv_files(package)))
    content = package.files[package.name]
    refuse_unless_zip(content)
    parts = parts_of(content)
    if is_workbook(parts):
        return read_grids(read_workbook(content))
    files = _csv_parts(parts)
    if not files:
        raise RefusedFile(NEITHER)
    return read_grids(_csv_grids(files))
