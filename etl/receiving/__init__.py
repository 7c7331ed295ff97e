"""What arrives: kept as it came, told apart by content, and held to what a harmless file may be."""
