"""Epochs in words. Nothing here draws."""
