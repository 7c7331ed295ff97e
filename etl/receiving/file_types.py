"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import re

from contract.errors import RefusedFile
from etl.receiving.zip_parts import Parts

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
PASSWORD = "文件设有打开密码，无法读取；请取消密码后重新报送"
SAVE_AS = "请用Excel打开，另存为“Excel工作簿（.xlsx）”后重新报送"
FILL_IN = "请按模板填写后重新报送"
NEITHER = f"文件既不是Excel工作簿（.xlsx），也不是CSV文件的压缩包（.zip），无法读取；{FILL_IN}"
OLE_KINDS = {  # the name of the stream that says what an old Office file holds
    "EncryptedPackage": PASSWORD,
    "WordDocument": f"文件是Word文档，不是报送文件；{FILL_IN}",
    "PowerPoint Document": f"文件是演示文稿，不是报送文件；{FILL_IN}",
}
OLD_OFFICE = f"文件是旧版Office格式（.xls），无法读取；{SAVE_AS}"
BEGINNINGS = (
    (rb"%PDF-", "文件是PDF，不是报送文件；" + FILL_IN),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|II\*\0|MM\0\*", "文件是图片，不是报送文件；" + FILL_IN),
    (rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ", "文件是rar、7z等压缩格式，无法读取；请压缩为.zip后重新报送"),
    (rb"MZ|\x7fELF|#!", "文件是程序，已拒收；" + FILL_IN),
    (
        rb"(\xef\xbb\xbf)?\s*<(?:!DOCTYPE\s+html|html|head|body|table|meta|div)\b",
        "文件是网页，不是Excel工作簿；" + SAVE_AS,
    ),
    (rb"(\xef\xbb\xbf)?\s*(<\?xml|<\w*:?Workbook\b)", "文件是XML表格，不是.xlsx工作簿；" + SAVE_AS),
    (rb"(\xef\xbb\xbf)?\s*\{\\rtf", "文件是RTF文档，不是报送文件；" + FILL_IN),
)
INSIDE = (  # a part that tells what a zip is
    ("xl/workbook.bin", "文件是二进制工作簿（.xlsb），无法读取；" + SAVE_AS),
    ("word/document.xml", "文件是Word文档，不是报送文件；" + FILL_IN),
    ("ppt/presentation.xml", "文件是演示文稿，不是报送文件；" + FILL_IN),
    ("content.xml", "文件是OpenDocument格式，无法读取；" + SAVE_AS),
)


def refuse_unless_zip(content: bytes) -> None:
    """Raises RefusedFile, saying what the file is instead, where its bytes are no zip."""
    if content.startswith(ZIP_MAGIC):
        return
    if not content.strip(b" \t\r\n\0"):
        raise RefusedFile("文件是空的，没有内容")
    if content.startswith(OLE_MAGIC):
        kinds = (told for stream, told in OLE_KINDS.items() if stream.encode("utf-16-le") in content)
        raise RefusedFile(next(kinds, OLD_OFFICE))
    if content.startswith(EMPTY_ZIP):
        raise RefusedFile("压缩包是空的；应有cover.csv、B1.csv等")
    for beginning, told in BEGINNINGS:
        if re.match(beginning, content, re.IGNORECASE | re.DOTALL):
            raise RefusedFile(told)
    if b"\0" not in content[:4096] and re.search(rb"[,;\t]", content[:4096]):
        raise RefusedFile("文件内容是一张文本表，不是Excel工作簿；CSV须连同封面cover.csv放在一个文件夹或.zip中报送")
    raise RefusedFile(NEITHER)


def is_workbook(parts: Parts) -> bool:
    """Whether a zip is a workbook; raises RefusedFile where it is a document of another kind."""
    if "xl/workbook.xml" in parts:
        return True
    for part, told in INSIDE:
        if part in parts:
            raise RefusedFile(told)
    return False
