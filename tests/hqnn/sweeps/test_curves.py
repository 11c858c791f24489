"""A sweep's curves as lines: names, looks that everybody tells apart, and places, against numbers by hand."""

from collections.abc import Mapping
from itertools import combinations
from math import pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t

from hqnn import RunConfig
from hqnn.sweeps.curves import (
    AXES,
    LINE_STYLES,
    called,
    lines,
    measure_name,
    names,
    settings_said,
    shots_range,
    without_epoch_0,
)
from hqnn.sweeps.grid import Trained, grid
from hqnn.sweeps.groups import final, groups, lead
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results
from tests.hqnn.sweeps.test_results import epoch, evaluation
from ui.kit.echarts import ground
from ui.kit.ink import DIGIT_INKS

CONFIG = RunConfig(n_train=10, n_test=5, epochs=3)
SHOTS = (10, 1000, None)
#: Accuracy on the test images after each epoch, by number of shots, then by seed.
COURSES = {
    10: ((0.5, 0.6, 0.7), (0.6, 0.7, 0.85), (0.4, 0.5, 0.5), (0.5, 0.7, 0.8)),
    1000: ((0.6, 0.8, 0.95), (0.7, 0.95, 0.95), (0.8, 0.9, 0.9), (0.7, 0.9, 0.97)),
    None: ((0.6, 0.8, 0.94), (0.7, 0.95, 0.96), (0.8, 0.95, 0.9), (0.7, 0.9, 0.95)),
}
#: The same with a fifth seed.
MORE = {10: (0.5, 0.6, 0.75), 1000: (0.7, 0.9, 0.96), None: (0.7, 0.9, 0.95)}
FIVE = {shots: (*courses, MORE[shots]) for shots, courses in COURSES.items()}


def race(path: Path, courses: Mapping[Any, Any] = COURSES, seeds: int = 4, first: int = 1) -> Results:
    """A race of shots, as far as it is given, from the first of its epochs on."""
    header = Header(kind="sweep", config=CONFIG, vary={"shots": SHOTS}, seeds=tuple(range(seeds)))
    results = Results.open(path, header)
    for config in grid(CONFIG, shots=tuple(courses), seed=range(seeds)):
        course = courses[config.shots][config.seed]
        epochs = [epoch(number, accuracy) for number, accuracy in enumerate(course, first)]
        results.add(
            Result.of(Trained(config, [], epochs, evaluation(course[-1]).model_copy(update={"n": 10_000}), None, 1.0))
        )
    return Results.read(path)


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return race(tmp_path_factory.mktemp("race") / "file")


def test_groups_are_called_by_what_tells_them_apart():
    assert called({"shots": 1}) == "1 shot"
    assert called({"shots": 1000, "shift": 3 * pi / 8}) == "1,000 shots, s = 3π/8"
    assert called({"shift": -pi / 2}) == "s = −π/2"
    assert called({"shift": 0.3}) == "s = 0.3 rad"
    assert called({"gradient_rule": "published", "engine": "exact"}) == "raw difference, exact engine"
    assert called({"gradient_rule": "parameter-shift"}) == "parameter-shift"
    assert called({"depolarizing_1q": 0.01, "shots": None}) == "noise 0.01, exact"
    assert called({"digits": [3, 7], "batch_size": 8}) == "3 vs 7, batch size 8"
    assert called({}) == "all seeds"


def test_lines_are_means_over_seeds_in_percent_with_students_interval(results):
    assert names(results.header) == ["10 shots", "1,000 shots", "exact"]
    ten, thousand, exact = lines(results, "test_accuracy", "epochs", names(results.header))
    for line, shots in zip((ten, thousand, exact), SHOTS, strict=True):
        of_seeds = 100 * np.array(COURSES[shots])
        half = t.ppf(0.975, 3) * of_seeds.std(0, ddof=1) / 2
        assert np.allclose(line.mean, of_seeds.mean(0))
        assert np.allclose(line.low, np.maximum(of_seeds.mean(0) - half, 0))
        assert np.allclose(line.high, np.minimum(of_seeds.mean(0) + half, 100))
        assert line.x is not None
        assert line.x.tolist() == [1, 2, 3]
        assert line.runs == 4
    against_shots = lines(results, "exact_train_loss", "shots", names(results.header))
    # 3 angles of 20 images an epoch
    assert [None if line.x is None else line.x.tolist() for line in against_shots] == [
        [600, 1200, 1800],
        [60_000, 120_000, 180_000],
        None,
    ]
    assert np.allclose(against_shots[0].mean, [0.4, 0.5, 0.6])
    assert shots_range(results.header) == (600, 180_000)
    assert shots_range(Header(kind="sweep", config=CONFIG.replace(shots=None), seeds=(0,))) is None


