"""The feedback that goes back to the submitter, as a workbook to work from: what it says, sheet by sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from contract.console.output import plain
from contract.declarations import form_name
from contract.errors import CallError, RefusedFile
from contract.settings import home
from contract.standing import ANSWER_STATES, BLOCKING, LEVEL_WORDS, PRECHECK_WORDS, Receipt
from contract.storage import system_words
from etl.checks.faults import named_faults
from etl.checks.rule_changes import changes_at
from etl.checks.rule_list import is_off, rule_rows
from etl.checks.rulebook import header_of
from etl.feedback.check import Checked
from etl.feedback.explanations import keys_of
from etl.feedback.marked_book import Mark, MarkedBook, Sheet, feedback_alone
from etl.reading.remarks import BLOCKERS, KEY_HEADER, MARK, OBJECTION, REASON_HEADER, RESULT, RULES, SUMMARY
from etl.reading.sandbox import in_child
from etl.reading.submission import Reading

# The columns of a finding: header → width.
WHERE = {"序号": 6, "级别": 8, "类别": 12, "工作表": 20, "行": 7, "列": 20, "所在记录": 18}
WHAT = {"填报值": 20, "对照值": 18, "差额": 14, "问题": 46, "怎么改": 38, "校验编号": 14}
SAID = {REASON_HEADER: 34, "说明状态": 16, "监管答复": 26, KEY_HEADER: 15}
FINDING = WHERE | WHAT
COLUMNS = (*FINDING, *SAID)
SUMMARY_COLUMNS = {"级别": 8, "校验编号": 14, "表": 20, "列": 22, "处数": 8, "问题举例": 60}
RULE_COLUMNS = {"校验编号": 14, "级别": 8, "类别": 12, "表": 20, "列": 30, "问题": 56, "怎么改": 44, "依据": 40}
NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
WRITTEN = "etl.feedback.marked_book:as_bytes"
MOST_FINDINGS = 100_000
MOST_COMMENTS = 5_000
MOST_CELLS = 1_000_000  # what the child writes well within its time and memory
FEW_COMMENTS = f"单元格批注只写前{MOST_COMMENTS}处，其余只标颜色"
LEFT_OUT = "报送原表过大或无法写出，未能附上，问题位置以工作表、行、列为准"
HOW_TO_ANSWER = (
    f"填写方法：待说明的问题在“{REASON_HEADER}”栏写明原因；认为校验有误的写“{OBJECTION}：”和理由，"
    "须改正的问题只能改正或提异议。填好后把本工作簿作为新的一版报送，已填的内容即登记在册。"
)


def write_report(path: Path, checked: Checked, receipt: Receipt | None = None) -> None:
    """Writes the marked workbook. Raises CallError where the path cannot be written."""
    content = report(checked, receipt)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise CallError(f"校验报告无法写到{path}：{system_words(error)}") from error


def report(checked: Checked, receipt: Receipt | None = None) -> bytes:
    """The marked workbook as xlsx: 须改正, 校验汇总, 校验结果, 校验规则, then the submitter's own sheets.

    Findings may carry `key`, `state`, `reason` and `answer`, as `etl.snapshot.status.finding_rows` gives them. The
    submitter's file is opened in a child process with limits; one that needs more than those is left out, and the first
    line says so.
    """
    if _cells(checked) <= MOST_CELLS:
        few = len(checked.findings) <= MOST_COMMENTS
        marked = MarkedBook(checked.package, _sheets(checked, receipt, "" if few else FEW_COMMENTS), _marks(checked))
        try:
            return in_child(WRITTEN, marked, writes=True)
        except RefusedFile:
            pass  # its size does not tell all: what it needs more than it may have shows when it is opened
    return feedback_alone(_sheets(checked, receipt, LEFT_OUT))


def _cells(checked: Checked) -> int:
    """About how many cells the marked workbook has, the submitter's and those of the feedback."""
    own = sum(table.row_count * len(table.columns) for table in checked.reading.tables.values())
    return own + len(checked.findings) * (len(COLUMNS) + len(FINDING))


def _place(reading: Reading, finding: dict) -> tuple[int, int] | None:
    """Row and column of the offending cell, where the finding has one."""
    if finding["form"] == "cover":
        item = reading.cover.get(finding["column"] or "")
        return (finding["row"] or item.row, item.position + 1) if item else None
    table = reading.tables.get(finding["form"])
    if table is None or finding["row"] is None:
        return None
    position = table.positions.get(finding["column"] or "", 0)
    return finding["row"], position + 1


def _marks(checked: Checked) -> tuple[Mark, ...]:
    """The cells to colour; a comment only for the first so many, as more make a workbook hard to open."""
    marks = []
    for number, finding in enumerate(checked.findings):
        place = _place(checked.reading, finding)
        if place is not None:
            words = f"{LEVEL_WORDS[finding['level']]}：{finding['message']}。{finding['advice']}（{finding['check']}）"
            text = words if number < MOST_COMMENTS else ""
            marks.append(Mark(finding["sheet"] or "", *place, finding["level"], text))
    return tuple(marks)


