"""The command `check`: files judged and not stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contract.console.options import existing, text_option
from contract.console.output import FORMATS
from contract.console.program import later
from contract.console.running import DONE, NEEDS_USER, command
from contract.errors import CallError
from contract.standing import PRECHECK_WORDS
from etl.checks.findings import FINDING_FIELDS
from etl.reading.sandbox import start_ahead
from etl.receiving.receive import find

if TYPE_CHECKING:
    from etl.feedback.check import Checked

checked = later("etl.feedback.check:checked")  # while the child that reads gets ready
write_report = later("etl.feedback.report:write_report")  # most calls ask for none
PARAGRAPH = itemgetter("level", "sheet", "column", "row", "message", "advice", "check")


@click.command("check", help="校验文件，不入库")
@click.argument("files", type=existing, nargs=-1, required=True)
@click.option("--report", type=existing, help="写出标注了问题的工作簿")
@text_option
@command
def check_command(files: tuple[Path, ...], report: Path | None, shape: str) -> int:
    paths = [path for file in files for path in find(file)]
    if not paths:
        raise CallError("没有可校验的文件")
    if report and len(paths) > 1:
        raise CallError("--report一次只能用于一个文件")
    start_ahead()
    results = [checked(path) for path in paths]
    if report:
        write_report(report, results[0])
    click.echo(WRITERS[shape](results), nl=False)
    return NEEDS_USER if any(result.verdict != "accepted" for result in results) else DONE


def _as_json(results: Sequence[Checked]) -> str:
    """An object, or a list of several."""
    objects = [
        {"submitter": result.submitter, "period": result.period, "verdict": result.verdict, "findings": result.findings}
        | ({"rule_faults": [fault.entry for fault in result.faults]} if result.faults else {})
        for result in results
    ]
    return json.dumps(objects[0] if len(objects) == 1 else objects, ensure_ascii=False, indent=1) + "\n"


def _as_csv(results: Sequence[Checked]) -> str:
    """A row a finding."""
    rows = [
        {"submitter": result.submitter, "period": result.period} | finding
        for result in results
        for finding in result.findings
    ]
    return FORMATS["csv"](rows, ["submitter", "period", *FINDING_FIELDS])


def _as_text(results: Sequence[Checked]) -> str:
    return "".join(map(_paragraph, results))


def _paragraph(result: Checked) -> str:
    head = f"{result.package.name}：{PRECHECK_WORDS[result.verdict]}，发现{len(result.findings)}个问题\n"
    lines = (
        f"  [{level}] {_place(sheet, column)}{f' 第{row}行' if row else ''}：{message}。{advice}（{check}）\n"
        for level, sheet, column, row, message, advice, check in map(PARAGRAPH, result.findings)
    )
    broken = (
        f"  [规则故障] {fault.check_id}未能执行：{fault.reason}（{fault.message}）。不是报送文件的问题，请告知监管局\n"
        for fault in result.faults
    )
    return head + "".join(lines) + "".join(broken)


@cache
def _place(sheet: str | None, column: str | None) -> str:
    return " ".join(part for part in (sheet, column) if part)


WRITERS = {"text": _as_text, "csv": _as_csv, "json": _as_json}
