"""Figures alone: worked out when a snapshot is built, read through one door."""
