"""Epochs in words. Nothing here draws."""


def moment(epoch: int) -> str:
    """When a network is tested: after an epoch, or, as epoch 0, before it has learned anything."""
    return f"after epoch {epoch}" if epoch else "before the first step"
