"""Opens a period's batch (布置): who files what by when is settled once, the notice kept, templates made for it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from casework.held import holding
from casework.papers.letters import batch_notice
from casework.papers.made_letters import made_of
from casework.zips import as_zip
from contract.calendar import deadline, explanation_deadline, period_bounds
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import connect
from etl.template.workbook import Progress, expected_forms, expected_members, write_templates
from ledger.clock import demonstration_moment
from ledger.events import Ledger
from ledger.month.batches import EVENT, Batch, batches
from ledger.people import Actor, check_person
from ledger.policy import parameters_at
from ledger.proof.witness import head_words

AREA = "batches"  # of `data/access.csv`


def batch_templates(viewer: Viewer, home: Home, period: str, progress: Progress | None = None) -> bytes:
    """A prefilled template for each member that a period's batch names, as a zip.

    Raises:
        CallError: the period was not opened.
        AccessDenied: the viewer's role opens no batches.
    """
    own_only(viewer, AREA)
    batch = batches(Ledger(home.ledger).events(EVENT)).get(period)
    if batch is None:
        raise CallError(f"{period}尚未布置")
    asked = [member for member in expected_members(home, period) if member[0] in batch.expected]
    policy = parameters_at(home).at(period_bounds(period)[1])
    with TemporaryDirectory() as folder, closing(connect(home.current_snapshot())) as connection:
        written = write_templates(connection, asked, period, policy, Path(folder), progress)
        return as_zip(f"{period}_模板", [(path.name, path.read_bytes()) for path in written])


def open_batch(home: Home, period: str, by: Actor) -> Batch:
    """Opens a period's batch.

    Raises:
        CallError: it was opened before, the period has not ended, or nobody is to file for it.
        AccessDenied: the user's role opens no batches.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "布置报送")
        if before := batches(held.ledger.events(EVENT)).get(period):
            raise CallError(f"{period}已于{before.opened_on}由{before.opened_by}布置，不能重复布置")
        if held.today <= period_bounds(period)[1]:
            raise CallError(f"报送期{period}尚未结束，名单还可能变化，不能布置")
        asked = [member for member in held.listed.values() if member.expected_in(period)]
        if not asked:
            raise CallError(f"试点名单上没有{period}应报送的成员")
        due, explain_by = deadline(period, held.parameters), explanation_deadline(period, held.parameters)
        kinds = [member.kind for member in asked]
        demonstration = demonstration_moment(held.ledger) is not None
        told = (period, due, explain_by, kinds, held.today, demonstration, head_words(held.ledger))
        notice = made_of(batch_notice(*told), period)
        held.append(
            EVENT,
            actor,
            period,
            on=held.today.isoformat(),
            deadline=due.isoformat(),
            expected={member.code: [form.code for form in expected_forms(member.kind, period)] for member in asked},
            notice=asdict(held.keep(notice.file)),
        )
        return batches(held.ledger.events(EVENT))[period]
