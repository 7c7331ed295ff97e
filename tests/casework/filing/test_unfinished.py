"""A hand-in that was cut off tells its person, and nobody else, what became of each file; one that ended, nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest

from casework.filing import unfinished as module
from casework.filing.intake import Upload, hand_in
from casework.filing.unfinished import forget, noted, unfinished
from contract.errors import PilotError
from contract.viewer import Viewer
from tests.casework.filing.conftest import OTHER
from tests.etl.submissions import BANK, PERIOD, submission, workbook

ANALYST = Viewer("fenxi", "甲", "analyst")
SAME = Viewer("ＦＥＮＸＩ ", "甲", "supervisor")
ELSE = Viewer("qita", "乙", "analyst")
FIRST = Upload(f"{PERIOD}_{BANK}.xlsx", workbook(submission()))
SECOND = Upload(f"{PERIOD}_{OTHER}.xlsx", workbook(submission(OTHER)))
BROKEN = Upload(f"{PERIOD}_{OTHER}.xlsx", "这不是工作簿".encode())


class Stopped(BaseException):
    """As the framework ends a run whose page was left."""


def cut_off(place, viewer, *taken, left=()) -> None:
    with suppress(Stopped), noted(viewer, place, [*taken, *left]):
        hand_in(viewer, place, taken, lambda text, share: None)
        raise Stopped


def test_what_was_cut_off_is_told_file_by_file_to_its_person(place):
    cut_off(place, ANALYST, FIRST, BROKEN, left=[SECOND])
    (told,) = unfinished(SAME, place)
    first, broken, second = (file.words for file in told.files)
    assert first == f"“{FIRST.name}”已登记，回执号{told.files[0].receipt}，不必再报" and told.files[0].receipt
    assert broken.startswith(f"“{BROKEN.name}”未受理：")
    assert second == f"“{SECOND.name}”没有登记，请再报一次"
    assert unfinished(ELSE, place) == []
    forget(told)
    assert unfinished(ANALYST, place) == []


def test_the_same_bytes_of_another_time_or_person_are_none_of_it(place):
    hand_in(ANALYST, place, [FIRST], lambda text, share: None)
    cut_off(place, ELSE, SECOND)
    cut_off(place, ANALYST, left=[FIRST, SECOND])
    (told,) = unfinished(ANALYST, place)
    assert [file.receipt for file in told.files] == [0, 0]


def test_while_it_lasts_nobody_is_told_and_what_ends_leaves_nothing(place):
    cut_off(place, ANALYST, left=[SECOND])
    with noted(ANALYST, place, [FIRST]):
        assert [len(told.files) for told in unfinished(ANALYST, place)] == [1]  # the one before
    assert unfinished(ANALYST, place) == []
    with pytest.raises(PilotError), noted(ANALYST, place, [FIRST]):
        raise PilotError("说过了")
    assert list((place.warehouse / module.NOTES).iterdir()) == []


def test_a_note_whose_writing_was_cut_off_is_none(place):
    folder = place.warehouse / module.NOTES
    folder.mkdir(parents=True)
    (folder / "0.json").write_text('{"user": "fenxi", "beg', encoding="utf-8")
    (folder / "1.json").touch()
    assert unfinished(ANALYST, place) == []


def test_where_no_note_can_be_written_nothing_is_handed_in(place):
    (place.warehouse).mkdir(parents=True, exist_ok=True)
    (place.warehouse / module.NOTES).touch()
    with pytest.raises(PilotError, match="没有报送"), noted(ANALYST, place, [FIRST]):
        raise AssertionError("begun")
