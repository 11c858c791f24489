"""Figures and sentences of a training's slopes: what is drawn and said is what was recorded."""

import itertools
import re
from math import pi, sin

import numpy as np
import pytest

from hqnn import RunConfig, train
from hqnn.circuit.response import Response
from hqnn.diagnosis.course import Cloud, Course, settled_cloud
from hqnn.records import LAYERS, EpochRecord, StepRecord
from tests.films import marks, unpack
from ui.gradients.training import figures, film
from ui.gradients.training import words as slope_words
from ui.kit import cloud_figure
from ui.kit.cloud_figure import Drawn
from ui.kit.digits import mark
from ui.kit.player import pack

CONFIG = RunConfig(n_train=12, n_test=6, epochs=3, batch_size=5, engine="exact")


@pytest.fixture(scope="module")
def steps() -> list[StepRecord]:
    return [record for record in train(CONFIG) if isinstance(record, StepRecord)]


@pytest.fixture(scope="module")
def course(steps) -> Course:
    return Course.of(CONFIG, steps)


def series(chart, name):
    return next(each for each in chart["series"] if each.get("name") == name)


def made_up(config, thetas) -> Course:
    """A course whose steps see one image each, in their order."""
    return Course.of(
        config,
        [
            StepRecord(
                step=at + 1,
                epoch=1,
                loss=0,
                theta=(theta,),
                gradient=(0.1,),
                images_per_second=1,
                images=(at,),
                gradient_norms=(1.0, 0.1, 0.0, 10.0),
            )
            for at, theta in enumerate(thetas)
        ],
    )


def marks_after(course: Course, step: int) -> dict[int, float]:
    """θ of every mark after a step."""
    frames = film.frames(course, [], 0, len(course), dropout=True)
    return marks(unpack(pack(frames)), "cloud", step)


def picture(course: Course) -> str:
    return cloud_figure.picture(course, Drawn.of(course.cloud(0)), 314)


def told(html: str) -> dict[str, float]:
    """What the picture tells the player."""
    return {name: float(value) for name, value in re.findall(r'data-(\w+)="([^"]+)"', html)}


def test_every_image_stands_at_the_angle_that_it_was_last_trained_at(course, steps):
    last: dict[int, float] = {}
    for step in steps[:8]:
        last |= dict(zip(step.images, step.theta, strict=True))
    seen = marks_after(course, 8)
    assert seen.keys() == last.keys()
    assert all(seen[image] == pytest.approx(last[image], abs=1e-4) for image in last)
    assert (told(picture(course))["first"], told(picture(course))["images"]) == (12, 24)
    names = re.search("<figcaption>(.*)</figcaption>", picture(course))
    assert names is not None
    assert names[1] == f"{mark(0, 'threes')} {mark(1, 'sevens')}"


def test_under_noise_the_images_stand_on_the_flatter_curve():
    config = CONFIG.replace(engine="noisy", readout_e0=0.2, readout_e1=0.1, batch_size=1, n_train=1, n_test=1)
    html = picture(made_up(config, [0.5, -0.5]))
    response = Response.of(config.noise)
    said = told(html)
    assert (said["offset"], said["sine"], said["cosine"]) == pytest.approx(tuple(response))
    points = re.search('points="([^"]+)" class="curve"', html)
    assert points is not None
    x, y = np.array([point.split(",") for point in points[1].split()], dtype=float).T
    theta = said["low"] + (said["high"] - said["low"]) * x / 100
    probability = said["top"] - (said["top"] - said["bottom"]) * y / 314
    np.testing.assert_allclose(probability, response.probability(theta), atol=1e-3)


def test_images_beyond_the_axis_are_counted_at_its_ends(course):
    far = made_up(CONFIG.replace(batch_size=1, n_train=1, n_test=1), [14.0, -13.0])
    assert cloud_figure.beyond(far, far.cloud(2)) == ("← 1 beyond", "1 beyond →")
    assert cloud_figure.beyond(course, course.cloud(8)) == ("", "")
    *_, (_, _, pictures) = film.frames(far, [], 0, 2, dropout=True)
    assert pictures["cloud"].beyond == ("← 1 beyond", "1 beyond →")
    assert (told(picture(far))["low"], told(picture(far))["high"]) == pytest.approx((-4 * pi, 4 * pi))


