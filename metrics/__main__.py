"""`python -m metrics`: figures, scores, triggers and the list, from the current data version."""

import click

from etl.usage import run
from metrics.approval_commands import approve_command, proposals_command, reject_command
from metrics.case_command import cases_command
from metrics.commands import explain_command, restated_command, values_command
from metrics.decision_commands import (
    answer_command,
    event_command,
    notice_command,
    propose_command,
)
from metrics.evaluation_commands import scores_command, triggers_command
from metrics.evidence_command import evidence_command
from metrics.judgement_commands import assess_command, initiatives_command, recognise_command
from metrics.letter_commands import letter_command
from metrics.meeting_commands import meeting_group
from metrics.month_commands import batch_group, calendar_command, key_firms_command
from metrics.movement_command import movement_command
from metrics.outlook_command import outlook_command
from metrics.policy_commands import parameter_command, parameters_command
from metrics.reference_commands import reference_command, references_command
from metrics.reminder_commands import firm_answer_command, remind_answer_command, remind_command, reminders_command
from metrics.replay_command import replay_command
from metrics.roster_commands import list_command, timeline_command
from metrics.round_commands import COMMANDS as ROUND_COMMANDS
from metrics.s70_command import s70_command
from metrics.scorecard_command import scorecard_command
from metrics.target_command import targets_command
from metrics.task_commands import TASKS
from metrics.user_commands import user_command, users_command
from metrics.whatif_command import whatif_command

COMMANDS = (
    values_command,
    explain_command,
    restated_command,
    movement_command,
    targets_command,
    reference_command,
    references_command,
    outlook_command,
    s70_command,
    scores_command,
    scorecard_command,
    recognise_command,
    initiatives_command,
    assess_command,
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
    evidence_command,
    cases_command,
    replay_command,
    *ROUND_COMMANDS,
    parameter_command,
    parameters_command,
    whatif_command,
    user_command,
    users_command,
    batch_group,
    meeting_group,
    calendar_command,
    key_firms_command,
)
REMINDERS = (remind_command, remind_answer_command, reminders_command, firm_answer_command)


@click.group(help="指标、评价、预警线索与名单", context_settings={"help_option_names": ["--help"]})
def metrics() -> None:
    pass


@click.group("task", help="催报、重点企业对接的答复，以及督办事项：交办、答复、办结、退回重办、调整期限")
def task_group() -> None:
    pass


for each in (*COMMANDS, task_group):
    metrics.add_command(each)
for each in (*REMINDERS, *TASKS):
    task_group.add_command(each)

if __name__ == "__main__":
    run(metrics, "python -m metrics")
