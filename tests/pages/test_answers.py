"""The test bench: what is ordered, counted, said and drawn of all answers, and its pages in Streamlit's harness."""

import csv
import io
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from hqnn.config import TEST_COUNTS, RunConfig
from hqnn.jobs.job import Job
from hqnn.network.training import train
from hqnn.records import Evaluation
from hqnn.runs import Run, to_bytes
from hqnn.states import State
from tests.pages.test_pages import open_page, put_there, texts
from ui.kit.ink import DIGIT_INKS
from ui.session import cached, network_choice
from ui.testing import prediction_table, whole_test
from ui.testing.prediction_table import Answers
from ui.testing.scores import figures
from ui.testing.scores import words as score_words

pytestmark = pytest.mark.usefixtures("dashboard_here")

CONFIG = RunConfig(digits=(3, 7), shots=10, n_test=2)

#: Three threes and four sevens: P(1) as ten shots gave it, in float32 as a network has it.
MEASURED = (0.1, 0.8, 0.5, 0.9, 0.3, 0.9, 1.0)
EVALUATION = Evaluation(
    n=7,
    seed=0,
    accuracy=5 / 7,
    accuracy_low=0.36,
    accuracy_high=0.92,
    loss=0.5,
    cross_entropy=0.4512,
    published=-0.7123,
    confusion=((2, 1), (1, 3)),
    labels=(0, 0, 0, 1, 1, 1, 1),
    predictions=(0, 1, 0, 1, 0, 1, 1),
    probabilities=tuple(np.array(MEASURED, np.float32).tolist()),
)
THETA = np.linspace(-1, 1, 7)
FOUND = Answers.of(CONFIG, THETA, EVALUATION)


def test_probabilities_are_the_shares_that_were_measured():
    assert FOUND.probabilities.tolist() == list(MEASURED)
    assert FOUND.number.tolist() == [1, 2, 3, 1, 2, 3, 4]
    assert FOUND.wrong == 2


@pytest.mark.parametrize(
    ("which", "label", "order", "expected"),
    [
        ("All", None, "mnist", [0, 3, 1, 4, 2, 5, 6]),
        ("Mistakes", None, "mnist", [1, 4]),
        ("Right", None, "mnist", [0, 3, 2, 5, 6]),
        ("All", 1, "mnist", [3, 4, 5, 6]),
        ("Mistakes", 0, "mnist", [1]),
        ("All", None, "sure", [6, 0, 3, 5, 1, 4, 2]),
        ("All", None, "wrong", [1, 4, 2, 0, 3, 5, 6]),
        ("All", None, "undecided", [2, 4, 1, 0, 3, 5, 6]),
        ("Right", 1, "undecided", [3, 5, 6]),
    ],
)
def test_answers_are_filtered_and_ordered_and_the_two_digits_take_turns(which, label, order, expected):
    assert FOUND.places(which, label, order).tolist() == expected


IMAGES = [np.full((3, 28, 28), 10, np.uint8), np.full((4, 28, 28), 20, np.uint8)]


def test_pictures_show_the_right_image_with_its_answer():
    right, wrong = prediction_table.pictures(FOUND, IMAGES, [3, 1])
    assert (right.pixels[0, 0], right.caption, right.detail, right.correct) == (20, "predicted 7", "p = 0.90", True)
    assert (wrong.pixels[0, 0], wrong.label, wrong.caption) == (10, 1, "predicted 7")
    assert wrong.detail == "p = 0.80, is a 3"
    assert wrong.alt == "a 3, number 2, predicted 7, p = 0.80, wrong"
    assert right.link is wrong.link is None


def test_images_of_the_runs_own_test_lead_to_their_trip():
    """Of each digit it had two."""
    shown = prediction_table.pictures(FOUND, IMAGES, [2, 4, 5], "gradients?run=x.y")
    assert [picture.link is None for picture in shown] == [True, False, True]
    asked = parse_qs(urlparse(shown[1].link or "").query)
    assert asked == {"run": ["x.y"], "trip_part": ["Test"], "trip_digit": ["◆ 7"], "trip_number": ["2"]}


