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
from ui.train import figures

CONFIG = RunConfig(n_train=12, n_test=6, epochs=3, batch_size=5)


@pytest.fixture(scope="module")
def records() -> tuple[list[StepRecord], list[EpochRecord]]:
    run = list(train(CONFIG))
    return (
        [record for record in run if isinstance(record, StepRecord)],
        [record for record in run if isinstance(record, EpochRecord)],
    )


def test_epoch_0_has_an_accuracy_and_no_training_loss(records):
    epoch = records[1][0]
    for steps in ([], records[0][:3]):
        loss, accuracy, signal, _ = (figure.value for figure in figures.figures(CONFIG, steps, [epoch]))
        assert (loss, signal) == ("–", "–")
        assert accuracy.startswith(f"{epoch.test_accuracy:.1%} (")


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
