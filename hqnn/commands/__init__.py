"""The commands of `python -m hqnn`, one a module."""
