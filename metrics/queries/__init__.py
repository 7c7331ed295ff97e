"""The only door from pages and briefings to a snapshot: every function takes the viewer first, then the snapshot."""

from metrics.queries.comparison import contributions, peers, standings
from metrics.queries.composition import composition
from metrics.queries.evaluation import score_items, scores, triggers
from metrics.queries.explanation import explanation
from metrics.queries.figures import Headline, headlines, values
from metrics.queries.filings import coverage, filing, findings, submissions
from metrics.queries.members import decisions, members, members_as_of, periods, timeline
from metrics.queries.movement import LOANS_SHOWN, movement, moving_loans
from metrics.queries.outlook import Outlook, outlooks, s70_view
from metrics.queries.progress import Progress, progress
from metrics.queries.targets import reference_series, targets
from metrics.queries.waiting import Waiting, waiting, waiting_changes, waiting_tasks

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
