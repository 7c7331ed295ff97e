"""What codes are called on the screen, and the tone of each as a coloured word."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from contract.decision_kinds import LEVELS as TRIGGER_LEVELS
from contract.decision_kinds import STATES as MEMBER_STATES
from contract.decision_kinds import decision_kinds
from contract.declarations import code_lists, member_groups
from contract.standing import ANSWER_STATES, LEVEL_WORDS, VERDICT_WORDS
from ledger.proposals import STATUS

DIRECTIONS = {"higher": "越高越好", "lower": "越低越好", "neutral": "不分优劣"}
STATES = MEMBER_STATES
VERDICTS = VERDICT_WORDS
LEVELS = TRIGGER_LEVELS
CHECK_LEVELS = LEVEL_WORDS
ANSWERS = ANSWER_STATES
DECISIONS = {kind.code: kind.name for kind in decision_kinds().values()}
DECISION_STATUS = STATUS
GROUPS = member_groups()
TONES = {
    "active": "calm", "accepted": "calm", "approved": "calm", "hint": "quiet", "due": "quiet", "exited": "quiet",
    "exempt": "quiet", "done": "calm", "closed": "calm", "unrecorded": "warn", "answered": "warn", "overdue": "alert",
    "watch": "warn", "questions": "warn", "proposed": "warn", "open": "warn", "explained": "warn", "contested": "warn",
    "rectify": "alert", "returned": "alert", "missing": "alert", "exit": "alert", "correct": "alert",
    "drafting": "quiet", "submitted": "warn", "released": "calm",
    "rejected": "alert", "dismissed": "alert", "confirmed": "calm", "upheld": "calm", "noted": "calm",
}  # fmt: skip


def tag(code: str, names: Mapping[str, str]) -> str:
    """A state as a coloured word, in HTML; the word carries the meaning, the colour only helps."""
    return f'<span class="tag tag-{TONES.get(code, "quiet")}">{escape(names.get(code, code))}</span>'


def rights() -> dict[str, str]:
    """Types of right, and what a loan on several of them is called."""
    return code_lists()["ip"] | {"mixed": "多类组合"}
