"""The entries of a zip: its directory is checked before anything is unpacked, and the real size of each while it is.

Nothing is ever unpacked to a path; names are checked all the same, since what hides its place hides more.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from contract.errors import RefusedFile
from contract.unseen import UNSEEN, shown

MAX_ENTRIES = 2_000
MAX_UNPACKED = 1_000 * 1024 * 1024
MAX_RATIO = 500
MAX_NAME = 200
UTF8_NAME = 0x800
UNICODE_PATH = 0x7075  # the extra field in which Info-ZIP and 7-Zip give a name in UTF-8 beside that of the header
NAME_ENCODINGS = ("utf-8", "gb18030")
EXTRA_FIELD = struct.Struct("<HH")
UNICODE_PATH_HEAD = struct.Struct("<BL")
ENCRYPTED = 0x1
LOCAL_HEADER = struct.Struct("<4s22xHH")
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, ValueError)
BROKEN = "文件不完整或已损坏，无法解开；请重新压缩或另存后报送"


@dataclass(frozen=True)
class Parts:
    """A zip's files by name, none of them unpacked yet."""

    content: bytes
    entries: dict[str, zipfile.ZipInfo]

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises RefusedFile where they are not what the directory says."""
        entry = self.entries[name]
        try:
            packed = self._packed(entry)
            unpacked = self._inflated(packed, entry) if entry.compress_type == zipfile.ZIP_DEFLATED else packed
        except DAMAGED as error:
            raise RefusedFile(BROKEN) from error
        if len(unpacked) != entry.file_size or zlib.crc32(unpacked) != entry.CRC:
            raise RefusedFile(f"压缩包中“{shown(name)}”的实际内容与压缩包目录所记不符，已拒收；请重新压缩或另存后报送")
        return unpacked

    def _packed(self, entry: zipfile.ZipInfo) -> bytes:
        start = entry.header_offset
        _, name_length, extra_length = LOCAL_HEADER.unpack_from(self.content, start)
        start += LOCAL_HEADER.size + name_length + extra_length
        return self.content[start : start + entry.compress_size]

    @staticmethod
    def _inflated(packed: bytes, entry: zipfile.ZipInfo) -> bytes:
        """At most one byte more than the directory says, however much there would be."""
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        unpacked = inflate.decompress(packed, entry.file_size + 1)
        return unpacked if inflate.eof else unpacked + b"\0"


def parts_of(content: bytes) -> Parts:
    """The files of a zip whose directory is within limits. Raises RefusedFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
    except DAMAGED as error:
        raise RefusedFile(BROKEN) from error
    files = [entry for entry in listed if not _is_folder(entry)]
    declared = sum(entry.file_size for entry in files)
    packed = sum(entry.compress_size for entry in files) or 1
    if len(listed) > MAX_ENTRIES:
        raise RefusedFile(f"压缩包内有{len(listed)}个文件，超过{MAX_ENTRIES}个的上限，已拒收；请只压缩本期的报送文件")
    if declared > MAX_UNPACKED or declared / packed > MAX_RATIO:
        raise RefusedFile(f"压缩包解开后过大（{declared}字节），已拒收；请只压缩本期的报送文件")
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in listed:
        name = _name(entry)
        _refuse_entry(entry, name)
        if name in entries:
            raise RefusedFile(f"压缩包中有两个“{shown(name)}”，已拒收；请重新压缩，同名文件只保留一个")
        if not _is_folder(entry):
            entries[name] = entry
    return Parts(content, entries)


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return _name(entry).endswith("/")


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name, its folders parted by `/`: older programs of .NET part them by a backslash.

    A backslash is looked for in the text, never in the bytes: it is the second byte of some characters in GBK.
    """
    return _decoded_name(entry).replace("\\", "/")


def _decoded_name(entry: zipfile.ZipInfo) -> str:
    """The name as it was written. Without the flag that says UTF-8, Python takes its bytes for cp437.

    A Mac writes UTF-8 all the same, Windows in Chinese GBK: the first that the bytes are without fault.
    """
    if entry.flag_bits & UTF8_NAME:
        return entry.orig_filename
    written = entry.orig_filename.encode("cp437")
    if (told := _unicode_path(entry, written)) is not None:
        return told
    for encoding in NAME_ENCODINGS:
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.orig_filename


def _unicode_path(entry: zipfile.ZipInfo, written: bytes) -> str | None:
    """The name that the extra field gives, where it was made for the name in the header."""
    extra = entry.extra
    while len(extra) >= EXTRA_FIELD.size:
        kind, length = EXTRA_FIELD.unpack_from(extra)
        field, extra = extra[EXTRA_FIELD.size : EXTRA_FIELD.size + length], extra[EXTRA_FIELD.size + length :]
        if kind == UNICODE_PATH and len(field) > UNICODE_PATH_HEAD.size:
            version, checksum = UNICODE_PATH_HEAD.unpack_from(field)
            name = field[UNICODE_PATH_HEAD.size :]
            if version == 1 and checksum == zlib.crc32(written) and _is_utf8(name):
                return name.decode()
    return None


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse_entry(entry: zipfile.ZipInfo, name: str) -> None:
    """Raises RefusedFile for an entry that no honest program writes, or that cannot be read."""
    if entry.flag_bits & ENCRYPTED:
        raise RefusedFile("压缩包设有密码，无法读取；请取消密码后重新报送")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedFile(f"压缩包中“{shown(name)}”的压缩方式无法读取，已拒收；请用系统自带的压缩功能重新压缩")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise RefusedFile(f"压缩包中“{shown(name)}”不是普通文件（是链接或设备），已拒收；请只压缩文件本身")
    odd = UNSEEN.search(name) or {":", "\t", "\r", "\n"} & set(name)
    if len(name) > MAX_NAME or odd or name.startswith("/"):
        raise RefusedFile(f"压缩包中的文件名“{shown(name)}”不合规范，已拒收；请改名后重新压缩")
    if ".." in PurePosixPath(name).parts:
        raise RefusedFile(f"压缩包中的文件名“{shown(name)}”指向压缩包之外，已拒收；请重新压缩")
