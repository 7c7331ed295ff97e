"""What the commands of all programs share: how they run, what they print, the options that they have in common."""
