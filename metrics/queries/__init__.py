"""The only door from pages and briefings to a snapshot: every function takes the viewer first, then the snapshot."""

from metrics.queries.evaluation.scores import score_items, scores, triggers
from metrics.queries.figures.comparison import contributions, peers, standings
from metrics.queries.figures.composition import composition
from metrics.queries.figures.explanation import explanation
from metrics.queries.figures.movement import LOANS_SHOWN, movement, moving_loans
from metrics.queries.figures.outlook import Outlook, outlooks, s70_view
from metrics.queries.figures.progress import Progress, progress
from metrics.queries.figures.targets import reference_series, targets
from metrics.queries.figures.values import Headline, headlines, values
from metrics.queries.filing.submissions import coverage, filing, findings, submissions
from metrics.queries.members.members import decisions, members, members_as_of, periods, timeline
from metrics.queries.work.waiting import Waiting, waiting, waiting_changes, waiting_tasks

__all__ = [
    "LOANS_SHOWN",
    "Headline",
    "Outlook",
    "Progress",
    "Waiting",
    "composition",
    "contributions",
    "coverage",
    "decisions",
    "explanation",
    "filing",
    "findings",
    "headlines",
    "members",
    "members_as_of",
    "movement",
    "moving_loans",
    "outlooks",
    "peers",
    "periods",
    "progress",
    "reference_series",
    "s70_view",
    "score_items",
    "scores",
    "standings",
    "submissions",
    "targets",
    "timeline",
    "triggers",
    "values",
    "waiting",
    "waiting_changes",
    "waiting_tasks",
]
