"""Names in zips as the programs of the world write them, and what systems leave beside a submission's own files."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from contract.errors import RefusedFile
from etl.reading.packages import read_package
from etl.receiving.receive import find, take
from etl.receiving.zip_parts import parts_of
from tests.etl.submissions import BANK, csv_files, package, submission, workbook, zipped

FOLDER = "报送"


def with_names(names: dict[str, bytes]) -> bytes:
    """A valid zip of CSV files in which the names stand as these bytes, without the flag that says UTF-8.

    zipfile writes only names of its own encoding: each is written as so many letters, then replaced.
    """
    files = csv_files(submission())
    holders = {name: f"{number:02}".ljust(len(written), "x") for number, (name, written) in enumerate(names.items())}
    content = zipped({holders.get(name, name): data for name, data in files.items()})
    for name, holder in holders.items():
        content = content.replace(holder.encode(), names[name])
    return content


def in_folder(encoding: str, separator: str = "/", cover: str = "封面.csv") -> dict[str, bytes]:
    """The name of each file below a folder with a Chinese name, in an encoding."""
    own = {name: cover if name == "cover.csv" else name for name in csv_files(submission())}
    return {name: f"{FOLDER}{separator}{shown}".encode(encoding) for name, shown in own.items()}


MAKERS = {
    "Mac: UTF-8 without the flag": with_names(in_folder("utf-8")),
    "Windows in Chinese: GBK": with_names(in_folder("gbk")),
    "older .NET: backslashes": with_names(in_folder("utf-8", "\\")),
    "older .NET in Chinese: backslashes in GBK": with_names(in_folder("gbk", "\\")),
    "with the flag": zipped(
        {written.decode(): csv_files(submission())[name] for name, written in in_folder("utf-8").items()}
    ),
}


@pytest.mark.parametrize("maker", MAKERS)
def test_the_names_of_every_maker_are_understood(maker: str):
    expected = read_package(package(csv_files(submission())))
    reading = read_package(package(MAKERS[maker]))
    assert reading.cover == expected.cover and reading.cover["submitter"].value == BANK
    assert reading.tables == expected.tables


def test_a_backslash_within_a_character_is_no_separator():
    """In GBK the second byte of 乗 is that of a backslash."""
    assert "乗".encode("gbk")[1:] == b"\\"
    assert f"{FOLDER}乗.csv" in parts_of(with_names({"I1.csv": f"{FOLDER}乗.csv".encode("gbk")}))


def test_folders_parted_by_backslashes_are_no_files():
    content = zipped({"xxx/": b"", "xxx/a.csv": b"x"}).replace(b"xxx/", b"xxx\\")
    assert list(parts_of(content)) == ["xxx/a.csv"]


def unicode_path(written: bytes, told: bytes) -> bytes:
    field = struct.pack("<BL", 1, zlib.crc32(written)) + told
    return struct.pack("<HH", 0x7075, len(field)) + field


def with_extra(extra: bytes) -> bytes:
    """A zip of one entry, `?.csv` to systems without Chinese, with an extra field in its directory."""
    content = zipped({"??.csv": b"x"})
    listed = content.rindex(b"PK\x01\x02")
    name_end = listed + 46 + len("??.csv")
    head = bytearray(content[:name_end])
    head[listed + 30 : listed + 32] = struct.pack("<H", len(extra))
    tail = bytearray(content[name_end:])
    size_at = tail.index(b"PK\x05\x06") + 12
    (size,) = struct.unpack_from("<I", tail, size_at)
    tail[size_at : size_at + 4] = struct.pack("<I", size + len(extra))
    return bytes(head + extra + tail)


@pytest.mark.parametrize(
    ("extra", "name"),
    [
        (unicode_path(b"??.csv", "封面.csv".encode()), "封面.csv"),
        (struct.pack("<HHB", 0x5455, 1, 0) + unicode_path(b"??.csv", "封面.csv".encode()), "封面.csv"),
        (unicode_path(b"other.csv", "封面.csv".encode()), "??.csv"),  # of a name that was changed since
        (unicode_path(b"??.csv", "封面.csv".encode("gbk")), "??.csv"),
    ],
)
def test_a_name_told_beside_the_header_counts_where_it_is_the_same_ones(extra: bytes, name: str):
    assert list(parts_of(with_extra(extra))) == [name]


@pytest.mark.parametrize("name", ["..\\B9.csv", "\\B9.csv", "C:\\B9.csv", "a\\..\\..\\B9.csv", "\\\\server\\B9.csv"])
def test_a_backslash_hides_no_place(name: str):
    with pytest.raises(RefusedFile, match="不合规范|指向压缩包之外"):
        parts_of(with_names({"I1.csv": name.encode()}))


def test_one_name_written_two_ways_is_told():
    with pytest.raises(RefusedFile, match="两个“a/B9.csv”"):
        parts_of(with_names({"I1.csv": b"a/B9.csv", "B1.csv": b"a\\B9.csv"}))


LEFTOVERS = {
    "Thumbs.db": b"\xd0\xcf\x11\xe0",
    "desktop.ini": b"[.ShellClassInfo]",
    ".DS_Store": b"\0\0\0\1Bud1",
    "~$2026-09_B001.xlsx": b"\5Admin",
    "._2026-09_B001.xlsx": b"\0\5\26\7",
    ".~lock.B1.csv#": b",user,",
}


def test_what_systems_leave_in_a_zip_is_passed_over():
    beside = {f"报送/{name}": data for name, data in LEFTOVERS.items()} | {
        "__MACOSX/._B1.csv": b"x",
        "报送/~$B1.csv": b"x",
    }
    content = zipped({f"报送/{name}": data for name, data in csv_files(submission()).items()} | beside)
    assert read_package(package(content)).tables == read_package(package(csv_files(submission()))).tables


def test_a_workbook_of_the_submitters_own_in_a_zip_is_still_told():
    with pytest.raises(RefusedFile, match="工作簿请直接报送"):
        read_package(package(zipped(csv_files(submission()) | {"报送.xlsx": workbook(submission())})))


def test_what_systems_leave_in_folders_is_no_submission(tmp_path: Path):
    inbox = tmp_path / "inbox"
    for folder in (inbox, inbox / "2026-09_B001", inbox / "__MACOSX"):
        folder.mkdir()
        for name, data in LEFTOVERS.items():
            (folder / name).write_bytes(data)
    for name, data in csv_files(submission()).items():
        (inbox / "2026-09_B001" / name).write_bytes(data)
    (inbox / "__MACOSX" / "2026-09_B002.xlsx").write_bytes(b"\0\5\26\7")
    assert list(find(inbox)) == [inbox / "2026-09_B001"]
    assert list(find(inbox / "Thumbs.db")) == []  # as a shell's `*` names it


def test_looking_into_a_folder_makes_no_other_submission(tmp_path: Path):
    folder = tmp_path / "2026-09_B001"
    folder.mkdir()
    for name, data in csv_files(submission()).items():
        (folder / name).write_bytes(data)
    before = take(folder).content_hash
    (folder / "Thumbs.db").write_bytes(LEFTOVERS["Thumbs.db"])
    assert take(folder).content_hash == before
    (folder / "读我.txt").write_bytes(b"x")
    assert take(folder).content_hash != before
