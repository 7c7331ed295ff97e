"""Data that leave the Bureau: asked for by one person, let go by another, given out once."""
