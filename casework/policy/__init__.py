"""Policy parameters, scorecards, reference values and users, changed by two persons."""
