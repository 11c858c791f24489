"""Measured shares with how far they may be off, in numbers and words."""
