"""Letters and the files of a case."""
