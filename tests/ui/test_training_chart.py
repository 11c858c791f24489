"""The training chart: what is drawn is what was recorded, and it fits a narrow column."""

import numpy as np
import pytest

from tests.ui.test_figures import CONFIG
from tests.ui.test_figures import records as records  # noqa: PLC0414
from ui.kit.ink import INKS
from ui.train.training_chart import FONT_SIZE, LEFT, RIGHT, training_chart


def series(chart, name, grid):
    return next(s["data"] for s in chart["series"] if s.get("name") == name and s.get("xAxisIndex", 0) == grid)


@pytest.mark.parametrize("theme", INKS)
def test_the_chart_holds_the_recorded_numbers(records, theme):
    steps, epochs = records
    chart = training_chart(CONFIG, steps, epochs, theme)
    np.testing.assert_allclose(series(chart, "one batch", 0), [[s.step / 5, s.loss] for s in steps], atol=1e-4)
    np.testing.assert_allclose(series(chart, "training", 0), [[e.epoch, e.loss] for e in epochs[1:]], atol=1e-4)
    np.testing.assert_allclose(series(chart, "test", 0), [[e.epoch, e.test_loss] for e in epochs], atol=1e-4)
    np.testing.assert_allclose(series(chart, "test", 1), [[e.epoch, 100 * e.test_accuracy] for e in epochs], atol=0.01)
    low, width = (np.array(series(chart, name, 1)) for name in ("interval's lower end", "95% interval"))
    np.testing.assert_allclose(low[:, 1], [100 * e.test_accuracy_low for e in epochs])
    np.testing.assert_allclose((low + width)[:, 1], [100 * e.test_accuracy_high for e in epochs])


def test_epoch_0_is_drawn_as_soon_as_it_is_there_and_has_no_training_loss(records):
    epoch = records[1][0]
    chart = training_chart(CONFIG, [], [epoch], "light")
    assert [
        series(chart, name, grid) for name, grid in (("training", 0), ("test", 0), ("training", 1), ("test", 1))
    ] == [
        [],
        [[0, round(epoch.test_loss, 4)]],
        [[0, round(100 * epoch.train_accuracy, 4)]],
        [[0, round(100 * epoch.test_accuracy, 4)]],
    ]


def test_axes_span_the_whole_run_from_the_start(records):
    steps, epochs = records
    for chart in (
        training_chart(CONFIG, [], [], "light"),
        training_chart(CONFIG, steps, epochs, "light"),
    ):
        assert [(axis["min"], axis["max"]) for axis in chart["xAxis"]] == [(0, 3), (0, 3)]
    published = training_chart(CONFIG.replace(loss="published"), [], [], "light")
    assert (published["yAxis"][0]["min"], published["yAxis"][0]["max"]) == (-1, 0)


def test_every_loss_is_within_its_axis(records):
    step = records[0][0]
    for loss in (0.2, 1.0, 1.1, 5.3, 11.6):
        chart = training_chart(CONFIG, [step.model_copy(update={"loss": loss})], [], "light")
        assert loss <= chart["yAxis"][0]["max"]


def test_long_runs_are_thinned_and_short_ones_are_not(records):
    step = records[0][0]
    for count, drawn in ((0, 0), (10, 10), (1500, 1500), (1501, 751), (30_000, 1500)):
        chart = training_chart(CONFIG, [step] * count, [], "light")
        assert len(series(chart, "one batch", 0)) == drawn


def test_both_plots_stand_at_the_stated_margins_so_that_a_cursor_can_follow(records):
    steps, epochs = records
    for grid in training_chart(CONFIG, steps, epochs, "light")["grid"]:
        assert (grid["left"], grid["right"], grid["outerBoundsMode"]) == (LEFT, RIGHT, "none")


def test_all_words_are_large_enough_for_a_projector(records):
    def sizes(part):
        if isinstance(part, dict):
            yield from (value for key, value in part.items() if key == "fontSize")
        for each in part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ():
            yield from sizes(each)

    steps, epochs = records
    assert min(sizes(training_chart(CONFIG, steps, epochs, "light"))) >= FONT_SIZE >= 13
