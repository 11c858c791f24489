"""Free angles of gates: parameters of a circuit, or expressions of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ParameterExpression

Values = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def is_free(angle: Any) -> bool:
    """Return whether a gate's angle is not a number yet."""
    return isinstance(angle, ParameterExpression) and bool(angle.parameters)


def values_of(angle: Any, parameters: list[Any]) -> Values:
    """Return a function from rows of parameter values, (batch, parameters), to the angle, (batch,), radians."""
    if angle in parameters:
        column = parameters.index(angle)
        return lambda rows: rows[:, column]
    own = [(parameter, parameters.index(parameter)) for parameter in angle.parameters]
    return lambda rows: np.array([float(angle.bind({p: row[column] for p, column in own})) for row in rows])
