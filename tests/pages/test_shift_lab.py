"""The shift lab: its words, its figures, and the part of the page as Streamlit's test harness runs it."""

import re
from fractions import Fraction
from math import cos, log, pi, sin, sqrt
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from hqnn.circuit.response import Response
from hqnn.circuit.slope_rules import measured_slope
from hqnn.config import Noise
from hqnn.jobs.answer import ClusterError
from hqnn.jobs.study import Study, StudyState
from hqnn.network.shot_loss import measured_loss, slope_factor
from tests.pages.test_pages import wait_until
from tests.waiting import PATIENCE
from ui.gradients.shift import figures, over_shifts, rules, shot_loss_figures, shot_loss_words
from ui.gradients.shift import words as shift_words
from ui.gradients.shift.rules import STYLES, Question, Row
from ui.kit import study_bar
from ui.kit.angles import in_pi
from ui.kit.ink import INKS
from ui.session import cached

ROOT = Path(__file__).parents[2]
HERE = Question(pi / 4, 3 * pi / 4, "3π/4", 100)


def question(theta: float, sixteenths: int, shots: int = 100, response: Response | None = None) -> Question:
    shift = Fraction(sixteenths, 16)
    return Question(theta, float(shift) * pi, in_pi(shift), shots, response or Response())


def points_of(asked: Question, repeats: int = 50) -> np.ndarray:
    p = (1 + np.sin(asked.theta + asked.shift * np.array([-1, 0, 1]))) / 2
    return np.random.default_rng(0).binomial(asked.shots, p, (repeats, 3)) / asked.shots


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        (Fraction(0), "0"),
        (Fraction(1), "π"),
        (Fraction(-1), "−π"),
        (Fraction(3, 4), "3π/4"),
        (Fraction(-1, 2), "−π/2"),
        (Fraction(5, 4), "5π/4"),
    ],
)
def test_multiples_of_pi_in_words(turns, words):
    assert in_pi(turns) == words


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            question(pi / 4, 12),
            [
                "At s = 3π/4 the raw difference is **1.41 times** the true slope. The parameter-shift rule divides by "
                "2 sin s = 1.41 and gives the true slope. The central difference divides by 2s = 4.71 and gives "
                "0.30 times the true slope.",
                "With 100 shots per point, the parameter-shift estimate has a standard deviation (SD) of **0.0354**. "
                "For the same noise, s = 3π/4 needs **2.0×** the shots of s = π/2.",
            ],
        ),
        (
            question(0, 8, 1),
            [
                "At s = π/2 the raw difference is **2.00 times** the true slope. The parameter-shift rule divides by "
                "2 sin s = 2.00 and gives the true slope. The central difference divides by 2s = 3.14 and gives "
                "0.64 times the true slope.",
                "With 1 shot per point, the parameter-shift estimate has no shot noise here: at both angles every shot "
                "gives the same outcome.",
            ],
        ),
        (
            question(0.0, 16),
            [
                "At s = π the raw difference is **0.00 times** the true slope. The parameter-shift rule is undefined "
                "there. The central difference divides by 2s = 6.28 and gives 0.00 times the true slope.",
            ],
        ),
        (
            question(pi / 4, 20),
            [
                "At s = 5π/4 the raw difference is **−1.41 times** the true slope, with the **wrong sign**. The "
                "parameter-shift rule divides by 2 sin s = −1.41 and gives the true slope. The central difference "
                "divides by 2s = 7.85 and gives −0.18 times the true slope.",
                "With 100 shots per point, the parameter-shift estimate has a standard deviation (SD) of **0.0354**. "
                "For the same noise, s = 5π/4 needs **2.0×** the shots of s = π/2.",
            ],
        ),
        (
            question(pi / 2, 8),
            [
                "The true slope is 0 here, so ratios are not shown. At s = π/2 the forward difference gives "
                "**−0.318** on average.",
                "With 100 shots per point, the parameter-shift estimate has a standard deviation (SD) of **0.0354**. "
                "Half of it takes four times the shots.",
            ],
        ),
        (
            question(pi / 4, 4, response=Response.of(Noise(depolarizing_1q=1))),
            [
                "The true slope is 0 here, so ratios are not shown. At s = π/4 the forward difference also gives "
                "**0.000** on average.",
                "With 100 shots per point, the parameter-shift estimate has a standard deviation (SD) of **0.0500**. "
                "For the same noise, s = π/4 needs **2.0×** the shots of s = π/2.",
            ],
        ),
    ],
    ids=["3π/4", "certain", "undefined", "wrong sign", "flat", "nothing left"],
)
def test_sentences_follow_the_numbers(asked, said):
    assert [each.replace("\N{NO-BREAK SPACE}", " ") for each in shift_words.sentences(asked)] == said


