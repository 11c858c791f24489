"""Shots at prediction time: what is drawn and said, against closed forms, and the part of the Test page."""

from math import comb, sqrt

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from hqnn.circuit.response import Response
from hqnn.config import Noise, RunConfig
from hqnn.inference.shot_accuracy import LINE, SHOTS, expected, flip_probability, repeats
from hqnn.inference.whole_test import evaluation
from tests.pages.test_pages import open_page, texts, wait_until
from ui.kit.ink import DIGIT_INKS
from ui.session import cached, network_choice
from ui.testing.shots import controls, figures, one_image_figure, words
from ui.testing.shots.figures import ENDLESS, Accuracy
from ui.testing.shots.one_image_figure import Again

pytestmark = pytest.mark.usefixtures("dashboard_here")

#: Two threes and two sevens with P(1) 0.2, 0.4, 0.7 and 0.45: the last one is on the wrong side.
P = np.array([0.2, 0.4, 0.7, 0.45])
THETA, LABELS = np.arcsin(2 * P - 1), np.array([0, 0, 1, 1])


def more_than_half(p: float, shots: int) -> float:
    return sum(comb(shots, k) * p**k * (1 - p) ** (shots - k) for k in range(shots + 1) if 2 * k > shots)


def right(shots: int) -> list[float]:
    """How probably each of the four is answered right."""
    one = [more_than_half(p, shots) for p in P.tolist()]
    return [1 - one[0], 1 - one[1], one[2], one[3]]


def accuracy(shots: int | None = 3, study: dict | None = None) -> Accuracy:
    return Accuracy(
        digits=(3, 7),
        expected=expected(THETA, LABELS),
        shots=shots,
        here=expected(THETA, LABELS, (shots or 1,)),
        evaluation=evaluation(THETA, LABELS, "exact", shots, seed=4),
        study={} if study is None else {n: np.array(of) for n, of in study.items()},
        of_study=expected(THETA, LABELS, SHOTS),
    )


def series_of(chart: dict, kind: str) -> list[dict]:
    return [each for each in chart["series"] if each["type"] == kind]


def test_the_line_and_its_band_are_the_expectation_of_unequal_coins():
    chart = figures.accuracy_chart(accuracy(), each_digit=False, theme="light")
    low, width, line = series_of(chart, "line")[:3]
    assert [n for n, _ in line["data"]] == list(LINE)
    for place, shots in enumerate(LINE[:50]):
        r = np.array(right(shots))
        error = sqrt((r * (1 - r)).sum()) / 4
        assert line["data"][place][1] == pytest.approx(100 * r.mean(), rel=1e-4)
        ends = max(0, r.mean() - 1.959964 * error), min(1, r.mean() + 1.959964 * error)
        assert low["data"][place][1] == pytest.approx(100 * ends[0], abs=1e-3)
        assert width["data"][place][1] == pytest.approx(100 * (ends[1] - ends[0]), abs=1e-3)
    assert low["stack"] == width["stack"]
    (limit,) = (each["markLine"]["data"][0] for each in chart["series"] if "yAxis" in str(each.get("markLine")))
    assert limit["yAxis"] == 75
    assert limit["label"]["formatter"] == "infinitely many shots: 75.00%"


def test_each_digit_has_its_own_line_mark_and_colour():
    chart = figures.accuracy_chart(accuracy(), each_digit=True, theme="dark")
    lines = [each for each in series_of(chart, "line") if len(each["data"]) == len(LINE)]
    assert [each["lineStyle"]["color"] for each in lines] == list(DIGIT_INKS["dark"])
    for place, shots in enumerate(LINE[:50]):
        r = right(shots)
        assert [each["data"][place][1] for each in lines] == pytest.approx(
            [50 * (r[0] + r[1]), 50 * (r[2] + r[3])], rel=1e-4
        )
    assert chart["legend"]["data"] == ["threes", "sevens"]
    named = {each["name"]: each["symbol"] for each in chart["series"] if "name" in each}
    assert named == {"threes": "circle", "sevens": "diamond"}


