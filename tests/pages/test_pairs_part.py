"""The All 45 pairs tab: the map and its words, and that every pair is opened."""

import pytest

from hqnn.config import RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.pairs import Atlas
from hqnn.sweeps.result import EpochResult
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import usual_path
from tests.hqnn.sweeps.test_pairs import made_up
from tests.pages.test_pages import open_page, texts
from tests.pages.test_swap_part import alt, htmls
from ui.explore.pairs import controls, figures, words

pytestmark = pytest.mark.usefixtures("dashboard_here")

FOUND = Atlas.of(made_up())


def lightness(color: str) -> float:
    """Relative luminance of #RRGGBB, by WCAG 2's definition."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_is_twice_in_the_map_and_is_opened_from_both(theme):
    chart = figures.map_chart(FOUND, (5, 8), theme)
    cells = chart["series"][0]["data"]
    assert len(cells) == 100
    assert [place for place in range(100) if figures.pressed(place) is None] == list(range(0, 100, 11))
    for place, cell in enumerate(cells):
        digits = figures.pressed(place)
        column, row, percent = cell["value"]
        assert row * 10 + column == place
        assert (percent == "-") == (digits is None)
        if digits is not None:
            pair = FOUND.pair(digits)
            assert digits == (min(row, column), max(row, column))
            assert pair is not None
            assert percent == pytest.approx(100 * pair.accuracy.value)
    framed = [place for place, cell in enumerate(cells) if "borderColor" in cell.get("label", {})]
    assert framed == [58, 85]
    assert (chart["visualMap"]["min"], chart["visualMap"]["max"]) == (50, 100)  # 5 vs 8 has 55%
    assert chart["visualMap"]["text"] == ["100%", "accuracy: 50%"]


def test_percents_do_not_claim_that_nothing_is_wrong():
    assert [figures.in_percent(each) for each in (97.94, 99.97, 100.0)] == ["97.9", "99.9", "100"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_number_is_read_on_its_shade(theme):
    for share in [at / 50 for at in range(51)]:
        shade = figures.shade(share, theme)
        here = lightness("#" + "".join(f"{round(each):02x}" for each in shade))
        text = lightness(figures.text_on(shade))
        assert (max(here, text) + 0.05) / (min(here, text) + 0.05) > 4.5, share
    ends = [figures.shade(share, theme) for share in (0, 0.5, 1)]
    assert ["#" + "".join(f"{round(each):02X}" for each in end) for end in ends] == list(figures.SHADES[theme])


def test_before_the_first_training_there_is_an_empty_map_of_the_same_size():
    nothing = Atlas(())
    chart = figures.map_chart(nothing, (3, 7), "light")
    assert {cell["value"][2] for cell in chart["series"][0]["data"]} == {"-"}
    assert chart["visualMap"]["min"] == 90
    assert "No pair is finished yet" in words.finding(nothing, 45)
    assert words.on_pair((3, 7), None, nothing).endswith("<p>This pair is not finished yet.</p>")
    assert figures.curve_chart(None, 10, figures.curve_floor(nothing), "light")["yAxis"]["min"] == 90
    assert words.map_alt(nothing).startswith("An empty map")


def test_the_hardest_pair_is_said_with_its_interval():
    said = words.finding(FOUND, 45)
    assert "● 5" in said
    assert "55.0%</strong>" in said
    pair = FOUND.pair((5, 8))
    assert pair is not None
    low, high = pair.accuracy.low, pair.accuracy.high
    assert f"55.00% (95%: {100 * low:.2f} to {100 * high:.2f})" in said
    assert "Mean of 45 pairs: " in said
    assert "Stuck runs (below 70%) are included: 1." in said
    assert "Wilson interval. 1 run, 2,000 test images. Number 1 of 45" in words.on_pair((5, 8), pair, FOUND)
    assert "Number 45 of 45" in words.on_pair((0, 1), FOUND.pair((0, 1)), FOUND)
    assert "of 40 pairs so far" in words.finding(Atlas.of(made_up(without=5)), 45)
    assert words.map_alt(FOUND).split("first: ")[1].startswith("5 vs 8 55.0%, 8 vs 9 98.2%, ")


def with_curves(results: Results) -> dict:
    """The same with an epoch each: as accurate as at the end, and 3 points lower after seed 1's."""
    found = {}
    for config, result in results.have.items():
        assert result.evaluation is not None
        point = EpochResult(
            epoch=1,
            loss=0.1,
            test_loss=0.1,
            train_accuracy=1.0,
            test_accuracy=result.evaluation.accuracy - 0.03 * config.seed,
            test_accuracy_low=0.5,
            test_accuracy_high=0.99,
            shots=None,
            seconds=1.0,
        )
        found[config] = result.model_copy(update={"curve": (point,)})
    return found


