"""The command `template`: workbooks to fill in, for a kind, for a member, for all of a period."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from pathlib import Path

import click

from contract.calendar import period_bounds
from contract.console.running import DONE, command, progress
from contract.declarations import districts
from contract.errors import CallError
from contract.settings import Home, clock, home, wall_time
from etl.checks.cover import PERIOD
from etl.snapshot.opened import connect
from etl.template.workbook import Asked, expected_members, write_template, write_templates
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.policy import parameters_at
from ledger.roster import members


@click.command("template", help="写出报送模板：给出机构和报送期的，按上期报送预填")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="写到哪个文件夹")
@click.option("--submitter", help="报送机构编码；不给则写机构与地区两种通用模板")
@click.option("--period", help="报送期，如2026-11；不给则含全部表，不预填")
@click.option("--all", "everyone", is_flag=True, help="该期应报的成员每个一份，须给出--period")
@command
def template_command(out: Path, submitter: str | None, period: str | None, everyone: bool) -> int:
    if period is not None and not PERIOD.fullmatch(period):
        raise CallError(f"报送期“{period}”应如2026-11")
    if everyone and (submitter or not period):
        raise CallError("--all须与--period同时给出，不能再给--submitter")
    place = home()
    asked = expected_members(place, period) if everyone else [_named(place, submitter)] if submitter else []
    policy = parameters_at(place).at(period_bounds(period)[1] if period else _today(place))
    out.mkdir(parents=True, exist_ok=True)
    if not asked:
        for kind, label in (("bank", "机构"), ("district", "地区")):
            click.echo(write_template(out / f"模板_{label}.xlsx", period=period, kind=kind, policy=policy))
        return DONE
    with connect(place.current_snapshot()) if place.is_published else nullcontext() as connection:
        for path in write_templates(connection, asked, period, policy, out, progress("写出模板")):
            click.echo(path)
    return DONE


def _today(place: Home) -> date:
    """The day it is for this home, whose ledger may not be there yet."""
    return (reference_time(Ledger(place.ledger)) if place.ledger.exists() else clock() or wall_time()).date()


def _named(place: Home, submitter: str) -> Asked:
    """Code, name and kind of a member, or of a district that is not on the list yet."""
    listed = members(Ledger(place.ledger).events("decision"))
    if submitter in listed:
        return submitter, listed[submitter].name, listed[submitter].kind
    if submitter in districts():
        return submitter, districts()[submitter].name, "district"
    raise CallError(f"报送机构{submitter}不在试点名单上")
