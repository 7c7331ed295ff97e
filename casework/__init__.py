"""What people decide and record, each act an event of the ledger, held to roles and to two persons."""
