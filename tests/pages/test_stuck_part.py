"""Runs that do not learn, on the page: figures, sentences and the part itself."""

import re
from math import cos, pi, sin

import numpy as np
import pytest
from scipy.stats import binomtest

from hqnn.commands.flags import config_of
from hqnn.config import RunConfig
from hqnn.diagnosis.remedies import remedies
from hqnn.jobs.explorations import stored
from hqnn.sweeps import experiments, stuck
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import usual_path
from tests.films import film as film_of
from tests.films import marks, unpack
from tests.hqnn.sweeps.test_stuck import result
from tests.pages.test_pages import open_page, texts, training, wait_until
from ui.explore.stuck import controls, curves_figure, figures, film, words
from ui.kit import cloud_figure
from ui.kit.player import pack
from ui.session import cached

CONFIG = RunConfig(n_train=10, n_test=10, epochs=2, batch_size=1, engine="exact", loss="published")
#: θ of ten threes and ten sevens: all on one side of the peak, and told apart.
ONE_SIDE, APART = (2.0,) * 10 + (1.0,) * 10, (-1.0,) * 10 + (1.2,) * 10
STUCK = result(CONFIG.replace(seed=1), 0.5, APART, ONE_SIDE, one_side=10)
HEALTHY = result(CONFIG.replace(seed=0), 0.95, ONE_SIDE, APART)
#: Seeds of the published question that the page's tests find trained.
SEEDS = 5


def series(chart, name):
    return [each for each in chart["series"] if each.get("name") == name]


def test_every_seed_has_a_mark_at_its_place_and_chosen_ones_a_ring():
    chart = figures.seeds_chart(range(4), [HEALTHY, STUCK], [1, 0], "light")
    (stuck_marks,), (healthy,) = series(chart, "stuck_seed"), series(chart, "stuck_healthy")
    assert stuck_marks["data"] == [[0, "-"], [1, 50], [2, "-"], [3, "-"]]
    assert healthy["data"] == [[0, 95], [1, "-"], [2, "-"], [3, "-"]]
    assert stuck_marks["symbol"] == figures.CROSS != healthy["symbol"]
    assert stuck_marks["selectedMode"] == healthy["selectedMode"] == "single"
    (rings,) = series(chart, "chosen")
    assert [(ring["value"], ring["label"]["formatter"]) for ring in rings["data"]] == [
        ([1, 50], "seed 1"),
        ([0, 95], "seed 0"),
    ]
    lines = chart["series"][0]["markLine"]["data"]
    assert [line["yAxis"] for line in lines] == [70, 50]
    empty = figures.seeds_chart(range(4), [], [None, None], "dark")
    assert (empty["xAxis"]["min"], empty["yAxis"]["max"]) == (chart["xAxis"]["min"], chart["yAxis"]["max"])


def test_both_runs_have_the_axes_of_all_their_epochs_and_each_its_own_images():
    far = result(CONFIG.replace(seed=2), 0.5, APART, (9.0,) * 20)
    pair = figures.pair_of(CONFIG, [far, HEALTHY, None])
    low, high = cloud_figure.theta_range(pair)
    assert (low, high) == pytest.approx((-pi, 3 * pi))
    frames = unpack(pack(film.frames(pair, {"one": far, "other": HEALTHY})))
    assert marks(frames, "other_cloud", 2) == pytest.approx(dict(enumerate(APART)))
    assert marks(frames, "one_cloud", 1) == pytest.approx(dict(enumerate(APART)))
    assert marks(frames, "one_cloud", 2) == dict.fromkeys(range(20), 9.0)
    nobody = unpack(pack(film.frames(figures.pair_of(CONFIG, [None]), {"one": None})))
    assert marks(nobody, "one_cloud", 2) == {}
    assert nobody[2][2]["one_cloud"][1] == "The sine without images. There is no such run."


def test_a_seed_that_is_trained_again_is_shown_as_it_is_now():
    """Elsewhere computed runs have the same question and seed, and other angles."""
    again = result(STUCK.config, 0.5, ONE_SIDE, APART, one_side=10)
    pair = figures.pair_of(CONFIG, [STUCK])
    told = [{"one": run} for run in (STUCK, again)]
    packed = [film.packed("question", film.identity(runs), _pair=pair, _runs=runs) for runs in told]
    shown = [marks(unpack(each), "one_cloud", 2) for each in packed]
    assert shown[0] == pytest.approx(dict(enumerate(ONE_SIDE)))
    assert shown[1] == pytest.approx(dict(enumerate(APART)))


