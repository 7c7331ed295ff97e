"""What is asked of one submission: the rule book, its life, and the engine that runs it."""
