"""The door's questions about the plan's tasks: how far a clause is, who stands out, what its own records show."""
