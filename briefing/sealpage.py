"""`python -m briefing.sealpage`: the page that a submitter prints, signs and seals (盖章页), as a Word file."""

from __future__ import annotations

from pathlib import Path

import click

from briefing.paper.seal_word import write
from contract.console.program import run
from contract.console.running import caller, command
from contract.errors import CallError
from contract.settings import home
from etl.snapshot.opened import current
from metrics.queries.filing.seal import seal_page
from metrics.queries.filing.versions import submissions


@click.command(help="生成已受理报送的盖章页（Word）：SUBMITTER为机构编码或地区代码，PERIOD为报送期，如2026-10。")
@click.argument("submitter", metavar="SUBMITTER")
@click.argument("period", metavar="PERIOD")
@click.option("--version", "wanted", type=int, help="第几版，默认为现行版本")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="输出文件夹")
@command
def main(submitter: str, period: str, wanted: int | None, out: Path) -> None:
    viewer, snapshot = caller(), current(home())
    versions = submissions(viewer, snapshot, submitter, period)
    chosen = versions[versions["version"] == wanted] if wanted else versions[versions["in_force"]]
    if chosen.empty:
        raise CallError(f"没有{submitter}在{period}的{f'第{wanted}版' if wanted else '受理版本'}")
    page = seal_page(viewer, snapshot, int(chosen.iloc[0]["submission_id"]))
    out.mkdir(parents=True, exist_ok=True)
    path = out / page.paper_name
    path.write_bytes(write(page))
    click.echo(path)


if __name__ == "__main__":
    run(main, "python -m briefing.sealpage")
