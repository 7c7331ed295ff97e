"""Keeping it running: the machine's facts, health, copies of what must not be lost, and bringing them back."""
