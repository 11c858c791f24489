"""A training's steps as arrays: against loops over the records, closed forms, and shots drawn anew."""

from dataclasses import fields
from math import cos, pi, sin, sqrt

import numpy as np
import pytest
import torch

from hqnn import RunConfig, load_pair, train
from hqnn.circuit.response import IDEAL, Response
from hqnn.config import Noise
from hqnn.diagnosis.course import Cloud, Course, is_complete, settled_cloud, turning_points
from hqnn.network.training import TrainResult
from hqnn.records import EpochRecord, StepRecord
from hqnn.sweeps import experiments
from hqnn.sweeps.results_folder import bundled
from hqnn.sweeps.stuck import is_stuck
from tests.hqnn.sweeps.test_results import epoch as some_epoch

CONFIG = RunConfig(n_train=12, n_test=6, epochs=3, batch_size=5, engine="exact", shift=1.1, shots=50)
VARIANTS = {
    "parameter-shift": CONFIG,
    "published": CONFIG.replace(gradient_rule="published"),
    "one image a step": CONFIG.replace(batch_size=1, epochs=2),
    "noisy": CONFIG.replace(engine="noisy", depolarizing_1q=0.1, readout_e0=0.05, readout_e1=0.2),
}


def records(config) -> tuple[list[StepRecord], list[EpochRecord], TrainResult]:
    *said, result = train(config)
    assert isinstance(result, TrainResult)
    steps = [record for record in said if isinstance(record, StepRecord)]
    return steps, [record for record in said if isinstance(record, EpochRecord)], result


@pytest.fixture(scope="module")
def run():
    return records(CONFIG)


def variance(config, theta):
    """Of one measured slope, written out."""
    s, n = config.shift, config.shots
    factor = 1 / (2 * sin(s)) if config.gradient_rule == "parameter-shift" else 1
    response = Response.of(config.noise)
    shares = [response.offset + response.sine * sin(a) + response.cosine * cos(a) for a in (theta + s, theta - s)]
    return factor**2 * sum(p * (1 - p) / n for p in shares)


@pytest.mark.parametrize("name", VARIANTS)
def test_slopes_and_their_errors_are_those_of_a_loop(name):
    config = VARIANTS[name]
    steps, _, _ = records(config)
    course = Course.of(config, steps)
    assert len(course) == len(steps)
    for at, step in enumerate(steps):
        size = len(step.theta)
        mean, error = sum(step.gradient) / size, sqrt(sum(variance(config, theta) for theta in step.theta)) / size
        assert course.slopes[at] == pytest.approx(mean)
        assert course.errors[at] == pytest.approx(error)
        assert course.uncertain[at] == (abs(mean) < 1.96 * error)
        assert course.epochs[at] == step.epoch
        assert tuple(course.norms[at]) == step.gradient_norms


def test_the_error_without_noise_is_the_closed_form():
    """SD² = [cos²(θ+s) + cos²(θ−s)] / (16 N sin² s), over a batch of one."""
    theta, s, shots = 0.7, 1.1, 50
    step = StepRecord(
        step=1,
        epoch=1,
        loss=0,
        theta=(theta,),
        gradient=(0.3,),
        images_per_second=1,
        images=(0,),
        gradient_norms=(1,) * 4,
    )
    expected = sqrt((cos(theta + s) ** 2 + cos(theta - s) ** 2) / (16 * shots * sin(s) ** 2))
    assert Course.of(CONFIG.replace(batch_size=1), [step]).errors[0] == pytest.approx(expected)


def test_the_error_of_a_batch_is_the_scatter_of_measured_means(run):
    step, repeats, rng = run[0][4], 20_000, np.random.default_rng(0)
    theta, s, shots = np.array(step.theta), CONFIG.shift, 50
    plus, minus = (rng.binomial(shots, (1 + np.sin(theta + a)) / 2, (repeats, len(theta))) / shots for a in (s, -s))
    scatter = ((plus - minus) / (2 * sin(s))).mean(axis=1).std()
    assert Course.of(CONFIG, run[0]).errors[4] == pytest.approx(scatter, rel=5 / sqrt(2 * repeats))


