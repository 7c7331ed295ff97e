"""The commands `user`, `users`: propose what a user is to be, and read who is registered."""

from __future__ import annotations

import click

from casework.commands.acting import called
from casework.commands.decisions import COLUMNS
from casework.policy.users import propose_user
from contract.console.options import by_option, csv_option, sentence_option
from contract.console.output import FORMATS, Row, print_rows
from contract.console.running import command
from contract.settings import home
from contract.viewer import ROLES
from ledger.events import Ledger
from ledger.people import USER, users
from ledger.proposals import PROPOSED, STATUS
from ledger.users import UserDraft, UserProposal

USER_COLUMNS = ("user", "role", "scope", "since", "proposer", "approver", "disabled")
ROLE_NAMES = "、".join(f"{code}{name}" for code, name in ROLES.items())


def user_row(proposal: UserProposal) -> Row:
    """A proposed change of a user as a row of those of list decisions, and `changes`."""
    row, draft = {name: getattr(proposal, name, None) for name in COLUMNS}, proposal.draft
    return row | {"kind": "user", "subject": draft.name, "reason": draft.reason, "changes": proposal.change}


def show_user(proposal: UserProposal, shape: str | None) -> None:
    """Prints a proposed change: a sentence, or a row in one of `FORMATS`."""
    if shape:
        click.echo(FORMATS[shape]([user_row(proposal)], (*COLUMNS, "changes")), nl=False)
        return
    said = f"{called(proposal, '使用者提议')}：{proposal.draft.name}{proposal.change}，{STATUS[proposal.status]}"
    if proposal.status == PROPOSED:
        said += f"；须由另一人批准：python -m casework approve {proposal.id} --by 姓名"
    click.echo(said)


@click.command("user", help=f"提议登记、变更或停用一名使用者；须由另一人用approve批准。ROLE为{ROLE_NAMES}")
@click.argument("name")
@click.argument("role")
@click.option("--scope", default="", help="区级用户、报送用户对应的地区或机构编码，须在试点名单上")
@click.option("--disable", "disabled", is_flag=True, help="停用；ROLE照写现有的角色")
@click.option("--reason", required=True, help="事由")
@by_option
@sentence_option
@command
def user_command(name: str, role: str, scope: str, disabled: bool, reason: str, by: str, shape: str | None) -> None:
    show_user(propose_user(home(), UserDraft(name, role, scope, disabled, reason), by), shape)


@click.command("users", help="使用者：角色、对应的机构或地区、自何日起、由谁提议和批准、是否停用")
@csv_option
@command
def users_command(shape: str) -> None:
    rows = [vars(user) | {"user": user.name} for user in users(Ledger(home().ledger).events(USER)).values()]
    print_rows(rows, USER_COLUMNS, shape)