def test_curves_have_one_axis_and_a_line_that_knows_where_it_ends():
    chart = curves_figure.curves_chart(CONFIG, STUCK, (-1, 0), "light")
    loss, accuracy = series(chart, "training")
    np.testing.assert_allclose(loss["data"], [[1, -0.6], [2, -0.7]])
    assert accuracy["data"] == [[1, 50], [2, 50]]
    assert [axis["max"] for axis in chart["xAxis"]] == [2, 2]
    assert 'data-frame="cursor" data-end="2"' in curves_figure.cursor(CONFIG.epochs)
    assert curves_figure.loss_range(CONFIG, [STUCK]) == (-1, 0)
    entropy = CONFIG.replace(loss="cross-entropy")
    points = STUCK.curve[0].model_copy(update={"loss": 0.2, "test_loss": 2.5})
    assert curves_figure.loss_range(entropy, [None, STUCK.model_copy(update={"curve": (points,)})]) == (0, 4)


def test_epoch_0_is_found_by_its_number_and_has_no_training_loss():
    begun = result(CONFIG.replace(seed=1), 0.5, (0.1,) * 20, APART, ONE_SIDE, first=0)
    assert [figures.angles(begun, epoch) for epoch in range(4)] == [(0.1,) * 20, APART, ONE_SIDE, None]
    assert [figures.angles(STUCK, epoch) for epoch in range(4)] == [None, APART, ONE_SIDE, None]
    chart = curves_figure.curves_chart(CONFIG, begun, (-1, 0), "light")
    loss, accuracy = series(chart, "training")
    np.testing.assert_allclose(loss["data"], [[1, -0.6], [2, -0.7]])
    assert accuracy["data"] == [[0, 50], [1, 50], [2, 50]]
    assert [line["data"][0] for line in series(chart, "test")] == [[0, -0.5], [0, 50]]
    entropy = CONFIG.replace(loss="cross-entropy")
    assert curves_figure.loss_range(entropy, [begun.model_copy(update={"curve": begun.curve[:1]})]) == (0, 1)
    said = words.standing(CONFIG, stuck.slopes(CONFIG, ONE_SIDE), 0)
    assert said.startswith("<p>Before the first step, the network predicts 7 for 20 of 20 images. ")
    assert words.numbers(begun, 0).startswith(
        "<p>Before the first step: loss −0.500 on test images. Accuracy: 50% on training images, 50% on test images."
    )
    assert words.numbers(STUCK, 0) == "<p>Before the first step: not recorded.</p>"
    assert words.unknown(STUCK, 0) == "Seed 1 did not record its angles before the first step."


def test_the_fraction_is_said_with_its_interval():
    runs = [result(CONFIG.replace(seed=seed), 0.5 if seed < 6 else 0.98) for seed in range(100)]
    found = stuck.count(runs)
    low, high = binomtest(6, 100).proportion_ci(method="wilson")
    assert words.fraction(found, 100) == "6 of 100 seeds failed to learn"
    assert words.fraction(found, 200) == "6 of 100 seeds failed to learn so far"
    assert words.interval(found) == f"95%: {100 * low:.1f}–{100 * high:.1f}%" == "95%: 2.8–12.5%"
    assert words.fraction(stuck.count([]), 100) == "No run is finished yet"
    assert "Stuck, below 70%: seed 1 (50%). The others: 95% to 95%." in words.seeds_alt(
        range(2), [HEALTHY, STUCK], stuck.count([HEALTHY, STUCK])
    )


def test_a_low_loss_of_a_run_that_is_wrong_is_explained_beside_it():
    said = words.numbers(STUCK, 2)
    assert said.startswith("<p>After epoch 2: loss −0.700 in training, ")
    assert "training loss of −0.7000 is measured with dropout" in said
    assert "the network gets only 50% of the training images right" in said
    assert "measured with dropout" not in words.numbers(HEALTHY, 2)


def test_what_is_said_of_the_angles_follows_from_them():
    said = words.standing(CONFIG, stuck.slopes(CONFIG, ONE_SIDE), 2)
    p, slope = (1 - sin(2)) / 2, abs(cos(2)) / 2
    assert "the network predicts 7 for 20 of 20 images. Past a turning point: 10." in said
    assert "On average −p pushes threes and sevens the same way, towards larger θ." in said
    assert f"Wrong: 10 images, with a mean |gradient| of {slope:.2f} for −p and {slope / p:.2f} for −log p." in said
    apart = words.standing(CONFIG, stuck.slopes(CONFIG, APART), 1)
    assert "20 of 20 images are right. Past a turning point: 0." in apart
    assert "On average −p pushes threes towards smaller θ and sevens towards larger θ." in apart
    assert "Wrong:" not in apart
    peak = words.standing(CONFIG, stuck.slopes(CONFIG, (pi / 2,) * 20), 1)
    assert "pushes threes nowhere and sevens nowhere" in peak
    away = words.standing(CONFIG, stuck.slopes(CONFIG, (-20.0,) * 20), 1)
    assert "Past a turning point: 20. More than two turns from 0: 20." in away


