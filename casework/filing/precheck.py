"""先校验，不报送: a file judged as it would be when handed in, for its own submitter, of which nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from casework.filing.intake import AREA, Upload, of_others, put
from contract.console.program import later
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.checks.findings import in_stable_names
from etl.feedback.check import Checked
from etl.receiving.receive import Delivery
from etl.warehouse.identify import Arrival, arrivals_of
from etl.warehouse.judge import judge
from etl.warehouse.register import Register
from ledger.clock import reference_time
from ledger.events import Ledger

report = later("etl.feedback.report:report")  # what writes workbooks is loaded where one is asked for


@dataclass(frozen=True)
class Precheck:
    """What a file would be found to be: `refusal` says why it would be refused, and then nothing is judged.

    `same_as`: the number of the version that has these very bytes, 0 where none has.
    """

    name: str
    refusal: str = ""
    checked: Checked | None = None
    same_as: int = 0

    def marked_workbook(self) -> bytes:
        """The file with all findings and the cells marked, as xlsx. Only of one that was judged."""
        return report(self.checked)


def precheck(viewer: Viewer, home: Home, upload: Upload) -> Precheck:
    """Judges a file by the rules and the list as they stand now, in the child process that reads what is handed in.

    Neither archive nor ledger nor warehouse take anything of it: no version is counted. What only shows beside other
    members' reports is judged when the file is handed in.

    Raises AccessDenied where the viewer's role hands in no files.
    """
    own = own_only(viewer, AREA)
    ledger = Ledger(home.ledger)
    register = Register.of(home, ledger)
    with TemporaryDirectory() as folder:
        delivery = Delivery(put(Path(folder), 0, upload), reference_time(ledger))
        foreign = of_others(viewer, own, [delivery]) if own is not None else {}
        if foreign:
            return Precheck(delivery.name, foreign[delivery].message)
        arrivals, refusals = arrivals_of([delivery], register.members)
    if refusals:
        return Precheck(delivery.name, refusals[0].reason)
    return _judged(arrivals[0], register)


def _judged(arrival: Arrival, register: Register) -> Precheck:
    with duckdb.connect() as connection:
        (judgement,) = judge(connection, [arrival], register)
    submission, package = arrival.submission, arrival.package
    whose = (submission.submitter, submission.period)
    findings = [in_stable_names(finding) for finding in judgement.findings]
    checked = Checked(package, submission.reading, *whose, judgement.verdict, findings, judgement.faults)
    before = register.version_with(*whose, package.content_hash)
    return Precheck(arrival.delivery.name, checked=checked, same_as=before.number if before else 0)
