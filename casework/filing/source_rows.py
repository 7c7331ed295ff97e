"""Where a figure's row stands in the file that was handed in: the sheet's rows around it, and the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZipFile

from contract.declarations import forms
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer
from etl.receiving.receive import Package
from etl.snapshot.opened import Snapshot
from etl.warehouse.version import as_filed
from metrics.queries.door import held_to_own, rows

AREA = "rows"  # of `data/access.csv`: who sees rows of submissions
AROUND = 2  # rows above and below


@dataclass(frozen=True)
class SourceRows:
    """Rows of one sheet as filed: row number → texts, in the order of `headers` (column → header in the form)."""

    file_name: str
    content: bytes
    sheet: str
    row_no: int
    headers: Mapping[str, str]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def source_rows(
    viewer: Viewer, snapshot: Snapshot, home: Home, submission_id: int, form: str, row_no: int
) -> SourceRows:
    """The row of a form and its neighbours in the sheet that it was read from.

    Raises:
        AccessDenied: the viewer sees no rows, or the submission is another's.
        CallError, RefusedFile: there is no such row in it, or its bytes cannot be read any more.
    """
    known = rows(snapshot, "SELECT submitter FROM submission WHERE submission_id = $number", {"number": submission_id})
    if known.empty:
        raise CallError(f"数据版本中没有第{submission_id}号报送")
    held_to_own(viewer, AREA, known["submitter"].iat[0])
    filed = as_filed(home, submission_id)
    table = filed.reading.tables.get(form)
    numbers = table.row_numbers.to_pylist() if table else []
    if row_no not in numbers:
        raise CallError(f"报送文件的“{form}”表中没有第{row_no}行")
    place = numbers.index(row_no)
    around = range(max(0, place - AROUND), min(len(numbers), place + AROUND + 1))
    headers = {column.code: column.header for column in forms()[form].columns if column.code in table.columns}
    cells = {code: table.columns[code] for code in headers}
    return SourceRows(
        *_file(filed.package),
        table.sheet,
        row_no,
        headers,
        tuple((numbers[at], tuple(cells[code][at].as_py() or "" for code in headers)) for at in around),
    )


def _file(package: Package) -> tuple[str, bytes]:
    """Name and bytes to take away: the file as handed in, a folder's files as one zip."""
    if not package.is_folder:
        return package.name, package.files[package.name]
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in sorted(package.files.items()):
            archive.writestr(name, content)
    return f"{package.name}.zip", packed.getvalue()
