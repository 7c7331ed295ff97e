"""Kinds of events that come about in two ways: decisions and steps of a round."""

from __future__ import annotations

from casework.replay import acts, filing, rules
from casework.replay.past import Before
from contract.round_steps import FIGURES, steps
from ledger.events import Event


def decision(before: Before, event: Event) -> None:
    """By two persons; the members of the first roster by one."""
    (acts.approval if "proposal" in event.payload else filing.first_admission)(before, event)


def round_step(before: Before, event: Event) -> None:
    """Of the step at which figures are frozen, the data version cannot be asked again."""
    freezes = FIGURES in steps()[event.payload["step"]].needs
    (rules.frozen_step if freezes else acts.round_step)(before, event)
