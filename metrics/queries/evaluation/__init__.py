"""The door's questions about scores, scorecards, rounds and policy."""
