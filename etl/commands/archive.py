"""The commands `archive prepare` and `archive copy`: originals where hosts share them, and from place to place."""

from __future__ import annotations

from pathlib import Path

import click

from contract.console.running import DONE, NEEDS_USER, command, progress
from contract.errors import CallError
from contract.places import Archive, archive_place_of, folder_of, shared_archive_of
from contract.settings import region_asked
from ledger.archive import copied, listed, prepare

ADDRESS = "file:///…、s3://…、载有这种地址的文件"
SHOWN = 12  # characters of a hash that tell a file to a person


@click.group("archive", help="原件库的存放：在共享目录或对象存储中建立，在两处之间复制")
def archive_commands() -> None:
    pass


@archive_commands.command("prepare", help="把共享目录或对象存储中的一处建为原件库，各主机再设PILOT_ARCHIVE")
@click.option("--to", "target", required=True, metavar="地址", help=ADDRESS)
@command
def prepare_command(target: str) -> int:
    archive = shared_archive_of(target, region_asked())
    click.echo(f"{archive.name}{'已建为原件库' if prepare(archive) else '已是原件库，没有变化'}")
    return DONE


@archive_commands.command("copy", help="把原件逐个复制到另一处，读回核对；已有且完好的不重写，可以再执行一次")
@click.option("--from", "source", required=True, metavar="地址|目录", help=f"{ADDRESS}，或archive目录")
@click.option("--to", "target", required=True, metavar="地址|目录", help="同上；共享的一处须先以archive prepare建立")
@command
def copy_command(source: str, target: str) -> int:
    one, other = (archive_place_of(text, region_asked()) for text in (source, target))
    if _place(one) == _place(other):
        raise CallError("--from与--to是同一处")
    if not (known := listed(one)):
        raise CallError(f"{one.name}中没有原件，没有可复制的内容")
    before = listed(other)
    found, damaged = copied(one, other, progress=progress("复制"))
    added = len(found.keys() - before.keys())
    click.echo(f"已从{one.name}复制{added:,}个文件到{other.name}")
    whole = "都在，内容与校验值相符" if not damaged else f"{len(found):,}个在，内容与校验值相符"
    click.echo(f"前者的{len(known):,}个文件，后者{whole}")
    for sha256 in damaged:
        click.echo(f"错误：{sha256[:SHOWN]}…在{one.name}已损坏，{other.name}中也没有完好的，请从备份恢复")
    return NEEDS_USER if damaged else DONE


def _place(archive: Archive) -> Path | str:
    """What tells one place from another."""
    folder = folder_of(archive)
    return folder.resolve() if folder else archive.name