def test_the_table_has_every_answer():
    rows = list(csv.DictReader(io.StringIO(FOUND.csv({"torch": "2.0", "processor": "A, B"}, step=12))))
    assert len(rows) == 7
    for row in rows:
        assert (row["digits"], row["seed"], row["after_step"]) == ("3-7", str(FOUND.config.seed), "12")
        assert (row["version_torch"], row["version_processor"]) == ("2.0", "A, B")
        assert {name for name in RunConfig.model_fields if name != "loss"} < row.keys()
    assert [float(row["p1"]) for row in rows] == list(MEASURED)
    assert [int(row["number_of_its_digit"]) for row in rows] == [1, 2, 3, 1, 2, 3, 4]
    assert [int(row["true_digit"]) for row in rows] == [3, 3, 3, 7, 7, 7, 7]
    assert [int(row["predicted"]) for row in rows] == [3, 7, 3, 7, 3, 7, 7]
    assert [row["right"] for row in rows] == ["yes", "no", "yes", "yes", "no", "yes", "yes"]
    assert [float(row["theta_radians"]) for row in rows] == pytest.approx(THETA, abs=1e-6)


def test_the_confusion_table_has_counts_and_rates():
    table = prediction_table.confusion_table((3, 7), ((1, 1), (1, 2000)))
    assert "1<small>50.0% ✓ right" in table
    assert "2,000<small>100.0% ✓ right" in table
    assert "1<small>0.0% ✗ wrong" in table


def test_the_figures_are_the_evaluations_and_say_which_loss_was_trained_on():
    accuracy, cross_entropy, published = prediction_table.figures(FOUND)
    assert (accuracy.value, cross_entropy.value, published.value) == ("71.4% (36.0–92.0)", "0.4512", "−0.7123")
    assert accuracy.help.startswith("The network gets 5 of 7 test images right.")
    assert "Training minimised this loss." in cross_entropy.help
    assert "Training minimised" not in published.help


def test_who_measured_is_said():
    assert "✓ 5 right" in prediction_table.summary(FOUND)
    assert "✗ 2 wrong" in prediction_table.summary(FOUND)
    assert (
        "of all 7 test images, accuracy 71.4% (95%: 36.0–92.0). 10 shots each, aer engine."
        in prediction_table.summary(FOUND)
    )
    assert "aer engine, after step 1,200." in prediction_table.summary(FOUND, 1200)
    device = CONFIG.replace(engine="ibm", backend="fake_manila")
    said = prediction_table.summary(Answers.of(device, THETA, EVALUATION))
    assert "aer engine, because measuring on fake_manila again would cost money." in said
    exact = prediction_table.summary(Answers.of(CONFIG.replace(shots=None), THETA, EVALUATION))
    assert "Exact probabilities, aer engine" in exact


