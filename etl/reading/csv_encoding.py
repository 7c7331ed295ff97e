"""The encoding of a CSV file: UTF-8 or GB18030, and where it might be either or is both, none: nothing is guessed."""

from __future__ import annotations

import codecs
import re

from contract.errors import RefusedFile

WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
GB18030_BOM = "\ufeff".encode("gb18030")
LOOKED_AT_ONCE = 1 << 20
END_OF_FILE = b"\x1a"  # what DOS programs put at the end of a text
SAVE_AGAIN = "请另存为UTF-8（带BOM）编码的CSV后重新报送"
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
# Lead bytes of two-byte characters: Latin, Greek, Cyrillic. Two characters of GB18030 may look like them.
TWO_BYTES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")


def as_utf8(content: bytes, name: str) -> bytes:
    """The text of a CSV file as UTF-8 without BOM. Raises RefusedFile, with the line, for what is no such text."""
    if content.startswith(WIDE_BOMS):
        raise RefusedFile(f"{name}是UTF-16编码，{SAVE_AGAIN}")
    if b"\0" in content:
        raise RefusedFile(f"{name}第{_line(content, content.index(0))}行含有空字符（NUL），{SAVE_AGAIN}")
    content = content.removesuffix(END_OF_FILE)
    if content.startswith(codecs.BOM_UTF8):
        content = content.removeprefix(codecs.BOM_UTF8)
        if (broken := _first_broken(content)) is not None:
            raise RefusedFile(f"{name}第{_line(content, broken)}行不是UTF-8编码，与文件开头的标记不符，{SAVE_AGAIN}")
        return content
    if _first_broken(content) is None:
        _refuse_if_either(content, name)
        return content
    content = content.removeprefix(GB18030_BOM)
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        line = _line(content, error.start)
        raise RefusedFile(f"{name}第{line}行的编码既不是UTF-8也不是GB18030，{SAVE_AGAIN}") from None
    _refuse_if_mixed(content, name)
    return text.encode()


def _line(content: bytes, position: int) -> int:
    """The number of the line that a byte stands on, whichever way lines end."""
    return len(re.findall(rb"\r\n|\r|\n", content[:position])) + 1


def _first_broken(content: bytes) -> int | None:
    """Where the bytes stop being UTF-8, looked at in pieces: a large file is not held a second time for it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    start = 0
    try:
        for start in range(0, len(content), LOOKED_AT_ONCE):
            decoder.decode(view[start : start + LOOKED_AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return min(max(start + error.start, 0), len(content) - 1)
    return None


def _refuse_if_either(content: bytes, name: str) -> None:
    """A few Chinese characters of GB18030 are valid UTF-8 too, of letters that no submission is written in."""
    found = TWO_BYTES.search(content)
    if found is None or CHINESE.search(content.decode()):
        return
    try:
        other = content.decode("gb18030")
    except UnicodeDecodeError:
        return
    if CHINESE.search(other):
        line = _line(content, found.start())
        raise RefusedFile(f"{name}第{line}行看不出是UTF-8还是GB18030编码，{SAVE_AGAIN}")


def _refuse_if_mixed(content: bytes, name: str) -> None:
    """A damaged UTF-8 file, or one pasted together from two encodings, can be read as GB18030: as nonsense."""
    lines = re.split(rb"\r\n|\r|\n", content)
    for number, line in enumerate(lines, 1):
        if not line.isascii() and _reads_as_chinese(line):
            broken = next((at for at, other in enumerate(lines, 1) if not _is_utf8(other)), number)
            raise RefusedFile(
                f"{name}第{broken}行与第{number}行的编码不同（文件有损坏，或由两种编码拼成），{SAVE_AGAIN}"
            )
    told = content.decode("utf-8", "replace")
    chinese, broken = len(CHINESE.findall(told)), told.count("\ufffd")
    if chinese * 4 > broken:
        number = next(at for at, line in enumerate(lines, 1) if not _is_utf8(line))
        raise RefusedFile(f"{name}第{number}行的编码有损坏，{SAVE_AGAIN}")


def _is_utf8(line: bytes) -> bool:
    return _first_broken(line) is None


def _reads_as_chinese(line: bytes) -> bool:
    try:
        return bool(CHINESE.search(line.decode()))
    except UnicodeDecodeError:
        return False
