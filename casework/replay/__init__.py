"""The ledger replayed: each event judged by the act or rule that it must have come from, on what stood before it."""