@pytest.mark.parametrize("seeds", [1, 2])
def test_the_curve_of_a_pair_has_its_interval(seeds):
    made = made_up(seeds)
    pair = Atlas.of(Results(made.path, made.header, with_curves(made))).pair((0, 3))
    chart = figures.curve_chart(pair, 1, 50, "light")
    bars, line = chart["series"]
    # 8 of 2000 are wrong; two values d apart have a mean half of d off, and t(0.975, 1) = 12.7062 of that is cut at 1
    middle, low, high = (99.6, 50, 99) if seeds == 1 else (99.6 - 1.5, 98.1 - 12.7062 * 1.5, 100)
    assert line["data"] == [[1, pytest.approx(middle)]]
    assert [y for _, y in bars["data"][:2]] == pytest.approx([low, high], rel=1e-4)


def test_the_question_is_that_of_the_command():
    assert controls.header(controls.RECOMMENDED, 1, RunConfig(epochs=3)) == experiments.atlas(
        RunConfig(n_test=None), (0,)
    )
    beside = RunConfig(digits=(0, 1), epochs=3, seed=4)
    assert controls.header(controls.BESIDE, 2, beside) == experiments.atlas(RunConfig(epochs=3, seed=4), (4, 5))


def test_the_hardest_pair_is_open_until_another_is_chosen_and_is_trained_from_there():
    made = made_up()
    header = experiments.atlas(RunConfig(n_train=10, epochs=1), (0,))
    kept = Results.open(usual_path(header), header)
    for result in with_curves(made).values():
        kept.add(result.model_copy(update={"config": result.config.replace(n_test=50)}))
    link = {"explore_part": "All pairs", "atlas_settings": controls.BESIDE, "n_train": "10", "epochs": "1"}
    app = open_page("explore", **link)
    assert not app.exception
    assert "All 45 runs are finished." in htmls(app)
    assert alt(app, "Test accuracy of 45 pairs")
    assert alt(app, "Test accuracy of 5 vs 8 over epochs: 55.0% after epoch 1, 55.0% at the end")
    app.selectbox(key="atlas_pair").set_value("0 vs 1").run()
    assert alt(app, "Test accuracy of 0 vs 1 over epochs: 100.0% after epoch 1, ")
    app.button(key="atlas_train").click().run()
    assert not app.exception
    assert app.session_state["digits"] == [0, 1]
    assert app.button(key="train").label == "Train 0 vs 1"


def test_a_pair_that_there_is_not_is_said():
    app = open_page("explore", explore_part="All pairs", atlas_pair="3 vs 3")
    assert not app.exception
    assert "Pair: the link’s value “3 vs 3” is not available. Using no value instead." in htmls(app)


def test_settings_that_some_pair_cannot_have_are_answered():
    app = open_page("explore", explore_part="All pairs", engine="ibm", atlas_settings=controls.BESIDE)
    assert not app.exception
    app.button(key="atlas_start").click().run()
    assert not app.exception
    assert app.toast[0].value.startswith("engine must be a simulator")
    assert "engine must be a simulator" not in texts(app)
