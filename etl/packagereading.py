"""From a package's bytes to a submission as read: told apart by content, never by the file's ending."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from etl.csvfiles import read_csv
from etl.errors import RefusedFile
from etl.grids import Grid
from etl.reading import Reading, read_grids
from etl.receive import Package
from etl.workbook import read_workbook, refuse_unless_workbook

MAX_ENTRIES = 2_000
MAX_UNPACKED = 1_000 * 1024 * 1024
MAX_RATIO = 500
UTF8_NAME = 0x800
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
NOT_A_WORKBOOK = "文件既不是Excel工作簿（.xlsx），也不是CSV文件的压缩包（.zip），无法读取；请按模板填写后重新报送"


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries of a zip whose declared sizes are within limits. Raises RefusedFile."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    declared = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MAX_ENTRIES or declared > MAX_UNPACKED or declared / packed > MAX_RATIO:
        raise RefusedFile("压缩包解开后过大或文件过多，已拒收；请只压缩本期的报送文件")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedFile("压缩包设有密码，无法读取；请取消密码后重新报送")
    return entries


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name. Windows in Chinese writes names in GBK without saying so, which Python takes for cp437."""
    if entry.flag_bits & UTF8_NAME:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _is_csv(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() == ".csv" and not path.name.startswith(".") and "__MACOSX" not in path.parts


def csv_files(package: Package) -> dict[str, bytes] | None:
    """The CSV files of a folder or zip by name (in a zip, with its folders); None for a workbook."""
    if package.is_folder:
        return {name: content for name, content in package.files.items() if _is_csv(name)}
    with zipfile.ZipFile(io.BytesIO(package.files[package.name])) as archive:
        entries = {_name(entry): entry for entry in _entries(archive)}
        if "xl/workbook.xml" in entries:
            return None
        return {name: archive.read(entries[name]) for name in sorted(entries) if _is_csv(name)}


def _csv_grids(files: dict[str, bytes]) -> list[Grid]:
    grids = [read_csv(content, PurePosixPath(name).name) for name, content in files.items() if content.strip()]
    if not grids:
        raise RefusedFile("没有找到可读的CSV文件；应有cover.csv、B1.csv等，首行为表头")
    return grids


def _read_zip(package: Package) -> Reading:
    content = package.files[package.name]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {entry.filename for entry in _entries(archive)}
        if "xl/workbook.xml" in names:
            return read_grids(read_workbook(content))
        files = csv_files(package)
    except DAMAGED as error:
        raise RefusedFile("文件不完整或已损坏，无法解开；请重新压缩或另存后报送") from error
    if not files:
        raise RefusedFile(NOT_A_WORKBOOK)
    return read_grids(_csv_grids(files))


def read_package(package: Package) -> Reading:
    """The submission as read. Raises RefusedFile, with one clear line, where the bytes are none."""
    if package.is_folder:
        return read_grids(_csv_grids(csv_files(package)))
    content = package.files[package.name]
    if not content.strip():
        raise RefusedFile("文件是空的，没有内容")
    refuse_unless_workbook(content)
    if content.startswith(b"PK"):
        return _read_zip(package)
    raise RefusedFile(NOT_A_WORKBOOK)
