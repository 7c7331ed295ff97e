"""The log of what runs: a line of JSON an occurrence, who, where and how long, and nothing that a submission holds.

`PILOT_LOG` names the folder; without it the log goes where Python's goes, as plain lines of warnings. A file that was
moved away, as rotation does, is opened anew by the next line.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

from contract.settings import BEIJING, PROJECT

LOG = logging.getLogger("pilot.log")
# Loggers whose words are ours, and hold codes and counts at most; of others only the sentence is kept, not what they
# put into it, which may be a value.
OURS = frozenset(("pilot", "contract", "ledger", "etl", "metrics", "briefing", "casework", "pages"))
FOLDER_MODE, FILE_MODE = 0o700, 0o600


class JsonLines(logging.Formatter):
    """time, level, what, and what the occurrence says of itself: `user`, `role`, `page`, `seconds` and the like.

    Of an error its kind and where it happened: its text may hold a cell.
    """

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).astimezone(BEIJING)
        ours = record.name.partition(".")[0] in OURS
        told = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "what": record.getMessage() if ours else str(record.msg),
            "from": record.name,
            "process": record.process,
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1]:
            told |= error_facts(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False, default=str)


class WithoutValues(logging.Formatter):
    """Plain lines for a screen; of an error its kind and places, as in `JsonLines`."""

    def formatException(self, ei) -> str:  # noqa: N802
        facts = error_facts(ei[1])
        return "\n".join([str(facts["error"]), *facts["at"]])


def take_in(*names: str) -> None:
    """Has what other packages log by handlers of their own go the same way: to the file of `begin` where there is one,
    else to where it went, and in either case without the values that errors hold."""
    root = logging.getLogger()
    begun = any(isinstance(handler.formatter, JsonLines) for handler in root.handlers)
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if name.partition(".")[0] not in names or not isinstance(logger, logging.Logger):
            continue
        for handler in list(logger.handlers):
            if begun:
                logger.removeHandler(handler)
            else:
                handler.setFormatter(WithoutValues("%(asctime)s %(message)s"))
        logger.propagate = logger.propagate or begun


def error_facts(error: BaseException) -> dict[str, object]:
    """Kind and places of an error, the innermost last: `etl/checks/engine.py:120 check`."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"error": type(error).__name__, "at": [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in frames]}


def _short(name: str) -> str:
    path = Path(name)
    inside = PROJECT in path.parents and ".venv" not in path.parts
    return path.relative_to(PROJECT).as_posix() if inside else "/".join(path.parts[-3:])


def begin(program: str) -> Path | None:
    """Has this process log to `PILOT_LOG`/PROGRAM.jsonl; gives the file, None where no folder is set.

    Several processes may share the file: a line is one write to its end.
    """
    folder = os.environ.get("PILOT_LOG")
    if not folder:
        return None
    Path(folder).mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    path = Path(folder) / f"{program}.jsonl"
    path.touch(FILE_MODE)
    root = logging.getLogger()
    if any(isinstance(it, WatchedFileHandler) and it.baseFilename == str(path.absolute()) for it in root.handlers):
        return path
    handler = WatchedFileHandler(path, encoding="utf-8")
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    return path


def note(what: str, **facts: object) -> None:
    """Logs an occurrence with what it says of itself: names, codes, counts and times, never a cell or a secret."""
    LOG.info(what, extra={"facts": facts})
