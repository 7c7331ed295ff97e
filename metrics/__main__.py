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
from metrics.meeting_commands import meeting_group
from metrics.month_commands import batch_group, calendar_command, key_firms_command
from metrics.movement_command import movement_command
from metrics.reminder_commands import firm_answer_command, remind_answer_command, remind_command, reminders_command
from metrics.replay_command import replay_command
from metrics.roster_commands import list_command, timeline_command
from metrics.task_commands import TASKS

COMMANDS = (
    values_command,
    explain_command,
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
