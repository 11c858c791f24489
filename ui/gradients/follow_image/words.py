"""Texts of the Follow one image tab: name, title, numbers and sentences of each stage. Nothing here draws."""

from dataclasses import dataclass
from math import pi, sin

import numpy as np

from hqnn.config import ENGINES, RunConfig
from hqnn.inference.types import Trip
from hqnn.words import plural
from ui.kit.digits import MARKS
from ui.kit.saliency import strongest_pixel
from ui.kit.words import LOSS_NAMES, Numbers, plus_minus, signed, with_interval

#: Values of the stages, in order. `ui.kit.option_labels` has the labels.
STAGES = ("Pixels", "Maps 1", "Maps 2", "Angle", "Qubit", "Shots", "Loss", "Slope", "Saliency")


@dataclass(frozen=True)
class Words:
    """Texts beside the picture of a stage."""

    title: str
    numbers: Numbers
    says: str


def words(stage: int, trip: Trip, config: RunConfig) -> Words:
    """Return the texts of a stage, counted from 0."""
    return (_pixels, _maps1, _maps2, _angle, _qubit, _shots, _loss, _slope, _saliency)[stage](trip, config)


def who_answers(config: RunConfig, trip: Trip) -> str:
    """Return which network is shown, and how it is measured."""
    shots = "exact probabilities" if trip.shots is None else plural(trip.shots, "shot")
    a, b = config.digits
    said = f"Network of this run ({a} vs {b}, seed {config.seed}), measured with {shots} on the {trip.engine} engine."
    if ENGINES[config.engine].hardware:
        return f"{said} A new measurement on {config.backend or 'its device'} would cost money."
    return said


def with_error(value: float, error: float) -> str:
    """Return a measured value with its standard error, or marked as exact."""
    return plus_minus(signed(value), error) if error else f"{signed(value)}, exact"


def _equation(name: str, value: float) -> str:
    """Return an equation that is not broken over two lines."""
    return f"{name}\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{signed(value)}"


def _digit(trip: Trip, config: RunConfig) -> int:
    return config.digits[trip.label]


def _pixels(trip: Trip, config: RunConfig) -> Words:
    ink = int((trip.pixels > 0).sum())
    return Words(
        "The input: 28 × 28 grey values",
        [
            ("pixels", "784"),
            ("not black", f"{ink}"),
            ("mean grey", f"{trip.pixels.mean():.3f}"),
            ("brightest", f"{trip.pixels.max():.3f}"),
        ],
        f"This is the only input. The network does not get the label {_digit(trip, config)}.",
    )


def _maps(maps: np.ndarray) -> Numbers:
    strongest = int(maps.max(axis=(1, 2)).argmax())
    return [
        ("values", f"{maps.size:,}"),
        ("values that are 0", f"{(maps == 0).mean():.0%}"),
        ("largest value", f"{maps.max():.3f}"),
        ("found in map", f"{strongest + 1}"),
    ]


def _maps1(trip: Trip, _config: RunConfig) -> Words:
    return Words(
        "The first convolution looks for 32 small patterns",
        [("maps", "32, each 12 × 12"), *_maps(trip.maps1)],
        "Bright areas match a 5 × 5 pixel pattern. Negative values become 0 (ReLU), and each 2 × 2 block keeps its "
        "largest value (max pooling).",
    )


def _maps2(trip: Trip, _config: RunConfig) -> Words:
    return Words(
        "The second convolution looks for 64 patterns of patterns",
        [("maps", "64, each 4 × 4"), *_maps(trip.maps2)],
        "The image can no longer be recognised. 1,024 numbers are left, and two linear layers follow.",
    )


def _angle(trip: Trip, _config: RunConfig) -> Words:
    contributions = trip.hidden * trip.weights
    above, below = (float(contributions[contributions * way > 0].sum()) for way in (1, -1))
    return Words(
        f"Everything is reduced to one angle, {_equation('θ', trip.theta)} rad",
        [
            ("hidden features above 0", f"{int((trip.hidden > 0).sum())} of 64"),
            ("contributions above 0", f"{signed(above)} rad"),
            ("contributions below 0", f"{signed(below)} rad"),
            ("bias", f"{signed(trip.bias)} rad"),
            ("θ", f"{signed(trip.theta)} rad = {signed(180 / pi * trip.theta, 1)}°"),
        ],
        "θ is the circuit's only input.",
    )


def _qubit(trip: Trip, config: RunConfig) -> Words:
    before, after = (", ".join(signed(value) for value in vector) for vector in trip.bloch)
    return Words(
        f"θ rotates the qubit's arrow by {signed(180 / pi * trip.theta, 1)}°",
        [
            ("after H (x, y, z)", before),
            ("after RY(θ) (x, y, z)", after),
            ("length", f"{np.linalg.norm(trip.bloch[1]):.3f}"),
            ("P(1), exact", f"{trip.exact:.3f}"),
        ],
        _what_arrows_give(config),
    )


def _what_arrows_give(config: RunConfig) -> str:
    noise, (first, second) = config.noise, config.digits
    if not (noise.readout_e0 or noise.readout_e1):
        return (
            f"If the arrow points up (|0⟩), every shot gives 0: {MARKS[0]} {first}. If it points down (|1⟩), every "
            f"shot gives 1: {MARKS[1]} {second}. If it is horizontal, 0 and 1 are equally likely."
        )
    return (
        f"If the arrow points up (|0⟩), {1 - noise.readout_e0:.1%} of the shots are read as 0: {MARKS[0]} {first}. "
        f"If it points down (|1⟩), {1 - noise.readout_e1:.1%} are read as 1: {MARKS[1]} {second}. P(1) includes these "
        "readout errors."
    )


