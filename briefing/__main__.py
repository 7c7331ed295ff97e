"""Commands: `python -m briefing PERIOD [--district D | --part P] [--format …] [--out DIR]`, `… briefing verify`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from briefing.issue.compose import compose
from briefing.issue.content import Document
from briefing.issued.making import part_names
from briefing.issued.verifying import verify
from briefing.paper import letter_word
from briefing.paper.writers import WRITERS, in_formats
from briefing.parts.declared import parts
from briefing.parts.making import MEETING, MEETING_NAME, due_parts, every_part, make_meeting_page, make_parts, tied_out
from briefing.parts.transmission import transmission_letter
from contract.console.program import run
from contract.console.running import DONE, NEEDS_USER, command
from contract.declarations import districts
from contract.errors import CallError
from contract.settings import home
from contract.viewer import Viewer
from etl.snapshot.opened import current
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.proof.witness import head_words

ALL, QUARTERLY = "all", "quarterly"
VERIFY = "verify"  # in the place of a period
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


def file_name(document: Document, whose: str, kind: str) -> str:
    return f"监管月报_{document.period}{f'_{whose}' if whose else ''}_第{document.snapshot}版.{kind}"


def written(document: Document, whose: str, kinds: list[str], folder: Path) -> list[Path]:
    """Write a document in its formats; returns the files, in the order of `kinds`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / file_name(document, whose, kind) for kind in kinds]
    for file, content in zip(files, in_formats(document, kinds).values(), strict=True):
        file.write_bytes(content)
    return files


def make(period: str, district: str | None, kinds: list[str], folder: Path) -> list[Path]:
    """Write the briefing of a period from the current snapshot; returns the files, in the order of `kinds`."""
    viewer = viewer_for(district)
    return written(compose(viewer, current(home()), period), viewer.scope, kinds, folder)


def make_part_files(
    period: str, part: str, kinds: list[str], folder: Path, filed: Path | None, letter: bool
) -> Iterator[Path]:
    """Write a part, or all of them one after another, which is told as it goes; with a letter each where asked for."""
    viewer, snapshot, store = viewer_for(None), current(home()), home()
    several = len(due_parts(viewer, snapshot, period)) if part == ALL else 0
    if part == ALL:
        made = every_part(viewer, snapshot, store, period)
    elif part == MEETING:
        made = iter([(MEETING, MEETING_NAME, MEETING_NAME, make_meeting_page(viewer, snapshot, store, period))])
    else:
        compared = tied_out(snapshot, period, filed) if filed else ()
        made = (
            (declared.code, declared.name, declared.to, document)
            for declared, document in make_parts(viewer, snapshot, period, [part], compared)
        )
    ledger = Ledger(store.ledger)
    dated, witness = reference_time(ledger).date(), head_words(ledger)
    for at, (_, name, to, document) in enumerate(made, start=1):
        if several:
            click.echo(f"编制 {at}/{several} {name}", err=True)
        yield from written(document, name, kinds, folder)
        if letter and name != MEETING_NAME:
            path = folder / file_name(document, f"报送函_{name}", "docx")
            path.write_bytes(letter_word.write(transmission_letter(document, name, to, dated, witness)))
            yield path


def verify_released() -> int:
    """Makes every released issue again and says of each whether it is what was released, byte for byte."""
    code = DONE
    for verified in verify(home()):
        issue = verified.issue
        about = f"{issue.period}{part_names()[issue.part]} {issue.name}（第{issue.id}号，数据版本第{issue.snapshot}版"
        about += "，已清理，重新生成）" if verified.rebuilt else "）"
        if verified.same:
            click.echo(f"一致　{about}")
        else:
            click.echo(f"不一致　{about}：{verified.fault or '、'.join(verified.differs)}")
            code = NEEDS_USER
    return code


@click.command(
    help="由当前数据版本生成一期监管月报或其分送件。PERIOD为报送期，如2026-10；"
    "写verify则逐期核验已发布的月报：由其数据版本重新生成，与发布时逐字节比较，不一致的退出码为1。"
)
@click.argument("period", metavar="PERIOD")
@click.option("--district", metavar="D", help="生成该区的分送件：六位区划代码或区名")
@click.option("--part", metavar="P", help=f"生成分送件：{'、'.join((*parts(), MEETING))}，或{ALL}（全部，含各区）")
@click.option(
    "--s70",
    "filed",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="报总局专报用：各机构填报的S70（CSV，首行为“机构编码,列,数值”），与本系统逐格对数",
)
@click.option("--letter", is_flag=True, help="同时生成分送件的报送函（Word）")
@click.option("--format", "kinds", default=",".join(WRITERS), show_default=True, help="格式，逗号分隔")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="输出文件夹，默认PILOT_HOME下的briefings")
@command
def main(
    period: str, district: str | None, part: str | None, filed: Path | None, letter: bool, kinds: str, out: Path | None
) -> int:
    if period == VERIFY:
        return verify_released()
    folder = out or home().briefings
    if part and district:
        raise CallError("--part和--district只能用一个")
    if (filed or letter) and not part:
        raise CallError("--s70和--letter只用于分送件，请同时写明--part")
    if filed and part != QUARTERLY:
        raise CallError(f"--s70只用于报总局专报，请写--part {QUARTERLY}")
    wanted = formats(kinds)
    files = (
        make_part_files(period, part, wanted, folder, filed, letter) if part else make(period, district, wanted, folder)
    )
    for file in files:
        click.echo(file)
    return DONE


if __name__ == "__main__":
    run(main, "python -m briefing")
