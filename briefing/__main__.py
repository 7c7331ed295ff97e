"""Command: `python -m briefing PERIOD [--district D] [--format docx,pdf,xlsx] [--out DIR]`."""

from __future__ import annotations

from pathlib import Path

import click

from briefing.issue.compose import compose
from briefing.issue.content import Document
from briefing.paper.writers import WRITERS
from contract.console.program import run
from contract.console.running import command
from contract.declarations import districts
from contract.errors import CallError
from contract.settings import home
from contract.viewer import Viewer
from etl.snapshot.opened import current

CALLER = ("local", "本机用户")


def formats(text: str) -> list[str]:
    """The formats asked for, each once. Raises CallError for one that there is not."""
    wanted = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in wanted if name not in WRITERS]
    if unknown or not wanted:
        raise CallError(f"没有格式“{'、'.join(unknown) or text}”，可选{'、'.join(WRITERS)}")
    return wanted


def viewer_for(district: str | None) -> Viewer:
    """The local user as an analyst, or as one of a district: its briefing is read with its own rights alone."""
    if district is None:
        return Viewer(*CALLER, "analyst")
    for code, declared in districts().items():
        if district in declared.spellings and declared.group:
            return Viewer(*CALLER, "district", code)
    raise CallError(f"没有地区“{district}”，请用六位区划代码或区名，如110108或海淀")


def file_name(document: Document, district: str, kind: str) -> str:
    return f"监管月报_{document.period}{f'_{district}' if district else ''}_第{document.snapshot}版.{kind}"


def make(period: str, district: str | None, kinds: list[str], folder: Path) -> list[Path]:
    """Write the briefing of a period from the current snapshot; returns the files, in the order of `kinds`."""
    viewer = viewer_for(district)
    document = compose(viewer, current(home()), period)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / file_name(document, viewer.scope, kind) for kind in kinds]
    for kind, file in zip(kinds, files, strict=True):
        file.write_bytes(WRITERS[kind](document))
    return files


@click.command(help="由当前数据版本生成一期监管月报。PERIOD为报送期，如2026-10。")
@click.argument("period", metavar="PERIOD")
@click.option("--district", metavar="D", help="生成该区的分送件：六位区划代码或区名")
@click.option("--format", "kinds", default=",".join(WRITERS), show_default=True, help="格式，逗号分隔")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="输出文件夹，默认PILOT_HOME下的briefings")
@command
def main(period: str, district: str | None, kinds: str, out: Path | None) -> None:
    for file in make(period, district, formats(kinds), out or home().briefings):
        click.echo(file)


if __name__ == "__main__":
    run(main, "python -m briefing")
