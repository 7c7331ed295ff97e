"""The commands of `python -m metrics`: they read figures and change nothing."""
