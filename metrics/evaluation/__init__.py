"""Scores, ranks and grades from scorecards, rounds with frozen figures, and trials of other policy."""
