"""Small slips of the pages' words, looked for in all of their source."""

import re
from math import pi

import numpy as np
import pytest

from hqnn.circuit.gradients import slope_deviation
from hqnn.circuit.response import IDEAL, Response
from hqnn.config import Noise
from tests.dask_cluster import ROOT
from ui.kit import loss_words, meanings, words

SOURCES = {path: path.read_text() for folder in ("hqnn", "ui", "pages") for path in (ROOT / folder).rglob("*.py")}


def lines_with(pattern: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path, text in SOURCES.items()
        for line in text.splitlines()
        if re.search(pattern, line)
    ]


def test_a_digit_gets_its_article_from_the_one_helper():
    digit = r"(\w*\.)?_?(digits?|a|b)\b"
    assert not lines_with(rf"\b[Aa]n? \{{{digit}")
    assert not lines_with(r"\b[Aa] \{\}")


def test_no_label_takes_an_interval_for_an_accuracy():
    assert not lines_with(r"\(95 ?%\)")


def test_nothing_is_said_to_point_up_for_the_second_digit():
    assert not lines_with(r"points? up\*\*|point up;|on one side")


@pytest.mark.parametrize(("share", "shots", "said"), [
    (1.0, 1, "1.000 (0.207–1.000)"),
    (0.0, 100, "0.000 (0.000–0.037)"),
    (0.5, 100, "0.500 (0.404–0.596)"),
    (0.25, None, "0.250"),
])  # fmt: skip
def test_a_share_has_an_interval_that_is_never_empty(share, shots, said):
    assert words.with_interval(share, shots) == said


def test_an_error_that_is_too_small_for_its_decimals_is_not_said_to_be_none():
    assert words.plus_minus("0.500", 0.0004) == "0.500 ± less than 0.001"
    assert words.plus_minus("98.70%", 0.012, 2) == "98.70% ± 0.01"


@pytest.mark.parametrize("response", [IDEAL, Response.of(Noise(depolarizing_1q=0.1, readout_e0=0.05, t1_us=1))])
@pytest.mark.parametrize("eighths", range(1, 8))
def test_another_shift_costs_as_many_shots_as_is_said(response, eighths):
    """The variance of a measured derivative is one over the shots: so the ratio of the means over θ is the factor."""
    theta, shift = np.linspace(0, 2 * pi, 64, endpoint=False), eighths * pi / 8
    here, best = (
        np.mean([slope_deviation(at, s, 100, "parameter-shift", response) ** 2 for at in theta])
        for s in (shift, pi / 2)
    )
    said = meanings.shift_cost(shift, 100)
    short = meanings.shift_cost_in_short(shift, 100)
    assert short == ("Fewest shots" if eighths == 4 else f"{here / best:.3g} × the shots of π/2")
    assert here / best == pytest.approx(1 / np.sin(shift) ** 2)
    assert ("π/2 needs the fewest shots" if eighths == 4 else f"1/sin² s = {here / best:.3g} times") in said


def test_the_cost_of_a_shift_without_shots_or_without_a_sine_is_none():
    assert meanings.shift_cost(1.0, None).startswith("Exact probabilities have no shot noise")
    assert meanings.shift_cost(pi, 100).startswith("sin s is 0 here")
    assert meanings.shift_cost_in_short(pi, 100) == "No derivative, because sin s is 0"
    assert meanings.shift_cost_in_short(pi, None) == "No shot noise at any s"


def test_a_low_training_loss_beside_many_wrong_images_is_explained():
    said = loss_words.with_dropout("published", -0.93, 0.5)
    assert said == (
        "The training loss of −0.9300 is measured with dropout, where the right digit has p ≈ 0.93. "
        "Without dropout, as in tests, the network gets only 50% of the training images right."
    )
    assert loss_words.with_dropout("cross-entropy", 0.07, 0.5) == said.replace("−0.9300", "0.0700")
    assert loss_words.with_dropout("published", -0.93, 0.98) == ""
    assert loss_words.with_dropout("published", -0.5, 0.5) == ""
    assert loss_words.with_dropout("cross-entropy", None, 0.5) == ""
