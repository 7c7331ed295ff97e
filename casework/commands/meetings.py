"""The commands `meeting record` and `meeting page`: a meeting with its outcomes, and the page that it works from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from casework.commands.acting import file_of
from casework.commands.followups import sentence
from casework.month.meetings import Outcome, record
from contract.console.options import by_option, existing, parse_day, text_option
from contract.console.output import FORMATS, as_text, plain
from contract.console.running import caller, command
from contract.errors import CallError
from contract.settings import home
from etl.snapshot import opened
from metrics.queries.work.agenda import SECTIONS, Agenda, agenda

COLUMNS = ("section", "kind", "subject", "what", "before", "now", "owner", "due", "state")
FIGURES = ("before", "now")


@click.group("meeting", help="会商：登记纪要和结论，会前材料")
def meeting_group() -> None:
    pass


@meeting_group.command("record", help="登记一次会商，DATE为会商日；写明责任人和期限的结论成为督办事项")
@click.argument("day", metavar="DATE")
@click.option("--file", "path", type=existing, required=True, help="会商纪要，存入原件库")
@click.option("--outcome", "outcomes", multiple=True, help="“结论|责任人|期限”，或只写结论；可重复")
@by_option
@command
def record_command(day: str, path: Path, outcomes: tuple[str, ...], by: str) -> None:
    decided = [_outcome(text) for text in outcomes]
    held_on = parse_day(day)
    meeting, tasks = record(home(), held_on, file_of(path), decided, by)
    click.echo(f"已登记{meeting.id}会商：结论{len(meeting.noted) + len(tasks)}项，其中督办{len(tasks)}项")
    for task in tasks:
        click.echo(sentence(task))


def _outcome(text: str) -> Outcome:
    """An outcome as a user writes it; the text itself may hold no bar."""
    what, *rest = [part.strip() for part in text.replace("｜", "|").split("|")]
    if not what or len(rest) not in (0, 2):
        raise CallError(f"结论“{text}”应为“结论|责任人|期限”，或只写结论")
    return Outcome(what, rest[0], parse_day(rest[1]) if rest[1] else None) if rest else Outcome(what)


@meeting_group.command("page", help="会商材料：上次会商以来的变化、待议事项、上次结论的落实；PERIOD默认为最近一期")
@click.argument("period", required=False)
@text_option
@command
def page_command(period: str | None, shape: str) -> None:
    latest = opened.current(home())
    wanted = period or latest.last_period
    opened.open_period(wanted)
    page = agenda(caller(), latest, home(), wanted)
    click.echo(SHAPES.get(shape, _rows)(page, shape), nl=False)


def _rows(page: Agenda, shape: str) -> str:
    return FORMATS[shape]([vars(point) for point in page.points], COLUMNS)


def _text(page: Agenda, shape: str) -> str:
    """A heading a section, and under it the columns that have something."""
    last = f"，上次会商{page.last.id}" if page.last else "，此前没有登记过会商"
    parts = [f"{page.period}会商材料（变化自{page.since}起{last}）\n"]
    for section in SECTIONS:
        rows = [
            vars(point) | {name: None if vars(point)[name] is None else f"{vars(point)[name]:.2f}" for name in FIGURES}
            for point in page.of(section)
        ]
        columns = [name for name in COLUMNS[1:] if any(row[name] not in (None, "") for row in rows)]
        parts.append(f"\n{section}\n" + (as_text(rows, columns) if rows else "无\n"))
    return "".join(parts)


def _json(page: Agenda, shape: str) -> str:
    last = page.last and {"held_on": page.last.id, "minutes": page.last.minutes.sha256}
    points = [
        {name: told if isinstance(told := getattr(point, name), float | None) else plain(told) for name in COLUMNS}
        for point in page.points
    ]
    said = {"period": page.period, "since": page.since, "last_meeting": last, "points": points}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


SHAPES = {"text": _text, "json": _json}
