"""The monthly briefing: what it says, and how that comes on paper."""
