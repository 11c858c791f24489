"""How a method of Streamlit is given another one's place, once for all sessions of a server."""

from collections.abc import Callable
from functools import wraps
from typing import Any


def replace(owner: Any, name: str, replacement: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put another method in a method's place, unless one stands there already.

    Args:
        owner: the class.
        name: of the method.
        replacement: given the method, gives the one that takes its place.
    """
    method = getattr(owner, name)
    if not hasattr(method, "__wrapped__"):
        setattr(owner, name, wraps(method)(replacement(method)))
