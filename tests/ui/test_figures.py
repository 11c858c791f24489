"""Records to figures: what is drawn is what was recorded."""

import re

import numpy as np
import pytest

from hqnn import RunConfig, train
from hqnn.circuit.gradients import signal_to_noise
from hqnn.circuit.response import IDEAL, Response
from hqnn.config import Noise
from hqnn.records import EpochRecord, Evaluation, StepRecord
from ui.frame.run_words import learned, ready
from ui.kit import digits, noise_curve
from ui.train import figures, network_picture

CONFIG = RunConfig(n_train=12, n_test=6, epochs=3, batch_size=5)


@pytest.fixture(scope="module")
def records() -> tuple[list[StepRecord], list[EpochRecord]]:
    run = list(train(CONFIG))
    return (
        [record for record in run if isinstance(record, StepRecord)],
        [record for record in run if isinstance(record, EpochRecord)],
    )


def series(chart, name, grid):
    return next(s["data"] for s in chart["series"] if s.get("name") == name and s.get("xAxisIndex", 0) == grid)


@pytest.mark.parametrize("theme", figures.INKS)
def test_the_chart_holds_the_recorded_numbers(records, theme):
    steps, epochs = records
    chart = figures.training_chart(CONFIG, steps, epochs, theme)
    np.testing.assert_allclose(series(chart, "one batch", 0), [[s.step / 5, s.loss] for s in steps], atol=1e-4)
    np.testing.assert_allclose(series(chart, "training", 0), [[e.epoch, e.loss] for e in epochs[1:]], atol=1e-4)
    np.testing.assert_allclose(series(chart, "test", 0), [[e.epoch, e.test_loss] for e in epochs], atol=1e-4)
    np.testing.assert_allclose(series(chart, "test", 1), [[e.epoch, 100 * e.test_accuracy] for e in epochs], atol=0.01)
    low, width = (np.array(series(chart, name, 1)) for name in ("interval's lower end", "95% interval"))
    np.testing.assert_allclose(low[:, 1], [100 * e.test_accuracy_low for e in epochs])
    np.testing.assert_allclose((low + width)[:, 1], [100 * e.test_accuracy_high for e in epochs])


def test_epoch_0_is_drawn_as_soon_as_it_is_there_and_has_no_training_loss(records):
    epoch = records[1][0]
    chart = figures.training_chart(CONFIG, [], [epoch], "light")
    assert [
        series(chart, name, grid) for name, grid in (("training", 0), ("test", 0), ("training", 1), ("test", 1))
    ] == [
        [],
        [[0, round(epoch.test_loss, 4)]],
        [[0, round(100 * epoch.train_accuracy, 4)]],
        [[0, round(100 * epoch.test_accuracy, 4)]],
    ]
    for steps in ([], records[0][:3]):
        loss, accuracy, signal, _ = (figure.value for figure in figures.figures(CONFIG, steps, [epoch]))
        assert (loss, signal) == ("–", "–")
        assert accuracy.startswith(f"{epoch.test_accuracy:.1%} (")


def test_axes_span_the_whole_run_from_the_start(records):
    steps, epochs = records
    for chart in (
        figures.training_chart(CONFIG, [], [], "light"),
        figures.training_chart(CONFIG, steps, epochs, "light"),
    ):
        assert [(axis["min"], axis["max"]) for axis in chart["xAxis"]] == [(0, 3), (0, 3)]
    published = figures.training_chart(CONFIG.replace(loss="published"), [], [], "light")
    assert (published["yAxis"][0]["min"], published["yAxis"][0]["max"]) == (-1, 0)


def test_every_loss_is_within_its_axis(records):
    step = records[0][0]
    for loss in (0.2, 1.0, 1.1, 5.3, 11.6):
        chart = figures.training_chart(CONFIG, [step.model_copy(update={"loss": loss})], [], "light")
        assert loss <= chart["yAxis"][0]["max"]


def test_long_runs_are_thinned_and_short_ones_are_not(records):
    step = records[0][0]
    for count, drawn in ((0, 0), (10, 10), (1500, 1500), (1501, 751), (30_000, 1500)):
        chart = figures.training_chart(CONFIG, [step] * count, [], "light")
        assert len(series(chart, "one batch", 0)) == drawn


def test_figures_are_the_last_epochs(records):
    steps, epochs = records
    values = [figure.value for figure in figures.figures(CONFIG, steps, epochs)]
    assert values[0] == f"{epochs[-1].loss:.4f}"
    assert values[1].startswith(f"{epochs[-1].test_accuracy:.1%} (")
    assert float(values[2]) > 0
    assert [figure.value for figure in figures.figures(CONFIG, [], [])] == ["–"] * 4
    assert figures.figures(CONFIG, steps, epochs, EVALUATION)[1].value == "60.0% (23.0–88.0)"
    assert figures.figures(CONFIG.replace(shots=None), steps, epochs)[2].value == "no noise"


