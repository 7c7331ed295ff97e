"""How the state of a filing is said: symbol, word, tone, and what comes next, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import pandas as pd

from contract.declarations import form_name
from contract.standing import LATE, Standing
from etl.checks.rulebook import header_of
from etl.feedback.explanations import SAID
from pages.shared.wording import ANSWERS, CHECK_LEVELS, VERDICTS

SYMBOLS = {
    "accepted": "✓", "questions": "？", "returned": "✕", "missing": "○", "due": "·", "exempt": "—", "history": "◇",
}  # fmt: skip
BRIEF = {
    **VERDICTS,
    "accepted": "受理",
    "questions": "待说明",
    "returned": "退回",
    "history": "历史",
}
CELLS = ("finding.value", "finding.record", "explanation.reason")  # what a list of findings tells of what was filed
OPEN_COUNTS = ("open_q", "open_m", "awaiting")
LEGEND = (
    ("accepted", "已受理"),
    ("questions", "已受理·待说明"),
    ("returned", "已退回，待重报"),
    ("missing", "已过截止时间，未报送"),
    ("due", "未到截止时间"),
    ("exempt", "报送要求施行前，不计未报"),
    ("history", "纳入名单前的历史数据"),
)


def cell(verdict: str, late: bool, history: bool) -> str:
    """`✓ 受理`, `✓ 迟报`, `✕ 退回`: the symbol tells the state, the word names it or says that it came late."""
    state = "history" if history and verdict in ("accepted", "questions") else verdict
    word = LATE if late and state in ("accepted", "questions") else BRIEF[state]
    return f"{SYMBOLS[state]} {word}"


def punctuality(version: pd.Series, binding: bool) -> str:
    """Whether a version came by its deadline, where one is held to; history has none."""
    if version["history"]:
        return "历史数据，不计时限"
    if not binding:
        return "报送要求施行前，不计时限"
    return "按时" if version["on_time"] else "晚于截止时间"


def place(finding: Mapping[str, object]) -> str:
    """The header of the column that a finding names; empty where it names none."""
    column = finding["column_code"]
    return "" if pd.isna(column) else header_of(str(finding["form"]), str(column))


def worded(findings: pd.DataFrame) -> pd.DataFrame:
    """Findings with levels, states, forms and columns by name."""
    return findings.assign(
        level_name=findings["level"].map(CHECK_LEVELS),
        state_name=findings["state"].map(ANSWERS),
        form_name=findings["form"].map(form_name),
        header=[place(row) for row in findings.to_dict("records")],
    )


def by_level(findings: pd.DataFrame) -> str:
    """`格式性2处，合理性1处`; empty where nothing was found."""
    counts = findings["level"].value_counts()
    return "，".join(f"{name}{counts[level]}处" for level, name in CHECK_LEVELS.items() if level in counts)


def standing_of(row: pd.Series) -> Standing:
    """Where a member and period stands, from the board's row."""
    return Standing(**{field.name: row[field.name] for field in fields(Standing)})


def next_step(row: pd.Series) -> tuple[str, str]:
    """(tone, sentence) for one member and period as the board has it."""
    step = standing_of(row).step
    match row["verdict"]:
        case "missing" | "due" | "exempt":
            return ("alert" if row["verdict"] == "missing" else "calm"), f"{step}。报送模板见“上传与模板”。"
        case "returned":
            return "alert", f"最近一版已退回，尚无受理版本。{step}。"
        case "questions" if row.get("settled"):
            return "calm", "问题已全部办结，发布新的数据版本后转为“已受理”。"
        case "questions":
            return "warn", f"数据已受理并计入指标。{step}；有误的改正后重新报送。"
        case _:
            return "calm", f"{step}。"


def by_now(row: pd.Series, findings: pd.DataFrame) -> pd.Series:
    """The board's row with its questions counted from the findings of its version as they stand by now.

    `settled`: the data version still has open questions, and all of them are answered by now.
    """
    now, waits = row.copy(), findings["state"].isin(SAID)
    for level in "QM":
        now[f"open_{level.lower()}"] = int((findings["is_open"] & ~waits & (findings["level"] == level)).sum())
    now["awaiting"] = int((findings["is_open"] & waits).sum())
    now["settled"] = bool(row[list(OPEN_COUNTS)].sum() and not now[list(OPEN_COUNTS)].sum())
    return now


def version_step(version: pd.Series, row: pd.Series) -> tuple[str, str]:
    """(tone, sentence) for one version: what it counts for, and what is to be done about it."""
    if version["submission_id"] == row["submission_id"] or version["in_force"]:
        return next_step(row)
    if version["verdict"] == "returned" and row["verdict"] != "returned":
        return "calm", "这一版已退回，不计入指标；现行有效的是另一受理版本。"
    return "calm", f"这一版已被后来的版本替代（{VERDICTS[version['verdict']]}），仅供查阅。"
