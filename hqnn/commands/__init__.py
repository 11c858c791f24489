"""The commands of `hqnn`, one per module."""