def test_lines_begin_at_epoch_0_where_all_of_their_runs_have_it(tmp_path):
    """It has cost no shots, and a log axis has no place for it."""
    begun = {shots: [(0.5, *course) for course in courses] for shots, courses in COURSES.items() if shots != 1000}
    found = race(tmp_path / "file", begun, first=0)
    race(tmp_path / "other", {1000: COURSES[1000]})
    found.have.update(Results.read(tmp_path / "other").have)
    ten, thousand, exact = lines(found, "test_accuracy", "epochs", names(found.header))
    assert [None if line.x is None else line.x.tolist() for line in (ten, thousand, exact)] == [
        [0, 1, 2, 3],
        [1, 2, 3],
        [0, 1, 2, 3],
    ]
    assert np.allclose(ten.mean, 100 * np.array(begun[10]).mean(0))
    assert without_epoch_0([ten, thousand, exact]) == ["1,000 shots"]
    assert without_epoch_0([ten, exact]) == without_epoch_0([thousand]) == []
    ten, _, exact = lines(found, "test_accuracy", "shots", names(found.header))
    assert ten.x is not None
    assert ten.x.tolist() == [600, 1200, 1800]
    assert np.allclose(ten.mean, 100 * np.array(COURSES[10]).mean(0))
    assert (exact.x, exact.mean[-1]) == (None, pytest.approx(100 * np.array(COURSES[None]).mean(0)[-1]))


def test_a_line_keeps_its_look_whatever_is_there_of_the_others(results, tmp_path):
    every = {line.name: line.style for line in lines(results, "exact_train_loss", "epochs", names(results.header))}
    part = race(tmp_path / "file", {None: COURSES[None]})
    (alone,) = lines(part, "exact_train_loss", "epochs", names(part.header))
    assert alone.style == every["exact"]
    (chosen,) = lines(results, "exact_train_loss", "epochs", ["1,000 shots"])
    assert (chosen.name, chosen.style) == ("1,000 shots", LINE_STYLES[0])


def test_axes_and_settings_are_named_with_their_units():
    assert measure_name("test_accuracy", "published") == "test accuracy (%), own shots"
    assert measure_name("exact_test_accuracy", "published") == "test accuracy (%), exact probabilities"
    assert measure_name("exact_test_loss", "published") == "exact test loss −p"
    assert measure_name("exact_train_loss", "cross-entropy") == "exact training loss −log p"
    assert "log axis" in AXES["shots"]
    said = settings_said(CONFIG, {"shots": SHOTS})
    assert said == (
        "10 training and 5 test images per digit, 3 epochs, batch size 8, learning rate 0.001, loss −log p, s = π/2, "
        "parameter-shift, aer engine"
    )


def test_a_lead_is_the_mean_difference_in_pairs_of_the_same_seed(results, tmp_path):
    ten, thousand, _ = groups(race(tmp_path / "five", FIVE, seeds=5))
    gaps = np.array([high[-1] - low[-1] for high, low in zip(FIVE[1000], FIVE[10], strict=True)])
    for confidence in (0.95, 0.99):
        found = lead(thousand, ten, confidence)
        assert found is not None
        expected = t.interval(confidence, 4, loc=gaps.mean(), scale=gaps.std(ddof=1) / 5**0.5)
        assert (found.value, found.low, found.high) == pytest.approx((gaps.mean(), *expected))
    few, others, _ = groups(results)
    assert lead(few, others) is None  # four seeds are too few


def test_a_lead_that_happens_to_be_the_same_with_every_seed_is_known_to_a_test_image(tmp_path):
    same = {shots: ((0.9 + (shots == 1000) / 20_000,) * 3,) * 5 for shots in (10, 1000, None)}
    ten, thousand, _ = groups(race(tmp_path / "same", same, seeds=5))
    found = lead(thousand, ten)
    assert found is not None
    assert found.high - found.low == pytest.approx(1 / 10_000)
    assert final(ten).accuracy.high - final(ten).accuracy.low == pytest.approx(1 / 10_000)


def linear(color: str) -> np.ndarray:
    values = np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(color: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(color, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


#: What colours become for eyes that see all, and for those without green and without red (Machado, Oliveira and
#: Fernandes 2009, doi:10.1109/TVCG.2009.113).
EYES = (
    np.eye(3),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_told_apart_by_all_eyes_and_are_not_the_digits(theme):
    colors = [getattr(style, theme) for style in LINE_STYLES]
    for one, other in combinations(colors, 2):
        assert min(np.linalg.norm(lab(eye @ linear(one)) - lab(eye @ linear(other))) for eye in EYES) > 20
    for color in colors:
        assert all(np.linalg.norm(lab(linear(color)) - lab(linear(digit))) > 30 for digit in DIGIT_INKS[theme])
        bright, dark = sorted((0.2126, 0.7152, 0.0722) @ linear(each) + 0.05 for each in (color, ground(theme)))[::-1]
        assert bright / dark > 3  # as WCAG 2 asks of parts of pictures


def test_nobody_needs_colours_to_tell_lines_apart():
    signs, drawn = (
        {of(style) for style in LINE_STYLES} for of in (lambda s: s.sign, lambda s: (s.mark, s.filled, s.dash))
    )
    assert len(signs) == len(drawn) == 8
    assert not {style.sign for style in LINE_STYLES} & {"●", "◆"}
