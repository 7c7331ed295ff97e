"""What shows that the ledger is sound: looked at before anyone writes, held against what was printed."""
