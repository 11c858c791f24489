"""One image's trip in words and numbers: each stage's name, title, numbers and what they say. Nothing here draws."""

from dataclasses import dataclass
from math import pi, sin

import numpy as np

from hqnn.config import ENGINES, RunConfig
from hqnn.inference.types import Trip
from hqnn.words import plural
from ui.kit.digits import MARKS, one
from ui.kit.saliency import strongest_pixel
from ui.kit.words import LOSS_NAMES, Numbers, plus_minus, signed, with_interval

#: The stages' names in their row, in order.
STAGES = ("Pixels", "Maps 1", "Maps 2", "Angle", "Qubit", "Shots", "Loss", "Slope", "Saliency")


@dataclass(frozen=True)
class Words:
    """What is written beside a stage's picture."""

    title: str
    numbers: Numbers
    says: str


def words(stage: int, trip: Trip, config: RunConfig) -> Words:
    """The words of a stage, counted from 0."""
    return (_pixels, _maps1, _maps2, _angle, _qubit, _shots, _loss, _slope, _saliency)[stage](trip, config)


def who_answers(config: RunConfig, trip: Trip) -> str:
    """Which network, measured by what."""
    shots = "exact probabilities" if trip.shots is None else plural(trip.shots, "shot")
    a, b = config.digits
    said = (
        f"The network of this training answers ({a} vs {b}, seed {config.seed}), with {shots} on engine {trip.engine}"
    )
    if ENGINES[config.engine].hardware:
        return f"{said}: measuring on {config.backend or 'its device'} again would cost money."
    return f"{said}."


def with_error(value: float, error: float) -> str:
    """A measured value with its standard error, if shots gave it one."""
    return plus_minus(signed(value), error) if error else f"{signed(value)}, exact"


def _digit(trip: Trip, config: RunConfig) -> int:
    return config.digits[trip.label]


def _pixels(trip: Trip, config: RunConfig) -> Words:
    ink = int((trip.pixels > 0).sum())
    return Words(
        "The network sees 28 × 28 grey levels",
        [
            ("pixels", "784"),
            ("not black", f"{ink}"),
            ("mean grey", f"{trip.pixels.mean():.3f}"),
            ("brightest", f"{trip.pixels.max():.3f}"),
        ],
        f"It is told nothing else, and not that this is {one(_digit(trip, config))}.",
    )


def _maps(maps: np.ndarray) -> Numbers:
    strongest = int(maps.max(axis=(1, 2)).argmax())
    return [
        ("numbers in them", f"{maps.size:,}"),
        ("of these 0", f"{(maps == 0).mean():.0%}"),
        ("largest answer", f"{maps.max():.3f}"),
        ("in map", f"{strongest + 1}"),
    ]


def _maps1(trip: Trip, _config: RunConfig) -> Words:
    return Words(
        "The first convolution looks for 32 small patterns",
        [("maps", "32, each 12 × 12"), *_maps(trip.maps1)],
        "Bright is where such a pattern, of 5 × 5 pixels, was found; what is negative becomes 0, and of each 2 × 2 "
        "answers the largest is kept.",
    )


def _maps2(trip: Trip, _config: RunConfig) -> Words:
    return Words(
        "The second one looks for 64 patterns of patterns",
        [("maps", "64, each 4 × 4"), *_maps(trip.maps2)],
        "The image itself can no longer be seen: 1,024 numbers are left, which go into two linear layers.",
    )


def _angle(trip: Trip, _config: RunConfig) -> Words:
    contributions = trip.hidden * trip.weights
    above, below = (float(contributions[contributions * way > 0].sum()) for way in (1, -1))
    return Words(
        f"All of it ends in one angle, θ = {signed(trip.theta)} rad",
        [
            ("hidden features above 0", f"{int((trip.hidden > 0).sum())} of 64"),
            ("contributions above 0", f"{signed(above)} rad"),
            ("contributions below 0", f"{signed(below)} rad"),
            ("bias", f"{signed(trip.bias)} rad"),
            ("θ", f"{signed(trip.theta)} rad = {signed(180 / pi * trip.theta, 1)}°"),
        ],
        "θ is all that the circuit is told of the image.",
    )


def _qubit(trip: Trip, config: RunConfig) -> Words:
    before, after = (", ".join(signed(value) for value in vector) for vector in trip.bloch)
    return Words(
        f"The qubit's arrow is turned by θ = {signed(180 / pi * trip.theta, 1)}°",
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
            f"An arrow that points up gives 0 in every shot, {MARKS[0]} {first}. One that points down gives 1, "
            f"{MARKS[1]} {second}. Level, it is a coin."
        )
    return (
        f"An arrow that points up is read as 0, {MARKS[0]} {first}, in {1 - noise.readout_e0:.1%} of the shots. "
        f"One that points down is read as 1, {MARKS[1]} {second}, in {1 - noise.readout_e1:.1%}: P(1) has these "
        f"readout errors in it."
    )


