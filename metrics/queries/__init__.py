"""The only door from pages and briefings to a snapshot: every function takes the viewer first, then the snapshot."""

from metrics.queries.evaluation import score_items, scores, triggers
from metrics.queries.figures import Headline, headlines, values
from metrics.queries.filings import filing, findings, submissions
from metrics.queries.members import decisions, members, members_as_of, periods, timeline

__all__ = [
    "Headline",
    "decisions",
    "filing",
    "findings",
    "headlines",
    "members",
    "members_as_of",
    "periods",
    "score_items",
    "scores",
    "submissions",
    "timeline",
    "triggers",
    "values",
]
