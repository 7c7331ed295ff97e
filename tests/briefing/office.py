"""Word files as an office suite prints them: converted by LibreOffice where it is installed, and read back."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pypdf import PageObject, PdfReader

OFFICE = shutil.which("soffice")


def printed(docx: bytes, folder: Path, name: str = "made") -> PdfReader:
    """A Word file's pages as LibreOffice sets them, with whatever faces this machine has in place of the official."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.docx").write_bytes(docx)
    profile = f"-env:UserInstallation=file://{folder.resolve()}/profile"
    convert = ("--headless", "--convert-to", "pdf", "--outdir", folder, folder / f"{name}.docx")
    subprocess.run([OFFICE, profile, *map(str, convert)], check=True, capture_output=True, timeout=180)
    return PdfReader(io.BytesIO((folder / f"{name}.pdf").read_bytes()))


@dataclass(frozen=True)
class Line:
    """A line of text of one size: from the page's top, in points."""

    top: float
    size: float
    text: str


def lines(page: PageObject, size: float | None = None) -> list[Line]:
    """The lines of a page from its top down, those of one size of type alone where it is given."""
    found: dict[int, list[tuple[float, float, str]]] = {}
    height = float(page.mediabox.height)

    def visit(text: str, outer: list[float], matrix: list[float], _: object, type_size: float) -> None:
        if not text.strip():
            return
        scale = abs(matrix[3] * outer[3]) or abs(matrix[1] * outer[2])
        across = matrix[4] * outer[0] + matrix[5] * outer[2] + outer[4]
        down = height - (matrix[4] * outer[1] + matrix[5] * outer[3] + outer[5])
        if size is None or abs(type_size * scale - size) < 0.3:
            found.setdefault(round(down), []).append((across, type_size * scale, text.strip("\n")))

    page.extract_text(visitor_text=visit)
    return [
        Line(float(top), pieces[0][1], "".join(text for _, _, text in sorted(pieces)))
        for top, pieces in sorted(found.items())
    ]
