"""The row behind a figure in the file that was handed in: its neighbours, its cells, and who may see it."""

from __future__ import annotations

import pytest

from casework.filing.intake import Upload
from casework.filing.source_rows import source_rows
from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer
from etl.snapshot.opened import current
from metrics.queries.door import rows as snapshot_rows
from tests.casework.filing.test_intake import ANALYST, place, sent  # noqa: F401 (a fixture)
from tests.etl.submissions import BANK, PERIOD, submission, workbook

OWN, STRANGER = Viewer("own", "own", "institution", BANK), Viewer("other", "other", "institution", "B002")
DISTRICT = Viewer("district", "district", "district", "110108")


@pytest.fixture
def filed(place) -> int:  # noqa: F811
    """The number of the one submission."""
    content = workbook(submission())
    (outcome,) = sent(place, ANALYST, Upload(f"{PERIOD}_{BANK}.xlsx", content)).outcomes
    return outcome.submission_id


def test_a_row_is_shown_as_it_stands_in_its_sheet(place, filed):  # noqa: F811
    row_no, loan_no = snapshot_rows(current(place), "SELECT row_no, loan_no FROM B1 ORDER BY row_no").iloc[0]
    rows = source_rows(OWN, current(place), place, filed, "B1", int(row_no))
    assert (rows.sheet[:2], rows.row_no, rows.file_name) == ("B1", row_no, f"{PERIOD}_{BANK}.xlsx")
    assert rows.rows[0][0] == row_no
    assert dict(zip(rows.headers, rows.rows[0][1], strict=True))["loan_no"] == loan_no
    assert rows.content[:2] == b"PK"
    with pytest.raises(CallError, match="没有第999行"):
        source_rows(ANALYST, current(place), place, filed, "B1", 999)
    with pytest.raises(CallError, match="没有第12345号报送"):
        source_rows(ANALYST, current(place), place, 12345, "B1", 2)


@pytest.mark.parametrize("viewer", [STRANGER, DISTRICT])
def test_another_member_and_a_district_see_no_row(place, filed, viewer):  # noqa: F811
    with pytest.raises(AccessDenied):
        source_rows(viewer, current(place), place, filed, "B1", 2)
