"""What goes back to submitters, what they say about it, and what the Bureau answers."""
