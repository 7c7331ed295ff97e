"""The demonstration with markup in whatever people write: names, notes, reasons, titles, file names.

`python -m tests.browser.safety.marked_up HOME` loads, publishes and works on it as `make demo` does on the plain one.
"""

from __future__ import annotations

import csv
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from contract.declarations import forms
from etl.demo import tables, writing
from etl.template.filled import Submission
from tests.processes import run_here

# What stands at the end of a text: a sign that nothing else in the demonstration has, within each kind of markup.
SIGN = "㊙"
MARKUP = (
    f"[{SIGN}](https://evil.example/x)",
    f":red[{SIGN}]",
    f"${SIGN}^2$",
    f"**{SIGN}**",
    f"<b>{SIGN}</b>",
    f"`{SIGN}`",
    f":blue-badge[{SIGN}]",
    f"~~{SIGN}~~",
    f"<img src=x onerror=alert(1)>{SIGN}",
    f"|{SIGN}|www.evil.example",
)
WHOLE = re.compile("|".join(re.escape(kind) for kind in MARKUP))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# File → columns of what people write about a case; the others are codes, dates and names that rows are joined by.
WRITTEN = {
    "banks": ("name",),
    "decisions": ("reason", "remark"),
    "firm_answers": ("reason",),
    "followups": ("what", "answer", "conclusion"),
    "incidents": ("note", "file"),
    "initiatives": ("summary",),
    "meetings": ("noted",),
    "objections": ("reason", "answer"),
    "recognitions": ("reason",),
    "reminders": ("to", "answer"),
    "rounds": ("note",),
    "score_uses": ("note",),
    "self_assessments": ("note",),
}
COVER = ("submitter_name", "preparer", "reviewer", "officer", "note")


def marked(text: str) -> str:
    """A text that people write, with markup of one kind at its end, by what it says; a blank one stays blank."""
    if not text or not CHINESE.search(text):
        return text
    stem, dot, ending = text.rpartition(".") if re.search(r"\.\w{3,4}$", text) else (text, "", "")
    kinds = [kind for kind in MARKUP if not (dot and re.search(r"[/<>|\\:]", kind))]
    return f"{stem}{kinds[zlib.crc32(text.encode()) % len(kinds)]}{dot}{ending}"


def marked_tables(source: Path, out: Path) -> Path:
    """A copy of the demonstration's declarations with markup in what people write."""
    out.mkdir(parents=True)
    for path in source.iterdir():
        if path.stem not in WRITTEN:
            (out / path.name).write_bytes(path.read_bytes())
            continue
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        places = [header.index(column) for column in WRITTEN[path.stem]]
        for row in rows:
            for place in places:
                row[place] = marked(row[place])
        with (out / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return out


def marked_submission(submission: Submission) -> Submission:
    """The same with markup in every text of the forms that is no code or number, and on the cover."""
    texts = {
        form: {column.code for column in forms()[form].columns if column.type.startswith("text")}
        for form in submission.rows
    }
    rows = {
        form: [{code: marked(value) if code in texts[form] and isinstance(value, str) else value
                for code, value in row.items()} for row in filed]
        for form, filed in submission.rows.items()
    }  # fmt: skip
    cover = {item: marked(str(value)) if item in COVER and value else value for item, value in submission.cover.items()}
    return replace(submission, rows=rows, cover=cover)


def main(home: Path) -> None:
    """Loads the marked demonstration into a home and works on it."""
    written, folder = writing.submissions, tables.FOLDER

    def submissions(seed: int) -> Iterator[Submission]:
        yield from map(marked_submission, written(seed))

    writing.submissions = submissions
    marked_folder = marked_tables(folder, home.parent / f"{home.name}-tables")
    for module in [module for module in sys.modules.values() if getattr(module, "FOLDER", None) is folder]:
        module.FOLDER = marked_folder
    for step in (("etl", "demo", "--load"), ("casework", "demonstrate")):
        done = run_here(*step, home=home)
        if done.returncode:
            raise SystemExit(f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