def test_the_axis_stays_whatever_is_chosen_or_measured():
    study = {1: [[0, 1]] * 20, 2: [[2, 2]]}
    axes = [
        figures.accuracy_chart(each, each_digit=each_digit, theme="light")[axis]
        for each in (accuracy(1), accuracy(None), accuracy(100, study))
        for each_digit in (False, True)
        for axis in ("xAxis", "yAxis")
    ]
    assert axes[0::2] == [axes[0]] * 6
    assert axes[1::2] == [axes[1]] * 6
    low, step = axes[1]["min"], axes[1]["interval"]
    lowest = min(100 * r for n in LINE[:50] for r in ((right(n)[0] + right(n)[1]) / 2, (right(n)[2] + right(n)[3]) / 2))
    assert low <= lowest
    assert low % step == 0
    assert (100 - low) / step <= 8


def test_measured_points_have_the_error_of_their_number_of_tests():
    study = {1: [[1, 1], [2, 1], [0, 2], [2, 2]], 10: [[2, 1]]}
    found = accuracy(3, study).measured()
    for (shots, mean, error, tests), of_mean, number in zip(found, (11 / 16, 3 / 4), (4, 1), strict=True):
        r = np.array(right(shots))
        assert (mean, tests) == (of_mean, number)
        assert error == pytest.approx(sqrt((r * (1 - r)).sum()) / 4 / sqrt(number))
    chart = figures.accuracy_chart(accuracy(3, study), each_digit=False, theme="light")
    points = next(each for each in series_of(chart, "scatter") if each["symbol"] == "circle")
    assert points["data"] == [[1, 68.75], [10, 75.0]]
    html = words.measured_table(accuracy(3, study))
    scatter = np.std([2 / 4, 3 / 4, 2 / 4, 4 / 4], ddof=1)
    r = np.array(right(1))
    assert (
        f"<td>4</td><td>68.75% ± {100 * found[0][2]:.2f}</td><td>{r.mean():.2%}</td><td>{100 * scatter:.2f}</td>"
        in html
    )
    assert "<th scope=row>10</th><td>1</td>" in html
    assert html.count("<td>–</td>") == 1


@pytest.mark.parametrize(
    ("shots", "at", "name"), [(1, 1, "1 shot"), (2000, 2000, "2,000 shots"), (None, ENDLESS, "exact")]
)
def test_the_present_choice_is_marked(shots, at, name):
    chart = figures.accuracy_chart(accuracy(shots), each_digit=False, theme="light")
    here = next(each["markLine"] for each in chart["series"] if "xAxis" in str(each.get("markLine")))
    assert here["data"] == [{"xAxis": at}]
    assert here["label"]["formatter"] == name
    square = next(each for each in series_of(chart, "scatter") if each.get("symbol") == "rect")
    assert square["data"] == [[at, pytest.approx(100 * accuracy(shots).evaluation.accuracy)]]


def test_the_words_follow_from_the_numbers():
    one, two = right(1), right(2)
    said = words.on_ties(accuracy())
    assert f"threes changes from {(one[0] + one[1]) / 2:.1%} to **{(two[0] + two[1]) / 2:.1%}**" in said
    assert f"sevens from {(one[2] + one[3]) / 2:.1%} to **{(two[2] + two[3]) / 2:.1%}**" in said
    gained = 100 * (np.mean(two) - np.mean(one))
    assert f"overall accuracy {'rises' if gained > 0 else 'falls'} by {abs(gained):.2f} points" in said
    said = words.on_shots(accuracy())
    r = np.array(right(1))
    assert f"Expected accuracy: **{r.mean():.1%} ± {100 * sqrt((r * (1 - r)).sum()) / 4:.1f}** with 1 shot" in said
    assert "1 of 4 images is on the wrong side of 0.5. More shots cannot correct it." in said
    enough = accuracy().expected.enough
    assert f"From **{enough:,} shots** on, fewer than one prediction" in said
    flips = lambda n: sum(1 - x if p else x for x, p in zip(right(n), (1, 1, 1, 0), strict=True))  # noqa: E731
    assert flips(enough) < 1 <= flips(LINE[LINE.index(enough) - 1])


