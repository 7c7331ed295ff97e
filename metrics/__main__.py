"""`python -m metrics`: figures, scores, triggers and the list, from the current data version."""

import click

from etl.usage import run
from metrics.case_command import cases_command
from metrics.commands import explain_command, restated_command, values_command
from metrics.decision_commands import (
    answer_command,
    approve_command,
    event_command,
    notice_command,
    proposals_command,
    propose_command,
    reject_command,
)
from metrics.evaluation_commands import scores_command, triggers_command
from metrics.letter_commands import letter_command
from metrics.movement_command import movement_command
from metrics.replay_command import replay_command
from metrics.roster_commands import list_command, timeline_command

COMMANDS = (
    values_command,
    explain_command,
    restated_command,
    movement_command,
    scores_command,
    triggers_command,
    list_command,
    timeline_command,
    propose_command,
    notice_command,
    answer_command,
    approve_command,
    reject_command,
    proposals_command,
    event_command,
    letter_command,
    cases_command,
    replay_command,
)


@click.group(help="指标、评价、预警线索与名单", context_settings={"help_option_names": ["--help"]})
def metrics() -> None:
    pass


for each in COMMANDS:
    metrics.add_command(each)

if __name__ == "__main__":
    run(metrics, "python -m metrics")
