"""The commands of `python -m casework`."""