def test_images_that_no_batch_has_had_are_left_out(course):
    assert marks_after(course, 0) == {}
    assert len(marks_after(course, 1)) == 5


def test_the_axis_holds_all_steps(course, steps):
    low, high = cloud_figure.theta_range(course)
    every = [theta for step in steps for theta in step.theta]
    assert low <= min(-pi, *every)
    assert high >= max(pi, *every)


@pytest.mark.parametrize(
    ("thetas", "ends", "labels"),
    [
        ([0.0, 1.0], (-2, 2), ["−π", "−π/2", "0", "π/2", "π"]),
        ([-4.0, 1.0], (-3, 2), ["−3π/2", "−π", "−π/2", "0", "π/2", "π"]),
        ([0.0, 6.0], (-2, 4), ["−π", "−π/2", "0", "π/2", "π", "3π/2", "2π"]),
        ([-999.0, 9999.0], (-8, 8), ["−4π", "−2π", "0", "2π", "4π"]),
    ],
)
def test_the_axis_of_theta_ends_at_multiples_of_half_pi(thetas, ends, labels):
    html = picture(made_up(CONFIG.replace(batch_size=1, n_train=1, n_test=1), thetas))
    assert (told(html)["low"], told(html)["high"]) == pytest.approx(tuple(end * pi / 2 for end in ends))
    written = re.findall(r'<text x="([\d.]+)%" y="334">([^<]+)<', html)
    assert [label for _, label in written] == labels
    np.testing.assert_allclose([float(at) for at, _ in written], np.linspace(0, 100, len(labels)), atol=1e-3)


def test_no_upright_line_strikes_through_the_words_at_the_top(course):
    """Two rows of words, whose second one is 29 pixels from the top; letters reach 4 below it."""
    html = picture(course)
    assert 'class="small"' in html
    tops = [float(top) for top in re.findall(r'<line x1="[\d.]+%" y1="([\d.]+)" x2="[\d.]+%" y2="314"', html)]
    assert len(tops) >= 5
    assert all(33 < top < (told(html)["top"] - 1) * 314 for top in tops)


def test_of_very_many_images_some_are_drawn_and_all_counted():
    config = RunConfig(n_train=5000)
    cloud = Cloud.of(config, np.linspace(-1, 1, 10_000))
    drawn = Drawn.of(cloud)
    assert 300 < drawn.first <= cloud_figure.MAX_IMAGES
    assert 600 < drawn.count <= 2 * cloud_figure.MAX_IMAGES
    chosen = np.flatnonzero(drawn.marks >= 0)
    assert drawn.marks[chosen].tolist() == list(range(drawn.count))
    assert (chosen < 5000).sum() == drawn.first
    assert cloud.seen == (5000, 5000)


def test_the_shaded_sides_begin_at_the_turning_points(course):
    html, (low, high) = picture(course), cloud_figure.theta_range(course)
    (left, width), (right, _) = re.findall(r'<rect x="([\d.]+)%" y="0" width="([\d.]+)%"', html)
    ends = [low + (high - low) * (float(left) + float(width)) / 100, low + (high - low) * float(right) / 100]
    assert ends == pytest.approx([-pi / 2, pi / 2], abs=1e-3)


def test_frames_that_are_added_are_those_of_the_whole(course):
    """Marks are told anew in the first of them only where they would be told anew anyway."""
    whole = film.frames(course, [], 0, 15, dropout=True)
    assert film.frames(course, [], 9, 15, dropout=True) == whole[9:]
    assert [name for name, _, _ in whole[:2]] == ["Before step 1", "Step 1 of 15"]
    assert len(whole) == 16


