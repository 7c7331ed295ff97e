"""Section 七、数据质量与口径说明 and its annex: how members filed, and how the figures of an issue are counted."""

from __future__ import annotations

from decimal import Decimal

from briefing.issue.content import Cell, Column, Note, Number, Section, Table
from briefing.issue.declared import wordings
from briefing.issue.overall import spoken
from briefing.issue.sentences import say
from briefing.issue.source import Filing, Record, Source
from briefing.issue.subject import Subject
from contract.wording import KINDS, NO_VALUE, listing

VERDICTS = {
    "accepted": "已接收",
    "questions": "已接收，有疑问待说明",
    "returned": "已退回，待重报",
    "missing": "未报送",
    "due": "未到截止时间",
    "exempt": "报送要求施行前",
}
CALIBERS = ("scope", "growth", "households", "absent", "thousands")  # notes of briefing.toml, in order


def filing_quality(source: Source) -> Section:
    """What a reader should know of the data, and of the caliber of each figure."""
    present = {filing.code for filing in source.filings if filing.present}
    returned = [record.name for record in source.records if record.code in present and record.returned]
    said = spoken(say("quality.filing", Subject(source), {"退回成员": listing(returned)}))
    inner = (Section("数据质量", 2, said, "quality.filing"), _calibers(source))
    return Section("数据质量与口径说明", 1, inner, "quality", plain="口径说明")


def _calibers(source: Source) -> Section:
    notes = tuple(Note(wordings().notes[name], f"quality.caliber.{name}") for name in CALIBERS)
    return Section("口径说明", 2, (*notes, *seal(source)), "quality.caliber")


def seal(source: Source) -> tuple[Note, ...]:
    """Which data version an issue rests on, and the ledger's head, so that paper bears witness to the record."""
    made = source.snapshot.built_at
    day = f"{made.year}年{made.month}月{made.day}日{made:%H:%M}"
    version = Note(f"本期数据取自数据版本第{source.snapshot.number}版（{day}生成）。", "quality.seal")
    return (version, Note(source.witness, "quality.witness")) if source.witness else (version,)


def quality_annex(source: Source) -> tuple[Table, ...]:
    """A row a member that was to file: this period's standing, and its record of the year; none where none is known."""
    if not source.filings:
        return ()
    columns = (
        Column("成员", 9, numeric=False),
        Column("类别", 5, numeric=False),
        Column("本期报送", 9, numeric=False),
        Column("本期及时", 4, numeric=False),
        Column("本年应报（期）", 4),
        Column("本年已报（期）", 4),
        Column("首次通过（期）", 4),
        Column("退回（版）", 3.6),
        Column("迟报缺报（期）", 4),
        Column("千行差错（个）", 4.4),
    )
    records = {record.code: record for record in source.records}
    rows = tuple(_row(source, filing, records.get(filing.code)) for filing in source.filings)
    notes = ("首次通过为首次报送即被接收的期数；千行差错为格式性、有效性差错数与数据行数之比（‰）。",)
    return (Table("数据质量", "成员报送与数据质量", columns, rows, notes),)


def _row(source: Source, filing: Filing, record: Record | None) -> tuple[Cell, ...]:
    timely = NO_VALUE if not filing.present else "是" if filing.on_time else "否"
    counts: tuple[Cell, ...] = (NO_VALUE,) * 5
    if record is not None:
        numbers = (record.expected, record.filed, record.passed_first, record.returned, record.late)
        counts = tuple(Number(Decimal(number), 0) for number in numbers)
    faults = Subject(source, filing.kind, filing.code).cell("M04")
    return (filing.name, KINDS[filing.kind], VERDICTS[filing.verdict], timely, *counts, faults)
