"""The command `export`: the validated facts, members, policy and calendar as Parquet, for other systems."""

from __future__ import annotations

from pathlib import Path

import click

from contract.console.options import by_or_caller
from contract.console.running import DONE, actor, command, progress
from contract.settings import home
from etl.exchange.export import export
from etl.exchange.manifest import own_folder


@click.command("export", help="把现行数据版本的逐笔数据导出为Parquet，供其他系统读取；只重写有变动的部分")
@click.option(
    "--parquet", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="写到哪个目录"
)
@by_or_caller
@click.option("--approved-by", help="批准人，须为另一人；已登记使用者的必须写明")
@click.option("--whole", is_flag=True, help="每个文件都重写，不沿用上一份的")
@command
def export_command(folder: Path, by: str | None, approved_by: str | None, whole: bool) -> int:
    done = export(home(), own_folder(folder), by or actor(), approved_by, whole=whole, progress=progress("导出"))
    held = f"数据版本第{done.manifest.data_version}版，{len(done.manifest.parts)}个文件、{done.manifest.rows:,}行"
    if done.is_new:
        click.echo(f"已导出为{done.name}：{held}，其中重写{len(done.written)}个")
    else:
        click.echo(f"没有变动，仍为{done.name}：{held}")
    return DONE
