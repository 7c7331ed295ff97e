"""The door's questions about filing: who filed what, how well, in which versions, under which rules."""
