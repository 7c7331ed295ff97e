"""Immutable data versions: the facts' steps, publishing, opening, who has reported what, verifying."""
