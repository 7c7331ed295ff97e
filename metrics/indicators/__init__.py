"""The catalogue and the sets, and the tables that are worked out from them when a snapshot is built."""