def test_the_shots_that_a_shift_needs_are_those_of_the_closed_form():
    """Variance at s over that at π/2, at an angle where neither is special."""
    theta, shift = 0.6, 5 * pi / 16
    at = [(cos(theta + s) ** 2 + cos(theta - s) ** 2) / sin(s) ** 2 for s in (shift, pi / 2)]
    assert f"needs **{at[0] / at[1]:.1f}×** the shots" in shift_words.sentences(question(theta, 5))[1]


def test_a_shift_that_needs_the_same_shots_is_said_so():
    """Where cos²θ is ½, the closed form's variance is 1/(16 N sin²s): the ratio is near 1 at 7π/16."""
    said = shift_words.sentences(question(pi / 4, 7))[1].replace("\N{NO-BREAK SPACE}", " ")
    assert "For the same noise, s = 7π/16 needs **as many** shots as s = π/2." in said


@pytest.mark.parametrize("degrees", [0, 180, -180])
def test_certain_points_have_no_shot_noise_and_others_are_told_where_they_would_have_none(degrees):
    theta = degrees * pi / 180
    assert "has no shot noise here" in shift_words.sentences(question(theta, 8))[1]
    other = shift_words.sentences(question(theta, 7))[1].replace("\N{NO-BREAK SPACE}", " ")
    assert ". At s = π/2 it would have no shot noise: at both angles" in other.replace("**.", ".")


@pytest.mark.parametrize("theta", [pi / 2, -pi / 2])
def test_where_the_slope_is_zero_no_ratio_is_given(theta):
    asked = question(theta, 4)
    rows = rules.answers(asked, points_of(asked))
    assert [row.ratio for row in rows] == [None] * 4
    expected = (sin(theta + pi / 4) - sin(theta)) / 2 / (pi / 4)
    said = {row.rule: rules.verdict(row) for row in rows}
    assert said["parameter-shift"] == said["central"] == said["published"] == (True, "none")
    assert said["forward"] == (False, f"{expected:.3f} instead of 0".replace("-", "−"))
    assert "1.00" not in rules.table(asked, rows)


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (1.0, (True, "none")),
        (2.0, (False, "100% too large")),
        (0.3, (False, "70% too small")),
        (0.001, (False, "always 0")),
        (-1.41, (False, "wrong sign")),
    ],
)
def test_verdicts(ratio, said):
    measured = measured_slope(points_of(HERE), HERE.theta, HERE.shift, 100, "published")
    assert rules.verdict(Row("published", 0.3, 0.1, ratio, measured)) == said


def test_the_table_has_every_number():
    asked = question(pi / 4, 12)
    points = points_of(asked)
    table = rules.table(asked, rules.answers(asked, points))
    slopes = points[:, 2] - points[:, 0]
    slope, spread = cos(pi / 4) / 2, slopes.std(ddof=1)
    assert "± is one standard error of the mean: expected SD ÷ √repeats." in table
    expected = sqrt((cos(pi) ** 2 + cos(-pi / 2) ** 2) / (4 * 100))
    lines = re.findall(r"<tr>.*?</tr>", table)
    published = next(line for line in lines if "Raw difference" in line)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", published)
    assert cells[:5] == [
        f"{slopes.mean():.4f} ± {expected / sqrt(50):.4f}",
        f"{spread:.4f}",
        f"{expected:.4f}",
        f"{2 * sin(3 * pi / 4) * slope:.4f}",
        "1.41",
    ]
    assert "✗ 41% too large" in cells[5]
    assert f">{slope:.4f}<" in next(line for line in lines if "True slope" in line)
    assert "✓ none" in next(line for line in lines if "Parameter-shift rule" in line)


