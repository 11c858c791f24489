"""P(1) and its derivatives for torch's autograd. Each is measured, and its gradient is the next derivative.

One engine call measures what the forward and the backward pass need. Higher orders are measured only for derivatives
of derivatives.
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
    """What this module needs of a circuit."""

    shift: float
    gradient_rule: str
    shots: int | None
    #: Measure P(1) at angles of any shape, in one engine call.
    run: Callable[[NDArray[np.float64]], NDArray[np.float64]]


def derivatives(angles: Tensor, circuit: Measurable, orders: tuple[int, ...]) -> tuple[Tensor, ...]:
    """Return derivatives of P(1) at each angle. They can be differentiated any number of times.

    Args:
        angles: (batch, 1), radians.
        circuit: the circuit to measure.
        orders: consecutive orders of the derivatives; 0 is P(1) itself. One engine call measures all of them.

    Returns:
        One (batch, 1) per order, per radian to the power of the order.

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
            "derivatives of the layer cannot be taken twice by torch.func.jvp or jacfwd, where torch returns 0: use "
            "torch.func.jacrev for one of the two, as torch.func.hessian does"
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
    """Return where to measure for some orders, (points, 1, 1), radians from θ, and each order's part of the points."""
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
    """The slower form for the transforms of torch.func."""

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
        """Measure all rows in one engine call, each with its own shots."""
        if info.randomness == "same" and circuit.shots is not None:
            raise ConfigError(
                "randomness of a vmap over a layer with shots must be 'different', because each row has its own "
                "shots, got 'same'"
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
    """Return the next derivative of each measured one. For the last one it is measured now, if needed."""
    angles, *slopes = ctx.saved_tensors
    if last_too:
        slopes += derivatives(angles, ctx.circuit, (ctx.orders[-1] + 1,))
    return slopes
