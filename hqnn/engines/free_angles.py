"""Angles of gates that are left free: parameters of a circuit, or expressions of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ParameterExpression

Values = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def is_free(angle: Any) -> bool:
    """Whether a gate's angle is no number yet."""
    return isinstance(angle, ParameterExpression) and bool(angle.parameters)


def values_of(angle: Any, parameters: list[Any]) -> Values:
    """From rows of the parameters' values, (batch, parameters), to the angle's, (batch,), radians."""
    if angle in parameters:
        column = parameters.index(angle)
        return lambda rows: rows[:, column]
    own = [(parameter, parameters.index(parameter)) for parameter in angle.parameters]
    return lambda rows: np.array([float(angle.bind({p: row[column] for p, column in own})) for row in rows])