def test_an_undefined_rule_is_said_in_the_table_and_the_others_are_shown():
    asked = question(0.3, 16)
    rows = rules.answers(asked, points_of(asked))
    assert [row.rule for row in rows] == ["published", "forward", "central"]
    assert rules.refusal(asked.shift) == (
        "shift must have |sin(shift)| of at least 0.01, because the parameter-shift rule divides by it, "
        "got 3.14159 (sine 1.2e-16)"
    )
    table = rules.table(asked, rows)
    assert "undefined</b> at s = π (division by almost 0)" in table
    assert "sine 1.2e-16" not in table
    assert rules.refusal(3.0) is None


def test_one_repeat_has_no_standard_deviation():
    assert "needs 2 repeats" in rules.table(HERE, rules.answers(HERE, points_of(HERE, 1)))


def test_rules_are_told_apart_by_colour_dash_and_mark():
    for part in ("mark", "name", "label", "formula"):
        assert len({getattr(style, part) for style in STYLES.values()}) == len(STYLES)
    for theme in INKS:
        assert len({style.colors[theme] for style in STYLES.values()}) == len(STYLES)
    assert len({str(style.dash) for style in STYLES.values()}) == len(STYLES)
    assert len({(style.symbol, style.turned) for style in STYLES.values()}) == len(STYLES)


def series_of(option, kind):
    return [series for series in option["series"] if series["type"] == kind]


@pytest.mark.parametrize("theme", INKS)
def test_the_curve_has_the_measured_points_with_their_standard_errors(theme):
    asked, points = question(0.5, 4, 50), np.array([0.4, 0.7, 0.9])
    option = figures.curve_chart(asked, points, theme)
    curve, tangent, secant, bars = series_of(option, "line")
    places = 0.5 + pi / 4 * np.array([-1, 0, 1])
    for x, y in curve["data"][::20]:
        assert y == pytest.approx((1 + sin(pi * x)) / 2, abs=1e-4)
    (x0, y0), (x1, y1) = tangent["data"]
    assert (y1 - y0) / (pi * (x1 - x0)) == pytest.approx(cos(0.5) / 2, abs=1e-3)
    np.testing.assert_allclose(secant["data"], [[places[0] / pi, 0.4], [places[2] / pi, 0.9]], atol=1e-4)
    exact = (1 + np.sin(places)) / 2
    for place, (low, high) in enumerate(zip(bars["data"][::3], bars["data"][1::3], strict=True)):
        assert low[0] == high[0] == pytest.approx(places[place] / pi, abs=1e-4)
        error = sqrt(exact[place] * (1 - exact[place]) / 50)
        np.testing.assert_allclose([low[1], high[1]], points[place] + [-error, error], atol=1e-4)
    dots = series_of(option, "scatter")[0]
    np.testing.assert_allclose([dot["value"][1] for dot in dots["data"]], points)


def test_the_rules_picture_has_measured_and_expected_scatter():
    asked = question(pi / 4, 12)
    rows = rules.answers(asked, points_of(asked))
    option = figures.rules_chart(asked, rows, "light")
    bars = series_of(option, "line")[:-1]
    for row, measured, expected in zip(rows, bars[::2], bars[1::2], strict=True):
        for bar, middle, reach in (
            (measured, row.measured.mean, row.measured.deviation),
            (expected, row.expected, row.deviation),
        ):
            ends = [each["value"][0] for each in bar["data"]]
            np.testing.assert_allclose(ends, [middle - reach, middle, middle + reach], atol=1e-4)
            assert [each.get("symbol") for each in bar["data"]] == [None, "circle", None]
    assert option["series"][-1]["markLine"]["data"][0]["xAxis"] == pytest.approx(cos(pi / 4) / 2, abs=1e-4)