def test_the_table_has_a_column_a_run():
    runs = [(STUCK, stuck.slopes(CONFIG, ONE_SIDE)), (HEALTHY, stuck.slopes(CONFIG, APART))]
    rows = re.findall(r"<td>([^<]+)</td><td>([^<]+)</td>", words.table(CONFIG, runs, 2))
    size = (abs(cos(2)) + cos(1)) / 4, (cos(1) + cos(1.2)) / 4
    assert rows[:4] == [
        ("10 of 20", "20 of 20"),
        ("10 of 20", "0 of 20"),
        ("7, for 20 of 20", "3, for 10 of 20"),
        (f"{size[0]:.2f}", f"{size[1]:.2f}"),
    ]
    assert rows[5:7] == [
        (f"→ {abs(cos(2)) / 2:.2f}", f"← {cos(1) / 2:.2f}"),
        (f"→ {cos(1) / 2:.2f}", f"→ {cos(1.2) / 2:.2f}"),
    ]
    assert rows[7] == (f"{abs(cos(2)) / 2:.2f}", "none wrong")


def test_what_the_diagnosis_said_is_told_in_the_order_of_time():
    assert words.first_flagged(result(CONFIG, 0.5, stuck=20, one_side=10)) == (
        f"<p>Live diagnosis of seed {CONFIG.seed}: same prediction for nearly all images from epoch 1 on, "
        "does not learn from epoch 1 on.</p>"
    )
    assert words.first_flagged(HEALTHY) == (f"<p>Live diagnosis of seed {HEALTHY.config.seed}: no rule triggered.</p>")


@pytest.mark.parametrize(
    ("name", "preset", "given"),
    [
        (controls.PUBLISHED, "published-37", {}),
        (controls.RECOMMENDED, "recommended", {"digits": (3, 7)}),
    ],
)
def test_the_questions_are_those_of_the_command_line(name, preset, given):
    header = controls.header(name, 100, RunConfig(seed=5))
    assert header == experiments.stuck(config_of(preset, "none", given), range(100))
    beside = controls.header(controls.BESIDE, 3, RunConfig(seed=5))
    assert (beside.config, beside.seeds) == (RunConfig(seed=5), (5, 6, 7))


@pytest.fixture(scope="module")
def _published() -> None:
    """Five seeds of the published settings, the second and the fifth of them stuck; the third has epoch 0."""
    header = controls.header(controls.PUBLISHED, SEEDS, RunConfig())
    results = Results.open(usual_path(header), header)
    apart, one_side = (tuple(np.repeat(angles, 100)) for angles in ((-1.0, 1.2), (2.0, 1.0)))
    for config in experiments.configs(header):
        is_stuck = config.seed in (1, 4)
        first = int(config.seed != 2)
        thetas = [one_side if is_stuck and epoch > 10 else apart for epoch in range(first, 21)]
        flags = {"one_side": 2400} if is_stuck else {}
        results.add(result(config, 0.5 if is_stuck else 0.98, *thetas, first=first, **flags))


def open_part(**link: str):
    return open_page("explore", explore_part="Stuck runs", **link)


def htmls(app) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def alts(app) -> list[str]:
    return [element.proto.alt for element in app.get("echarts_chart")]


@pytest.mark.usefixtures("dashboard_here", "_published")
def test_the_part_shows_a_stuck_run_beside_a_healthy_one_after_every_epoch():
    app = open_part(stuck_seeds=str(SEEDS))
    assert not app.exception
    assert "<strong>2 of 5 seeds failed to learn</strong>" in htmls(app)
    assert "All 5 runs are finished." in htmls(app)
    assert (app.selectbox(key="stuck_seed").value, app.selectbox(key="stuck_healthy").value) == (1, 0)
    assert "Live diagnosis of seed 1: same prediction for nearly all images from epoch 12 on." in htmls(app)
    told = film_of(app)
    assert [told[name] for name in ("begin", "last", "first", "active")] == [0, 20, 1, False]
    name, texts, pictures = told["frames"][20]
    assert name == "After epoch 20 of 20"
    assert (
        "After epoch 20, the network predicts 7 for 200 of 200 images. Past a turning point: "
        in (texts["stuck_seed_words"])
    )
    assert pictures["stuck_seed_cloud"][1].startswith("Training images of seed 1, stuck, on the sine after epoch 20")
    _, texts, _ = told["frames"][3]
    assert "After epoch 3, 200 of 200 images are right. Past a turning point: 0." in texts["stuck_seed_words"]
    assert "after epoch 3, without dropout" in texts["stuck_table"]
    app.session_state["stuck_pair_player_at"] = {"of": told["of"], "at": 3, "following": False}
    app.selectbox(key="stuck_seed").set_value(4).run()
    again = film_of(app)
    assert (again["of"], again["at"]) == (told["of"], 3)
    shown = [again["frames"][3][2][f"stuck_{kind}_cloud"][1].split(",")[0] for kind in ("seed", "healthy")]
    assert shown == ["Training images of seed 4", "Training images of seed 0"]


