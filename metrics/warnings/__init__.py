"""Triggers: rules, what they see, what they raise, what decisions settle, and their replay over the past."""
