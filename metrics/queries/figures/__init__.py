"""The door's questions about figures: values, courses, peers, changes, targets."""
