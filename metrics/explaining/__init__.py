"""Why a figure is what it is: its definition, sources and rows, its absence, and what corrections changed."""