def test_a_sign_is_called_uncertain_where_shots_often_reverse_it():
    """A slope of just 1.96 standard errors has the other sign in 2.5 % of all measurements."""
    shots, s, repeats, rng = 1000, pi / 2, 100_000, np.random.default_rng(1)
    error = 1 / sqrt(8 * shots)  # at θ = π/2, to first order around it
    theta = pi / 2 - 2 * 1.96 * error
    plus, minus = (rng.binomial(shots, (1 + sin(theta + a)) / 2, repeats) / shots for a in (s, -s))
    reversed_share = np.mean(plus - minus < 0)
    assert reversed_share == pytest.approx(0.025, abs=0.005)


def test_exact_probabilities_have_no_error_and_no_doubt():
    config = CONFIG.replace(shots=None)
    course = Course.of(config, records(config)[0])
    assert not course.errors.any()
    assert not course.uncertain.any()


def test_a_cloud_is_the_last_theta_of_every_image(run):
    """Against a loop, at every step, before the first and past the first epoch."""
    steps, _, _ = run
    course = Course.of(CONFIG, steps)
    last: dict[int, float] = {}
    for at in range(len(steps) + 1):
        if at:
            last |= dict(zip(steps[at - 1].images, steps[at - 1].theta, strict=True))
        cloud = course.cloud(at)
        every = np.concatenate(cloud.angles)
        np.testing.assert_array_equal(every, [last.get(image, np.nan) for image in range(24)])
        up = [image for image, theta in last.items() if sin(theta) > 0]
        assert cloud.seen == (sum(i < 12 for i in last), sum(i >= 12 for i in last))
        assert cloud.up == (sum(i < 12 for i in up), sum(i >= 12 for i in up))
        assert cloud.past == sum(abs(theta) > pi / 2 for theta in last.values())
        assert cloud.unseen == 24 - len(last)


def test_a_course_that_goes_on_is_that_of_all_its_steps(run):
    steps, _, _ = run
    whole, parts = Course.of(CONFIG, steps), Course.of(CONFIG, [])
    for part in (steps[:1], steps[1:8], [], steps[8:]):
        parts = parts.extended(part)
    for name in (field.name for field in fields(whole)):
        if name != "config":
            np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    assert whole.reach == (min(min(s.theta) for s in steps), max(max(s.theta) for s in steps))


def test_nothing_yet_is_a_course_too():
    course = Course.of(CONFIG, [])
    assert (len(course), course.reach, course.cloud(0).unseen) == (0, (0.0, 0.0), 24)
    assert len(course.averages(3).steps) == 0
    assert settled_cloud(CONFIG, [], 5) is None


@pytest.mark.parametrize("few", [1, 4, 7, 100])
def test_averages_leave_nothing_out(run, few):
    course = Course.of(CONFIG, run[0])
    means = course.averages(few)
    chunks = [list(range(begin, min(begin + few, len(course)))) for begin in range(0, len(course), few)]
    assert means.few == few
    for at, chunk in enumerate(chunks):
        assert means.steps[at] == pytest.approx(np.mean(chunk) + 1)
        assert means.slopes[at] == pytest.approx(np.mean([course.slopes[i] for i in chunk]))
        assert means.errors[at] == pytest.approx(sqrt(sum(course.errors[i] ** 2 for i in chunk)) / len(chunk))
        assert means.uncertain[at] == pytest.approx(np.mean([course.uncertain[i] for i in chunk]))
        np.testing.assert_allclose(means.norms[at], np.mean([course.norms[i] for i in chunk], axis=0))


