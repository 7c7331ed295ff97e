"""What commands of acts have in common: the file that is handed in with one, and publishing after it."""

from __future__ import annotations

from pathlib import Path

import click

from casework.held import File
from contract.errors import CallError
from contract.settings import home
from etl.snapshot.publish import publish
from ledger.events import Ledger


def file_of(path: Path) -> File:
    """A file to be handed in with an act. Raises CallError where there is none."""
    if not path.is_file():
        raise CallError(f"找不到文件{path}")
    return path.name, path.read_bytes()


def publish_after(no_publish: bool, by: str) -> None:
    """The list and what hangs on it, anew. On the error stream: the output is the decision's."""
    if not no_publish:
        click.echo(f"已发布数据版本第{publish(home(), Ledger(home().ledger), by)}版", err=True)
