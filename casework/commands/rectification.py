"""The commands `plan` and `acceptance`: what a member on a time limit means to do, and whether it has done it."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import paper_of
from casework.decisions.rectification import accept, plan
from contract.console.options import by_option, existing, number_argument, on_option, parse_optional
from contract.console.running import command
from contract.settings import home

OUTCOMES = {"passed": True, "failed": False}


@click.command("plan", help="登记限期整改成员报送的整改方案，文件存入原件库；再次登记的代替前一份，前一份保留")
@number_argument
@click.option("--file", "path", type=existing, required=True, help="整改方案")
@by_option
@on_option
@command
def plan_command(number: int, path: Path, by: str, on: str | None) -> None:
    found = plan(home(), number, paper_of(path), by, parse_optional(on))
    click.echo(f"第{number}号事项：{found.subject}于{found.plan.on}报送整改方案（{found.plan.paper.name}）")


@click.command("acceptance", help="登记整改验收：passed整改到位，failed不到位；验收人不能是登记整改方案的人")
@number_argument
@click.argument("outcome", type=click.Choice(tuple(OUTCOMES)))
@click.option("--reason", required=True, help="验收情况")
@click.option("--file", "path", type=existing, required=True, help="验收材料，如整改报告、核查记录")
@by_option
@on_option
@command
def acceptance_command(number: int, outcome: str, reason: str, path: Path, by: str, on: str | None) -> None:
    found = accept(home(), number, OUTCOMES[outcome], reason, paper_of(path), by, parse_optional(on))
    said = "整改到位，可提出解除（release）" if found.acceptance.passed else "整改不到位"
    click.echo(f"第{number}号事项：{found.subject}于{found.acceptance.on}验收，{said}")
