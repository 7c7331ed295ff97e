"""The command `replay`: a trigger rule over all past periods, with any parameters."""

from __future__ import annotations

import click

from contract.console.output import FORMATS, print_rows
from contract.console.running import command
from contract.errors import CallError
from contract.settings import home
from etl.snapshot import opened
from ledger.events import Ledger
from ledger.policy import parameters_of
from metrics.warnings.replay import Caught, replay
from metrics.warnings.rules import rules

COLUMNS = tuple(Caught.__dataclass_fields__)


@click.command("replay", help="规则回溯：一项预警规则在以往各期会提示谁、何时、比实际决定早多久；RULE为规则编号，如X02")
@click.argument("rule")
@click.option("--with", "values", multiple=True, metavar="NAME=VALUE", help="改用的参数值，可重复")
@click.option("--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式")
@command
def replay_command(rule: str, values: tuple[str, ...], shape: str) -> None:
    chosen = next((declared for declared in rules() if declared.id == rule.upper()), None)
    if chosen is None:
        raise CallError(f"没有规则“{rule}”，应为{'、'.join(f'{other.id}（{other.name}）' for other in rules())}之一")
    pairs = [text.partition("=") for text in values]
    wrong = [name for name, equals, _ in pairs if not equals]
    if wrong:
        raise CallError(f"--with“{wrong[0]}”应如npl_gap_tolerance=2.5")
    latest = opened.current(home())
    parameters = parameters_of(Ledger(home().ledger))
    stated = {name.strip(): value.strip() for name, _, value in pairs}
    caught = replay(opened.connect(latest.path), chosen, parameters, stated, latest.now.date())
    print_rows([vars(case) for case in caught], COLUMNS, shape)
