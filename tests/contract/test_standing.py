"""Where a filing stands and what comes next, in the words that people read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from contract.calendar import closing, explanation_deadline
from contract.standing import Standing, until

OCTOBER = Standing(
    verdict="accepted",
    late=False,
    now=datetime(2026, 11, 9, 10),
    deadline=datetime(2026, 11, 11),
    explain_by=datetime(2026, 11, 14),
    closed_at=datetime(2026, 11, 26),
)
AFTER_DEADLINE, AFTER_ALL = datetime(2026, 11, 16), datetime(2026, 12, 1)


@pytest.mark.parametrize(
    ("changes", "state", "step"),
    [
        ({}, "已受理", "数据已计入指标，无须处理"),
        ({"late": True}, "已受理·迟报", "数据已计入指标，无须处理"),
        ({"verdict": "due"}, "未到期", "请在11月10日前报送"),
        ({"verdict": "due", "now": datetime(2025, 11, 9)}, "未到期", "请在2026年11月10日前报送"),
        (
            {"verdict": "missing", "late": True, "now": AFTER_DEADLINE},
            "未报送",
            "截止时间11月10日已过，请尽快报送，收到后计为迟报；本期于11月25日关闭",
        ),
        (
            {"verdict": "missing", "late": True, "now": AFTER_ALL},
            "未报送",
            "本期截止时间为11月10日，已于11月25日关闭；请尽快补报，补报计为迟报，不计入已印发的当月月报",
        ),
        (
            {"verdict": "returned", "to_correct": 3},
            "已退回",
            "请改正3处须改正的问题，更新封面控制数，在11月10日前重新报送整个文件",
        ),
        (
            {"verdict": "returned", "to_correct": 3, "late": True, "now": AFTER_DEADLINE},
            "已退回·迟报",
            "请改正3处须改正的问题，更新封面控制数，尽快重新报送整个文件",
        ),
        (
            {"verdict": "questions", "open_q": 3, "open_m": 1},
            "已受理·待说明",
            "请在11月13日前说明合理性问题3个、一致性问题1个",
        ),
        (
            {"verdict": "questions", "open_q": 3, "awaiting": 2, "now": AFTER_DEADLINE},
            "已受理·待说明",
            "说明期限11月13日已过，请尽快说明合理性问题3个；另有2个问题已说明或已提异议，等待监管人员答复",
        ),
        (
            {"verdict": "questions", "awaiting": 2},
            "已受理·待说明",
            "2个问题已说明或已提异议，等待监管人员答复",
        ),
    ],
)
def test_a_state_is_a_word_and_a_next_step(changes: dict, state: str, step: str):
    standing = replace(OCTOBER, **changes)
    assert (standing.state, standing.step) == (state, step)


def test_a_limit_at_midnight_is_the_day_before():
    assert until(datetime(2026, 11, 11), OCTOBER.now) == "11月10日"
    assert until(datetime(2026, 11, 11, 9), OCTOBER.now) == "11月11日"


@pytest.mark.parametrize(
    ("period", "explain_by", "closed_at"),
    [
        ("2026-10", datetime(2026, 11, 14), datetime(2026, 11, 26)),  # Friday the 13th; Wednesday the 25th
        ("2026-09", datetime(2026, 10, 23), datetime(2026, 10, 27)),  # deadline Monday the 19th; the 25th is a Sunday
    ],
)
def test_due_explained_and_closed_are_three_dates(period: str, explain_by: datetime, closed_at: datetime):
    assert (explanation_deadline(period), closing(period)) == (explain_by, closed_at)