def test_speed_is_images_over_time():
    steps = [
        StepRecord(step=1, epoch=1, loss=0, theta=(0,) * 8, gradient=(0,) * 8, images_per_second=80),
        StepRecord(step=2, epoch=1, loss=0, theta=(0,) * 4, gradient=(0,) * 4, images_per_second=10),
    ]
    assert figures.figures(CONFIG, steps, [])[3].value == "24 images/s"  # 12 images in 0.1 + 0.4 s


def test_what_is_learned_is_said_in_words(records):
    epoch = records[1][-1].model_copy(update={"train_confusion": ((11, 1), (2, 10))})
    assert learned(CONFIG, [epoch]) == (
        "Epoch 3: of the training images, the network gets 11 of 12 threes and 10 of 12 sevens right."
    )
    stuck = epoch.model_copy(update={"train_confusion": ((0, 12), (0, 12))})
    assert learned(CONFIG, [stuck]) == (
        "Epoch 3: the network predicts 7 for every training image. It cannot tell the two digits apart yet."
    )
    other = epoch.model_copy(update={"train_confusion": ((12, 0), (12, 0))})
    assert "predicts 3 for every training image" in learned(CONFIG, [other])
    untrained = records[1][0].model_copy(update={"train_confusion": ((6, 6), (5, 7))})
    assert learned(CONFIG, [untrained], ended=True) == (
        "Epoch 0 (before the first step): of the training images, the network gets 6 of 12 threes and 7 of 12 sevens "
        "right."
    )
    assert learned(CONFIG, [], ended=True) == "The run ended before its first epoch was complete."


def test_ready_says_how_much_work_it_is():
    assert "24 images, 3 epochs of 5 steps" in ready(CONFIG)


EVALUATION = Evaluation(
    n=5,
    seed=0,
    accuracy=0.6,
    accuracy_low=0.23,
    accuracy_high=0.88,
    loss=0.5,
    cross_entropy=0.5,
    published=-0.6,
    confusion=((1, 1), (1, 2)),
    labels=(0, 0, 1, 1, 1),
    predictions=(0, 1, 1, 0, 1),
    probabilities=(0.1, 0.8, 0.9, 0.3, 0.7),
)


def test_a_gallery_escapes_its_texts():
    picture = digits.Picture(np.zeros((28, 28), np.uint8), 0, "<b>", alt='"x"')
    html = digits.gallery([picture], "a & b")
    assert "&lt;b&gt;" in html
    assert 'alt="&quot;x&quot;"' in html
    assert 'aria-label="a &amp; b"' in html


def test_the_network_is_drawn_with_the_chosen_numbers():
    html = network_picture.network(CONFIG.replace(shots=2000, digits=(4, 9)))
    assert "one qubit, 2,000 shots" in html
    assert "P(1) &gt; ½: 9, else 4" in html
    assert "exact, no shots" in network_picture.network(CONFIG.replace(shots=None))


NOISE = Noise(readout_e0=0.05, readout_e1=0.2)


def test_the_picture_of_the_response_holds_its_curves():
    assert 'class="noisy"' not in noise_curve.picture(Noise())
    drawn = noise_curve.picture(NOISE)
    points = re.findall(r'<polyline points="([^"]*)" class="(\w+)"', drawn)
    assert [name for _, name in points] == ["ideal", "noisy"]
    for curve, at in zip(points, (IDEAL, Response.of(NOISE)), strict=True):
        x, y = np.array([point.split(",") for point in curve[0].split()], dtype=float).T
        theta = 2 * np.pi * (x - noise_curve.LEFT) / noise_curve.WIDTH - np.pi
        np.testing.assert_allclose(1 - (y - noise_curve.TOP) / noise_curve.HEIGHT, at.probability(theta), atol=0.003)


def test_the_words_about_noise_are_its_numbers():
    assert noise_curve.reach(Noise()) == ""
    assert noise_curve.reach(NOISE) == "With this noise, P(1) stays between 0.050 and 0.800."
    assert "slope at θ = 0 is **0.375** per radian, 75% of the ideal" in noise_curve.words(NOISE)


def test_a_signal_without_noise_is_said_in_words(records):
    steps, epochs = records
    certain = [step.model_copy(update={"theta": (0.0,) * len(step.theta)}) for step in steps]
    assert figures.figures(CONFIG, certain, epochs)[2].value == "no noise"


def test_the_signal_is_measured_against_the_noise_of_the_runs_own_engine(records):
    """Pure readout noise of one half leaves no slope: the shots' noise is all there is."""
    steps, epochs = records
    noisy = CONFIG.replace(engine="noisy", readout_e0=0.5, readout_e1=0.5)
    last = [step for step in steps if step.epoch == 3]
    theta, gradient = ([value for step in last for value in getattr(step, name)] for name in ("theta", "gradient"))
    wanted = signal_to_noise(theta, gradient, np.pi / 2, 100, response=Response(0.5, 0, 0))
    assert figures.figures(noisy, steps, epochs)[2].value == f"{wanted:.1f}"
    assert figures.figures(CONFIG, steps, epochs)[2].value != f"{wanted:.1f}"
