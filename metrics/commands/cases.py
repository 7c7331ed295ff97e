"""The command `cases`: each trigger as a case, with the step it has come to, and what is due."""

from __future__ import annotations

import getpass

import click

from contract.console.output import FORMATS, Row, print_rows
from contract.console.running import command
from contract.settings import home
from contract.viewer import Viewer
from etl.snapshot import opened
from metrics.queries.members.case_ways import OPEN, STEPS, Way, ways

COLUMNS = ("id", "subject", "name", "level", "state", *STEPS, "next", "due", "overdue")


def row_of(way: Way) -> Row:
    """A case as a row of `COLUMNS`: the day of each step that is done, and the step that is next."""
    days = {step.name: step.on for step in way.steps}
    following = way.next
    return {
        "id": way.id,
        "subject": way.subject,
        "name": way.name,
        "level": way.level,
        "state": way.state,
        **days,
        "next": following.name if following else None,
        "due": following.due if following else None,
        "overdue": way.overdue,
    }


@click.command("cases", help="各预警线索的办理过程：线索、建议、告知、陈述申辩、决定、文书、整改、办结，及到期、逾期")
@click.option("--all", "with_closed", is_flag=True, help="也列出已办结和情形已消除的")
@click.option("--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式")
@command
def cases_command(with_closed: bool, shape: str) -> None:
    caller = Viewer(getpass.getuser(), "本机用户", "analyst")
    known = ways(caller, opened.current(home()), home())
    print_rows([row_of(way) for way in known if with_closed or way.state == OPEN], COLUMNS, shape)
