"""What readers left for each other, read back: annotations on series, saved views."""
