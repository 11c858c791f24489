"""The shot race on its page: what is asked, what is refused, and a race from its start to its files."""

from math import pi

import pytest
from streamlit.testing.v1 import AppTest

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.sweeps.experiments import configs, sweep
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import usual_path
from hqnn.sweeps.varied import Choice, header
from tests.pages.test_pages import open_page, texts, wait_until
from tests.pages.test_shots_bench import alt, htmls

pytestmark = pytest.mark.usefixtures("dashboard_here")

TINY = {"n_train": "10", "n_test": "10", "epochs": "1", "engine": "exact", "race_seeds": "2"}


def race_page(**link: str | list[str]) -> AppTest:
    app = open_page("explore", **link)
    assert not app.exception
    return app


def test_the_question_is_that_of_the_command_line():
    config = RunConfig(shots=50, seed=3)
    found = header(config, Choice(shots=(10, 100, None), seeds=2))
    assert found == sweep(config.replace(shots=100), {"shots": (10, 100, None)}, (3, 4))
    assert header(config.replace(shots=20), Choice(shots=(10, 100, None), seeds=2)) == found
    one = header(config, Choice(shots=(10,), rules=("published",), seeds=1))
    assert (one.vary, one.config.shots, one.config.gradient_rule) == ({}, 10, "published")
    assert list(configs(one)) == [config.replace(shots=10, gradient_rule="published")]
    assert header(config, Choice(seeds=1)).config == config


def test_noise_levels_have_the_engine_noisy_and_what_other_noise_the_settings_have():
    config = RunConfig(engine="noisy", readout_e0=0.1, depolarizing_1q=0.3)
    found = configs(header(config, Choice(rates=(0.0, 0.05), seeds=1)))
    assert [(each.engine, each.readout_e0, each.depolarizing_1q) for each in found] == [
        ("noisy", 0.1, 0.0),
        ("noisy", 0.1, 0.05),
    ]
    assert configs(header(config, Choice(engines=("noisy",), rates=(0.0, 0.05), seeds=1))) == found
    (one,) = configs(header(RunConfig(engine="ibm", backend="fake_manila"), Choice(rates=(0.02,), seeds=1)))
    assert (one.engine, one.backend, one.depolarizing_1q) == ("noisy", None, 0.02)


def test_engines_take_their_own_settings_with_them():
    noisy = RunConfig(engine="noisy", readout_e0=0.1)
    assert [each.readout_e0 for each in configs(header(noisy, Choice(engines=("noisy",), seeds=1)))] == [0.1]
    assert list(configs(header(noisy, Choice(engines=("aer", "exact"), seeds=1)))) == [
        RunConfig(engine="aer"),
        RunConfig(engine="exact"),
    ]
    (one,) = configs(header(RunConfig(engine="ibm", backend="fake_manila"), Choice(engines=("aer",), seeds=1)))
    assert one == RunConfig()


