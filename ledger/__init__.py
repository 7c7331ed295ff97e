"""The append-only record, the archive beside it, and everything read back from it. Nothing here computes a figure."""
