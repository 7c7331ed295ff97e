"""What the ledger is held together by before it is opened: how events are chained, whose its files are."""
