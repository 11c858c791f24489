"""The slopes of a training: step by step, with their noise, and where its images stand on the sine."""


def draw() -> None:
    """Draw it."""