def test_what_lies_beyond_the_picture_has_an_arrow_at_its_edge():
    asked = question(0.0, 1, 1)
    rows = rules.answers(asked, np.array([[0.0, 0.0, 1.0]]))
    option = figures.rules_chart(asked, rows, "light")
    marks = [[x for x, _ in s["data"]] for s in series_of(option, "scatter") if s["symbolSize"] == 12]
    assert marks == [[1.0], [], [], []]
    arrow = {"symbol": "triangle", "symbolRotate": -90, "symbolSize": 12}
    bar, expected = series_of(option, "line")[2:4]
    reach = sqrt(2 * cos(pi / 16) ** 2 / 16) / sin(pi / 16)
    assert bar["data"] == [
        {"value": [pytest.approx(1 / (2 * sin(pi / 16)) - reach, abs=1e-4), 1.56]},
        arrow | {"value": [1.25, 1.56]},
    ]
    assert expected["data"][0] | {"value": None} == arrow | {"value": None, "symbolRotate": 90}
    assert expected["data"][1]["value"] == [pytest.approx(0.5, abs=1e-4), 1.8]
    assert expected["data"][2] == arrow | {"value": [1.25, 1.8]}
    assert 0.5 - reach < -1.25
    words = [s["label"]["formatter"] for s in series_of(option, "scatter") if "fontWeight" in s.get("label", {})]
    assert words[1].startswith(f"▲ Parameter-shift rule: {1 / (2 * sin(pi / 16)):.3f} ± ")
    assert [each[-1] == "→" for each in words] == [False, True, True, True]
    more_shots = question(0.0, 1, 10_000)  # the whole bar lies beyond
    option = figures.rules_chart(more_shots, rules.answers(more_shots, np.array([[1.0, 0.0, 0.0]])), "light")
    assert series_of(option, "line")[2]["data"] == [arrow | {"value": [-1.25, 1.56], "symbolRotate": 90}] * 2


def labels_of(asked, points):
    dots = series_of(figures.curve_chart(asked, np.array(points), "light"), "scatter")[0]
    return [each["label"] for each in dots["data"]]


def test_names_of_points_keep_clear_of_the_axis_the_curve_and_each_other():
    at_the_bottom = labels_of(question(-pi / 2, 1), [0.01, 0.0, 0.01])
    assert [each["position"] for each in at_the_bottom] == ["top"] * 3
    assert [each["align"] for each in at_the_bottom] == ["right", "center", "left"]
    assert [each["distance"] for each in at_the_bottom] == [10, 28, 10]
    assert labels_of(question(-pi / 4, 4), [0.0, 0.1, 0.5])[0]["align"] == "center"
    assert [each["position"] for each in labels_of(question(pi / 2, 12), [0.2, 1.0, 0.2])] == [
        "left",
        "bottom",
        "right",
    ]
    assert [each["position"] for each in labels_of(question(0.0, 8), [0.0, 0.5, 1.0])] == ["top", "right", "bottom"]
    assert [each["position"] for each in labels_of(question(0.0, 2, 1), [0.0, 1.0, 1.0])] == ["top", "bottom", "bottom"]


def test_a_name_at_the_end_of_the_picture_reaches_inwards():
    assert labels_of(question(pi, 20), [0.8, 0.5, 0.2])[2]["position"] == "left"
    assert labels_of(question(-pi, 20), [0.8, 0.5, 0.2])[0]["position"] == "right"


def test_an_axis_of_more_than_two_turns_of_pi_has_a_number_at_every_pi():
    series = figures.curve_chart(HERE, np.full(3, 0.5), "light")["series"]
    assert [each["label"]["formatter"] for each in series[-2]["data"]] == ["−2π", "−π", "0", "π", "2π"]


def test_the_rules_names_stand_before_the_line_of_the_true_slope():
    option = figures.rules_chart(HERE, rules.answers(HERE, points_of(HERE)), "dark")
    names = [s for s in series_of(option, "scatter") if "backgroundColor" in s.get("label", {})]
    assert len(names) == len(STYLES)
    assert min(each["z"] for each in names) > 5  # ECharts' own for a marked line


