"""Options and arguments that commands have in common, and how what a user writes in them is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from contract.console.output import FORMATS
from contract.errors import CallError

existing = click.Path(path_type=Path)
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
number_argument = click.argument("number", metavar="ID", type=int)
by_option = click.option("--by", required=True, help="经办人")
by_or_caller = click.option("--by", help="经办人；默认为运行命令的用户")
on_option = click.option("--on", help="日期，如2026-10-31；默认为今天")
file_option = click.option("--file", "path", type=existing, help="依据文件，存入原件库")
files_option = click.option("--file", "files", multiple=True, type=existing, help="依据文件，存入原件库，可重复")
folder_option = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="写到哪个文件夹"
)
note_option = click.option("--note", default="", help="说明")
document_option = click.option("--doc-no", "document_no", default="", help="文号；通报、结果运用须有")
period_option = click.option("--period", required=True, help="报送期，如2026-10")
publish_option = click.option("--no-publish", is_flag=True, help="只登记，不发布新的数据版本")
sentence_option = click.option(
    "--format", "shape", type=click.Choice(tuple(FORMATS)), help="输出格式；不给则输出一句话"
)
csv_option = click.option(
    "--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式"
)
text_option = click.option(
    "--format", "shape", type=click.Choice(tuple(FORMATS)), default="text", show_default=True, help="输出格式"
)


def parse_day(text: str) -> date:
    """A day as a user writes it. Raises CallError for one that cannot be."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallError(f"日期“{text}”应如2026-10-31") from None


def parse_optional(text: str | None) -> date | None:
    """A day, where one is given. Raises as `parse_day`."""
    return parse_day(text) if text else None


def parse_period(text: str) -> str:
    """A period as a user writes it. Raises CallError for one that cannot be."""
    if not PERIOD.fullmatch(text.strip()):
        raise CallError(f"报送期“{text}”应如2026-10")
    return text.strip()


def several(given: Sequence[str]) -> list[str] | None:
    """The values of an option that may be repeated or hold several joined by commas; None where it is not given."""
    names = [name.strip() for text in given for name in text.replace("，", ",").split(",") if name.strip()]
    return names or None
