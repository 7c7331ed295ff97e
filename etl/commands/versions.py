"""The command `compare`: two versions of one submission side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from contract.console.options import text_option
from contract.console.output import FORMATS, as_text, plain
from contract.console.running import DONE, command
from contract.declarations import forms
from contract.errors import CallError
from contract.settings import home
from etl.warehouse.differences import CHANGE_FIELDS, CHANGE_WORDS, Differences, acknowledged, differences

ROWS_SHOWN = 50
FORM_HEADINGS = {
    "form": "表", "old_rows": "旧版行数", "new_rows": "新版行数", "added": CHANGE_WORDS["added"],
    "removed": CHANGE_WORDS["removed"], "changed": "改动行", "cells": "改动单元格",
}  # fmt: skip
CHANGE_HEADINGS = {
    "form": "表", "change": "变化", "record": "记录", "header": "列", "old_row": "旧版行号", "new_row": "新版行号",
    "old": "旧值", "new": "新值", "difference": "差额",
}  # fmt: skip


def _chosen(text: str | None) -> tuple[int, ...]:
    numbers = tuple(part.strip() for part in (text or "").replace("，", ",").split(",") if part.strip())
    if text is not None and (len(numbers) != 2 or not all(number.isdecimal() for number in numbers)):
        raise CallError(f"--versions应为两个版本号，如1,2；现为“{text}”")
    return tuple(map(int, numbers))


@click.command("compare", help="同一次报送的两版逐格对比（退回的版本也可以）")
@click.argument("submitter")
@click.argument("period")
@click.option("--versions", "chosen", help="哪两版，如1,3（旧,新）；默认为最近两版")
@click.option("--rows", type=click.IntRange(min=0), help=f"最多列出的变化；默认文本{ROWS_SHOWN}处，csv和json全部")
@text_option
@command
def compare_command(submitter: str, period: str, chosen: str | None, rows: int | None, shape: str) -> int:
    place = home()
    old, new = acknowledged(place, submitter, period, _chosen(chosen))
    limit = ROWS_SHOWN if rows is None and shape == "text" else rows
    about = {"submitter": submitter, "period": period, "versions": [event.payload["version"] for event in (old, new)]}
    click.echo(WRITERS[shape](about, differences(place, old, new, limit)), nl=False)
    return DONE


def _as_text(about: dict, compared: Differences) -> str:
    old, new = about["versions"]
    lead = f"{about['submitter']} {about['period']} 第{old}版 → 第{new}版：共{compared.total}处变化\n"
    lines = [lead, "\n", _titled([_named(row) for row in compared.forms], FORM_HEADINGS)]
    if compared.changes:
        lines += ["\n", _titled([_named(row) for row in compared.changes], CHANGE_HEADINGS)]
    if len(compared.changes) < compared.total:
        lines.append(f"以上列出前{len(compared.changes)}处，共{compared.total}处；--rows或--format csv可列出更多\n")
    return "".join(lines)


def _titled(rows: Sequence[dict], headings: dict[str, str]) -> str:
    return as_text(
        [{heading: row[name] for name, heading in headings.items()} for row in rows], list(headings.values())
    )


def _named(row: dict) -> dict:
    """Form and kind of change in words."""
    form = "封面" if row["form"] not in forms() else forms()[row["form"]].sheet
    return row | {"form": form} | ({"change": CHANGE_WORDS[row["change"]]} if "change" in row else {})


def _as_json(about: dict, compared: Differences) -> str:
    changes = [
        change | {"difference": None if change["difference"] is None else plain(change["difference"])}
        for change in compared.changes
    ]
    answer = about | {"total": compared.total, "forms": compared.forms, "changes": changes}
    return json.dumps(answer, ensure_ascii=False, indent=1) + "\n"


WRITERS = {
    "text": _as_text,
    "json": _as_json,
    "csv": lambda about, compared: FORMATS["csv"](compared.changes, CHANGE_FIELDS),
}