@pytest.mark.parametrize(
    ("config", "choice", "message"),
    [
        (
            RunConfig(),
            Choice(engines=("aer", "exact"), rates=(0.1,)),
            "Choose engines or noise levels, not both: all noise levels use the noisy engine.",
        ),
        (
            RunConfig(engine="noisy", readout_e0=0.1),
            Choice(engines=("aer", "noisy")),
            "Noise needs the noisy engine, but you also chose other engines. Choose noise levels, or only the noisy "
            "engine.",
        ),
        (
            RunConfig(engine="ibm", backend="fake_manila"),
            Choice(shots=(10, 100)),
            "engine must be a simulator in an experiment, got 'ibm'. Choose engines here, or another engine in the "
            "settings.",
        ),
        (
            RunConfig(),
            Choice(shots=tuple(range(1, 12)), seeds=100),
            "An experiment must have at most 1,000 runs, got 1,100. Choose fewer values or fewer seeds.",
        ),
        (
            RunConfig(n_train=5000, epochs=20),
            Choice(shots=(10, 100_000)),
            "epochs times images times shots must be at most 10,000,000,000, got 20 x 10,000 x 100,000 = "
            "20,000,000,000",
        ),
        (
            RunConfig(seed=2**31 - 1),
            Choice(seeds=2),
            "seed must be between 0 and 2147483647, got 2147483648",
        ),
        (
            RunConfig(shift=pi, gradient_rule="published"),
            Choice(rules=("parameter-shift", "published")),
            "shift must have |sin(shift)| of at least 0.01, because the parameter-shift rule divides by it, got "
            "3.14159 (sine 1.2e-16)",
        ),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(config, choice, message):
    with pytest.raises(HqnnError) as error:
        header(config, choice)
    assert str(error.value) == message


def test_a_race_runs_streams_and_is_there_again():
    app = race_page(**TINY, race_shots=["10", "exact"], race_against="Total shots", race_reach="90%")
    assert "No run is finished yet." in texts(app)
    assert alt(app, "Empty axes").startswith(
        "Empty axes: test accuracy (%), exact probabilities over total shots per run"
    )
    assert "4 runs, about" in htmls(app)
    app.button(key="race_start").click().run()
    wait_until(app, lambda: "All 4 runs are finished." in htmls(app))
    assert not app.exception
    config = RunConfig(n_train=10, n_test=10, epochs=1, engine="exact")
    file = usual_path(sweep(config, {"shots": (10, None)}, (0, 1)))
    there = Results.read(file)
    assert len(file.read_text().splitlines()) == 5
    ten = [each for each in there.have.values() if each.config.shots == 10]
    exact = [each.curve[-1].exact_test_accuracy or 0 for each in ten]
    assert f"10 shots: {100 * sum(exact) / 2:.1f}%" in alt(app, "test accuracy (%), exact probabilities")
    app.selectbox(key="race_tested").set_value("Their own shots").run()
    own = [each.evaluation.accuracy for each in ten if each.evaluation]
    assert f"10 shots: {100 * sum(own) / 2:.1f}%" in alt(app, "test accuracy (%), own shots")
    assert "<th scope=row>exact</th>" in htmls(app)
    assert {button.proto.id.split("-")[-1] for button in app.get("download_button")} >= {
        "race_csv",
        "race_png",
        "race_svg",
    }
    again = race_page(**TINY, race_shots=["exact", "10"], shots="20")
    assert "All 4 runs are finished." in htmls(again)
    assert again.button(key="race_start").disabled


def test_two_settings_have_a_heat_map_and_more_groups_than_looks_are_chosen():
    link = {"race_shots": ["10", "100", "exact"], "race_shifts": ["π/8", "π/4", "π/2"], "race_rules": ["published"]}
    app = race_page(**TINY | {"race_seeds": "1"}, **link)
    assert len(app.multiselect(key="race_shown").value) == 8
    app.multiselect(key="race_shown").set_value(["exact, s = π/2"]).run()
    app.button(key="race_start").click().run()
    wait_until(app, lambda: "All 9 runs are finished." in htmls(app))
    assert "Rows: shots. Columns: shift s." in htmls(app)
    assert alt(app, "test accuracy").count(" 1 run") == 1
    assert htmls(app).count("<tr><th scope=row>") == 9 + 3
    app.multiselect(key="race_rules").set_value(["parameter-shift", "published"]).run()
    assert app.selectbox(key="race_heat").options == [
        "shots and shift s",
        "shots and gradient rule",
        "shift s and gradient rule",
    ]
    assert not app.exception


def test_what_cannot_be_asked_is_said_on_the_page_which_works_on():
    app = race_page(race_engines=["aer", "exact"], race_noise=["0.01"])
    assert "Choose engines or noise levels, not both" in texts(app)
    assert not app.get("echarts_chart")
    app.multiselect(key="race_noise").set_value([]).run()
    assert app.get("echarts_chart")
    assert "10 shots, aer engine" in htmls(app)
    assert "at most 1,000 runs, got 1,600" in texts(
        race_page(race_seeds="100", race_shifts=["π/8", "π/2"], race_rules=["published", "parameter-shift"])
    )


def test_the_link_sets_every_dial_and_what_it_asks_in_vain_is_said():
    app = race_page(race_shots=["10", "7"], race_rules=["no"], race_seeds="999", race_floor="80%", race_measure="<b>")
    said = htmls(app)
    assert "Shots per measurement: the link’s value “10, 7” is not available. Using 10 instead." in said
    assert "Gradient rules: the link’s value “no” is not available. Using no value instead." in said
    assert "Seeds: the link’s value “999” is not available. Using 5 instead." in said
    assert "Plot: the link’s value “&lt;b&gt;” is not available. Using Test accuracy instead." in said
    assert "Accuracy axis" not in said
    app = race_page(race_shots=[""], race_shifts=["π/8", "π/2"], race_noise=["0", "0.05"], race_measure="Training loss")
    assert "the link’s value" not in htmls(app)
    assert app.multiselect(key="race_shots").value == []
    assert app.multiselect(key="race_shifts").value == [pi / 8, pi / 2]
    assert app.multiselect(key="race_noise").value == [0.0, 0.05]
    assert alt(app, "Empty axes").startswith("Empty axes: exact training loss −log p")


def test_an_experiments_configs_are_made_once_however_often_a_page_asks(monkeypatch):
    made, replace = [], RunConfig.replace
    monkeypatch.setattr(RunConfig, "replace", lambda self, **changes: made.append(changes) or replace(self, **changes))
    asked = header(RunConfig(n_train=3, n_test=3), Choice(shots=(10, 20, 50), seeds=7))
    first, before = configs(asked), len(made)
    assert len(first) == 21
    for _ in range(3):
        assert configs(header(RunConfig(n_train=3, n_test=3), Choice(shots=(10, 20, 50), seeds=7))) is first
    again = len(made) - before
    assert again <= 3 * 10  # what checks the experiment, not its 21 configs