def series(chart, name):
    return next(each for each in chart["series"] if each.get("name") == name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_histogram_has_every_image_in_its_bin_and_its_digits_colour(theme):
    chart = figures.histogram(FOUND, theme)
    for name, label, bins in (("● threes", 0, {1: 1, 5: 1, 8: 1}), ("◆ sevens", 1, {3: 1, 9: 2, 10: 1})):
        bars = series(chart, name)
        assert {place: height / 2 for place, height in enumerate(bars["data"]) if height != "-"} == bins
        look = bars["itemStyle"]
        assert look.get("borderColor", look["color"]) == DIGIT_INKS[theme][label]
        assert bars["label"]["formatter"] == name[0]
    many = Answers.of(CONFIG.replace(shots=100), THETA, EVALUATION)
    bars = series(figures.histogram(many, theme), "◆ sevens")["data"]
    assert {place: height / 2 for place, height in enumerate(bars) if height != "-"} == {6: 1, 18: 2, 19: 1}
    assert chart["yAxis"]["max"] / 2 > max(TEST_COUNTS)


def test_the_reliability_picture_has_wilsons_bars_about_the_shares():
    chart = figures.reliability(FOUND, "light")
    points = next(each for each in chart["series"] if each.get("symbolSize") == 12)["data"]
    expected = {0.1: (0, 1), 0.3: (1, 1), 0.5: (0, 1), 0.8: (0, 1), (0.9 + 0.9 + 1) / 3: (3, 3)}
    assert points == [[pytest.approx(x), k / n] for x, (k, n) in expected.items()]
    bars = next(each for each in chart["series"] if each.get("symbol") == "rect")["data"]
    for place, (k, n) in enumerate(expected.values()):
        interval = binomtest(k, n).proportion_ci(method="wilson")
        assert [bars[3 * place][1], bars[3 * place + 1][1]] == pytest.approx([interval.low, interval.high], abs=1e-5)
    counts = [point["label"]["formatter"] for point in chart["series"][-1]["data"]]
    assert counts == ["images", "1", "1", "1", "1", "3"]


def test_the_roc_picture_has_the_answers_on_its_curve():
    chart = figures.roc(FOUND, "light")
    curve, _, here = chart["series"]
    assert curve["data"][0] == [0, 0]
    assert curve["data"][-1] == [100, 100]
    assert here["data"][0] == [pytest.approx(100 / 3, rel=1e-5), 75]
    assert [pytest.approx(value) for value in here["data"][0]] in curve["data"]
    assert isinstance(chart["grid"], list)
    assert len(chart["grid"]) == 1  # a poor curve would run through the enlarged corner


def good(n: int = 200) -> Answers:
    """Answers that are all right but one, all of them with 0.9."""
    one = np.repeat((0.1, 0.9), n // 2)
    one[0] = 0.9
    labels, said = np.repeat((0, 1), n // 2), (one > 0.5).astype(int)
    found = EVALUATION.model_copy(
        update={
            "n": n,
            "labels": tuple(labels.tolist()),
            "predictions": tuple(said.tolist()),
            "probabilities": tuple(one.tolist()),
            "confusion": ((n // 2 - 1, 1), (0, n // 2)),
        }
    )
    return Answers.of(CONFIG, np.zeros(n), found)


def test_a_good_network_has_its_corner_enlarged():
    chart = figures.roc(good(), "dark")
    assert len(chart["grid"]) == len(chart["xAxis"]) == 2
    assert chart["series"][3]["data"] == chart["series"][0]["data"]
    assert chart["series"][3]["xAxisIndex"] == 1
    assert (chart["yAxis"][1]["min"], chart["xAxis"][1]["max"]) == (95, 5)


def test_the_words_follow_from_the_numbers():
    assert score_words.sureness(FOUND) == (
        "4 of 7 predictions (57.1%) have a probability of at least 0.90. None of them is wrong, and 2 of the other 3."
    )
    assert score_words.sureness(good()) == (
        "200 of 200 predictions (100.0%) have a probability of at least 0.90. 1 of them is wrong."
    )
    assert score_words.calibration(good()).endswith(
        "99.5% of them are right (95% interval 97.2%–99.9%). The network is underconfident."
    )
    assert score_words.calibration(FOUND).endswith("The network is well calibrated overall.")
    assert score_words.trade_off(FOUND).endswith(
        "With the threshold P(1) > 0.5 (■) the network recognises 75.0% of the sevens and mistakes 33.3% of the threes "
        "for sevens."
    )
    assert "of 3 threes, 0 below 0.1, 3 between, 0 at least 0.9" in score_words.histogram_alt(FOUND)
    assert "P(1) 0.93: 100% (44% to 100%) of 3" in score_words.reliability_alt(FOUND)


def test_the_bins_say_how_wide_their_intervals_are():
    low, high = binomtest(1, 1).proportion_ci(method="wilson")
    width = f"{100 * (high - low):.0f}"
    expected = f"The eight bins in the middle hold 4 images. Their intervals are up to {width} percentage points wide."
    assert score_words.between(FOUND).startswith(expected)
    assert score_words.between(good()) == (
        "The eight bins in the middle hold 99 images. Their intervals are up to 4 percentage points wide. "
        "In 2 of 2 bins the mean P(1) is outside the 95% interval."
    )


def test_an_area_has_two_digits_of_its_error_and_a_perfect_one_says_what_it_is():
    assert score_words.area(FOUND).startswith("0.8333 ± 0.")  # of twelve pairs, ten stand the right way round
    large = good(20_000)  # one of 10,000 has the other's P(1): A = 1 − 1/20,000
    assert large.roc.area == pytest.approx(1 - 1 / 20_000, abs=1e-12)
    assert score_words.area(large).startswith("0.999950 ± 0.0000")
    apart = Answers(CONFIG, FOUND.evaluation, THETA, FOUND.labels, FOUND.labels, FOUND.labels.astype(float))
    assert score_words.trade_off(apart).startswith("Every 7 has a larger P(1) than every 3, so these images")


def test_a_network_that_is_too_sure_is_told_so():
    sure = good()
    wrong = sure.predictions.copy()
    wrong[:60] = 1
    said = score_words.calibration(
        Answers(CONFIG, sure.evaluation, sure.theta, sure.labels, wrong, np.where(wrong, 1.0, 0.0))
    )
    assert "70.0% of them are right" in said
    assert said.endswith("The network is overconfident.")


def galleries(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html") if 'class="gallery"' in each.proto.body)


def said(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def test_the_page_is_alive_at_the_first_visit_and_goes_through_the_whole_test_set():
    app = open_page("test")
    _, found = cached.whole_test("3-7", network_choice.network("3-7").run_file)
    assert f"of all {TEST_COUNTS[3] + TEST_COUNTS[7]:,} test images" in said(app)
    assert f"✓ {sum(found.confusion[label][label] for label in (0, 1)):,} right" in said(app)
    assert galleries(app).count("<img") == 48
    pages = -(-found.n // 48)
    seen = []
    for number in range(1, pages + 1):
        assert app.session_state["answers_page"] == number
        seen += [part.split('"')[0] for part in galleries(app).split('alt="')[1:]]
        assert app.button(key="answers_back").disabled == (number == 1)
        assert app.button(key="answers_next").disabled == (number == pages)
        if number < pages:
            app.button(key="answers_next").click().run()
    assert not app.exception
    assert len(seen) == len(set(seen)) == found.n
    assert sum(alt.endswith(" wrong") for alt in seen) == found.confusion[0][1] + found.confusion[1][0]


def test_mistakes_the_most_wrong_first_of_one_digit():
    app = open_page("test")
    app.button(key="answers_next").click().run()
    app.segmented_control(key="show").set_value("Mistakes").run()
    assert app.session_state["answers_page"] == 1
    app.selectbox(key="answers_order").set_value("wrong").run()
    assert not app.exception
    _, found = cached.whole_test("3-7", network_choice.network("3-7").run_file)
    wrong = found.confusion[0][1] + found.confusion[1][0]
    assert f"{wrong} of {found.n:,} threes and sevens, wrong predictions" in said(app)
    shown = [float(part.split(",")[0].split("<")[0]) for part in galleries(app).split("<small>p = ")[1:]]
    assert len(shown) == wrong
    assert shown == sorted(shown, reverse=True)
    app.segmented_control(key="true_digit").set_value(1).run()
    assert galleries(app).count("✗ wrong") == found.confusion[1][0]
    assert "of 1,028 sevens, wrong predictions" in said(app)


def test_a_link_opens_a_page_of_answers_and_one_that_cannot_be_is_answered():
    app = open_page("test", answers_page="3", answers_order="Nearest to 0.5", true_digit="◆ 7")
    assert (app.session_state["answers_page"], app.session_state["true_digit"]) == (3, 1)
    assert "the link’s value" not in said(app)
    app = open_page("test", answers_page="99", answers_order="Best", true_digit="◆ 9", show="<b>")
    notes = said(app)
    assert "Page: the link’s value “99” is not available. Using 1 instead." in notes
    assert "Order: the link’s value “Best” is not available. Using MNIST&#x27;s order instead." in notes
    assert "True digit: the link’s value “◆ 9” is not available. Using Both instead." in notes
    assert "Show: the link’s value “&lt;b&gt;” is not available. Using All instead." in notes
    app.button(key="answers_next").click().run()
    assert "the link’s value" not in said(app)


def test_how_good_and_how_sure_says_what_the_whole_test_says():
    app = open_page("test", test_part="How good, how sure")
    theta, found = cached.whole_test("3-7", network_choice.network("3-7").run_file)
    assert (
        app.metric[0].value == f"{found.accuracy:.1%} ({100 * found.accuracy_low:.1f}–{100 * found.accuracy_high:.1f})"
    )
    assert [metric.value for metric in app.metric[1:]] == [
        f"{found.cross_entropy:.4f}",
        f"{found.published:.4f}".replace("-", "−"),
    ]
    everything = Answers.of(network_choice.network("3-7").config, theta, found)
    for words in (score_words.sureness, score_words.trade_off):
        assert words(everything) in texts(app)
    assert 'class="confusion"' in said(app)


@pytest.fixture(scope="module")
def run() -> Run:
    return Run.of(train(CONFIG.replace(n_train=5, n_test=3, epochs=1)))


def looking_at(job: Job, **link: str) -> AppTest:
    """The page of whoever looks at a training that is put there as it is."""
    put_there(job)
    return open_page("test", run=job.id, **link)


def test_a_trainings_own_test_images_lead_to_their_trip(run):
    job = Job(run.config, state=State.FINISHED, evaluation=run.evaluation, weights_file=to_bytes(run))
    app = looking_at(job)
    assert app.session_state["network"] == job.id
    assert "10 shots each, aer engine." in said(app)
    links = [part.split('"')[0] for part in galleries(app).split('<a href="')[1:]]
    assert len(links) == 6
    asked = parse_qs(urlparse(links[1].replace("&amp;", "&")).query)
    assert (asked["run"], asked["trip_digit"], asked["trip_number"]) == ([job.id], ["◆ 7"], ["1"])
    assert asked["gradients_part"] == ["Follow one image"]


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"state": State.PAUSED}, "Your run can be tested here after its first steps."),
        ({"state": State.FAILED, "error": "It broke."}, "Your run ended without a network."),
    ],
    ids=["paused", "failed"],
)
def test_a_training_without_a_network_is_said_and_another_one_answers(changes, hint):
    app = looking_at(Job(CONFIG, **changes))
    assert hint in texts(app)
    assert any(button.key == "look_again" for button in app.button) == (changes["state"] == State.PAUSED)
    assert app.session_state["network"] == "3-7"
    assert galleries(app).count("<img") == 48


def test_a_network_that_still_trains_answers_as_it_is_and_is_asked_again(run, monkeypatch):
    job, now = Job(run.config, state=State.PAUSED), {"step": 12}
    monkeypatch.setattr(cached, "network", lambda run_id: (to_bytes(run), now["step"]) if run_id == job.id else None)
    app = looking_at(job)
    assert "aer engine, after step 12." in said(app)
    now["step"] = 40
    app.button(key="ask_again").click().run()
    assert "aer engine, after step 40." in said(app)
    assert not app.exception
    assert "<a href" not in galleries(app)  # only an ended training has trips


def test_a_run_is_taken_away_whole(run):
    job = Job(run.config, state=State.FINISHED, evaluation=run.evaluation, weights_file=to_bytes(run))
    own = network_choice.Network(job.id, "own", run.config, b"weights alone")
    assert whole_test._whole_run(own) == b"weights alone"
    put_there(job)
    assert len(whole_test._whole_run(own)) > 100_000
