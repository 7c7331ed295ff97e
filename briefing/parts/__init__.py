"""The parts of an issue for its readers: taken from the one tree by declaration, with what each may not hold."""