@pytest.mark.parametrize(
    ("chart", "of_line"),
    [
        (over_shifts.slopes_chart, lambda s: sin(s) * cos(0.7)),
        (over_shifts.noise_chart, lambda s: sqrt((cos(0.7 + s) ** 2 + cos(0.7 - s) ** 2) / 400)),
    ],
)
def test_lines_over_the_shift_are_the_closed_forms_and_the_study_lies_on_them(chart, of_line):
    asked = question(0.7, 8)
    study = {s: {"published": measured_slope(points_of(question(0.7, n)), 0.7, s, 100, "published")}
             for n, s in ((4, pi / 4), (8, pi / 2))}  # fmt: skip
    published, _, corrected = series_of(option := chart(asked, study, "dark"), "line")[:3]
    for x, y in published["data"]:
        assert y == pytest.approx(of_line(pi * x), rel=1e-3, abs=1e-4)
    assert [y for x, y in corrected["data"] if abs(x - 1) < 0.003] == ["-"]
    assert [each["label"]["formatter"] for each in option["series"][-1]["data"]] == [
        each.name for each in STYLES.values()
    ]
    marks = next(s for s in series_of(option, "scatter") if s["data"])
    assert [x for x, _ in marks["data"]] == [0.25, 0.5]
    here = next(s for s in option["series"] if "markLine" in s)
    assert here["markLine"]["data"][0]["xAxis"] == 0.5
    assert here["markLine"]["label"]["formatter"] == "s = π/2"


@pytest.mark.parametrize("values", [[0.3, 0.3, 0.3, 0.3], [1.2, 1.21, -1.25, 0.0], [-1.25, -1.25, -1.24, -1.2]])
def test_names_at_the_lines_ends_do_not_overlap_and_stay_in_order(values):
    placed = over_shifts.apart(values, -1.25, 1.25)
    ordered = [placed[index] for index in sorted(range(4), key=values.__getitem__)]
    assert min(np.diff(ordered)) > 2.5 * 14 / over_shifts.HEIGHT
    assert -1.25 <= min(placed) <= max(placed) <= 1.25
    assert max(abs(np.subtract(placed, values))) < 0.5


def test_names_whose_lines_lie_apart_stand_at_their_ends():
    assert over_shifts.apart([0.9, -0.5, 0.0, 0.4], -1.25, 1.25) == [0.9, -0.5, 0.0, 0.4]


def test_axes_stay_while_dials_move():
    def axes(asked):
        points = points_of(asked)
        rows = rules.answers(asked, points)
        options = (
            figures.curve_chart(asked, points[0], "light"),
            figures.rules_chart(asked, rows, "light"),
            over_shifts.slopes_chart(asked, {}, "light"),
            over_shifts.noise_chart(asked, {}, "light"),
            shot_loss_figures.loss_chart(points[0, 1], asked.shots, "light"),
            shot_loss_figures.factor_chart(points[0, 1], asked.shots, "light"),
        )
        return [(option["xAxis"], option["yAxis"], option["grid"]) for option in options]

    noisy = Response.of(Noise(readout_e1=0.2))
    assert axes(question(0.1, 3)) == axes(question(-3.0, 20, 100_000)) == axes(question(2.0, 16, 1, noisy))


