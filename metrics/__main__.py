"""`python -m metrics`: figures, scores, triggers and the list, from the current data version."""

import click

from etl.usage import run
from metrics.case_command import cases_command
from metrics.commands import explain_command, values_command
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
from metrics.outlook_command import outlook_command
from metrics.reference_commands import reference_command, references_command
from metrics.replay_command import replay_command
from metrics.roster_commands import list_command, timeline_command
from metrics.s70_command import s70_command
from metrics.target_command import targets_command

COMMANDS = (
    values_command,
    explain_command,
    movement_command,
    targets_command,
    reference_command,
    references_command,
    outlook_command,
    s70_command,
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
