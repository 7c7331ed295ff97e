"""The only door from pages and briefings to a snapshot: every function takes the viewer first, then the snapshot."""
