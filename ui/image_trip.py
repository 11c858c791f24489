"""One image's trip through the network, from pixels to the loss and back to the pixels that matter."""


def draw() -> None:
    """Draw it."""