@pytest.mark.usefixtures("dashboard_here", "_published")
def test_the_epochs_begin_with_0_and_a_run_without_it_says_so():
    app = open_part(stuck_seeds=str(SEEDS))
    app.selectbox(key="stuck_healthy").set_value(2).run()
    assert not app.exception
    told = film_of(app)
    assert told["first"] == 0
    name, texts, pictures = told["frames"][0]
    assert name == "Before the first step"
    assert "Before the first step, 200 of 200 images are right." in texts["stuck_healthy_words"]
    assert texts["stuck_seed_words"] == "<p>Seed 1 did not record its angles before the first step.</p>"
    assert pictures["stuck_seed_cloud"][0] == []
    app.selectbox(key="stuck_healthy").set_value(0).run()
    _, texts, _ = film_of(app)["frames"][0]
    assert texts["stuck_healthy_words"] == "<p>Seed 0 did not record its angles before the first step.</p>"


@pytest.mark.usefixtures("dashboard_here", "_published")
def test_a_link_has_the_seeds_that_are_looked_at_and_one_that_cannot_be_is_said():
    app = open_part(stuck_seeds=str(SEEDS), stuck_seed="4", stuck_healthy="4")
    assert (app.selectbox(key="stuck_seed").value, app.selectbox(key="stuck_healthy").value) == (4, 0)
    assert "Healthy run: seed: the link’s value “4” is not available. Using 0 instead." in htmls(app)
    assert "Stuck run: seed: the link’s value" not in htmls(app)


@pytest.mark.usefixtures("dashboard_here", "_published")
def test_one_press_trains_the_stuck_seed_with_one_setting_changed():
    app = open_part(stuck_seeds=str(SEEDS))
    config = controls.CONFIGS[controls.PUBLISHED].replace(seed=1)
    offered = [button for button in app.button if str(button.key).startswith("stuck_remedy_")]
    assert [button.label for button in offered] == ["Loss −log p", "Batch size 8", "Another seed"]
    app.button(key="stuck_remedy_loss").click().run()
    assert not app.exception
    job = training(app)
    assert job.config == remedies(config)[0].config
    cached.jobs().stop(job)
    wait_until(app, lambda: not job.active)


@pytest.mark.usefixtures("dashboard_here")
def test_settings_beside_are_trained_on_the_spot_and_none_stuck_is_said():
    link = {"n_train": "10", "n_test": "10", "epochs": "1", "engine": "exact", "digits": ["0", "1"]}
    app = open_part(stuck_question=controls.BESIDE, stuck_seeds="2", **link)
    assert "No run is finished yet" in htmls(app)
    assert "Press “Start 2 runs”" in htmls(app)
    assert len(alts(app)) == 3
    app.button(key="stuck_start").click().run()
    wait_until(app, lambda: "All 2 runs are finished." in htmls(app))
    config = RunConfig(n_train=10, n_test=10, epochs=1, engine="exact", digits=(0, 1))
    results, _ = stored(experiments.stuck(config, range(2)))
    ended = [each.evaluation.accuracy for each in results.have.values() if each.evaluation]
    assert f"<strong>{sum(accuracy < 0.7 for accuracy in ended)} of 2 seeds failed to learn</strong>" in htmls(app)
    assert len(alts(app)) == 3


@pytest.mark.usefixtures("dashboard_here")
def test_what_cannot_be_asked_is_answered():
    app = open_part(stuck_question="Nobody's", stuck_seeds="0")
    assert "Settings: the link’s value “Nobody&#x27;s” is not available. Using As published, 3 vs 7 instead." in htmls(
        app
    )
    assert "Seeds: the link’s value “0” is not available. Using 100 instead." in htmls(app)
    app = open_part(stuck_question=controls.BESIDE, engine="ibm")
    assert "On a device, such experiments run only from the command line." in texts(app)
