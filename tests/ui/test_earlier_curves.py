"""The curves of earlier runs: which are kept, what their labels say, and that no label covers another."""

import pickle
from itertools import pairwise

import numpy as np
import pytest

from hqnn.config import RunConfig
from hqnn.records import EpochRecord
from ui.kit.ink import INKS
from ui.train.earlier_curves import KEPT, LONGEST, Curve, behind, difference, with_run, without_change
from ui.train.earlier_series import (
    CHARACTER,
    LABEL_HEIGHT,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    STYLES,
    clicked,
    label_heights,
    label_of,
    style_of,
)
from ui.train.training_chart import training_chart

BASE = RunConfig()


def after(epochs, loss=0.1, accuracy=0.975):
    """Records of a run that has been tested after so many epochs."""
    confusion = ((1, 0), (0, 1))
    return [
        EpochRecord(
            epoch=epoch,
            step=epoch * 25,
            train_accuracy=1,
            test_accuracy=accuracy,
            test_accuracy_low=0.9,
            test_accuracy_high=1,
            test_loss=loss,
            train_confusion=confusion,
            test_confusion=confusion,
        )
        for epoch in range(epochs + 1)
    ]


def kept(*configs: RunConfig, epochs: int = 10) -> tuple[Curve, ...]:
    """Curves of runs with some settings, in this order; their ids are their numbers."""
    curves: tuple[Curve, ...] = ()
    for number, config in enumerate(configs):
        curves = with_run(curves, str(number), config, after(epochs))
    return curves


def ids(curves):
    return [curve.run_id for curve in curves]


def test_the_last_three_runs_stay_behind_the_one_in_front():
    curves = kept(*(BASE.replace(seed=seed) for seed in range(6)))
    assert ids(curves) == ["2", "3", "4", "5"]
    assert ids(behind(curves, "5", BASE)) == ["2", "3", "4"]
    assert ids(behind(curves, "3", BASE)) == ["2", "4", "5"]
    assert ids(behind(curves, None, BASE)) == ["3", "4", "5"]


def test_a_run_that_goes_on_gets_longer_and_keeps_its_mark():
    curves = kept(BASE, BASE.replace(shots=2), epochs=1)
    longer = with_run(curves, "0", BASE, after(5))
    assert ids(longer) == ["0", "1"]
    assert [len(curve.epochs) for curve in longer] == [6, 2]
    assert style_of(longer[0]) is style_of(curves[0])
    assert len({style.mark for style in map(style_of, kept(*[BASE] * (KEPT + 1)))}) == KEPT + 1


def test_the_curve_of_a_replaced_run_gets_no_longer():
    curves = with_run((), "old", BASE, after(2), active=True)
    (kept_one,) = without_change(curves, "old")
    assert (kept_one.active, kept_one.epochs.tolist()) == (False, [0, 1, 2])


@pytest.mark.parametrize("other", [BASE.replace(digits=(0, 1)), BASE.with_head("sine")])
def test_another_pair_or_head_starts_afresh(other):
    curves = with_run(kept(BASE, BASE), "new", other, after(3))
    assert ids(curves) == ["new"]
    assert behind(kept(BASE, BASE), None, other) == []


def test_a_curve_ends_where_the_axis_of_the_run_in_front_does_and_one_without_a_test_is_not_shown():
    curves = (*kept(BASE, epochs=10), Curve.of("empty", BASE, []))
    (shown,) = behind(curves, "front", BASE.replace(epochs=4))
    assert shown.epochs.tolist() == [0, 1, 2, 3, 4]


def test_a_curve_is_at_most_10_kb():
    (curve,) = kept(BASE.replace(epochs=100), epochs=100)
    assert len(pickle.dumps(curve)) < 10_000


def test_a_label_says_what_differs_from_the_run_in_front_and_the_last_accuracy():
    assert difference(BASE.replace(shots=2), BASE) == "2 shots"
    assert difference(BASE, BASE.replace(shots=2)) == "100 shots"
    assert difference(BASE.replace(shift=np.pi / 4, shots=2), BASE) == "2 shots, shift π/4"
    assert difference(BASE.replace(seed=3), BASE) == "seed 3"
    assert difference(BASE, BASE) == "same settings"
    assert difference(BASE.replace(shots=2, shift=np.pi / 4, seed=1, epochs=3), BASE) == "2 shots, shift π/4 +2"
    longest = BASE.replace(loss="published", gradient_rule="published", learning_rate=1e-4)
    assert len(difference(longest, BASE)) <= LONGEST
    (curve,) = kept(BASE.replace(shots=2))
    assert label_of(curve, BASE) == "▲ 2 shots · 97.5%"