def test_the_settled_cloud_is_where_the_network_puts_its_images_without_dropout(run):
    _, epochs, result = run
    with torch.no_grad():
        angles = result.model.eval().angle(load_pair(CONFIG.digits, 12, 6).train.images)[:, 0].numpy()
    found = settled_cloud(CONFIG, epochs, epochs[-1].step)
    assert found is not None
    assert found[0] == 3
    np.testing.assert_allclose(np.concatenate(found[1].angles), angles, atol=1e-5)
    for step, epoch in ((0, 0), (4, 0), (5, 1), (9, 1), (10, 2)):
        at = settled_cloud(CONFIG, epochs, step)
        assert (None if at is None else at[0]) == epoch
    assert settled_cloud(CONFIG, epochs[1:], 4) is None
    assert settled_cloud(CONFIG, [epoch.model_copy(update={"train_theta": ()}) for epoch in epochs], 15) is None


def test_all_images_of_a_digit_are_parted_rightly():
    """There are 6,131 threes and 6,265 sevens."""
    cloud = Cloud.of(RunConfig(n_train=None), np.zeros(12_396))
    assert cloud.seen == (6131, 6265)


@pytest.mark.parametrize(
    ("noise", "expected"),
    [(Noise(), (-pi / 2, pi / 2)), (Noise(readout_e0=0.2, readout_e1=0.1), (-pi / 2, pi / 2))],
    ids=["ideal", "readout"],
)
def test_turning_points(noise, expected):
    assert turning_points(Response.of(noise)) == pytest.approx(expected)


def test_decay_moves_the_turning_points_to_where_the_noisy_curve_turns():
    response = Response.of(Noise(t1_us=1, gate_time_1q_ns=500))
    theta = np.linspace(-pi, pi, 200_001)
    low, high = turning_points(response)
    assert high == pytest.approx(theta[response.probability(theta).argmax()], abs=1e-4)
    assert low % (2 * pi) == pytest.approx(theta[response.probability(theta).argmin()] % (2 * pi), abs=1e-4)
    assert high > pi / 2 + 0.1


def test_noise_that_leaves_nothing_of_the_sine_moves_nothing():
    assert turning_points(Response(0.5, 0.0, 0.0)) == turning_points(IDEAL)


def test_both_digits_on_one_side():
    config = RunConfig(n_train=20)
    ahead, parted = np.full(40, 2.0), np.repeat([-1.0, 1.0], 20)
    assert Cloud.of(config, ahead).one_sided
    assert Cloud.of(config, ahead).mostly_past
    assert not Cloud.of(config, parted).one_sided
    assert not Cloud.of(config, parted).mostly_past
    strays = ahead.copy()
    strays[:2] = -1
    assert Cloud.of(config, strays).one_sided  # 38 of 40: 95 %
    strays[2] = -1
    assert not Cloud.of(config, strays).one_sided
    strays[:] = 1.0
    assert Cloud.of(config, strays).one_sided
    assert not Cloud.of(config, strays).mostly_past
    strays[0] = np.nan
    assert not Cloud.of(config, strays).one_sided


def test_stuck_runs_are_seen_to_put_both_digits_on_one_side_past_the_turning_point():
    """The kept records of stuck runs with the published settings; what is counted is written out."""
    kept = bundled(experiments.stuck(RunConfig.preset("published-37"), range(100)))
    assert kept is not None
    on_one_side = 0
    for result in filter(is_stuck, kept.have.values()):
        theta = np.array(result.curve[-1].theta)
        epoch = some_epoch(20).model_copy(update={"step": 4000, "train_theta": tuple(theta)})
        number, cloud = settled_cloud(result.config, [epoch], 4000) or (0, Cloud.of(CONFIG, np.zeros(24)))
        up = [int((np.sin(part) > 0).sum()) for part in (theta[:100], theta[100:])]
        past = int((np.abs(theta) > pi / 2).sum())
        assert (number, cloud.up, cloud.past) == (20, tuple(up), past)
        assert cloud.one_sided == (max(sum(up), 200 - sum(up)) >= 190)
        assert cloud.mostly_past == (past >= 100)
        on_one_side += cloud.one_sided and cloud.mostly_past
    assert on_one_side


def test_records_of_before_are_known(run):
    steps, _, _ = run
    assert is_complete(steps)
    assert is_complete([])
    assert not is_complete([*steps, steps[0].model_copy(update={"images": ()})])
    assert not is_complete([steps[0].model_copy(update={"gradient_norms": ()})])