def test_a_long_training_has_a_frame_every_few_steps_and_one_at_its_end(course, monkeypatch):
    monkeypatch.setattr(film, "MAX_FRAMES", 4)
    assert (film.steps_a_frame(15), film.last_frame(15)) == (4, 4)
    frames = unpack(pack(film.frames(course, [], 0, 15, dropout=True)))
    assert [name for name, _, _ in frames] == ["Before step 1", *(f"Step {step} of 15" for step in (4, 8, 12, 15))]
    assert [film.frames_done(done, 15) for done in (0, 3, 4, 14, 15)] == [1, 1, 2, 4, 5]
    half = film.frames(Course.of(CONFIG, []), [], 0, 15, dropout=True)
    assert len(half) == 1
    monkeypatch.undo()
    assert marks(frames, "cloud", 4) == marks_after(course, 15)


def test_without_dropout_the_images_move_when_an_epoch_is_over(course):
    config = CONFIG.replace(n_train=12)
    angles = tuple(np.linspace(-1, 1, config.n_images).tolist())
    epochs = [epoch(1, 5, angles), epoch(2, 10, angles[::-1])]
    frames = unpack(pack(film.frames(course, epochs, 0, 15, dropout=False)))
    assert [at for at, (_, _, pictures) in enumerate(frames) if pictures["cloud"][0]] == [5, 10]
    assert marks(frames, "cloud", 9) == pytest.approx(dict(enumerate(angles)), abs=1e-4)
    assert marks(frames, "cloud", 15) == pytest.approx(dict(enumerate(angles[::-1])), abs=1e-4)
    assert "Without dropout: known after the first epoch." in frames[4][1]["words"]
    assert "Without dropout, after epoch 1." in frames[9][1]["words"]
    later = unpack(pack(film.frames(course, epochs, 7, 15, dropout=False)))
    assert marks(later, "cloud", 0) == marks(frames, "cloud", 7)


def test_slopes_are_drawn_with_one_standard_error_and_doubtful_signs_apart(course, steps):
    chart = figures.steps_chart(course, 15, "light")
    bars = np.array([point for point in series(chart, "standard error")["data"] if point[1] is not None])
    means = [np.mean(step.gradient) for step in steps]
    np.testing.assert_allclose((bars[::2, 1] + bars[1::2, 1]) / 2, means, atol=1e-4)
    np.testing.assert_allclose((bars[1::2, 1] - bars[::2, 1]) / 2, course.errors, atol=1e-4)
    doubtful = [at for at, mean in enumerate(means) if abs(mean) < 1.96 * course.errors[at]]
    drawn = series(chart, "sign is in doubt")
    certain = series(chart, "sign is certain")
    assert drawn["symbol"] != certain["symbol"]
    assert [point[0] for point in drawn["data"]] == [at + 1 for at in doubtful]
    assert len(drawn["data"]) + len(certain["data"]) == len(steps)
    assert [share for _, share in series(chart, "sign in doubt")["data"]] == [at in doubtful for at in range(15)]


def test_exact_slopes_have_no_error_bars(steps):
    config = CONFIG.replace(shots=None)
    chart = figures.steps_chart(Course.of(config, steps), 15, "light")
    assert series(chart, "standard error")["data"] == []


def test_each_layer_has_a_line_of_its_own_dash_and_symbol(course, steps):
    chart = figures.steps_chart(course, 15, "light")
    lines = [series(chart, layer) for layer in LAYERS]
    for at, line in enumerate(lines):
        np.testing.assert_allclose(
            [norm for _, norm in line["data"]], [step.gradient_norms[at] for step in steps], rtol=5e-3
        )
    assert len({str(line["lineStyle"]["type"]) for line in lines}) == len({line["symbol"] for line in lines}) == 4
    low, high = chart["yAxis"][2]["min"], chart["yAxis"][2]["max"]
    assert all(low <= norm <= high for line in lines for _, norm in line["data"])


@pytest.mark.parametrize(
    ("norms", "ends"),
    [([0.2, 30.0], (0.1, 100.0)), ([1e-9, 5.0], (1e-5, 10.0)), ([0.0, 10.0], (1.0, 10.0)), ([0.0], (1e-3, 1.0))],
)
def test_the_axis_of_the_norms_ends_at_powers_of_ten(norms, ends):
    assert figures.decades(np.array(norms)) == pytest.approx(ends)


