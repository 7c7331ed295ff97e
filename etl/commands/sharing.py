"""The commands `share` and `fetch`: data versions from the host that publishes to those that only show them."""

from __future__ import annotations

import time

import click

from contract.console.running import DONE, command
from contract.errors import CallError, PilotError
from contract.places import bare, of_region
from contract.settings import Home, home, region_asked
from contract.storage import system_words
from etl.snapshot.fetch import fetch
from etl.snapshot.share import share
from etl.snapshot.shared import VARIABLE, shared_uri

back_option = click.option("--back", is_flag=True, help="也退回到较早的一版，或换成同号的另一份")


@click.command("share", help="把现行数据版本放到共享存储，供其他主机取用")
@click.option("--to", "uri", help=f"共享存储，如file:///mnt/pilot-shared、s3://桶/目录；默认为{VARIABLE}所设")
@back_option
@click.option("--again", is_flag=True, help="文件已在那里的，也重新放一次：取用的主机说它损坏时")
@command
def share_command(uri: str | None, back: bool, again: bool) -> int:
    uri = uri or shared_uri()
    if not uri:
        raise CallError(f"请以--to写明共享存储，或设环境变量{VARIABLE}")
    shared, is_new = share(home(), uri, back=back, again=again)
    where = bare(of_region(uri, region_asked()))
    click.echo(f"{'已放到' if is_new else '已在'}{where}：数据版本第{shared.number}版，{shared.bytes:,}字节")
    return DONE


@click.command("fetch", help="从共享存储取用其他主机发布的数据版本，核对后切换")
@click.option("--from", "uri", required=True, help="共享存储，如file:///mnt/pilot-shared、s3://桶/目录")
@click.option("--watch", "seconds", type=click.IntRange(min=1), help="不退出，每隔若干秒看一次有没有新的一版")
@back_option
@command
def fetch_command(uri: str, seconds: int | None, back: bool) -> int:
    if seconds and back:
        raise CallError("--back只用一次，不能与--watch同时使用")
    if seconds:
        _watch(home(), uri, seconds)
    shared, is_new = fetch(home(), uri, back=back)
    click.echo(f"{'已换用' if is_new else '没有变动，仍为'}数据版本第{shared.number}版")
    return DONE


def _watch(place: Home, uri: str, seconds: int) -> None:
    """Until it is ended from outside. What goes wrong is told once, and tried again: the version before goes on."""
    told = ""
    while True:
        try:
            shared, is_new = fetch(place, uri)
            words = ""
            if is_new:
                click.echo(f"已换用数据版本第{shared.number}版")
        except CallError:
            raise
        except PilotError as error:
            words = str(error)
        except OSError as error:
            words = f"{error.filename or '文件'}无法读写：{system_words(error)}"
        if words and words != told:
            click.echo(f"错误：{words}", err=True)
        told = words
        time.sleep(seconds)
