"""`python -m scripts.serving DECLARATION --into FOLDER` writes the service's files; `--tell NAME` says one value."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from contract.errors import DeclarationError
from scripts.serving.declaration import read
from scripts.serving.write import write


@click.command()
@click.argument("declaration", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="写到哪个目录之下；本机为/")
@click.option("--tell", help="只输出声明中的一个值，如user、ports")
def main(declaration: Path, into: Path | None, tell: str | None) -> None:
    try:
        service = read(declaration)
    except DeclarationError as error:
        click.echo(f"错误：{error}", err=True)
        sys.exit(2)
    if tell:
        value = getattr(service, tell)
        click.echo(" ".join(map(str, value)) if isinstance(value, list) else value)
    if into:
        for path in write(service, into):
            click.echo(f"已写入{path}")


if __name__ == "__main__":
    main()