def test_a_norm_of_zero_leaves_a_gap():
    chart = figures.steps_chart(made_up(CONFIG.replace(n_train=1, n_test=1), [0.0, 1.0]), 2, "light")
    assert series(chart, "fc1")["data"] == [[1, None], [2, None]]
    assert series(chart, "fc2")["data"] == [[1, 10], [2, 10]]


def test_a_long_training_is_drawn_in_means_of_a_few_steps():
    config = CONFIG.replace(batch_size=1, n_train=1000, n_test=1, epochs=1)
    course = made_up(config, np.linspace(-2, 2, 2000))
    chart = figures.steps_chart(course, 2000, "light")
    assert len(series(chart, "sign in doubt")["data"]) == 500
    assert series(chart, "sign is in doubt")["data"] == []
    assert slope_words.doubt(course, 4).endswith("Each point is the mean of 4 steps.")
    assert figures.steps_a_point(600) == 1


@pytest.mark.parametrize("rule", ["parameter-shift", "published"])
@pytest.mark.parametrize(("shift", "shots"), [(pi / 2, 100), (pi / 8, 10), (2.5, None)])
def test_the_axis_of_the_slopes_holds_what_shots_may_say(rule, shift, shots):
    """The steepest slope, and four standard errors of one measured there, in a batch of one."""
    config = CONFIG.replace(gradient_rule=rule, shift=shift, shots=shots, batch_size=1)
    factor = 2 * sin(shift) if rule == "published" else 1
    noise = 0 if shots is None else factor / (2 * sin(shift)) * np.sqrt(2 * 0.25 / shots)
    limit = figures.slope_limit(config)
    steepest = 0.5 * factor
    assert 1.02 * steepest < limit <= 1.05 * steepest + 4 * noise + 0.1


def test_the_step_charts_can_be_read_from_the_back_of_a_room(course):
    chart = figures.steps_chart(course, 15, "light")
    texts = [chart["legend"]["textStyle"], *(axis["nameTextStyle"] for axis in chart["yAxis"])]
    assert min(text["fontSize"] for text in texts) >= 15
    assert series(chart, "sign is certain")["symbolSize"] >= 6
    strip = chart["grid"][1]
    assert strip["height"] >= 30
    for above, below in itertools.pairwise(chart["grid"]):
        assert above["top"] + above["height"] + 20 <= below["top"]


def test_axes_say_their_levels_with_a_real_minus(course):
    levels = re.findall(r'class="end">([^<]+)<', picture(course))
    assert levels == ["0", "0.5", "1"]
    (slopes,) = [
        each["markLine"]["data"] for each in figures.steps_chart(course, 15, "light")["series"] if "markLine" in each
    ]
    limit = figures.slope_limit(CONFIG)
    assert [(line["yAxis"], line["label"]["formatter"]) for line in slopes] == [
        (-limit, f"−{limit:.1f}"),
        (0, "0"),
        (limit, f"{limit:.1f}"),
    ]


def test_multiples_of_pi():
    said = [cloud_figure.multiple_of_pi(halves) for halves in (-8, -3, -2, -1, 0, 1, 2, 5, 6)]
    assert said == ["−4π", "−3π/2", "−π", "−π/2", "0", "π/2", "π", "5π/2", "3π"]


def test_nothing_yet_can_be_drawn():
    course = Course.of(CONFIG, [])
    assert figures.steps_chart(course, 15, "light")["xAxis"][0]["max"] == 15
    assert slope_words.standing(course, course.cloud(0), 0) == (
        "Before the first step: none of the 24 images has been in a batch."
    )
    assert slope_words.settled(course, None) == "Without dropout: known after the first epoch."
    assert slope_words.slope(course, 0) == "no step yet"


def test_the_line_at_a_step_knows_where_the_axis_ends(course):
    assert 'data-frame="cursor" data-end="200.000"' in figures.cursor(200)
    frames = film.frames(course, [], 0, 15, dropout=True)
    assert [texts["cursor"] for _, texts, _ in frames] == [
        f"<span>{slope_words.slope(course, step)}</span>" for step in range(16)
    ]