@pytest.mark.parametrize(
    "ends", [[], [0.1], [0.1, 0.1, 0.1], [0.0, 0.02, 0.9], [1.0, 1.0, 1.0], [0.3, 0.0, 0.31], [5.0, 0.1, -1.0]]
)
def test_labels_never_overlap_and_stay_in_the_plot(ends):
    apart = LABEL_HEIGHT / LEAST_HEIGHT
    heights = label_heights(ends, 0, 1)
    assert len(heights) == len(ends)
    assert all(above - below >= apart - 1e-9 for below, above in pairwise(sorted(heights)))
    assert all(apart / 2 - 1e-9 <= height <= 1 - apart / 2 + 1e-9 for height in heights)
    order = sorted(range(len(ends)), key=ends.__getitem__)
    assert sorted(range(len(ends)), key=heights.__getitem__) == order


def labels(chart):
    return [each for each in chart["series"] if each.get("id", "").endswith(" label")]


def lines(chart, grid):
    found = [each for each in chart["series"] if "id" in each and each["type"] == "line"]
    return [each["id"].partition(" ")[0] for each in found if each["xAxisIndex"] == grid]


@pytest.mark.parametrize("theme", INKS)
def test_earlier_runs_are_drawn_with_their_own_colour_mark_and_label(theme):
    curves = kept(BASE, BASE.replace(shots=2), BASE.replace(shift=np.pi / 4))
    chart = training_chart(BASE, [], after(3), theme, curves)
    assert lines(chart, 0) == lines(chart, 1) == ["0", "1", "2"]
    assert [each["label"]["formatter"] for each in labels(chart)] == [
        "▲ same settings · 97.5%",
        "■ 2 shots · 97.5%",
        "▼ shift π/4 · 97.5%",
    ]
    assert len({each["label"]["color"] for each in labels(chart)}) == 3
    used = {INKS[theme].training, INKS[theme].test, INKS[theme].text}
    assert not used & {style.colors[theme] for style in STYLES}


def test_a_label_begins_at_an_early_end_of_its_curve_if_it_fits_and_never_leaves_the_plot():
    early, late = Curve.of("early", BASE.replace(shots=2), after(2)), Curve.of("late", BASE, after(10))
    for end, curve in ((2, early), (10, late)):
        (label,) = labels(training_chart(BASE, [], [], "light", [curve]))
        assert label["data"][0][0] == end
        width = CHARACTER * len(label["label"]["formatter"])
        start = end / 10 * LEAST_WIDTH if label["label"]["position"] == "right" else LEAST_WIDTH - width
        assert 0 <= start <= LEAST_WIDTH - width


def test_another_loss_has_no_curve_on_the_axis_of_this_one():
    (curve,) = kept(BASE.replace(loss="published"))
    chart = training_chart(BASE, [], after(3), "light", [curve])
    assert (lines(chart, 0), lines(chart, 1)) == ([], ["0"])
    assert len(labels(chart)) == 1


def test_the_loss_axis_reaches_to_the_highest_earlier_curve():
    curve = Curve.of("high", BASE, after(3, loss=2.5))
    assert training_chart(BASE, [], [], "light", [curve])["yAxis"][0]["max"] == 3


def test_a_bold_curve_stands_out():
    curves = kept(BASE, BASE.replace(shots=2))
    chart = training_chart(BASE, [], [], "light", curves, "1")
    widths = {
        each["id"]: each["lineStyle"]["width"] for each in chart["series"] if each.get("id", "").endswith(" loss")
    }
    assert widths["1 loss"] > widths["0 loss"]
    assert [each["label"]["fontWeight"] for each in labels(chart)] == [400, 700]


def test_a_click_selects_a_series_and_a_second_one_no_longer_does():
    assert clicked({"b label"}, set()) == "b"
    assert clicked({"a loss", "b label"}, {"a loss"}) == "b"
    assert clicked({"a loss"}, {"a loss", "b label"}) == "b"
    assert clicked({"a loss"}, {"a loss"}) is None
