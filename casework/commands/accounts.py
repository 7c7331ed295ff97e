"""The commands `account …`: accounts, links to a provider's subjects, and sessions."""

from __future__ import annotations

import click

from casework.access.accounts import (
    create_account,
    disable_account,
    end_session,
    end_sessions_of,
    first_account,
    link_subject,
    reset_account,
    unlink_subject,
)
from casework.access.listed import moment, ways_in
from contract.console.options import by_option, csv_option
from contract.console.output import print_rows
from contract.console.running import command
from contract.errors import CallError
from contract.settings import home
from ledger.access.accounts import FIRST_SECONDS
from ledger.access.configured import sign_in
from ledger.access.sessions import living

ACCOUNT_COLUMNS = ("user", "role", "way", "subject", "state", "codes")
SESSION_COLUMNS = ("session", "user", "way", "began", "seen", "address")
subject_argument = click.argument("subject")
name_argument = click.argument("name")


def _say_password(name: str, password: str) -> None:
    click.echo(f"{name}的初始口令：{password}")
    click.echo(f"只显示这一次，请当面或密封交给本人；{FIRST_SECONDS // 86400}天内有效，首次登录须更换", err=True)


@click.command("create", help="为已登记的使用者开设账户，给出只显示一次的初始口令")
@name_argument
@by_option
@command
def create_command(name: str, by: str) -> None:
    _say_password(name, create_account(home(), name, by))


@click.command("first", help="首次启用时开设第一个管理员账户；台账登记了管理员后，各人按登记的角色")
@name_argument
@command
def first_command(name: str) -> None:
    _say_password(name, first_account(home(), name))


@click.command("reset", help="重置口令，给出新的初始口令，结束其全部会话")
@name_argument
@click.option("--without-codes", is_flag=True, help="一并取消动态验证码，如手机遗失")
@by_option
@command
def reset_command(name: str, without_codes: bool, by: str) -> None:
    _say_password(name, reset_account(home(), name, by, without_codes))


@click.command("disable", help="停用账户，结束其全部会话；使用者的登记不变")
@name_argument
@by_option
@command
def disable_command(name: str, by: str) -> None:
    click.echo(f"已停用{disable_account(home(), name, by).name}的账户")


@click.command("enable", help="恢复停用的账户")
@name_argument
@by_option
@command
def enable_command(name: str, by: str) -> None:
    click.echo(f"已恢复{disable_account(home(), name, by, disabled=False).name}的账户")


@click.command("link", help="把统一身份认证的用户标识（SUBJECT）对应到已登记的使用者")
@name_argument
@subject_argument
@by_option
@command
def link_command(name: str, subject: str, by: str) -> None:
    click.echo(f"已对应：{link_subject(home(), _issuer(), subject, name, by)}")


@click.command("unlink", help="取消一个用户标识的对应关系，结束其会话")
@subject_argument
@by_option
@command
def unlink_command(subject: str, by: str) -> None:
    click.echo(f"已取消与{unlink_subject(home(), _issuer(), subject, by)}的对应")


@click.command("list", help="账户和统一身份认证的对应关系：角色、状态、有无动态验证码")
@csv_option
@command
def list_command(shape: str) -> None:
    print_rows([vars(one) for one in ways_in(home())], ACCOUNT_COLUMNS, shape)


@click.command("sessions", help="现有会话：编号、使用者、登录方式、自何时、最近一次操作、来自何处")
@csv_option
@command
def sessions_command(shape: str) -> None:
    rows = [
        vars(one) | {"session": one.number, "user": one.name, "began": moment(one.began), "seen": moment(one.seen)}
        for one in living(home())
    ]
    print_rows(rows, SESSION_COLUMNS, shape)


@click.command("end", help="结束一个会话（写编号），或一名使用者的全部会话（写姓名）")
@click.argument("which")
@by_option
@command
def end_command(which: str, by: str) -> None:
    if which.isdecimal():
        end_session(home(), int(which), by)
        click.echo(f"已结束第{which}号会话")
    else:
        click.echo(f"已结束{which}的{end_sessions_of(home(), which, by)}个会话")


def _issuer() -> str:
    provider = sign_in(home()).provider
    if provider is None:
        raise CallError("登录配置中没有统一身份认证（access.toml的[oidc]）")
    return provider.issuer