def test_the_axes_of_a_run_that_goes_on_are_at_least_half_full_and_grow_seldom():
    total = 2500
    ends = [figures.axis_end(done, total) for done in range(total + 1)]
    assert all(done <= end <= max(2 * done + 1, 2 * figures.FEWEST_ON_AXIS) for done, end in enumerate(ends))
    assert ends == sorted(ends)
    assert len(set(ends)) < 10
    assert ends[-1] == total
    assert [figures.axis_end(done, 3) for done in range(4)] == [3, 3, 3, 3]


def test_where_the_images_stand_is_said_in_numbers():
    config = CONFIG.replace(n_train=3, n_test=1, batch_size=1)
    course = made_up(config, [-1.0, -2.0, 0.4, 1.0])
    assert slope_words.standing(course, course.cloud(4), 4) == (
        "Step 4 of 18, epoch 1. Predicted as 7: 1 of 3 threes and 1 of 1 sevens. Past a turning point: 1 of 4 images. "
        "Not yet in a batch: 2 images."
    )


def test_images_that_have_diverged_are_counted():
    course = made_up(CONFIG.replace(batch_size=1, n_train=1, n_test=1), [100.0, -12.6])
    assert "Past a turning point: 2 of 2 images. More than two turns from 0: 2." in slope_words.standing(
        course, course.cloud(2), 2
    )
    near = made_up(CONFIG.replace(batch_size=1, n_train=1, n_test=1), [12.5, -12.5])
    assert slope_words.standing(near, near.cloud(2), 2).endswith("Past a turning point: 2 of 2 images.")


def epoch(number: int, step: int, angles: tuple[float, ...]) -> EpochRecord:
    said = next(record for record in train(CONFIG.replace(epochs=1)) if isinstance(record, EpochRecord))
    return said.model_copy(update={"epoch": number, "step": step, "train_theta": angles})


@pytest.mark.parametrize(
    ("angles", "said"),
    [
        (
            (-1.0, -2.0, -1.0, 1.0, 1.0, 1.0),
            "Predicted as 7: 0 of 3 threes and 3 of 3 sevens. Past a turning point: 1 of 6 images.",
        ),
        (
            (2.0, 2.1, 2.2, 2.0, 1.9, 1.8),
            "Predicted as 7: 3 of 3 threes and 3 of 3 sevens. Past a turning point: 6 of 6 images. "
            "<strong>The network predicts 7 for at least 95% of the images. At least half of the images are past a "
            "turning point.</strong>",
        ),
        (
            (-1.0, -1.1, -1.2, -1.0, -0.9, -0.8),
            "Predicted as 7: 0 of 3 threes and 0 of 3 sevens. Past a turning point: 0 of 6 images. "
            "<strong>The network predicts 3 for at least 95% of the images.</strong>",
        ),
    ],
    ids=["apart", "stuck past the turning point", "one prediction"],
)
def test_one_prediction_for_both_digits_is_said(angles, said):
    """Angles by hand."""
    config = CONFIG.replace(n_train=3, n_test=1)
    found = settled_cloud(config, [epoch(2, 4, angles)], 5)
    assert slope_words.settled(Course.of(config, []), found) == f"Without dropout, after epoch 2. {said}"


def test_the_slope_of_a_step_is_said_with_its_standard_error(course, steps):
    mean = np.mean(steps[2].gradient)
    assert slope_words.slope(course, 3) == f"{mean:+.3f} ± {course.errors[2]:.3f}".replace("-", "−")
    exact = Course.of(CONFIG.replace(shots=None), steps)
    assert slope_words.slope(exact, 3) == f"{mean:+.3f}".replace("-", "−")


def test_the_steps_in_doubt_are_counted(course, steps):
    count = sum(abs(np.mean(step.gradient)) < 1.96 * error for step, error in zip(steps, course.errors, strict=True))
    said = f"Shot noise could have reversed the sign at {count} of 15 steps ({count / 15:.0%})."
    assert slope_words.doubt(course, 1) == said
    exact = Course.of(CONFIG.replace(shots=None), steps)
    assert slope_words.doubt(exact, 1) == "Exact probabilities have no shot noise, so no sign is in doubt."
