"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import re

from contract.errors import RefusedFile
from etl.receiving.advice import FILL_IN, SAVE_AS, TAKE_PASSWORD_OFF
from etl.receiving.office_parts import CONTENT_TYPES, UTF8_BOM, WIDE_BEGINNINGS, OfficeParts
from etl.receiving.zip_parts import Parts
from ledger.roster import ROSTER_COLUMNS, ROSTER_HEADERS

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
PASSWORD = f"文件设有打开密码，无法读取；{TAKE_PASSWORD_OFF}"
WORD, SLIDES = f"文件是Word文档，不是报送文件；{FILL_IN}", f"文件是演示文稿，不是报送文件；{FILL_IN}"
NEITHER = f"文件既不是Excel工作簿（.xlsx），也不是CSV文件的压缩包（.zip），无法读取；{FILL_IN}"
A_TEXT = "文件内容是一张文本表，不是Excel工作簿；CSV须连同封面cover.csv放在一个文件夹或.zip中报送"
OLE_KINDS = {  # the name of the stream that says what an old Office file holds
    "EncryptedPackage": PASSWORD,
    "DRMEncryptedDataSpace": "文件设有权限保护（IRM），无法读取；请在Excel按“文件—信息—保护工作簿—限制访问”取消后报送",
    "WordDocument": WORD,
    "PowerPoint Document": SLIDES,
}
ROSTER_HEADS = "|".join(",".join(heads[:4]) for heads in (ROSTER_COLUMNS, ROSTER_HEADERS))
A_ROSTER = f"文件是试点名单，不是报送文件；首批名单由监管人员在“启用准备”页登记。报送的，{FILL_IN}"
OLD_OFFICE = f"文件是旧版Office格式（.xls，或WPS的.et），无法读取；{SAVE_AS}"
BEGINNINGS = (
    (rb"%PDF-", "文件是PDF，不是报送文件；" + FILL_IN),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|II\*\0|MM\0\*", "文件是图片，不是报送文件；" + FILL_IN),
    (rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ", "文件是rar、7z等压缩格式，无法读取；请压缩为.zip后重新报送"),
    (rb"MZ|\x7fELF|#!", "文件是程序，已拒收；" + FILL_IN),
    (
        rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00",
        OLD_OFFICE,
    ),  # before 1995, and such a stream without its container
    (rb"SQLite format 3|PAR1|\0\x01\0\0Standard (Jet|ACE)", "文件是数据库文件，不是报送文件；" + FILL_IN),
    (b"(?:\xef\xbb\xbf)?(?:" + ROSTER_HEADS.encode() + b")", A_ROSTER),
    (rb"ID;P", f"文件是SYLK表格（.slk），不是.xlsx工作簿；{SAVE_AS}"),
    (rb"TABLE\r?\n0,1", f"文件是DIF表格（.dif），不是.xlsx工作簿；{SAVE_AS}"),
    (rb"(MIME-Version|From|Content-Type):\s", f"文件是单个文件网页（.mht），不是Excel工作簿；{SAVE_AS}"),
)
TEXT_BEGINNINGS = (  # of what is text in some encoding, after blanks
    (r"<(?:!DOCTYPE\s+html|html|head|body|table|meta|div|style|script)\b", f"文件是网页，不是Excel工作簿；{SAVE_AS}"),
    (r"<\w*:?Workbook\b", f"文件是XML表格（2003版），不是.xlsx工作簿；{SAVE_AS}"),
    (r"<office:document\b", f"文件是OpenDocument格式（.fods），无法读取；{SAVE_AS}"),
    (r"<", f"文件是XML文件，不是.xlsx工作簿；{SAVE_AS}"),
    (r"\{\\rtf", "文件是RTF文档，不是报送文件；" + FILL_IN),
    (r"[\[{]\s*[\"\[{\]}]", "文件是JSON数据，不是报送文件；" + FILL_IN),
)
MAIN_TYPES = (  # in the content type of the part that a package is about
    ("sheet.binary", f"文件是二进制工作簿（.xlsb），无法读取；{SAVE_AS}"),
    ("wordprocessingml", WORD),
    ("ms-word", WORD),
    ("presentationml", SLIDES),
    ("ms-powerpoint", SLIDES),
    ("visio", "文件是Visio图，不是报送文件；" + FILL_IN),
)
INSIDE = (  # a part that tells what a zip is which says nothing of its parts
    ("xl/workbook.bin", f"文件是二进制工作簿（.xlsb），无法读取；{SAVE_AS}"),
    ("word/document.xml", WORD),
    ("ppt/presentation.xml", SLIDES),
    ("content.xml", f"文件是OpenDocument格式（.ods），无法读取；{SAVE_AS}"),
    ("index/document.iwa", f"文件是Numbers表格，无法读取；{SAVE_AS}"),
    ("index.zip", f"文件是Numbers表格，无法读取；{SAVE_AS}"),
)
WORKBOOK = "xl/workbook.xml"
HEAD = 4096


def refuse_unless_zip(content: bytes) -> None:
    """Raises RefusedFile, saying what the file is instead, where its bytes are no zip."""
    if content.startswith(ZIP_MAGIC):
        return
    if not content.strip(b" \t\r\n\0"):
        raise RefusedFile("文件是空的，没有内容")
    if content.startswith(OLE_MAGIC):
        raise RefusedFile(_old_office(content))
    if content.startswith(EMPTY_ZIP):
        raise RefusedFile("压缩包是空的；应有cover.csv、B1.csv等")
    for beginning, told in BEGINNINGS:
        if re.match(beginning, content, re.IGNORECASE | re.DOTALL):
            raise RefusedFile(told)
    text = _text(content[:HEAD])
    bare = re.sub(r"\A\s*(<\?xml\b.*?\?>|<!--.*?-->|<\?mso-application\b.*?\?>|\s)*", "", text, flags=re.DOTALL)
    for beginning, told in TEXT_BEGINNINGS:
        if re.match(beginning, bare or text.lstrip(), re.IGNORECASE):
            raise RefusedFile(told)
    raise RefusedFile(A_TEXT if "\0" not in text and re.search(r"[,;\t]", text) else NEITHER)


def _text(head: bytes) -> str:
    """The beginning of a file as text, enough to look for what is plain ASCII; of what is none, its bytes."""
    if wide := WIDE_BEGINNINGS.get(head[:2]):
        return head.decode(wide, "replace").lstrip("\ufeff")
    return head.removeprefix(UTF8_BOM).decode("latin-1")


def _old_office(content: bytes) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    return next((told for stream, told in OLE_KINDS.items() if holds(stream)), OLD_OFFICE)


def is_workbook(parts: Parts) -> bool:
    """Whether a zip is a workbook; raises RefusedFile where it is a document of another kind."""
    names = {name.replace("\\", "/").lower() for name in parts}
    if CONTENT_TYPES in names:
        office = OfficeParts(parts)
        content_type = office.content_type(office.main() or "")
        for kind, told in MAIN_TYPES:
            if kind in content_type:
                raise RefusedFile(told)
        if "spreadsheetml" in content_type or "ms-excel" in content_type:
            return True
    if WORKBOOK in names:
        return True
    for part, told in INSIDE:
        if part in names:
            raise RefusedFile(told)
    return False