def test_even_numbers_are_said_to_dip_or_to_stand_out_only_where_they_do():
    def said(p, labels) -> str:
        theta = np.arcsin(2 * np.array(p) - 1)
        return words.on_shots(
            Accuracy(
                (3, 7),
                expected(theta, labels),
                1,
                expected(theta, labels, (1,)),
                accuracy().evaluation,
                {},
                expected(theta, labels),
            )
        )

    assert "Even numbers of shots give a lower accuracy, because a tie counts as ● 3." in said([0.01, 0.6], [0, 1])
    assert "Even numbers of shots give a higher accuracy, because a tie counts as ● 3." in said([0.4, 0.99], [0, 1])
    assert "Even" not in said([0.4, 0.6], [0, 1])
    assert "No image is on the wrong side" in said([0.4, 0.6], [0, 1])
    close = [0.49999] * 9 + [0.6]
    assert "Even with 100,000 shots some images are so close to 0.5 that their predictions flip." in said(
        close, [0] * 9 + [1]
    )


def test_the_figures_are_those_of_the_evaluation_and_the_expectation():
    found = accuracy(3)
    measured, wanted, log_loss, published = words.figures(found, "published")
    assert measured.value.startswith(f"{found.evaluation.accuracy:.1%} (")
    r = np.array(right(3))
    assert wanted.value == f"{r.mean():.2%} ± {100 * sqrt((r * (1 - r)).sum()) / 4:.2f}"
    assert log_loss.value == f"{found.evaluation.cross_entropy:.4f}"
    assert "Training minimised this loss." in published.help
    assert "Training minimised" not in log_loss.help
    assert words.figures(accuracy(None), "published")[1].value == "75.00%, exactly"


def again(shots: int | None, exact: float = 0.45, n: int = 200) -> Again:
    rng = np.random.default_rng(3)
    shares = np.full(n, exact) if shots is None else rng.binomial(shots, exact, n) / shots
    flip = 0.0 if shots is None else float(flip_probability(exact, shots))
    return Again((3, 7), 1, 12, exact, shots, shares, (shares > 0.5).astype(int), flip)


@pytest.mark.parametrize("shots", [n for n in controls.SHOTS if isinstance(n, int)])
def test_every_estimate_is_in_a_bar_on_the_side_of_its_answer(shots):
    """A tie is on the first digit's side, with every number of shots that the dial has."""
    for exact in (0.03, 0.45, 0.5, 0.52):
        found = again(shots, exact)
        ends, wanted = found.bins
        assert found.found.sum() == 200
        assert found.found[ends > 0.5].sum() == (found.shares > 0.5).sum()
        assert wanted.sum() == pytest.approx(200)
        one = more_than_half(exact, shots) if shots <= 1000 else flip_probability(exact, shots)
        if shots <= 1000:
            assert wanted[ends > 0.5].sum() == pytest.approx(200 * one, abs=1e-6)


def test_few_shots_have_a_bar_for_every_share():
    found = again(4, 0.45)
    _, wanted = found.bins
    assert wanted == pytest.approx([200 * comb(4, k) * 0.45**k * 0.55 ** (4 - k) for k in range(5)])
    assert list(found.found) == [int((np.rint(found.shares * 4) == k).sum()) for k in range(5)]


@pytest.mark.parametrize("shots", [1, 4, 100, 101, 5000, None])
def test_the_picture_of_an_image_has_bars_of_both_digits_and_an_axis_for_all_seeds(shots):
    found = again(shots, 0.5)
    chart = one_image_figure.chart(found, "light")
    first, second, wanted = series_of(chart, "line")[:3]
    for label, bars in enumerate((first, second)):
        heights = [y for _, y in bars["data"] if y not in (0, "-")]
        assert sum(heights) == 2 * (found.answers == label).sum()
        assert all((x > 0.5) == bool(label) or abs(x - 0.5) < 0.03 for x, y in bars["data"] if y not in (0, "-"))
    assert chart["yAxis"]["max"] >= max(y for _, y in [*wanted["data"], [0, 200 if shots is None else 0]])
    assert (chart["xAxis"]["min"] < 0, chart["xAxis"]["max"] > 1) == (True, True)
    lines = next(each["markLine"]["data"] for each in chart["series"] if "markLine" in each)
    assert [line["xAxis"] for line in lines] == [0.5, 0.5]