def _shots(trip: Trip, config: RunConfig) -> Words:
    predicted = config.digits[int(trip.measured > 0.5)]
    right = "right" if predicted == _digit(trip, config) else "wrong"
    says = "Dashed: the exact shares, as with infinitely many shots."
    if trip.shots is None:
        title = f"No shots: the exact P(1) is {trip.exact:.3f}"
        return Words(title, [("P(1)", f"{trip.exact:.3f}, exact"), ("prediction", f"{predicted}, {right}")], says)
    numbers = [("P(1), measured (95% interval)", with_interval(trip.measured, trip.shots))]
    numbers += [("P(1), exact", f"{trip.exact:.3f}")]
    if trip.error:
        numbers += [("difference", f"{signed((trip.measured - trip.exact) / trip.error, 1)} standard errors")]
        says += " Green: the measured shares with their 95% intervals."
    single = f"The single shot gives {trip.ones}"
    title = single if trip.shots == 1 else f"{trip.ones:,} of {trip.shots:,} shots give 1"
    return Words(title, [*numbers, ("prediction", f"{predicted}, {right}")], says)


def _loss(trip: Trip, config: RunConfig) -> Words:
    digit, other = _digit(trip, config), "published" if trip.loss == "cross-entropy" else "cross-entropy"
    of = "P(1)" if trip.label else "1 − P(1)"
    exact = trip.shots is None
    marks = "The dot shows the exact p." if exact else "Filled: the measured p. Hollow: the exact p."
    return Words(
        f"The right digit, {digit}, has p = {trip.probability:.3f}",
        [
            (f"p = {of}, {'exact' if exact else 'measured'}", f"{trip.probability:.3f}"),
            (f"{LOSS_NAMES[trip.loss]}, used in training", signed(trip.losses[trip.loss])),
            (LOSS_NAMES[other], signed(trip.losses[other])),
            ("dL/dp", signed(trip.loss_slope)),
        ],
        f"The steeper the curve at p, the larger the gradient of this image. {marks}",
    )


def _slope(trip: Trip, config: RunConfig) -> Words:
    published = trip.gradient_rule == "published"
    sign = "1" if trip.label else "−1"
    rule = "raw difference (original post)" if published else "parameter-shift rule"
    return Words(
        f"Two more measurements give {_equation('dP(1)/dθ', trip.slope)}",
        [
            ("P(1) at θ + s and θ − s", f"{trip.shifted[0]:.3f}, {trip.shifted[1]:.3f}"),
            ("not divided by" if published else "divided by", f"2 sin s = {signed(2 * sin(trip.shift))}"),
            *_slopes(trip),
            ("dL/dp · dp/dP(1)", f"{signed(trip.loss_slope)} · {sign}"),
            ("product dL/dθ", f"{signed(trip.gradient)} per rad"),
            ("dL/dθ, exact", f"{signed(trip.gradient_exact)} per rad"),
        ],
        f"{_which_way(trip, config)} Dashed: the secant through both measurements. Thick: the slope at θ by the {rule} "
        f"with s = {trip.shift:.3f} rad.",
    )


def _slopes(trip: Trip) -> Numbers:
    """The measured derivative and the exact one. Without shots the parameter-shift rule is exact."""
    exact = ("dP/dθ, exact", signed(trip.slope_exact))
    published = trip.gradient_rule == "published"
    if trip.shots is None:
        return [("dP/dθ by the rule", f"{signed(trip.slope)}, exact"), *([exact] if published else [])]
    raw = [("same rule, no shot noise", signed(trip.slope_of_rule))] if published else []
    return [("dP/dθ ± standard error", with_error(trip.slope, trip.slope_error)), *raw, exact]


def _which_way(trip: Trip, config: RunConfig) -> str:
    if trip.gradient == 0:
        return "The measured gradient is 0, so this image would not move θ."
    way = "smaller" if trip.gradient > 0 else "larger"
    said = f"A step against dL/dθ makes θ {way}, and {_digit(trip, config)} more probable."
    if trip.gradient * trip.gradient_exact < 0:
        other = "larger" if trip.gradient > 0 else "smaller"
        return (
            f"The measured gradient would make θ {way}, but the exact gradient would make it {other}: shot noise "
            "reversed the sign."
        )
    if trip.slope_error and abs(trip.slope) < 2 * trip.slope_error:
        return f"{said} dP(1)/dθ is less than two standard errors from 0, so shot noise could reverse its sign."
    return said


def _saliency(trip: Trip, config: RunConfig) -> Words:
    row, column = strongest_pixel(trip)
    strongest = float(trip.saliency[row, column])
    positive = trip.saliency > 0
    way = "increases" if strongest > 0 else "decreases"
    return Words(
        "Pixels with the largest effect on θ",
        [
            ("strongest pixel", f"row {row + 1}, column {column + 1}"),
            ("∂θ/∂pixel there", f"{signed(strongest)} rad per grey"),
            ("pixels with ∂θ/∂pixel > 0", f"{int(positive.sum())} of 784"),
            ("sum over all pixels", f"{signed(float(trip.saliency.sum()))} rad per grey"),
        ],
        f"A tiny increase of the strongest pixel {way} θ. Because of ReLU and max pooling, a larger change such as 0.1 "
        f"may have another effect. The line is the outline of the {_digit(trip, config)}. + and − mark the twelve "
        "strongest pixels.",
    )
