"""The Circuit vs classical tab: its figures and words against hand computations, and the page with real runs."""

from statistics import fmean, stdev

import pytest
from scipy.stats import ttest_rel

from hqnn.config import HEADS, RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.ablation import compare
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import usual_path
from tests.hqnn.sweeps.test_ablation import BASE, CONFIG, NOISE, results
from tests.pages.test_pages import open_page, texts, wait_until
from ui.explore.ablation import controls, figures, words

pytestmark = pytest.mark.usefixtures("dashboard_here")

#: Five seeds of a training that takes no time.
TINY = {
    "explore_part": "Swap test",
    "swap_settings": controls.BESIDE,
    "swap_seeds": "5",
    "n_train": "10",
    "n_test": "10",
    "epochs": "1",
    "engine": "exact",
}
SINE = BASE - 0.003 + NOISE
FOUND = compare(results(circuit=BASE, sigmoid=BASE, sine=SINE, linear=BASE[:1] - 0.2), CONFIG, range(5))


def named(chart, name):
    return next(each for each in chart["series"] if each.get("name") == name)


def htmls(app):
    return "".join(e.proto.body for e in app.get("html"))


def alt(app, beginning):
    return next(e.proto.alt for e in app.get("echarts_chart") if e.proto.alt.startswith(beginning))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_curves_are_means_with_students_bands(theme):
    chart = figures.curves_chart(FOUND.heads, 2, theme)
    half = 2.776445 * stdev(BASE / 2) / 5**0.5  # t(0.975, 4)
    mean = fmean(BASE / 2)
    assert named(chart, "circuit")["data"] == [[1, pytest.approx(100 * mean, rel=1e-5)], [2, pytest.approx(97.5)]]
    low, width = [each["data"] for each in chart["series"] if each.get("stack") == "circuit"]
    assert low[0] == [1, pytest.approx(100 * (mean - half), rel=1e-5)]
    assert low[0][1] + width[0][1] == pytest.approx(100 * (mean + half), rel=1e-5)
    assert [each["data"] for each in chart["series"] if each.get("stack") == "linear"] == [[], []]
    assert named(chart, "linear")["data"] == [[1, pytest.approx(38.5)], [2, pytest.approx(77)]]
    assert (chart["yAxis"]["min"], chart["yAxis"]["max"], chart["xAxis"]["max"]) == (20, 100, 2)
    assert chart["legend"]["data"] == ["circuit", "sigmoid", "noiseless sine", "linear"]


def test_the_axes_are_there_before_the_first_training_and_have_room_for_every_seed():
    nothing = compare({}, CONFIG, range(5))
    assert figures.curves_chart(nothing.heads, 7, "light")["yAxis"]["min"] == 90
    assert figures.curves_chart(nothing.heads, 7, "light")["xAxis"]["max"] == 7
    empty, full = (figures.differences_chart(each.differences, "light") for each in (nothing, FOUND))
    assert (empty["xAxis"]["max"], full["xAxis"]["min"], full["xAxis"]["max"]) == (1, -20, 20)
    assert words.curves_alt(nothing).startswith("Empty axes")
    assert "Press the button under the charts" in words.verdict(nothing)
    assert words.differences_alt(nothing).endswith(
        "sigmoid no pair yet; noiseless sine no pair yet; linear no pair yet."
    )


def test_every_seed_is_a_dot_and_the_mean_has_its_interval():
    chart = figures.differences_chart(FOUND.differences, "dark")
    interval = ttest_rel(BASE, SINE).confidence_interval(1 - 0.05 / 3)
    dots = [each["data"] for each in chart["series"] if each.get("symbolSize") == 8]
    assert [x for x, _ in dots[1]] == pytest.approx(list(100 * (BASE - SINE)))
    assert all(1 < y < 2 for _, y in dots[1])
    assert len({y for _, y in dots[0]}) == 5  # equal differences lie beside each other
    means = [each["data"][0][0] for each in chart["series"] if each.get("symbolSize") == 12]
    assert means == pytest.approx([0, 0.3, 20])
    bars = [each["data"] for each in chart["series"] if each.get("symbolSize") == [3, 18]]
    assert [x for x, _ in bars[1]] == pytest.approx([100 * interval.low, 100 * interval.high], rel=1e-5)
    assert len(bars) == 2  # none of the linear's one pair
    said = f"{100 * (BASE - SINE).mean():+.2f} ({100 * interval.low:+.2f} to {100 * interval.high:+.2f})"
    assert figures.said(FOUND.differences[1]) == said
    assert f"noiseless sine {said}, 5 higher, 0 lower, 0 equal of 5" in words.differences_alt(FOUND)
    assert figures.points(-0.0031) == "−0.31"


def test_the_table_has_ratios_of_times_and_counts():
    table = words.table(FOUND)
    assert table.count("<th scope=row>") == len(HEADS)
    assert table.count("1.00\u00a0s, 1.00\u00a0×") == 3
    assert '<td data-head="seeds: circuit higher, lower, equal">5, 0, 0</td>' in table
    assert '<td data-head="seeds: circuit higher, lower, equal">0, 0, 5</td>' in table
    assert "compare times only on an idle machine" in table


def test_the_verdict_begins_with_its_conclusion():
    assert words.verdict(FOUND).startswith("<strong>No verdict yet.</strong><p>So far, 1 of 5 seeds")
    found = compare(results(CONFIG, **dict.fromkeys(HEADS, BASE)), CONFIG, range(5))
    assert words.verdict(found).startswith("<strong>This test shows no benefit from the circuit.</strong>")
    stuck = compare(results(CONFIG, **dict.fromkeys(HEADS, BASE * 0 + 0.5)), CONFIG, range(5))
    assert "Stuck runs are included: circuit 5, sigmoid 5" in words.verdict(stuck)


def test_the_question_is_that_of_the_command():
    recommended = controls.header(controls.RECOMMENDED, 20, RunConfig(digits=(0, 1), epochs=3, seed=4))
    assert recommended == experiments.swap(RunConfig(digits=(0, 1), n_test=None), range(20))
    beside = RunConfig(digits=(0, 1), epochs=3, seed=4)
    assert controls.header(controls.BESIDE, 2, beside) == experiments.swap(beside, (4, 5))
    assert "all test images with exact probabilities" in words.question(recommended.config, 20)


def test_it_is_trained_compared_and_kept():
    app = open_page("explore", **TINY)
    assert not app.exception
    assert "No verdict yet." in htmls(app)
    app.button(key="swap_start").click().run()
    wait_until(app, lambda: "All 20 runs are finished." in htmls(app))
    config = RunConfig(n_train=10, n_test=10, epochs=1, engine="exact")
    header = experiments.swap(config, range(5))
    found = compare(Results.read(usual_path(header)).have, config, range(5))
    assert found.conclusion is not None
    assert f"<strong>{found.conclusion}</strong>" in htmls(app)
    assert alt(app, "Circuit − replacement") == words.differences_alt(found)
    assert htmls(app).count("<th scope=row>") == len(HEADS)


def test_a_device_and_what_is_not_offered_are_answered():
    app = open_page("explore", **(TINY | {"engine": "ibm", "swap_seeds": "1"}))
    assert "engine must be a simulator" in texts(app)
    assert not app.get("echarts_chart")
    assert "Seeds: the link’s value “1” is not available. Using 20 instead." in htmls(app)
