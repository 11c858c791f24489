"""P(1) and its derivatives as torch's autograd has them: each is measured, and has the next order's for its slope.

What a backward pass needs is known in the forward pass already, so one engine call measures both. Further orders are
measured once a derivative of a derivative asks for them.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch._C._functorch import TransformType, get_interpreter_stack
from torch.autograd import forward_ad

from hqnn.config.run import ConfigError
from hqnn.shift import check_angles, derivative, derivative_offsets


class Measurable(Protocol):
    """What is asked of a circuit."""

    shift: float
    gradient_rule: str
    shots: int | None
    #: P(1) of angles of any shape, in one engine call.
    run: Callable[[NDArray[np.float64]], NDArray[np.float64]]


def derivatives(angles: Tensor, circuit: Measurable, orders: tuple[int, ...]) -> tuple[Tensor, ...]:
    """Derivatives of P(1) at each angle, differentiable without end.

    Args:
        angles: (batch, 1), radians.
        circuit: what is measured.
        orders: of the derivatives, one after the other; 0 is P(1) itself. All are measured in one engine call.

    Returns:
        (batch, 1) each, per radian to the power of its order.

    Raises:
        AngleError: (a ValueError) for angles that are not finite, or beyond `hqnn.shift.MAX_ANGLE`.
        NotImplementedError: under a jvp of a jvp.
    """
    if not torch._C._are_functorch_transforms_active():
        if not angles.requires_grad and forward_ad._current_level < 0:
            return _measured(angles, circuit, orders)
        return _Derivatives.apply(angles, circuit, orders)  # pyright: ignore[reportReturnType]
    if [each.key() for each in get_interpreter_stack() or ()].count(TransformType.Jvp) > 1:
        raise NotImplementedError(
            "derivatives of the layer cannot be taken twice by torch.func.jvp or jacfwd, since torch says 0 then: take "
            "one of the two by torch.func.jacrev, as torch.func.hessian does"
        )
    return _TransformedDerivatives.apply(angles, circuit, orders)  # pyright: ignore[reportReturnType]


def _measured(angles: Tensor, circuit: Measurable, orders: tuple[int, ...]) -> tuple[Tensor, ...]:
    theta = angles.detach().to("cpu", torch.float64).numpy()
    check_angles(theta)
    offsets, parts = _offsets(orders, circuit.shift)
    values = circuit.run(theta + offsets)
    found = [
        derivative(values[part], order, circuit.shift, circuit.gradient_rule)
        for order, part in zip(orders, parts, strict=True)
    ]
    return tuple([torch.from_numpy(each).to(angles) for each in found])


@lru_cache
def _offsets(orders: tuple[int, ...], shift: float) -> tuple[NDArray[np.float64], list[slice]]:
    """Where to measure for some orders, (points, 1, 1), radians from θ; and which of those points are for each."""
    of_orders = [derivative_offsets(order, shift) for order in orders]
    ends = np.cumsum([0, *map(len, of_orders)]).tolist()
    return np.concatenate(of_orders)[:, None, None], list(map(slice, ends, ends[1:]))


class _Derivatives(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, angles: Tensor, circuit: Measurable, orders: tuple[int, ...]) -> tuple[Tensor, ...]:
        measured = _measured(angles, circuit, orders)
        _keep(ctx, (angles, circuit, orders), measured)
        return measured

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, None, None]:
        slopes = _slopes(ctx, last_too=gradients[-1] is not None)
        parts = [gradient * slope for gradient, slope in zip(gradients, slopes, strict=False) if gradient is not None]
        return (sum(parts[1:], parts[0]) if parts else None), None, None

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> tuple[Tensor, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return tuple(tangents[0] * slope for slope in _slopes(ctx, last_too=True))


class _TransformedDerivatives(_Derivatives):
    """The same in the form that torch.func transforms, which takes longer."""

    @staticmethod
    def forward(angles: Tensor, circuit: Measurable, orders: tuple[int, ...]) -> tuple[Tensor, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _measured(angles, circuit, orders)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        _keep(ctx, inputs, output)

    @staticmethod
    def vmap(  # pyright: ignore[reportIncompatibleMethodOverride]
        info: Any, in_dims: tuple[int, None, None], angles: Tensor, circuit: Measurable, orders: tuple[int, ...]
    ) -> tuple[tuple[Tensor, ...], tuple[int, ...]]:
        """All rows in one engine call, each with shots of its own."""
        if info.randomness == "same" and circuit.shots is not None:
            raise ConfigError(
                "randomness of a vmap over a layer with shots must be 'different', since each row is measured by "
                "itself, got 'same'"
            )
        rows = angles.movedim(in_dims[0], 0)
        flat = rows.reshape(-1, 1)
        wanted = (0, 1) if orders == (0,) and flat.requires_grad else orders
        found = derivatives(flat, circuit, wanted)[: len(orders)]
        return tuple(each.reshape(rows.shape) for each in found), (0,) * len(orders)


def _keep(ctx: Any, inputs: tuple[Tensor, Measurable, tuple[int, ...]], measured: tuple[Tensor, ...]) -> None:
    angles, ctx.circuit, ctx.orders = inputs
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(angles, *measured[1:])
    if forward_ad._current_level >= 0:
        ctx.save_for_forward(angles, *measured[1:])


def _slopes(ctx: Any, *, last_too: bool) -> list[Tensor]:
    """Of each derivative that was measured: the next one. The last one's is measured now, if it is wanted."""
    angles, *slopes = ctx.saved_tensors
    if last_too:
        slopes += derivatives(angles, ctx.circuit, (ctx.orders[-1] + 1,))
    return slopes
