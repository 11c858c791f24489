"""Trainings side by side: what is drawn and said of them, and the part of the Explore page."""

import pytest
from streamlit.testing.v1 import AppTest

from hqnn.states import State
from tests.hqnn.sweeps.test_comparison import compared, evaluation
from tests.pages.test_pages import open_page, texts, training, wait_until
from ui.explore.compare import controls, view_controls, words
from ui.explore.compare.figures import LETTER, PLOT, chart, spread
from ui.explore.compare.lines import SIGNS, View, points
from ui.kit.ink import DIGIT_INKS

pytestmark = pytest.mark.usefixtures("dashboard_here")

LINK = {"explore_part": "Compare", "engine": "exact", "n_train": "10", "n_test": "10", "epochs": "1"}


def contrast(a: str, b: str) -> float:
    """WCAG's, of two colours."""
    bright = []
    for color in (a, b):
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        bright.append(sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))
    return (max(bright) + 0.05) / (min(bright) + 0.05)


def test_signs_can_be_told_apart_and_read():
    assert len({(sign.symbol, sign.turned) for sign in SIGNS}) == len({sign.mark for sign in SIGNS}) == len(SIGNS) == 8
    for theme, ground in (("light", "#FFFFFF"), ("dark", "#101615")):
        colors = [sign.colors[theme] for sign in SIGNS]
        assert len({*colors, *DIGIT_INKS[theme]}) == 10
        assert all(contrast(color, ground) >= 4.5 for color in colors)


def test_each_measure_is_what_was_recorded():
    run = compared(tested=evaluation())
    values = {
        View("Training accuracy"): [90, 90],
        View("Training loss"): [0.6, 0.3],
        View("Training loss", "published"): [-0.6, -0.7],
        View("Test loss"): [0.4, 0.2],
        View("Gradient norms", layer="conv1"): [2.0],
    }
    for view, wanted in values.items():
        assert [point.value for point in points(run, view)] == pytest.approx(wanted), view
    assert points(run, View("Test accuracy"))[1] == (2, 80, 70, 90)
    assert [point.epoch for point in points(run, View("Slopes"))] == [1, 2]


def test_of_the_other_loss_the_end_alone_is_known():
    assert points(compared(tested=evaluation()), View("Test loss", "published")) == [(2, -0.75, None, None)]
    assert points(compared(), View("Test loss", "published")) == []
    assert points(compared(State.STOPPED, tested=evaluation()), View("Test loss", "published")) == []


def test_lines_have_letters_bands_and_the_longest_axis():
    runs = [compared(), compared(epochs=1, loss="published"), compared(State.QUEUED, epochs=0)]
    runs.append(compared(n_train=50))
    figure = chart(runs, View("Test accuracy"), "light")
    drawn = [each for each in figure["series"] if each.get("name") in list("ABCD")]
    assert [each["data"] for each in drawn] == [[[1, 80], [2, 80]], [[1, 80]], [], [[1, 80], [2, 80]]]
    bands = [each for each in figure["series"] if each.get("stack") == "A"]
    assert [each["data"] for each in bands] == [[[1, 70], [2, 70]], [[1, 20], [2, 20]]]
    (letters,) = (each for each in figure["series"] if each["type"] == "scatter" and not each.get("name"))
    assert [each["label"]["formatter"] for each in letters["data"]] == ["A", "B", "D"]
    assert (figure["xAxis"]["max"], figure["yAxis"]["min"], figure["yAxis"]["max"]) == (2, 60, 100)
    assert not [each for each in chart(runs, View("Training loss"), "dark")["series"] if "stack" in each]


def test_letters_at_one_place_are_moved_apart():
    assert spread([10, 100]) == [10, 100]
    assert spread([100, 100]) == [100 - LETTER / 2, 100 + LETTER / 2]
    assert spread([0, 0, 1]) == [0, LETTER, 2 * LETTER]
    assert spread([PLOT - 1, PLOT]) == [PLOT - LETTER, PLOT]
    runs = [compared(), compared(), compared(epochs=1)]
    for view, moved in ((View("Slopes"), [-10, 10, 0]), (View("Gradient norms", layer="fc1"), [-19, 0, 19])):
        (letters,) = (each for each in chart(runs, view, "light")["series"] if each["type"] == "scatter")
        assert [each["label"]["offset"] for each in letters["data"]] == [[0, pixels] for pixels in moved]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("measure", view_controls.MEASURES)
def test_an_axis_is_there_before_the_first_training(measure, theme):
    figure = chart([], View(measure, "published"), theme)
    assert figure["yAxis"]["min"] < figure["yAxis"]["max"]
    assert figure["xAxis"]["max"] == 10


def test_losses_of_two_kinds_are_told_apart():
    runs = [compared(tested=evaluation()), compared(tested=evaluation(), loss="published")]
    assert View("Test loss", "published").name == "test loss −p, mean over images"
    said = words.notes(runs, View("Test loss"))
    assert said == [
        "B was trained with the other loss, so the test loss −log p is known only at the end and has a single mark."
    ]
    assert "trained A with loss −log p and B with loss −p." in words.notes(runs, View("Training loss"))[0]
    assert words.notes(runs, View("Test accuracy")) == []


def test_notes_say_what_is_missing_or_of_another_scale():
    runs = [compared(), compared(gradient_rule="published"), compared(State.QUEUED, epochs=0)]
    assert words.notes(runs, View("Slopes")) == [
        "B used the raw difference, which is 2 sin s times the derivative.",
        "C: no complete epoch yet.",
    ]


