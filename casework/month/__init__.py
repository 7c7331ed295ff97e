"""The month's work: batches, reminders, follow-ups, meetings, banks' answers about key firms."""
