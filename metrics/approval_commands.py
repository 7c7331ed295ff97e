"""The commands `approve`, `reject`, `proposals`: list decisions, policy, users, numbered in one row."""

from __future__ import annotations

import click

from etl.console import command
from etl.ledger import Ledger
from etl.output import FORMATS
from etl.proposals import EVENTS, STATUS, proposals
from etl.settings import home
from metrics import deciding, policy_desk, user_desk
from metrics.decision_commands import (
    COLUMNS,
    by_option,
    format_option,
    number_argument,
    publish_after,
    publish_option,
    row_of,
    show,
)
from metrics.policy_commands import policy_row, show_policy
from metrics.policy_proposals import EVENTS as POLICY_EVENTS
from metrics.policy_proposals import policy_proposals
from metrics.user_commands import show_user, user_row
from metrics.users import EVENTS as USER_EVENTS
from metrics.users import user_proposals

ALL_COLUMNS = (*COLUMNS, "changes")


@click.command("approve", help="批准一项名单决定、政策提议（参数、评分表）并发布，或使用者提议；批准人不能是提出人")
@number_argument
@by_option
@publish_option
@format_option
@command
def approve_command(number: int, by: str, no_publish: bool, shape: str | None) -> None:
    if user_desk.is_user(home(), number):
        show_user(user_desk.approve_user(home(), number, by), shape)
        return  # no data version shows who its users are
    if policy_desk.is_policy(home(), number):
        show_policy(policy_desk.approve_policy(home(), number, by), shape)
    else:
        show(deciding.approve(home(), number, by), shape)
    publish_after(no_publish, by)


@click.command("reject", help="驳回一项名单决定、政策提议或使用者提议，写明理由")
@number_argument
@by_option
@click.option("--reason", required=True, help="驳回理由")
@format_option
@command
def reject_command(number: int, by: str, reason: str, shape: str | None) -> None:
    if user_desk.is_user(home(), number):
        show_user(user_desk.reject_user(home(), number, by, reason), shape)
    elif policy_desk.is_policy(home(), number):
        show_policy(policy_desk.reject_policy(home(), number, by, reason), shape)
    else:
        show(deciding.reject(home(), number, by, reason), shape)


@click.command(
    "proposals", help="各项名单决定、政策提议（kind为policy）和使用者提议（kind为user）：提出、告知、答复、批准或驳回"
)
@click.option("--status", type=click.Choice(tuple(STATUS)), help="只列出待复核、已批准或已驳回的")
@click.option("--subject", help="机构或地区编码，参数名，或使用者名")
@click.option("--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式")
@command
def proposals_command(status: str | None, subject: str | None, shape: str) -> None:
    ledger = Ledger(home().ledger)
    found = [row_of(one) for one in proposals(ledger.events(*EVENTS)).values()]
    found += [policy_row(one) for one in policy_proposals(ledger.events(*POLICY_EVENTS)).values()]
    found += [user_row(one) for one in user_proposals(ledger.events(*USER_EVENTS)).values()]
    kept = [
        row
        for row in sorted(found, key=lambda row: row["id"])
        if status in (None, row["status"]) and subject in (None, row["subject"], *str(row["subject"]).split())
    ]
    click.echo(FORMATS[shape](kept, ALL_COLUMNS), nl=False)
