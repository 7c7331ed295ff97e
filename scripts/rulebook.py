"""Writes docs/rulebook.md: which checks answer which clause. Run as `python -m scripts.rulebook` after a change."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from contract.declarations import forms
from contract.settings import PROJECT
from etl.checks.rule_changes import catalogue
from etl.checks.rulebook import Check, clauses

PAGE = PROJECT / "docs" / "rulebook.md"
HEAD = """# 校验规则与依据

Which checks answer which clause: written by `python -m scripts.rulebook` from `data/checks/`, held to it by a test. \
Every check by itself: `python -m etl rules`, or the page 校验规则.
"""


def citing(clause: str) -> list[Check]:
    """The checks that cite a clause, in the order of the catalogue."""
    return [check for check in catalogue().values() if clause in check.clause.split("；")]


def spans(ids: list[str]) -> str:
    """Ids as people list them: runs of numbers shortened, `Q-B1-204…208`."""
    numbered = [(check_id.rpartition("-")[0], int(check_id.rpartition("-")[2])) for check_id in ids]
    parts = []
    for (stem, _), run in groupby(enumerate(numbered), key=lambda pair: (pair[1][0], pair[1][1] - pair[0])):
        numbers = [number for _, (_, number) in run]
        parts.append(f"{stem}-{numbers[0]:03}" + (f"…{numbers[-1]:03}" if len(numbers) > 1 else ""))
    return "、".join(parts)


def lines() -> Iterator[str]:
    checks = catalogue().values()
    counts = "、".join(f"{level} {sum(check.level == level for check in checks)}项" for level in "SVQM")
    yield f"{HEAD}\n共{len(checks)}项：{counts}。\n\n## 依据逐条对照\n| 依据 | 内容 | 校验规则 |\n|---|---|---|\n"
    for clause, text in clauses().items():
        yield f"| {clause} | {text} | {spans([check.id for check in citing(clause)])} |\n"
    yield "\n## 各表各列\n报送表每一列自带类型、代码表和必填的校验；列的填报说明所说的关系另有规则。\n\n"
    yield "| 表 | 类型（S） | 必填（V） | 列间关系（V） |\n|---|---|---|---|\n"
    for form in forms().values():
        own = [check for check in checks if check.form == form.code]
        kinds = {kind: [check.id for check in own if check.kind == kind] for kind in ("type", "required")}
        relations = [check.id for check in own if check.level == "V" and check.kind in ("rule", "reference")]
        yield f"| {form.sheet} | {spans(kinds['type'])} | {spans(kinds['required'])} | {spans(relations) or '—'} |\n"


def page() -> str:
    return "".join(lines())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
