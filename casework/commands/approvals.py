"""The commands `approve`, `reject`, `proposals`: list decisions, policy, users, and data given to others."""

from __future__ import annotations

import click

from casework.commands.acting import number_of, publish_after
from casework.commands.decisions import COLUMNS, row_of, show
from casework.commands.givings import show_giving
from casework.commands.policy import policy_row, show_policy
from casework.commands.users import show_user, user_row
from casework.decisions import steps
from casework.giving import requests
from casework.giving.requests import is_giving
from casework.policy.changes import approve_policy, is_policy, reject_policy
from casework.policy.users import approve_user, is_user, reject_user
from contract.console.options import by_option, csv_option, publish_option, sentence_option
from contract.console.output import print_rows
from contract.console.running import command
from contract.settings import home
from ledger.events import Ledger
from ledger.proposals import EVENTS, STATUS, proposals
from ledger.users import EVENTS as USER_EVENTS
from ledger.users import user_proposals
from metrics.evaluation.policy_proposals import EVENTS as POLICY_EVENTS
from metrics.evaluation.policy_proposals import policy_proposals

ALL_COLUMNS = (*COLUMNS, "changes")


@click.command(
    "approve", help="批准一项名单决定、政策提议（参数、评分表）并发布，或使用者提议、对外提供；批准人不能是提出人"
)
@number_of("名单决定", "政策提议", "使用者提议", "对外提供")
@by_option
@publish_option
@sentence_option
@command
def approve_command(number: int, by: str, no_publish: bool, shape: str | None) -> None:
    if is_user(home(), number):
        show_user(approve_user(home(), number, by), shape)
        return  # no data version shows who its users are
    if is_giving(home(), number):
        show_giving(requests.approve(home(), number, by), shape)
        return
    if is_policy(home(), number):
        show_policy(approve_policy(home(), number, by), shape)
    else:
        show(steps.approve(home(), number, by), shape)
    publish_after(no_publish, by)


@click.command("reject", help="驳回一项名单决定、政策提议、使用者提议或对外提供，写明理由")
@number_of("名单决定", "政策提议", "使用者提议", "对外提供")
@by_option
@click.option("--reason", required=True, help="驳回理由")
@sentence_option
@command
def reject_command(number: int, by: str, reason: str, shape: str | None) -> None:
    if is_user(home(), number):
        show_user(reject_user(home(), number, by, reason), shape)
    elif is_giving(home(), number):
        show_giving(requests.reject(home(), number, by, reason), shape)
    elif is_policy(home(), number):
        show_policy(reject_policy(home(), number, by, reason), shape)
    else:
        show(steps.reject(home(), number, by, reason), shape)


@click.command(
    "proposals", help="各项名单决定、政策提议（kind为policy）和使用者提议（kind为user）：提出、告知、答复、批准或驳回"
)
@click.option("--status", type=click.Choice(tuple(STATUS)), help="只列出待复核、已批准或已驳回的")
@click.option("--subject", help="机构或地区编码，参数名，或使用者名")
@csv_option
@command
def proposals_command(status: str | None, subject: str | None, shape: str) -> None:
    ledger = Ledger(home().ledger)
    rows = [
        *map(row_of, proposals(ledger.events(*EVENTS)).values()),
        *map(policy_row, policy_proposals(ledger.events(*POLICY_EVENTS)).values()),
        *map(user_row, user_proposals(ledger.events(*USER_EVENTS)).values()),
    ]
    asked = [
        row
        for row in sorted(rows, key=lambda row: row["id"])
        if status in (None, row["status"]) and subject in (None, row["subject"], *str(row["subject"]).split())
    ]
    print_rows(asked, ALL_COLUMNS, shape)
