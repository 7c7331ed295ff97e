"""What the month's work left in the ledger: openings, reminders, meetings, follow-ups, tie-outs, firms."""