def test_runs_with_and_without_epoch_0_share_a_picture():
    """Both at the same epochs, whatever their places; the picture says which has none."""
    older, newer = compared(), compared(first=0)
    for view in (View("Test accuracy"), View("Training accuracy"), View("Test loss")):
        assert [[point.epoch for point in points(run, view)] for run in (older, newer)] == [[1, 2], [0, 1, 2]]
        said = ["A: no epoch 0. Older runs and runs on devices do not record it."]
        assert words.notes([older, newer], view) == said
        assert words.notes([older, older], view) == words.notes([newer, newer], view) == []
    for view in (View("Training loss"), View("Slopes")):
        assert points(newer, view) == points(older, view)
        assert words.notes([older, newer], view) == []
    assert chart([newer], View("Test accuracy"), "light")["xAxis"]["min"] == 0
    begun = compared(State.RUNNING, first=0, epochs=0)
    assert words.notes([begun], View("Slopes")) == ["A: no complete epoch yet."]
    assert "running after epoch 0 of 2" in words.key([begun], [""], "light")
    assert ">0 of 2<" in words.table([begun, newer], "light")


def test_the_table_has_what_differs_and_no_more():
    runs = [compared(tested=evaluation()), compared(State.RUNNING, epochs=1, shots=None, shift=0.7853981633974483)]
    html = words.table(runs, "light")
    assert "Shots per measurement" in html
    assert "<td>exact</td>" in html
    assert "<td>π/4</td>" in html
    assert "Learning rate" not in html
    assert "50.0% (20.0–80.0)" in html
    assert "<td>0.3000</td><td>−0.7500</td><td>6</td><td>2 of 2</td><td>finished</td>" in html
    assert "<td>0.4000</td><td>–</td><td>6</td><td>1 of 2</td><td>running</td>" in html
    key = words.key(runs, ["<a>", ""], "light")
    assert "3 vs 7, shots per measurement 100, shift s (radians) π/2, seed 0, file &lt;a&gt;" in key
    assert "running after epoch 1 of 2" in key


def test_what_is_said_beyond_the_figures():
    a, b = compared(tested=evaluation()), compared(shots=10, tested=evaluation((0, 0, 1, 1, 1, 0)))
    assert words.verdict([a]) == words.FEW
    assert words.verdict([a, b]).startswith("On the same 6 test images, both networks are correct on 4, only A on 2")
    assert words.verdict([a, a]).startswith("All settings are the same, including the seed.")
    assert "Choose only two runs" in words.verdict([a, b, b])
    assert "The test images differ" in words.verdict([a, compared(digits=(0, 1), tested=evaluation())])
    assert "once both runs have ended" in words.verdict([a, compared(State.RUNNING, shots=10)])


def test_a_picture_says_its_numbers():
    assert words.alt([compared()], View("Test accuracy")).endswith("At the end: A 80.0% after epoch 2.")
    assert "empty" in words.alt([], View("Slopes"))


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("abc-_1.key", ["abc-_1"]),
        ("http://127.0.0.1/train?run=abc.key&shots=10", ["abc"]),
        ("http://h/explore?compare=a&compare=b&run=a.k", ["a", "b"]),
        ("run=x", ["x"]),
        ("http://h/explore?shots=10", []),
        ("", []),
    ],
)
def test_links_name_trainings_without_their_keys(said, ids):
    assert controls.ids_in(said) == ids


def table(app: AppTest) -> str:
    bodies = [getattr(each, "value", "") for each in app.get("html")]
    return "".join(body for body in bodies if "<table" in body)


def test_before_the_first_training_it_says_what_to_do_even_with_settings_that_cannot_be():
    app = open_page("explore", explore_part="Compare", digits=["4"], compare=["unknown"])
    assert "No run yet." in texts(app)
    assert "1 run was not found on this server." in texts(app)
    assert "Choose two digits" not in texts(app)
    assert table(app) == ""
    assert "compare" not in app.query_params
    app.text_input(key="compare_add").set_value("http://h/?run=nothing.k").run()
    assert "was not found on this server" in texts(app)


def test_trainings_of_the_server_are_compared_and_are_in_the_link():
    app = open_page("train", **LINK)
    ids = []
    for seed in (0, 1):
        app.number_input(key="seed").set_value(seed).run()
        app.button(key="train").click().run()
        ids.append(app.session_state["run_id"])
        wait_until(app, lambda: not training(app).active)
    app.switch_page("pages/explore.py").run()
    assert not app.exception
    assert app.session_state["compare_chosen"] == tuple(ids)
    assert app.query_params["compare"] == ids
    shared = next(code.value for code in app.code if "compare=" in code.value)
    assert shared.partition("?")[2] == f"explore_part=Compare+runs&compare={ids[0]}&compare={ids[1]}"
    assert "Random seed" in table(app)
    assert table(app).count("finished") == 2
    first = open_page("explore", explore_part="Compare", compare=ids[:1])
    assert first.session_state["compare_chosen"] == (ids[0],)
    first.text_input(key="compare_add").set_value(f"http://h/explore?compare={ids[1]}").run()
    assert first.session_state["compare_chosen"] == tuple(ids)
    first.multiselect(key="compare_runs").set_value([ids[1]]).run()
    assert list(first.session_state["compare_runs"]) == [ids[1]]
    assert first.query_params["compare"] in (ids[1], [ids[1]])
    for measure in view_controls.MEASURES:
        first.session_state["compare_measure"] = measure
        first.run()
        assert not first.exception
