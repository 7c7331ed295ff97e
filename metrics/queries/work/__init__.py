"""The door's questions about the month's work: what waits, batches, follow-ups, meetings, key firms."""
