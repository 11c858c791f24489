"""Replaces a method of Streamlit, once for all sessions of a server."""

from collections.abc import Callable
from functools import wraps
from typing import Any


def replace(owner: Any, name: str, replacement: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Replace a method, unless it is already replaced.

    Args:
        owner: the class.
        name: name of the method.
        replacement: takes the method and returns the new one.
    """
    method = getattr(owner, name)
    if not hasattr(method, "__wrapped__"):
        setattr(owner, name, wraps(method)(replacement(method)))
