"""Files handed in through the screen, and what viewers say about findings."""
