"""Issues of the briefing: drafted, passed to a second person, released, sent, corrected."""
