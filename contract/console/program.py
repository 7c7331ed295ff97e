"""How a program of commands runs: each imports what it needs when it is called; a wrong call is told in one line."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping

import click

WRONG_CALL, INTERRUPTED = 2, 130


def _named(name: str) -> Callable:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def later(name: str) -> Callable:
    """The function `module:name`, whose module is imported when the function is first called."""

    def call(*values, **named):
        return _named(name)(*values, **named)

    return call


class Commands(click.Group):
    """A group with commands of its own, and others elsewhere: name → the `module:name` to import, and its menu line.

    So the menu tells what there is without importing any of it.
    """

    def __init__(self, elsewhere: Mapping[str, tuple[str, str]], **settings) -> None:
        super().__init__(**settings)
        self._elsewhere = elsewhere

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *self._elsewhere])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in self._elsewhere:
            return _named(self._elsewhere[name][0])
        return super().get_command(context, name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        said = {name: line for name, (_, line) in self._elsewhere.items()}
        said |= {name: own.short_help or own.help or "" for name, own in self.commands.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(said.items()))


def told(error: click.UsageError) -> str:
    """What is wrong with the call, in Chinese."""
    match error:
        case click.MissingParameter():
            return f"缺少{_names(error)}"
        case click.BadParameter():
            choices = "、".join(map(str, getattr(error.param and error.param.type, "choices", ())))
            return f"{_names(error)}的值不对" + (f"，应为{choices}之一" if choices else "")
        case click.exceptions.NoSuchCommand():
            return f"没有命令{error.command_name}"
        case click.NoSuchOption():
            return f"没有选项{error.option_name}"
        case click.BadOptionUsage():
            return f"选项{error.option_name}缺少它的值，或不该带值"
        case _:
            return "命令写法不对，可能多了参数"


def _names(error: click.BadParameter) -> str:
    return "/".join(error.param.opts) if error.param else "参数"


def run(commands: click.Command, program: str) -> None:
    """Runs a command, or a group of them, as a program, and ends the process with its exit code."""
    try:
        code = commands.main(prog_name=program, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        code = WRONG_CALL
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else program
        click.echo(f"错误：{told(error)}；用法见{path} --help", err=True)
        code = WRONG_CALL
    except click.Abort:
        code = INTERRUPTED
    sys.exit(code or 0)
