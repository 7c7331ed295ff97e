"""Issues as they stand in the ledger: made from their data version, compared, and made again byte for byte."""