def test_flips_are_said_beside_the_binomial_expectation():
    found = again(5, 0.45)
    wanted = 200 * more_than_half(0.45, 5)
    error = sqrt(wanted * (1 - wanted / 200))
    said = words.on_image(found)
    flips = int((found.shares > 0.5).sum())
    assert found.flips == flips
    assert f"**{flips} of 200 times**. The expected number is {wanted:.1f} ± {error:.1f} (binomial" in said
    assert "A **7**, number 12" in said
    assert "infinitely many shots predict ● 3, which is wrong" in said
    assert "never vary" in words.on_image(again(None))
    assert f"{200 - flips} predict 3, {flips} predict 7" in words.image_alt(found)


def test_what_it_was_trained_with_is_said():
    assert (
        words.on_training(RunConfig(shots=1), None)
        == "The network was trained with 1 shot per measurement on the `aer` engine."
    )
    said = words.on_training(RunConfig(shots=None, engine="exact"), 1200)
    assert said == (
        "The run uses exact probabilities on the `exact` engine. This page tests its network after step 1,200."
    )


def the_test() -> tuple[np.ndarray, np.ndarray]:
    """θ and labels of the network that comes with hqnn."""
    of_digits = cached.angles("3-7", (3, 7), network_choice.network("3-7").run_file)
    return np.concatenate(of_digits), np.repeat((0, 1), [len(each) for each in of_digits])


def alt(app: AppTest, beginning: str) -> str:
    return next(e.proto.alt for e in app.get("echarts_chart") if e.proto.alt.startswith(beginning))


def htmls(app: AppTest) -> str:
    return "".join(e.proto.body for e in app.get("html"))


def test_the_part_tests_the_whole_set_with_other_shots_than_the_network_was_trained_with():
    app = open_page("test", test_part="Shots", shots_each="2", shots_engine="exact")
    assert not app.exception
    theta, labels = the_test()
    p = (1 + np.sin(theta)) / 2
    r = np.where(labels == 1, p**2, 1 - p**2)
    assert app.metric[1].value == f"{r.mean():.2%} ± {100 * np.sqrt((r * (1 - r)).sum()) / len(r):.2f}"
    measured = float(app.metric[0].value.split("%")[0]) / 100
    assert abs(measured - r.mean()) < 5 * np.sqrt((r * (1 - r)).sum()) / len(r) + 0.0005
    before = [each.value for each in app.metric]
    app.button(key="shots_again").click().run()
    assert app.metric[1].value == before[1]
    assert [each.value for each in app.metric] != before
    app.select_slider(key="shots_each").set_value("exact").run()
    assert not app.exception
    assert app.metric[1].value == f"{((p > 0.5) == labels).mean():.2%}, exactly"
    assert "never vary" in texts(app)


def test_the_most_doubtful_image_comes_first_and_its_answers_flip():
    app = open_page("test", test_part="Shots", shots_each="5", shots_engine="exact")
    theta, labels = the_test()
    p = (1 + np.sin(theta)) / 2
    order = np.argsort(np.abs(p - 0.5), kind="stable")
    threes = int((labels == 0).sum())

    def is_shown(place: int) -> bool:
        image = order[place]
        number = image + 1 - threes * labels[image]
        return f"A **{(3, 7)[labels[image]]}**, number {number:,} among the test images" in texts(
            app
        ) and f"**{p[image]:.4f}**" in texts(app)

    assert is_shown(0)
    wanted = 200 * more_than_half(float(p[order[0]]), 5)
    wanted = min(wanted, 200 - wanted)
    assert f"expected number is {wanted:.1f} ± {sqrt(wanted * (1 - wanted / 200)):.1f}" in texts(app)
    before = alt(app, "Histogram of 200")
    app.button(key="shots_image_again").click().run()
    assert alt(app, "Histogram of 200") != before
    app.button(key="shots_image_next").click().run()
    assert is_shown(1)
    app.button(key="shots_pick_4").click().run()
    assert is_shown(4)
    app.number_input(key="shots_image").set_value(len(p)).run()
    assert is_shown(len(p) - 1)
    assert app.button(key="shots_image_next").disabled
    app.selectbox(key="network").set_value("0-1").run()
    assert not app.exception
    app.button(key="shots_image_back").click().run()
    assert not app.exception


