"""The commands that keep it running: `backup`, `restore` with its rehearsal, and `health`."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path

import click

from contract.console.running import DONE, NEEDS_USER, actor, command, progress
from contract.errors import CallError
from contract.settings import Home, home
from etl.upkeep.backup import back_up
from etl.upkeep.copies import opened
from etl.upkeep.health import health
from etl.upkeep.machine import Fact
from etl.upkeep.records import Record
from etl.upkeep.restore import bring_back, made_whole, rehearse

folder = click.Path(path_type=Path, file_okay=False)
ANSWER_SECONDS = 10
MB = 1 << 20


@click.command("backup", help="把档案和台账备份到一个目录，读回核对；档案只复制新增的")
@click.argument("place", metavar="目录", type=folder)
@click.option("--whole", is_flag=True, help="把以前备份的档案也逐个读一遍，损坏的重新复制")
@click.option("--keep", "most", type=click.IntRange(min=1), help="台账只留最近几份备份；档案各份共用，总是全部保留")
@command
def backup_command(place: Path, whole: bool, most: int | None) -> int:
    record = back_up(home(), place.resolve(), whole=whole, most=most, progress=progress("备份"))
    size = record.bytes / MB
    click.echo(
        f"已备份为{record.copy}：截至第{record.seq}号事件，档案{record.files:,}个文件，{size:.1f} MB，已读回核对"
    )
    if _same_disk(place, home().root):
        click.echo("注意：备份与数据在同一磁盘上，磁盘损坏时会一同丢失，请改用另一磁盘或另一台机器的目录")
    return _faults(record)


def _same_disk(one: Path, other: Path) -> bool:
    return os.stat(one).st_dev == os.stat(other).st_dev


def _faults(record: Record) -> int:
    for fault in record.faults:
        click.echo(f"错误：{fault}")
    return DONE if record.sound else NEEDS_USER


@click.command("restore", help="从备份恢复到一个空目录，重建并核对；--rehearse为演练，不留下任何内容")
@click.argument("place", metavar="目录", type=folder)
@click.option("--into", type=folder, help="恢复到哪个目录，须是空的")
@click.option("--copy", "name", default="", help="哪一份备份，如00012_2026-11-16T0230；不给则为最近一份")
@click.option("--rehearse", "rehearsal", is_flag=True, help="演练：恢复到临时目录，核对后删除，记下演练时间")
@command
def restore_command(place: Path, into: Path | None, name: str, rehearsal: bool) -> int:
    if rehearsal == (into is not None):
        raise CallError("请用--into写明恢复到哪个目录，或用--rehearse演练，二者选一")
    if rehearsal:
        record = rehearse(home(), place.resolve(), actor(), name, progress("演练"))
        click.echo(f"演练：备份{record.copy}恢复、重建、核对完毕，用时{record.seconds:.0f}秒")
        return _faults(record)
    copy, target = opened(place.resolve(), name), Home(into.resolve())
    bring_back(copy, target, progress("恢复"))
    faults = made_whole(target, actor(), progress("重建"))
    click.echo(f"已把备份{copy.name}恢复到{target.root}，截至第{copy.seq}号事件；重建并核对完毕")
    for fault in (*copy.faults, *faults):
        click.echo(f"错误：{fault}")
    return NEEDS_USER if copy.faults or faults else DONE


@click.command("health", help="能否正常提供服务，哪些需要处理；--ports另查看各看板进程")
@click.option("--ports", help="看板进程的端口，如8501,8502")
@click.option("--json", "as_json", is_flag=True, help="以JSON输出，供监控程序读取")
@command
def health_command(ports: str | None, as_json: bool) -> int:
    facts = [*health(home()), *map(_process, _numbers(ports))]
    if as_json:
        click.echo(json.dumps([vars(fact) for fact in facts], ensure_ascii=False))
    else:
        for fact in facts:
            click.echo(f"{'　' if fact.fine else '！'}{fact.subject}：{fact.state}")
    return DONE if all(fact.fine for fact in facts) else NEEDS_USER


def _numbers(ports: str | None) -> list[int]:
    if not ports:
        return []
    named = [text.strip() for text in ports.replace("，", ",").split(",")]
    if not all(text.isdecimal() and 0 < int(text) < 1 << 16 for text in named):
        raise CallError(f"端口“{ports}”应如8501,8502")
    return [int(text) for text in named]


def _process(port: int) -> Fact:
    """What a dashboard's own route says of it; it answers this machine alone."""
    subject = f"看板进程{port}"
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=ANSWER_SECONDS):
            return Fact(subject, "就绪")
    except urllib.error.HTTPError as error:
        return Fact(subject, "未就绪" if error.code == 503 else f"答复异常（{error.code}）", fine=False)
    except OSError:
        return Fact(subject, "没有答复", fine=False)
