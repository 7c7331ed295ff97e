"""Where a filing stands and what comes next, in plain words: the same on the screen, in commands and in files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEVEL_WORDS = {"S": "格式性", "V": "有效性", "Q": "合理性", "M": "一致性"}
BLOCKING = ("S", "V")  # levels of what must be corrected before a version is taken in
VERDICT_WORDS = {
    "accepted": "已受理",
    "questions": "已受理·待说明",
    "returned": "已退回",
    "missing": "未报送",
    "due": "未到期",
    "exempt": "施行前",
}
PRECHECK_WORDS = {"accepted": "通过", "questions": "通过，有待说明", "returned": "退回"}  # of a file that was not filed
LATE = "迟报"
# What became of a delivery → the words for it.
DELIVERY_WORDS = {
    "accepted": "已受理",
    "returned": "已退回",
    "unchanged": "内容未变",
    "refused": "已拒收",
    "faulty": "规则故障",
}
# Of a finding. The first three come without an event; an event's `act` is the state it leads to.
ANSWER_STATES = {
    "correct": "须改正",
    "open": "待说明",
    "noted": "封面已说明",
    "explained": "已说明·待确认",
    "contested": "已提异议·待答复",
    "confirmed": "说明已确认",
    "rejected": "说明未通过",
    "upheld": "异议成立",
    "dismissed": "异议不成立",
}


@dataclass(frozen=True)
class Standing:
    """One member and period, or one version of it, at a moment.

    `late`: the first version came after the deadline. Three dates: `deadline`, by which the first version is due;
    `explain_by`, by which questions are to be explained; `closed_at`, from which the month's briefing is written.
    Findings by number: to be corrected (S, V), open by level (Q, M), and said but not answered yet.
    """

    verdict: str
    late: bool
    now: datetime
    deadline: datetime
    explain_by: datetime
    closed_at: datetime
    to_correct: int = 0
    open_q: int = 0
    open_m: int = 0
    awaiting: int = 0

    @property
    def state(self) -> str:
        """已受理, 已受理·待说明, 已退回, 未报送, 未到期 or 施行前; with 迟报 where it came late."""
        came = self.verdict in ("accepted", "questions", "returned")
        return VERDICT_WORDS[self.verdict] + (f"·{LATE}" if self.late and came else "")

    @property
    def step(self) -> str:
        """What the submitter is to do, or that there is nothing to do."""
        match self.verdict:
            case "due":
                return f"请在{until(self.deadline, self.now)}前报送"
            case "missing":
                return self._missing()
            case "exempt":
                return "本期截止时报送要求尚未施行，不计未报；有历史数据的可以补报"
            case "returned":
                when = f"在{until(self.deadline, self.now)}前" if self.now < self.deadline else "尽快"
                return f"请改正{self.to_correct}处须改正的问题，更新封面控制数，{when}重新报送整个文件"
            case "questions":
                return self._questions()
            case _:
                return "数据已计入指标，无须处理"

    def _missing(self) -> str:
        due, closed = until(self.deadline, self.now), until(self.closed_at, self.now)
        if self.now < self.closed_at:
            return f"截止时间{due}已过，请尽快报送，收到后计为迟报；本期于{closed}关闭"
        return f"本期截止时间为{due}，已于{closed}关闭；请尽快补报，补报计为迟报，不计入已印发的当月月报"

    def _questions(self) -> str:
        counted = (("Q", self.open_q), ("M", self.open_m))
        open_ = "、".join(f"{LEVEL_WORDS[level]}问题{count}个" for level, count in counted if count)
        waiting = f"{self.awaiting}个问题已说明或已提异议，等待监管人员答复" if self.awaiting else ""
        if not open_:
            return waiting or "有校验规则未能执行，结论待定，由监管局修复后再判，无须报送机构处理"
        by = until(self.explain_by, self.now)
        asked = f"请在{by}前说明{open_}" if self.now < self.explain_by else f"说明期限{by}已过，请尽快说明{open_}"
        return asked + (f"；另有{waiting}" if waiting else "")


@dataclass(frozen=True)
class Receipt:
    """What the system says of a version that was filed (回执): when it came, what judged it, where it stands.

    `witness`: the ledger's head as its data version has it, in words.
    """

    version: int
    received_at: datetime
    rule_book: str
    content_hash: str
    state: str
    step: str
    witness: str


def until(moment: datetime, now: datetime) -> str:
    """A limit as people say it: the day before its midnight; with its year where that is not this one."""
    day = moment - timedelta(days=1) if (moment.hour, moment.minute) == (0, 0) else moment
    year = "" if day.year == now.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"