def test_a_study_measures_what_is_expected_and_is_of_its_dials():
    app = open_page("test", test_part="Shots", shots_engine="exact")
    assert "Press the button to measure with 15 numbers of shots." in htmls(app)
    app.button(key="shots_start").click().run()
    wait_until(app, lambda: "Measured in" in htmls(app))
    app.run()  # the picture, which is drawn before the words, may be of the moment before the end
    assert htmls(app).count("<th scope=row>") == len(SHOTS)
    said = alt(app, "Accuracy over shots").split("Measured by shots: ")[1]
    assert [int(part.split(", ")[1].split()[0]) for part in said.rstrip(".").split("; ")] == [repeats(n) for n in SHOTS]
    theta, labels = the_test()
    wanted = expected(theta, labels, SHOTS)
    for place, part in enumerate(said.split("; ")):
        mean, error = part.replace("less than ", "").split(": ")[1].split(",")[0].split("% ± ")
        assert abs(float(mean) - 100 * wanted.accuracy[place]) < 5 * float(error) + 0.03
    app.number_input(key="lab_seed").set_value(3).run()
    assert "It used other control settings. Press “Measure from 1 to 10,000 shots” to measure" in htmls(app)
    assert "Measured by shots" not in alt(app, "Accuracy over shots")


def test_noise_of_the_settings_is_that_of_the_engine_noisy():
    link = {"engine": "noisy", "readout_e1": "0.2", "shots_each": "3"}
    app = open_page("test", test_part="Shots", shots_engine="noisy", **link)
    assert not app.exception
    theta, labels = the_test()
    p = Response.of(Noise(readout_e1=0.2)).probability(theta)
    one = p**3 + 3 * p**2 * (1 - p)
    assert app.metric[1].value.startswith(f"{np.where(labels == 1, one, 1 - one).mean():.2%} ± ")
    assert "No noise is set" not in texts(app)
    app.segmented_control(key="shots_engine").set_value("aer").run()
    ideal = (1 + np.sin(theta)) / 2
    one = ideal**3 + 3 * ideal**2 * (1 - ideal)
    assert app.metric[1].value.startswith(f"{np.where(labels == 1, one, 1 - one).mean():.2%} ± ")
    assert "No noise is set" in texts(open_page("test", test_part="Shots", shots_engine="noisy"))


def test_noise_that_cannot_be_is_answered():
    app = open_page("test", test_part="Shots", shots_engine="noisy", engine="noisy", t1_us="10", t2_us="50")
    assert "t2_us must be at most 2 × t1_us = 20, got 50" in texts(app)
    assert not app.get("echarts_chart")
    app.segmented_control(key="shots_engine").set_value("aer").run()
    assert app.get("echarts_chart")


def test_a_link_that_asks_for_what_is_not_offered_is_answered():
    app = open_page(
        "test", test_part="Shots", shots_each="0", shots_engine="ibm", shots_image="99999", shots_view="<b>"
    )
    said = htmls(app)
    assert "Shots per measurement: the link’s value “0” is not available. Using 100 instead." in said
    assert "Engine: the link’s value “ibm” is not available. Using aer instead." in said
    assert "Image (1 = least certain): the link’s value “99999” is not available. Using 1 instead." in said
    assert "Show: the link’s value “&lt;b&gt;” is not available. Using overall instead." in said
    app.button(key="shots_image_next").click().run()
    assert "the link’s value" not in htmls(app)


def test_each_digit_shows_what_ties_do():
    app = open_page("test", test_part="Shots", shots_view="Each digit", shots_engine="exact")
    theta, labels = the_test()
    p = (1 + np.sin(theta)) / 2
    sevens = p[labels == 1]
    assert f"sevens from {sevens.mean():.1%} to **{(sevens**2).mean():.1%}**" in texts(app)
    assert f"2: threes {1 - (p[labels == 0] ** 2).mean():.2%} and sevens {(sevens**2).mean():.2%}" in alt(
        app, "Accuracy"
    )