@pytest.mark.parametrize("shots", [1, 10, 10_000])
@pytest.mark.parametrize("theme", INKS)
def test_the_loss_with_few_shots_is_drawn_beside_the_exact_one_in_a_band(shots, theme):
    low, high, mean, exact = series_of(shot_loss_figures.loss_chart(0.25, shots, theme), "line")[:4]
    p, means = np.array(mean["data"]).T
    wanted = measured_loss(p, shots)
    np.testing.assert_allclose(means, wanted.mean, rtol=1e-4)
    np.testing.assert_allclose(exact["data"], np.stack([p, -np.log(p)], 1), rtol=1e-4, atol=1e-5)
    edges = np.array(low["data"])[:, 1], np.array(low["data"])[:, 1] + np.array(high["data"])[:, 1]
    np.testing.assert_allclose(edges[0], np.maximum(wanted.mean - wanted.deviation, 0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(edges[1], np.minimum(wanted.mean + wanted.deviation, 8), rtol=1e-4)
    assert (p[0], p[-1]) == (0.001, 1)


def test_the_gradient_with_few_shots_is_drawn_as_a_multiple_of_the_exact_one():
    option = shot_loss_figures.factor_chart(0.25, 10, "dark")
    mean, exact, here = series_of(option, "line")
    p, means = np.array(mean["data"]).T
    np.testing.assert_allclose(means, slope_factor(p, 10).mean, rtol=1e-4)
    assert {y for _, y in exact["data"]} == {1}
    assert option["legend"]["data"] == [mean["name"], exact["name"]] == ["mean with 10 shots", "exact"]
    assert here["markLine"]["data"] == [{"xAxis": 0.25}]
    assert here["markLine"]["label"]["formatter"] == "p = 0.250"


@pytest.mark.parametrize("shots", [1, 2, 10, 100, 1000, 100_000])
def test_the_loss_with_few_shots_and_its_gradient_fit_their_axes(shots):
    loss, factor = shot_loss_figures.lines(shots)
    assert max(loss.mean.max(), -log(shot_loss_figures.LEAST)) < shot_loss_figures.LOSSES[-1]
    assert factor.mean.max() < shot_loss_figures.FACTORS[-1]


@pytest.mark.parametrize(
    ("p", "at", "name", "side"),
    [(0.0, 0.001, "p < 0.001", "left"), (0.05, 0.05, "p = 0.050", "center"), (1.0, 1.0, "p = 1.000", "right")],
)
def test_the_name_of_p_stays_in_the_picture(p, at, name, side):
    line = shot_loss_figures.loss_chart(p, 10, "light")["series"][4]["markLine"]
    assert line["data"] == [{"xAxis": at}]
    assert (line["label"]["formatter"], line["label"]["align"]) == (name, side)


def test_the_loss_with_few_shots_in_words():
    said = shot_loss_words.sentences(0.2, 10).replace("\N{NO-BREAK SPACE}", " ")
    assert f"has p = P(1) = **0.200**, and its exact loss is **{-log(0.2):.3f}**" in said
    loss = measured_loss(0.2, 10)
    assert f"With 10 shots the measured loss is **{loss.mean:.3f} ± {loss.deviation:.3f}**" in said
    assert "On average its gradient is **1.46 times** the exact one" in said
    assert "exact loss is **∞**" in shot_loss_words.sentences(0.0, 1)
    assert "With 1 shot the measured loss is **0.693\N{NO-BREAK SPACE}±" in shot_loss_words.sentences(0.0, 1)
    assert "its exact loss is **0.000**" in shot_loss_words.sentences(1.0, 1)
    alt = shot_loss_words.factor_alt(0.2, 10)
    assert "divided by the exact one, over p. It is largest, 1.4" in alt
    assert alt.endswith("At p = 0.200 it is 1.46.")
    assert f"At p = 0.200: exact {-log(0.2):.3f}, measured" in shot_loss_words.loss_alt(0.2, 10)


class Pretended(Study):
    """A study in any state."""

    def __init__(self, state: StudyState, done: int, error: str | None = None, *, alone: bool = False) -> None:
        self._state, self.error, self.alone = state, error, alone
        self._parts, self._results = ((),) * 30, [0] * done

    @property
    def seconds(self) -> float:
        return 4.2


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (None, "The lines show what the rules should give. Nothing has been measured yet at the 30 shifts."),
        (Pretended(StudyState.RUNNING, 0), "Measuring: 0 of 30 parts."),
        (Pretended(StudyState.RUNNING, 10), "Measuring: 10 of 30 parts, about 8 s left."),
        (Pretended(StudyState.FINISHED, 30), "Measured in 4.2 s: 30 of 30 parts."),
        (Pretended(StudyState.STOPPED, 7), "Stopped after 7 of 30 parts. The parts measured so far are kept."),
        (
            Pretended(StudyState.STOPPED, 7, alone=True),
            "Stopped because no page showed it for a minute after 7 of 30 parts. The parts measured so far are kept.",
        ),
        (Pretended(StudyState.FAILED, 2, "It broke."), "Failed after 2 of 30 parts: It broke."),
    ],
    ids=["none", "begun", "running", "finished", "stopped", "alone", "failed"],
)
def test_what_a_study_does_is_said(study, said):
    assert study_bar.study_words(study, mine=True, idle=shift_words.IDLE, button=shift_words.BUTTON) == said
    if study is not None:
        assert study_bar.study_words(study, mine=False, idle=shift_words.IDLE, button=shift_words.BUTTON).startswith(
            said
        )
        said = study_bar.study_words(study, mine=False, idle=shift_words.IDLE, button=shift_words.BUTTON)
        assert "It used other control settings. " in said
        assert f"ress “{shift_words.BUTTON}” to measure with the present ones." in said
        assert ("Stop it, then press" in said) == study.running


