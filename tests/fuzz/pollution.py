"""One clean submission, polluted in one respect at a time: the ways in which a CSV file departs from RFC 4180.

In the spirit of the Pollock benchmark of CSV parsers, with files of our own. `python -m tests.fuzz.pollution --out DIR`
writes them as folders and prints the table of `docs/safety.md`.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from tests.etl.submissions import Sheets, change, csv_files, package, submission
from tests.fuzz.fidelity import Outcome, differing, outcomes

EXACT, TOLD, REFUSED, ALTERED = "读取无误", "指出问题", "拒收", "改变了值"
Files = dict[str, bytes]
NAMES = ("B1", "I1")


def clean() -> Sheets:
    """A valid submission whose texts hold a comma, quotes, a semicolon, a bar and a line break."""
    sheets = change(submission(), "B1", {"borrower_name": '演示"甲",乙科技'})
    change(sheets, "I1", {"summary": "第一行;甲,乙\n第二行，'完'"}, row=1)
    return change(sheets, "I1", {"doc_no": "演示|2026"}, row=2)


def written(sheets: Sheets | None = None, codec: str = "utf-8", end: str = "\r\n", **signs) -> Files:
    """The sheets as CSV files in one manner."""
    files = {}
    for name, rows in (sheets or clean()).items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n", **signs).writerows(rows)
        files[f"{name}.csv"] = text.getvalue().replace("\r\n", end).encode(codec)
    return files


def edited(edit: Callable[[bytes], bytes], *names: str, files: Files | None = None) -> Files:
    """The clean files, those named (or all) after an edit of their bytes."""
    files = files or written()
    return {name: edit(data) if not names or name[:-4] in names else data for name, data in files.items()}


def arranged(edit: Callable[[list[list]], object], form: str = "B1") -> Files:
    """The clean files with the rows of a form arranged otherwise."""
    sheets = clean()
    edit(sheets[form])
    return written(sheets)


def _mixed_line_ends(data: bytes) -> bytes:
    lines = data.split(b"\r\n")
    return b"".join(line + (b"\n", b"\r\n", b"\r")[at % 3] for at, line in enumerate(lines[:-1])) + lines[-1]


def _in_lines(data: bytes, number: int, old: bytes, new: bytes) -> bytes:
    lines = data.split(b"\r\n")
    lines[number] = lines[number].replace(old, new, 1)
    return b"\r\n".join(lines)


def _trailing(data: bytes) -> bytes:
    return data.replace(b"\r\n", b",\r\n")


def _half_gb18030(data: bytes) -> bytes:
    head, end, rest = data.partition(b"\r\n")
    return head + end + rest.decode().encode("gb18030")


def _named(borrower: str) -> Sheets:
    """The clean submission with another name of a borrower."""
    return change(clean(), "B1", {"borrower_name": borrower})


ESCAPES = {"doublequote": False, "escapechar": "\\"}
# Name → the files, what must become of them, and what they mean where that is not the clean submission.
POLLUTED: dict[str, tuple] = {
    "逗号，CRLF，UTF-8（对照）": (written(), EXACT),
    "制表符分隔": (written(delimiter="\t"), EXACT),
    "分号分隔": (written(delimiter=";"), EXACT),
    "竖线分隔": (written(delimiter="|"), EXACT),
    "冒号分隔": (written(submission(), delimiter=":"), TOLD),
    "空格分隔": (written(submission(), delimiter=" "), REFUSED),
    "逗号后有空格": (edited(lambda d: d.replace(b",", b", "), "B1", "B2", files=written(submission())), EXACT),
    "逗号后有空格再加引号": (
        edited(lambda d: d.replace(b'","', b'", "'), files=written(quoting=csv.QUOTE_ALL)), EXACT),
    "各列都加引号": (written(quoting=csv.QUOTE_ALL), EXACT),
    "单引号作引号": (written(submission(), quotechar="'", quoting=csv.QUOTE_ALL), EXACT),
    "只有值用单引号": (
        edited(lambda d: re.sub(rb"(?m)(?<=\r\n)([^,\r\n]+)", rb"'\1'", d), "B2", files=written(submission())), TOLD),
    "引号用反斜杠转义": (written(**ESCAPES), EXACT),
    "值中有单个反斜杠": (written(_named("演示a\\b")), EXACT, _named("演示a\\b")),
    "反斜杠写成两个": (written(_named("演示a\\b"), **ESCAPES), REFUSED),
    "引号不成对": (edited(lambda d: _in_lines(d, 1, b"L-0001", b'"L-0001'), "B1"), REFUSED),
    "引号后还有字": (edited(lambda d: _in_lines(d, 1, b"L-0001", b'"L"-0001'), "B1"), REFUSED),
    "未加引号的值中有引号": (
        edited(lambda d: d.replace("演示某".encode(), '演示"某"'.encode()), files=written(_named("演示某"))),
        EXACT,
        _named('演示"某"'),
    ),
    "Excel文本保护（=\"…\"）": (edited(lambda d: d.replace(b"L-0001", b'="L-0001"'), "B1", "B4", "B6"), EXACT),
    "换行LF": (written(end="\n"), EXACT),
    "换行CR": (written(end="\r"), EXACT),
    "换行混用": (edited(_mixed_line_ends, "B1", "B2"), EXACT),
    "末行没有换行": (edited(lambda d: d.removesuffix(b"\r\n")), EXACT),
    "末尾多个换行": (edited(lambda d: d + b"\r\n\r\n\r\n"), EXACT),
    "末尾有Ctrl-Z": (edited(lambda d: d + b"\x1a"), EXACT),
    "UTF-8带BOM": (written(codec="utf-8-sig"), EXACT),
    "重复的BOM": (edited(lambda d: b"\xef\xbb\xbf\xef\xbb\xbf" + d), EXACT),
    "GB18030": (written(codec="gb18030"), EXACT),
    "GB18030带BOM": (edited(lambda d: b"\x84\x31\x95\x33" + d, files=written(codec="gb18030")), EXACT),
    "UTF-16带BOM": (written(codec="utf-16"), REFUSED),
    "UTF-16无BOM": (written(codec="utf-16-le"), REFUSED),
    "表头UTF-8、其余GB18030": (edited(_half_gb18030, "B1"), REFUSED),
    "UTF-8损坏一个字节": (edited(lambda d: d.replace("演示".encode(), "演示".encode()[:-1], 1), "B1"), REFUSED),
    "BOM与编码不符": (edited(lambda d: b"\xef\xbb\xbf" + d, files=written(codec="gb18030")), REFUSED),
    "含NUL": (edited(lambda d: _in_lines(d, 1, b"L-0001", b"L-\x000001"), "B1"), REFUSED),
    "含控制字符": (edited(lambda d: _in_lines(d, 1, b"Y2026", b"Y\x072026"), "B1"), TOLD),
    "表前有说明行": (arranged(lambda rows: rows.insert(0, ["演示银行；单位：万元", "2026年9月"])), EXACT),
    "表前有sep=行": (arranged(lambda rows: rows.insert(0, ["sep=", ""])), EXACT),
    "表前有11行说明": (arranged(lambda rows: rows.__setitem__(slice(0, 0), [["说明"]] * 11)), TOLD),
    "表后有制表人": (arranged(lambda rows: rows.append(["制表人：演示", "复核人：演示"])), TOLD),
    "表后有合计行": (arranged(lambda rows: rows.append(["合计", *[""] * (len(rows[0]) - 1)])), EXACT),
    "表后只有“合计”一格": (arranged(lambda rows: rows.append(["合计"])), EXACT),
    "行间有空行": (arranged(lambda rows: rows.insert(2, [])), EXACT),
    "表头前有空行": (arranged(lambda rows: rows.__setitem__(slice(0, 0), [[], [""]])), EXACT),
    "行间只有分隔符": (arranged(lambda rows: rows.insert(2, [""] * len(rows[0]))), EXACT),
    "表头重复出现": (arranged(lambda rows: rows.insert(2, list(rows[0]))), EXACT),
    "表头中有空格和换行": (
        arranged(lambda rows: rows.__setitem__(0, [f" {cell[:2]}\n{cell[2:]} " for cell in rows[0]])), EXACT),
    "没有表头": (arranged(lambda rows: rows.pop(0)), TOLD),
    "表头重名": (arranged(lambda rows: rows[0].__setitem__(1, rows[0][0])), TOLD),
    "多一列": (arranged(lambda rows: [row.insert(3, "演示") for row in rows]), EXACT),
    "多一列无表头": (
        arranged(lambda rows: [row.append("演示" if at else "") for at, row in enumerate(rows)]), TOLD),
    "少一列": (arranged(lambda rows: [row.pop(3) for row in rows]), TOLD),
    "列序不同": (arranged(lambda rows: [row.reverse() for row in rows]), EXACT),
    "某行多一格": (arranged(lambda rows: rows[1].append("演示")), TOLD),
    "某行少一格": (arranged(lambda rows: rows[1].pop()), TOLD),
    "某行中间少一格": (arranged(lambda rows: rows[1].pop(5)), TOLD),
    "某行中间多一格": (arranged(lambda rows: rows[1].insert(5, "")), TOLD),
    "各行末尾多一个分隔符": (edited(_trailing, "B1", "B2", files=written(submission())), EXACT),
    "只有数据行末尾多一个分隔符": (
        edited(lambda d: d.partition(b"\r\n")[0] + b"\r\n" + _trailing(d.partition(b"\r\n")[2]), "B2"), EXACT),
    "千分位加引号": (arranged(lambda rows: rows[1].__setitem__(rows[0].index("贷款金额"), "1,000")), EXACT),
    "千分位未加引号": (edited(lambda d: _in_lines(d, 1, b",1000,", b",1,000,"), "B1"), TOLD),
    "小数逗号": (
        edited(lambda d: d.replace(b"800.5", b"800,5"), "B1", files=written(submission(), delimiter=";")), TOLD),
    "空格作千分位": (edited(lambda d: _in_lines(d, 1, b",1000,", b",1 000,"), "B1"), TOLD),
    "科学计数法": (edited(lambda d: _in_lines(d, 1, b",1000,", b",1E+03,"), "B1"), TOLD),
    "值中有换行": (written(_named("演示甲\n科技")), EXACT, _named("演示甲\n科技")),
    "在一行中间截断": (edited(lambda d: d[: len(d) * 3 // 4], "B1"), TOLD),
    "没有内容": (edited(lambda d: b"", "B2"), TOLD),
}  # fmt: skip


def verdicts() -> dict[str, tuple[str, Outcome]]:
    """Name of a pollution → what became of it, and the outcome itself."""
    others = {name: rest[0] for name, (_, _, *rest) in POLLUTED.items() if rest}
    unpolluted = [package(csv_files(sheets)) for sheets in (clean(), submission(), *others.values())]
    found = list(outcomes([*unpolluted, *(package(files) for files, *_ in POLLUTED.values())]))
    sources, found = found[: len(unpolluted)], found[len(unpolluted) :]
    assert not any(one.refusal or one.findings for one in sources)
    own = dict(zip(others, sources[2:], strict=True))
    meant = {name: (own[name],) if name in own else tuple(sources[:2]) for name in POLLUTED}
    return {name: (_verdict(one, meant[name]), one) for name, one in zip(POLLUTED, found, strict=True)}


def _verdict(outcome: Outcome, sources: tuple[Outcome, ...]) -> str:
    """Of a polluted submission that was made from one of the sources."""
    if outcome.refusal:
        return REFUSED
    if outcome.returned:
        return TOLD
    return EXACT if any(differing(outcome.values, source.values) == set() for source in sources) else ALTERED


def table() -> str:
    """The table of the document: each pollution, what becomes of it, and what is said."""
    lines = ["| 与规范的不同 | 结果 | 说明 |", "|---|---|---|"]
    for name, (verdict, outcome) in verdicts().items():
        told = outcome.refusal
        if not told and outcome.returned:
            first = outcome.returned[0]
            place = first["sheet"] + (f"第{first['row_no']}行" if first["row_no"] else "")
            told = f"{place}：{first['message']}（{first['check_id']}）"
        told = told.replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {name} | {verdict} | {told} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.pollution", description=__doc__)
    parser.add_argument("--out", type=Path, help="folder to write the polluted submissions to")
    out = parser.parse_args().out
    if out:
        for number, (name, (files, *_)) in enumerate(POLLUTED.items(), 1):
            folder = out / f"{number:02}_{name}" / "2026-09_B001"
            folder.mkdir(parents=True, exist_ok=True)
            for file, data in files.items():
                (folder / file).write_bytes(data)
    print(table(), end="")


if __name__ == "__main__":
    main()
