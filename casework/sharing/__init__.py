"""What readers leave for themselves and each other: annotations on series, views under a name."""