def test_long_studies_say_their_time_in_minutes(monkeypatch):
    monkeypatch.setattr(Pretended, "seconds", 100.0)
    said = study_bar.study_words(
        Pretended(StudyState.RUNNING, 10), mine=True, idle=shift_words.IDLE, button=shift_words.BUTTON
    )
    assert said == "Measuring: 10 of 30 parts, about 3 min left."


def test_repeats_that_do_not_fit_are_said():
    assert "this chart uses 3 of the 1,000 repeats" in shift_words.words_on_repeats(3, 1000, 100_000)
    assert shift_words.words_on_repeats(1, 1, 1).startswith("One measurement with 1 shot per point.")
    assert "To stay fast" not in shift_words.words_on_repeats(100, 100, 100)


def open_lab(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    app.switch_page("pages/gradients.py").run()
    assert not app.exception
    return app


def table_of(app: AppTest) -> str:
    return next(e.proto.body for e in app.get("html") if 'class="rules"' in e.proto.body)


def status_of(app: AppTest) -> str:
    return next(e.proto.body for e in app.get("html") if 'role="status"' in e.proto.body)


def pictured(app: AppTest, beginning: str) -> str:
    """The alt text of a picture."""
    return next(e.proto.alt for e in app.get("echarts_chart") if e.proto.alt.startswith(beginning))


def texts(app: AppTest) -> str:
    said = "\n".join(str(element.value) for kind in (app.markdown, app.caption, app.warning) for element in kind)
    return said.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.usefixtures("dashboard_here")
class TestThePart:
    def test_dials_change_the_table_and_the_words(self):
        app = open_lab()
        assert "At s = 3π/4 the raw difference is **1.41 times** the true slope" in texts(app)
        before = table_of(app)
        app.select_slider(key="lab_shift").set_value(Fraction(1, 2)).run()
        assert "At s = π/2 the raw difference is **2.00 times** the true slope" in texts(app)
        assert table_of(app) != before
        assert "✗ 100% too large" in table_of(app)

    def test_the_mean_lies_within_five_standard_errors_of_what_is_expected(self):
        app = open_lab(repeats="200", lab_shots="1000", theta="30")
        expected = cos(pi / 6) / 2
        line = next(each for each in re.findall(r"<tr>.*?</tr>", table_of(app)) if "Parameter-shift rule" in each)
        mean, error = map(float, re.findall(r">([\d.]+) ± ([\d.]+)<", line)[0])
        assert error > 0
        assert mean == pytest.approx(expected, abs=5 * error + 5e-5)

    def test_the_same_seed_gives_the_same_and_measuring_again_other_shots(self):
        app, other = open_lab(), open_lab()
        assert table_of(app) == table_of(other)
        app.button(key="measure_slopes").click().run()
        assert table_of(app) != table_of(other)
        other.number_input(key="lab_seed").set_value(5).run()
        assert table_of(other) not in (table_of(app), table_of(open_lab()))

    def test_a_shift_without_a_sine_is_refused_and_the_others_are_shown(self):
        app = open_lab(lab_shift="π")
        assert (
            "The parameter-shift rule is undefined here: shift must have |sin(shift)| of at least 0.01"
            in app.warning[0].value
        )
        assert table_of(app).count('class="rule ') == 4
        assert "✗ undefined" in table_of(app)
        assert "sine 1.2e-16" not in table_of(app)
        assert "✗ always 0" in table_of(app)

    def test_noise_flattens_the_slope(self):
        noise = Noise(readout_e1=0.2)
        app = open_lab(engine="noisy", readout_e1="0.2", theta="0")
        assert f">{Response.of(noise).sine:.4f}<" in table_of(app)
        assert "of the noisy curve" in table_of(app)

    def test_the_shots_and_the_noise_change_the_loss_with_few_shots(self):
        app = open_lab(theta="-30", lab_shots="10")
        assert f"With 10 shots the measured loss is **{measured_loss(0.25, 10).mean:.3f} ± " in texts(app)
        assert f"**{slope_factor(0.25, 10).mean:.2f} times** the exact one" in texts(app)
        pictures = [pictured(app, beginning) for beginning in ("Loss −log p over p", "Mean gradient of the loss")]
        app.select_slider(key="lab_shots").set_value(1000).run()
        assert f"With 1,000 shots the measured loss is **{measured_loss(0.25, 1000).mean:.3f} ± " in texts(app)
        assert pictured(app, "Loss −log p over p") != pictures[0]
        assert pictured(app, "Mean gradient of the loss") != pictures[1]
        noisy = open_lab(engine="noisy", readout_e1="0.2", theta="90")
        assert "has p = P(1) = **0.800**" in texts(noisy)

    def test_a_study_runs_to_its_end_and_other_dials_are_said(self):
        app = open_lab(repeats="10")
        app.button(key="start_study").click().run()
        wait_until(app, lambda: "Measured in" in status_of(app))
        app.run()  # the picture, which is drawn before the words, may be of the moment before the end
        assert "30 of 30 parts" in status_of(app)
        assert app.button(key="start_study").disabled
        points = pictured(app, "Slope over")
        assert "Measured at 30 shifts" in points
        app.button(key="measure_slopes").click().run()
        assert "other control settings" not in status_of(app)
        assert app.button(key="start_study").disabled
        assert pictured(app, "Slope over") == points
        app.slider(key="theta").set_value(0).run()
        assert "other control settings" in status_of(app)
        assert not app.button(key="start_study").disabled
        app.switch_page("pages/data.py").run()
        app.switch_page("pages/gradients.py").run()
        assert "Measured in" in status_of(app)

    def test_with_noise_that_cannot_be_the_dials_stay_and_one_message_says_why(self):
        app = open_lab(engine="noisy", t1_us="1", t2_us="1000")
        assert [each.value for each in app.warning] == ["t2_us must be at most 2 × t1_us = 2, got 1000"]
        assert not app.error
        assert {"lab_shift", "lab_shots", "repeats"} <= {each.key for each in app.select_slider}
        assert app.button(key="measure_slopes")
        assert not any('class="rules"' in e.proto.body for e in app.get("html"))
        app.select_slider(key="t2_us").set_value(2).run()
        assert table_of(app)

    def test_a_study_can_be_stopped_and_keeps_what_it_has(self):
        app = open_lab(repeats="1000", lab_shots="10000")
        app.button(key="start_study").click().run()
        wait_until(app, lambda: re.search(r"Measuring: [1-9]", status_of(app)))
        app.button(key="stop_study").click().run()
        assert re.search(r"Stopped after [1-9]\d* of \d+ parts\. The parts measured so far are kept", status_of(app))
        assert any(button.key == "start_study" for button in app.button)

    def test_workers_that_are_not_there_are_said(self, monkeypatch):
        def lost(*_arguments):
            raise ClusterError("The scheduler of the workers is lost.")

        monkeypatch.setattr(cached.jobs().cluster, "ask", lost)
        assert open_lab(theta="77").error[0].value == "The scheduler of the workers is lost."
