"""List decisions, incidents and rectification."""
