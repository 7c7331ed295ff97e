"""From a package's bytes to a submission as read, in a child process that can do nothing else."""
