"""How every command runs: exit codes, one clear line for what went wrong, progress, and who runs it."""

from __future__ import annotations

import functools
import getpass
import sys
from collections.abc import Callable

import click
import duckdb

from contract.errors import PilotError
from contract.storage import database_words, system_words
from contract.viewer import Viewer

DONE, NEEDS_USER, WRONG_CALL = 0, 1, 2


def command(function: Callable) -> Callable:
    """Turns the project's errors into one clear line and exit code 2."""

    @functools.wraps(function)
    def run(*args, **kwargs):
        try:
            code = function(*args, **kwargs)
        except PilotError as error:
            click.echo(f"错误：{error}", err=True)
            sys.exit(WRONG_CALL)
        except OSError as error:
            click.echo(f"错误：{error.filename or '文件'}无法读写：{system_words(error)}", err=True)
            sys.exit(WRONG_CALL)
        except duckdb.Error as error:
            words = database_words(error)
            if words is None:
                raise
            click.echo(f"错误：数据版本{words}，请执行python -m etl publish生成新的一版", err=True)
            sys.exit(WRONG_CALL)
        sys.exit(code or DONE)

    return run


def actor() -> str:
    """Who runs the command, as the operating system knows the user."""
    return getpass.getuser()


def caller() -> Viewer:
    """Who reads for a command: an analyst of the Bureau, at the machine."""
    return Viewer(actor(), "本机用户", "analyst")


def progress(label: str) -> Callable[[int, int], None] | None:
    """A counter on long work, on a terminal only."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        click.echo(f"\r{label} {done}/{total}", nl=done >= total, err=True)

    return show
