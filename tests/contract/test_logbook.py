"""The log: a line of JSON an occurrence, none of which holds what an error or another's sentence was filled with."""

from __future__ import annotations

import io
import json
import logging

import pytest

from contract import logbook

SECRET = "北京某某科技有限公司"


@pytest.fixture
def lines(tmp_path, monkeypatch):
    """Begins a log of its own and gives what stands in it; leaves the process's loggers as they were."""
    monkeypatch.setenv("PILOT_LOG", str(tmp_path / "log"))
    root, levels = logging.getLogger(), {name: logging.getLogger(name).level for name in logbook.OURS}
    before = list(root.handlers)
    path = logbook.begin("dashboard")
    yield lambda: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_an_occurrence_says_when_what_who_where_and_how_long(lines):
    logbook.note("page", user="张三", role="analyst", page="overview", seconds=0.412)
    (line,) = lines()
    assert line["time"].endswith("+08:00")
    assert {name: line[name] for name in ("level", "what", "user", "role", "page", "seconds")} == {
        "level": "info", "what": "page", "user": "张三", "role": "analyst", "page": "overview", "seconds": 0.412,
    }  # fmt: skip


def test_of_an_error_its_kind_and_place_and_not_its_text(lines):
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("pilot.pages").exception("failed")
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["at"][-1].startswith("tests/contract/test_logbook.py:")
    assert SECRET not in json.dumps(line, ensure_ascii=False)


def test_of_anothers_sentence_not_what_was_put_into_it(lines):
    logging.getLogger("streamlit.web").warning("Rejecting %s", SECRET)
    logging.getLogger("etl.warehouse").warning("第%d版", 3)
    assert [line["what"] for line in lines()] == ["Rejecting %s", "第3版"]


def test_a_file_that_was_moved_away_is_opened_anew(lines, tmp_path):
    logbook.note("one")
    path = tmp_path / "log" / "dashboard.jsonl"
    path.rename(path.with_suffix(".1"))
    logbook.note("two")
    assert [line["what"] for line in lines()] == ["two"]


def test_it_is_the_owners_alone_and_begun_once(lines, tmp_path):
    assert logbook.begin("dashboard") == tmp_path / "log" / "dashboard.jsonl"
    logbook.note("one")
    assert len(lines()) == 1
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "log", tmp_path / "log" / "dashboard.jsonl")} == {0}


def test_without_a_folder_nothing_is_begun(monkeypatch):
    monkeypatch.delenv("PILOT_LOG", raising=False)
    before = list(logging.getLogger().handlers)
    assert logbook.begin("dashboard") is None
    assert logging.getLogger().handlers == before


def failing(logger: logging.Logger) -> None:
    try:
        int(SECRET)
    except ValueError:
        logger.exception("Uncaught")


def test_another_packages_own_handlers_give_way_to_the_file(lines):
    other = logging.getLogger("framework.runner")
    other.propagate, heard = False, io.StringIO()
    other.addHandler(logging.StreamHandler(heard))
    logbook.take_in("framework")
    failing(other)
    assert [(line["what"], line["error"]) for line in lines()] == [("Uncaught", "ValueError")]
    assert heard.getvalue() == ""


def test_without_a_file_they_stay_and_say_no_values(monkeypatch):
    monkeypatch.delenv("PILOT_LOG", raising=False)
    other = logging.getLogger("framework2.runner")
    other.propagate, heard = False, io.StringIO()
    other.addHandler(logging.StreamHandler(heard))
    logbook.take_in("framework2")
    failing(other)
    assert "Uncaught\nValueError\ntests/contract/test_logbook.py:" in heard.getvalue()
    assert SECRET not in heard.getvalue()