def _sheets(checked: Checked, receipt: Receipt | None, cut: str) -> tuple[Sheet, ...]:
    """The four sheets of feedback; each says in its first lines what it is about and whether anything is cut."""
    findings = _answered(checked.findings)
    blockers = [(no, finding) for no, finding in findings if finding["level"] in BLOCKING]
    lead = _lead(checked, receipt, len(blockers), cut)
    about = _about(checked, receipt)
    none = ("没有须改正的问题。",) if not blockers else ()
    return (
        _table(
            BLOCKERS, (lead, *about, *none), FINDING, [_row(no, finding) for no, finding in blockers[:MOST_FINDINGS]]
        ),
        _table(SUMMARY, (lead, *about), SUMMARY_COLUMNS, _summary(checked.findings)),
        replace(
            _table(
                RESULT,
                (lead, *about, HOW_TO_ANSWER),
                FINDING | SAID,
                [_row(no, finding) + _said(finding) for no, finding in findings[:MOST_FINDINGS]],
            ),
            to_fill=COLUMNS.index(REASON_HEADER),
        ),
        _table(RULES, (lead, *_books(checked, receipt)), RULE_COLUMNS, _rules(checked)),
    )


def _table(name: str, lines: tuple[str, ...], columns: dict[str, int], rows: list[tuple]) -> Sheet:
    return Sheet(name, lines, tuple(columns), tuple(columns.values()), tuple(rows))


def _answered(findings: list[dict]) -> list[tuple[int, dict]]:
    """Findings by number, each with its stable key and state."""
    keys = keys_of(findings)
    return [
        (number, {"state": "correct" if finding["level"] in BLOCKING else "open"} | finding | {"key": key})
        for number, (finding, key) in enumerate(zip(findings, keys, strict=True), 1)
    ]


def _lead(checked: Checked, receipt: Receipt | None, blockers: int, cut: str) -> str:
    version = f" 第{receipt.version}版" if receipt else ""
    state = receipt.state if receipt else PRECHECK_WORDS[checked.verdict]
    count = len(checked.findings)
    listed = (
        f"问题共{count}处，此处列出前{MOST_FINDINGS}处，其余略去" if count > MOST_FINDINGS else "全部列出，没有省略"
    )
    said = f"须改正{blockers}处，合理性、一致性问题{count - blockers}处；{listed}" + (f"；{cut}" if cut else "")
    return f"{MARK}{checked.submitter} {checked.period}{version}：{state}，{said}"


def _about(checked: Checked, receipt: Receipt | None) -> tuple[str, ...]:
    """What comes next, who answers for the file, and which file and rule book this is about."""
    people = "　".join(
        f"{header_of('cover', code)}：{item.value}"
        for code in ("preparer", "reviewer", "officer")
        if (item := checked.reading.cover.get(code)) and item.value
    )
    received = f"收到时间：{receipt.received_at:%Y-%m-%d %H:%M:%S}　" if receipt else "预先校验，未报送　"
    file = f"报送文件：{checked.package.name}　文件校验码（SHA-256）：{checked.package.content_hash}"
    step = (f"下一步：{receipt.step}",) if receipt else ()
    broken = (
        (f"规则{named_faults(checked.faults)}未能执行，不是报送文件的问题，由监管局修复后再判",)
        if checked.faults
        else ()
    )
    witness = f"　{receipt.witness}" if receipt else ""
    return (*step, *broken, f"{received}{people}", f"{file}　{_books(checked, receipt)[0]}{witness}")


def _books(checked: Checked, receipt: Receipt | None) -> tuple[str, ...]:
    """Which rule book judged the file, and which is in force for its period today where that is another."""
    today = changes_at(home()).book(checked.period).version
    if receipt is None or receipt.rule_book == today:
        return (f"校验规则版本：{today}",)
    return (f"校验规则版本：{receipt.rule_book}", f"以下为现行规则，版本：{today}")


def _row(number: int, finding: dict) -> tuple[object, ...]:
    """The cells of a finding, a cell a column of `FINDING`."""
    where = (number, LEVEL_WORDS[finding["level"]], *(finding[name] for name in ("category", "sheet", "row")))
    column = header_of(finding["form"], finding["column"])
    values = (finding["record"], finding["value"], finding["expected"], _difference(finding))
    return (*where, column, *values, *(finding[name] for name in ("message", "advice", "check")))


def _said(finding: dict) -> tuple[object, ...]:
    """What was said before, its state, the answer, and the key by which it is found again."""
    reason = finding.get("reason")
    if reason and finding["state"] in ("contested", "upheld", "dismissed"):
        reason = f"{OBJECTION}：{reason}"
    return reason, ANSWER_STATES[finding["state"]], finding.get("answer"), finding["key"]


def _difference(finding: dict) -> str | None:
    """Value less expected value, where both are numbers."""
    value, expected = (NUMBER.fullmatch(finding[name] or "") for name in ("value", "expected"))
    if not value or not expected:
        return None
    return plain(Decimal(value[0].replace(",", "")) - Decimal(expected[0].replace(",", "")))


def _summary(findings: list[dict]) -> list[tuple]:
    """One row a check and column, blockers first, then by how often it fired."""
    groups: dict[tuple[str, str, str, str], list[dict]] = {}
    for finding in findings:
        place = (finding["level"], finding["check"], finding["form"], finding["column"] or "")
        groups.setdefault(place, []).append(finding)
    ordered = sorted(groups.items(), key=lambda group: ("SVQM".index(group[0][0]), -len(group[1]), group[0]))
    return [
        (LEVEL_WORDS[level], check, form_name(form), header_of(form, column), len(alike), alike[0]["message"])
        for (level, check, form, column), alike in ordered
    ]


def _rules(checked: Checked) -> list[tuple]:
    """One row a check that judges the file or its forms, those across submissions included, as in force today."""
    judged = {"cover", "file", "form", *checked.reading.tables}
    names = ("check", "level", "category", "form_name", "headers", "message", "advice", "clause")
    return [
        tuple(LEVEL_WORDS[row[name]] if name == "level" else row[name] for name in names)
        for row in rule_rows(changes_at(home()), checked.period, judged)
        if not is_off(row)
    ]
