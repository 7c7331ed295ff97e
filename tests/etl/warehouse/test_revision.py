"""By how much later versions moved from the first, worked out by hand, and asked through the reading door."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest

from contract.errors import AccessDenied
from contract.viewer import Viewer
from etl.snapshot.opened import current
from metrics.queries.filing.quality import revisions
from tests.etl.conftest import Pilot
from tests.etl.submissions import BANK, DISTRICT, PERIOD, Sheets, change, state, submission

ANALYST = Viewer("fenxi", "甲", "analyst")


def versions(pilot: Pilot) -> None:
    """A bank whose loan grew, whose fee was mended and whose second loan went; a district that filed once."""
    last: Sheets = submission()
    change(last, "B1", {"balance": "750.5", "valuation_fee": "2"}, row=1)
    del last["B1"][2]
    state(state(last, "行数 B1", "1"), "金额 B1", "750.5")
    pilot.load(
        pilot.put(f"{PERIOD}_{BANK}_1.xlsx", change(submission(), "B1", {"valuation_fee": "一点五"}, row=1)),
        pilot.put(f"{PERIOD}_{BANK}_2.xlsx", last),
        pilot.put(f"{PERIOD}_{DISTRICT}.xlsx", submission(DISTRICT)),
    )


def test_the_size_of_a_revision(pilot):
    versions(pilot)
    pilot.publish()
    assert pilot.ask("SELECT DISTINCT version FROM revision JOIN submission USING (submission_id)") == [(2,)]
    measures = {
        row[0]: row[1:]
        for row in pilot.ask("""SELECT column_code, cells, filled, blanked, corrected, moved, total FROM revision
            WHERE form = 'B1' AND column_code IN ('loan_no', 'balance', 'valuation_fee', 'point_id', 'closed_on')""")
    }
    assert measures == {
        "loan_no": (2, 0, 1, 0, None, None),  # L-0002 is gone
        "balance": (2, 0, 1, 1, Decimal("850.5"), Decimal("750.5")),  # |750.5 − 800.5| + |0 − 800.5|
        "valuation_fee": (2, 0, 1, 1, Decimal("1.5"), Decimal(2)),  # from what to 2 nobody knows; 1.5 went
        "point_id": (2, 0, 1, 0, None, None),
        "closed_on": (0, 0, 0, 0, None, None),
    }
    (row,) = revisions(ANALYST, current(pilot.home), PERIOD, PERIOD).to_dict("records")
    filled_cells = 33  # of a loan that is active: all columns but the two of its closing
    assert (row["submitter"], row["versions"], row["returned"]) == (BANK, 2, 1)
    assert (row["filled"], row["blanked"], row["corrected"]) == (0, filled_cells, 2)
    assert row["per_mille"] == pytest.approx(1000 * row["changed"] / row["cells"])
    assert (row["balance_moved"], row["amount_moved"]) == (850.5, 1000)
    assert row["balance_pct"] == pytest.approx(100 * 850.5 / 750.5)
    own, other = Viewer("yi", "乙", "institution", BANK), Viewer("bing", "丙", "institution", "B002")
    assert len(revisions(own, current(pilot.home), PERIOD, PERIOD)) == 1
    assert revisions(other, current(pilot.home), PERIOD, PERIOD).empty
    with pytest.raises(AccessDenied):
        revisions(Viewer("ding", "丁", "authority"), current(pilot.home), PERIOD, PERIOD)


def test_a_version_is_measured_once_its_file_is_there_again(pilot):
    versions(pilot)
    content_hash = pilot.events("submission")[0].payload["content_hash"]
    path = pilot.home.archive / content_hash[:2] / content_hash
    os.rename(path, path.with_suffix(".away"))
    pilot.publish()
    assert pilot.ask("SELECT count(*) FROM revision") == [(0,)]
    os.rename(path.with_suffix(".away"), path)
    pilot.publish()
    before = pilot.ask("SELECT * FROM revision ORDER BY ALL")
    assert before
    pilot.publish()
    assert pilot.ask("SELECT * FROM revision ORDER BY ALL") == before
