"""A round taken all the way by commands alone; the list of self-assessment; one clear line for each wrong call."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from casework.__main__ import casework
from casework.rounds.assessment_form import Line, cells, line, read_form
from contract.errors import CallError, DeclarationError, RefusedFile
from contract.round_steps import read_steps, steps, uses
from contract.settings import DECLARATIONS
from metrics.__main__ import COMMANDS as READING
from metrics.__main__ import metrics
from tests.casework.rounding import ROUND, Rounding

HEADER = "评分项,自评值,自评得分,说明\n"


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(metrics if arguments[0] in READING else casework, arguments)
    assert done.exit_code == code, done.output
    return done


def rows(*arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run(*arguments).stdout)))


def step(name: str, by: str, *more: str, code: int = 0) -> Result:
    return run("round", ROUND, name, "--by", by, "--no-publish", *more, code=code)


def workbook(*lines: tuple) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, cell in enumerate(lines):
            sheet.write_row(at, 0, cell)
    return target.getvalue()


def test_a_round_is_taken_all_the_way_by_commands(rounding: Rounding, tmp_path: Path):
    form = tmp_path / "自评.csv"
    form.write_text(HEADER + "S18,2.5,,\nD08,,80,按口径\n", encoding="utf-8")
    for name in ("开启", "self_assess"):
        step(name, "甲")
    said = ("--file", str(form), "--by", "甲", "--no-publish")
    assert "自评已登记2项" in run("self-assess", ROUND, "B001", *said).stdout
    assert "自评已登记1项" in run("self-assess", ROUND, "B001", "--item", "S18", "--value", "2.75", *said).stdout
    assert step("初评", "甲").stdout == "2026-03轮次：初评，2026-04-27，甲办理，冻结至数据版本第1版；下一步反馈异议\n"
    step("feedback", "甲")
    objected = run("objection", ROUND, "B002", "S18", "--reason", "有误", *said, "--format", "json")
    number = str(json.loads(objected.stdout)[0]["id"])
    answered = run(
        "answer-objection", number, "upheld", "--reason", "属实", "--value", "3", "--file", str(form), "--by", "乙"
    )
    assert answered.stdout == f"2026年第1号异议（台账编号{number}）：B002对2026-03轮次S18提出，成立，更正为3\n"
    assert "已发布数据版本第2版" in answered.stderr
    for name, by in (("复审", "甲"), ("定评", "乙")):
        step(name, by)
    step("通报", "甲", "--doc-no", "演示1号")
    run("score-use", ROUND, "评优", "B001", "--doc-no", "演示2号", "--by", "乙", "--no-publish")
    assert "全部步骤已办结" in step("归档", "甲", "--note", "存档").stdout
    (told,) = rows("rounds")
    assert (told["final_by"], told["notify_on"], told["snapshot"], told["unanswered"], told["next"]) == (
        "乙", "2026-04-27", "1", "0", "",
    )  # fmt: skip
    assert [(row["id"], row["outcome"], row["value"]) for row in rows("objections", "--period", ROUND)] == [
        (number, "upheld", "3")
    ]
    assert rows("objections", "--period", "2026-06") == []
    assert [(row["subject"], row["use"]) for row in rows("score-uses")] == [("B001", "award")]
    scores = {row["subject"]: row for row in rows("scores", "--period", ROUND)}
    assert (scores["B002"]["total"], scores["B002"]["S18"]) == ("63.64", "100")


@pytest.mark.usefixtures("rounding")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("round", ROUND, "审批", "--by", "甲"), "没有步骤“审批”，应为open（开启）"),
        (("round", "2026-13", "open", "--by", "甲"), "轮次“2026-13”应为报告期"),
        (("round", ROUND, "open", "--by", "甲", "--on", "今天"), "日期“今天”"),
        (("round", ROUND, "open", "--by", "甲", "--file", "没有.pdf"), "找不到文件没有.pdf"),
        (("self-assess", ROUND, "B001", "--file", __file__, "--value", "3", "--by", "甲"), "须与--item同用"),
        (("self-assess", ROUND, "B001", "--file", __file__, "--by", "甲"), "应为.csv或.xlsx文件"),
        (("self-assess", ROUND, "B001", "--item", "S18", "--score", "101", "--file", __file__, "--by", "甲"), "0至100"),
        (("self-assess", ROUND, "B001", "--item", "S18", "--score", "9", "--file", __file__, "--by", "甲"), "尚未开启"),
        (("objection", ROUND, "B001", "S18", "--reason", "误", "--file", __file__, "--by", "甲"), "尚未开启"),
        (("answer-objection", "7", "upheld", "--reason", "是", "--value", "三", "--by", "乙"), "--value“三”应为数字"),
        (("answer-objection", "7", "dismissed", "--reason", "否", "--by", "乙"), "没有第7号异议"),
        (("score-use", ROUND, "表扬", "--doc-no", "1", "--by", "乙"), "没有“表扬”这种结果运用，应为notify（通报）"),
    ],
)
def test_a_wrong_call_ends_with_2_and_one_line(arguments: tuple[str, ...], told: str):
    done = run(*arguments, code=2)
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_list_is_read_from_csv_and_workbook_alike():
    lines = (Line("S18", line("S18", "2.5", None).value, None), line("D08", None, "80", "按口径"))
    text = "说明,item,score,value\n,S18,,2.5\n按口径,D08,80,\n\n"
    assert read_form("表.csv", text.encode("gb18030")) == lines
    cellwise = (("评分项", "自评值", "自评得分", "说明"), ("S18", 2.5), (), ("D08", None, 80, "按口径"))
    assert read_form("表.XLSX", workbook(*cellwise)) == lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "没有内容"),
        (HEADER, "只有表头"),
        ("item,score,分数\nS18,1,2\n", "不认识分数"),
        ("item,评分项,score\nS18,S18,2\n", "表头应为"),
        ("value,score\n1,2\n", "表头应为"),
        (HEADER + "S18,,,\n", "第2行评分项S18须填"),
        (HEADER + "S18,1e400x,,\n", "第2行自评值“1e400x”应为数字"),
        (HEADER + "S18,NaN,,\n", "应为数字"),
        (HEADER + "S18,,-1,\n", "应在0至100之间"),
        (HEADER + ",1,,\n", "第2行没有评分项编码"),
    ],
)
def test_a_list_that_is_wrong_says_where(text: str, told: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casework.rounds.assessment_form.in_child", lambda _, file: cells(file))
    with pytest.raises(CallError, match=told):
        read_form("表.csv", text.encode())


def test_a_list_that_is_too_long_or_no_workbook_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casework.rounds.assessment_form.in_child", lambda _, file: cells(file))
    for name, content in (("表.csv", (HEADER + "S18,1,,\n" * 1000).encode()), ("表.xlsx", b"PK")):
        with pytest.raises(RefusedFile):
            read_form(name, content)


def test_the_steps_are_those_of_the_design():
    assert [step.name for step in steps().values()] == [
        "开启", "自评", "初评", "反馈异议", "复审", "定评", "通报", "归档",
    ]  # fmt: skip
    assert list(uses().values()) == ["通报", "扩围", "评优", "约谈", "监管评级参考"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("final,定评,finals", "final,定评,boss"), "第7行：不认识“boss”"),
        (("final,定评,finals", "final,定评,"), "第7行：不认识"),
        (("document_no", "stamp"), "第8行：不认识“stamp”"),
        ((",first\n", ",notify\n"), "第7行：not_by“notify”应为之前的步骤"),
        (("archive,归档", "open,归档"), "第9行：步骤open重复"),
        (("feedback,反馈异议", "hearing,反馈异议"), "缺少步骤feedback"),
        (("figures", ""), "缺少步骤first的needs figures"),
        (("step,name", "step,title"), "的列应为"),
    ],
)
def test_a_wrong_declaration_of_steps_names_its_row(tmp_path: Path, changed: tuple[str, str], told: str):
    text = (DECLARATIONS / "round_steps.csv").read_text(encoding="utf-8")
    assert changed[0] in text
    path = tmp_path / "round_steps.csv"
    path.write_text(text.replace(*changed), encoding="utf-8")
    with pytest.raises(DeclarationError, match=told):
        read_steps(path)
