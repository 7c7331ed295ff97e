"""The command `replay`: a trigger rule over all past periods, with any parameters."""

from __future__ import annotations

import click

from etl.console import command
from etl.errors import CallError
from etl.inforce import parameters_of
from etl.ledger import Ledger
from etl.output import FORMATS
from etl.settings import home
from metrics import snapshot
from metrics.evaluation_commands import print_rows
from metrics.replay import Caught, replay
from metrics.trigger_rules import rules

COLUMNS = tuple(Caught.__dataclass_fields__)


@click.command("replay", help="规则回溯：一项预警规则在以往各期会提示谁、何时、比实际决定早多久；RULE为规则编号，如X02")
@click.argument("rule")
@click.option("--with", "values", multiple=True, metavar="NAME=VALUE", help="改用的参数值，可重复")
@click.option("--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式")
@command
def replay_command(rule: str, values: tuple[str, ...], shape: str) -> None:
    chosen = next((one for one in rules() if one.id == rule.upper()), None)
    if chosen is None:
        raise CallError(f"没有规则“{rule}”，应为{'、'.join(f'{one.id}（{one.name}）' for one in rules())}之一")
    pairs = [text.partition("=") for text in values]
    wrong = [name for name, equals, _ in pairs if not equals]
    if wrong:
        raise CallError(f"--with“{wrong[0]}”应如npl_gap_tolerance=2.5")
    latest = snapshot.current(home())
    parameters = parameters_of(Ledger(home().ledger))
    stated = {name.strip(): value.strip() for name, _, value in pairs}
    found = replay(snapshot.connect(latest.path), chosen, parameters, stated, latest.now.date())
    print_rows([vars(one) for one in found], COLUMNS, shape)