def _shots(trip: Trip, config: RunConfig) -> Words:
    answer = config.digits[int(trip.measured > 0.5)]
    right = "right" if answer == _digit(trip, config) else "wrong"
    says = "The dashed lines are where infinitely many shots end"
    if trip.shots is None:
        title = f"No shots fall: the exact P(1) is {trip.exact:.3f}"
        return Words(title, [("P(1)", f"{trip.exact:.3f}, exact"), ("answer", f"{answer}, {right}")], f"{says}.")
    numbers = [("P(1), measured (95% interval)", with_interval(trip.measured, trip.shots))]
    numbers += [("P(1), exact", f"{trip.exact:.3f}")]
    if trip.error:
        numbers += [("they differ by", f"{signed((trip.measured - trip.exact) / trip.error, 1)} standard errors")]
        says += "; the green marks are the measured shares with their 95% intervals"
    single = f"The one shot lands in {trip.ones}"
    title = single if trip.shots == 1 else f"{trip.ones:,} of {trip.shots:,} shots land in 1"
    return Words(title, [*numbers, ("this time", f"{answer}, {right}")], f"{says}.")


def _loss(trip: Trip, config: RunConfig) -> Words:
    digit, other = _digit(trip, config), "published" if trip.loss == "cross-entropy" else "cross-entropy"
    of = "P(1)" if trip.label else "1 − P(1)"
    exact = trip.shots is None
    marks = "The dot is at the exact p." if exact else "Filled: the measured p; hollow: the exact one."
    return Words(
        f"The right digit, {digit}, has p = {trip.probability:.3f}",
        [
            (f"p = {of}, {'exact' if exact else 'measured'}", f"{trip.probability:.3f}"),
            (f"{LOSS_NAMES[trip.loss]}, trained on", signed(trip.losses[trip.loss])),
            (LOSS_NAMES[other], signed(trip.losses[other])),
            ("dL/dp", signed(trip.loss_slope)),
        ],
        f"The steeper the curve at p, the more this image teaches. {marks}",
    )


def _slope(trip: Trip, config: RunConfig) -> Words:
    published = trip.gradient_rule == "published"
    sign = "1" if trip.label else "−1"
    rule = "raw difference" if published else "parameter-shift rule"
    return Words(
        f"Two more measurements give the slope, {signed(trip.slope)}",
        [
            ("P(1) at θ + s and θ − s", f"{trip.shifted[0]:.3f}, {trip.shifted[1]:.3f}"),
            ("not divided by" if published else "divided by", f"2 sin s = {signed(2 * sin(trip.shift))}"),
            *_slopes(trip),
            ("dL/dp · dp/dP(1)", f"{signed(trip.loss_slope)} · {sign}"),
            ("the product dL/dθ", f"{signed(trip.gradient)} per rad"),
            ("dL/dθ, exact", f"{signed(trip.gradient_exact)} per rad"),
        ],
        f"{_which_way(trip, config)} Dashed: the secant through the two; thick: the slope that they give at θ, by the "
        f"{rule} with s = {trip.shift:.3f} rad.",
    )


def _slopes(trip: Trip) -> Numbers:
    """The slope as the rule measured it, and the exact one, which without shots is the parameter-shift rule's."""
    exact = ("dP/dθ, exact", signed(trip.slope_exact))
    published = trip.gradient_rule == "published"
    if trip.shots is None:
        return [("dP/dθ by the rule", f"{signed(trip.slope)}, exact"), *([exact] if published else [])]
    raw = [("the rule without shot noise", signed(trip.slope_of_rule))] if published else []
    return [("dP/dθ ± standard error", with_error(trip.slope, trip.slope_error)), *raw, exact]


def _which_way(trip: Trip, config: RunConfig) -> str:
    if trip.gradient == 0:
        return "The measured slope is 0: this image would not move θ at all."
    way = "smaller" if trip.gradient > 0 else "larger"
    said = f"θ should become {way}, against dL/dθ, which makes {_digit(trip, config)} more probable."
    if trip.gradient * trip.gradient_exact < 0:
        return f"As measured, θ should become {way}; the exact slope says the opposite: shots reversed its sign."
    if trip.slope_error and abs(trip.slope) < 2 * trip.slope_error:
        return f"{said} The slope is less than two standard errors from 0: shots could have reversed it."
    return said


def _saliency(trip: Trip, config: RunConfig) -> Words:
    row, column = strongest_pixel(trip)
    strongest = float(trip.saliency[row, column])
    positive = trip.saliency > 0
    way = "rise" if strongest > 0 else "fall"
    return Words(
        "Pixels where θ changes fastest",
        [
            ("strongest pixel", f"row {row + 1}, column {column + 1}"),
            ("local slope ∂θ/∂pixel there", f"{signed(strongest)} rad per grey"),
            ("pixels with a rising slope", f"{int(positive.sum())} of 784"),
            ("slope of all pixels together", f"{signed(float(trip.saliency.sum()))} rad per grey"),
        ],
        f"With a little more grey there, θ begins to {way}. This is a local slope: because of ReLU and pooling, a "
        f"tenth more grey may do something else. The line is the outline of the {_digit(trip, config)}; + and − mark "
        "the twelve strongest pixels.",
    )
