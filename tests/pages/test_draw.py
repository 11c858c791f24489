"""The drawing pad's words, its samples, what a browser may say of it, and its page without a browser."""

import re
from base64 import b64encode
from dataclasses import replace
from math import cos, pi, sin, sqrt

import numpy as np
import pytest
import torch
from PIL import Image

from hqnn.circuit.response import IDEAL, Response
from hqnn.config import Noise
from hqnn.inference.drawing import answer
from hqnn.inference.pretrained import run_file
from hqnn.inference.types import Answer
from hqnn.network.data import pixels
from hqnn.network.evaluation import score
from hqnn.runs import from_bytes
from hqnn.statistics.intervals import wilson
from tests.hqnn.inference.test_photos import saved
from tests.pages.test_pages import open_page, texts
from ui.draw import figures, my_samples, words
from ui.draw.figures import on_one_turn
from ui.draw.my_samples import Sample
from ui.draw.pad import LONGEST, MOST, Drawing
from ui.kit.digits import gallery

pytestmark = pytest.mark.usefixtures("dashboard_here")

THREE = pixels(3, False)[0]
STROKE = {"kind": "stroke", "width": 20, "points": [1, 2, 30.5, 40]}


@pytest.fixture(scope="module")
def seven() -> Answer:
    return answer(run_file((3, 7)), pixels(7, False)[0], 100, 0)


def html(app) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def told(**changes):
    """What a browser says of a drawing."""
    value = {"revision": 5, "ended": True, "pen": 20, "pixels": b64encode(THREE.tobytes()).decode()}
    return value | {"entries": [STROKE]} | changes


def test_the_browsers_drawing_is_taken_and_an_older_one_is_not():
    drawing = Drawing().changed(told())
    assert (drawing.revision, drawing.ended, drawing.entries, drawing.picture) == (5, True, (STROKE,), "")
    assert drawing.pixels is not None
    assert (drawing.pixels == THREE).all()
    assert drawing.changed(told(revision=5, pixels=None)) is drawing
    later = drawing.changed(told(revision=6, ended=False) | {"entries": [STROKE]})
    assert (later.revision, later.ended) == (6, False)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "drawing",
        {},
        told(revision="5"),
        told(pen=21),
        told(pixels="no base64!"),
        told(pixels=b64encode(b"too short").decode()),
        told(entries="strokes"),
        told(entries=[STROKE] * (MOST + 1)),
        told(entries=[{"kind": "stroke", "width": 20, "points": [0] * (LONGEST + 1)}]),
        told(entries=[{"kind": "stroke", "width": 20, "points": ["<b>"]}]),
        told(entries=[{"kind": "script"}]),
    ],
    ids=str,
)
def test_what_no_pad_says_changes_nothing(value):
    drawing = Drawing(revision=1)
    assert drawing.changed(value) is drawing


def test_a_picture_stands_in_the_place_of_strokes_which_are_kept():
    drawing = Drawing().changed(told()).shows(THREE, "a 3, test image 1")
    assert drawing.picture == "a 3, test image 1"
    assert [entry["kind"] for entry in drawing.entries] == ["stroke", "picture"]
    assert drawing.revision == 6


def test_what_is_cleared_is_brought_back_by_undo():
    drawing = Drawing().changed(told())
    cleared = drawing.cleared()
    assert cleared.pixels is None
    assert (cleared.revision, cleared.entries) == (6, (STROKE, {"kind": "clear"}))
    assert cleared.cleared() is cleared


def test_a_refused_picture_leaves_no_prediction_beside_it():
    app = with_drawing()
    app.run()
    assert said(app).startswith("The network predicts 3 for your drawing, p =")
    for name, content, sentence in (
        ("a.png", b"no picture", "a.png: Cannot read this file."),
        ("b.png", saved(Image.new("L", (60, 60), 200)), "b.png: No digit found: the picture is almost"),
        ("c.txt", b"1", "c.txt: Cannot read this file."),
    ):
        app.file_uploader[0].set_value((name, content, "")).run()
        assert sentence in texts(app)
        assert said(app).startswith("The pad is empty")


def test_the_answer_in_words(seven):
    html = words.verdict(seven, (3, 7), 9)
    assert 'data-revision="9"' in html
    assert "◆ 7" in html
    low, high = wilson(seven.ones, 100)
    assert f"<strong>p = {seven.measured:.3f}</strong><br>95% interval {low:.3f}–{high:.3f}, 100 shots" in html
    assert f"p = {seven.measured:.3f} (95%: {low:.3f}–{high:.3f})" in words.status(seven, (3, 7), Drawing())
    assert words.status(seven, (3, 7), Drawing(pixels=THREE)).startswith("The network predicts 7 for your drawing, p =")
    exact = replace(seven, shots=None, ones=None, error=0.0)
    assert "exact, without shots" in words.verdict(exact, (3, 7), 9)
    assert "95%" not in words.with_error(exact)


def test_the_warning_stands_where_a_drawing_is_too_far(seven):
    assert words.unlike(seven, (3, 7)) == ""
    far = replace(seven, distance=seven.limit + 0.01)
    assert words.unlike(far, (3, 8)) == "This looks like neither a 3 nor an 8."
    assert words.unlike(None, (3, 7)) == ""


def test_other_answers_are_counted_against_their_expectation(seven):
    repeats = np.array([0.9] * 190 + [0.5] * 4 + [0.1] * 6)
    said = words.jitter(replace(seven, repeats=repeats, flips=0.04), (3, 7))
    assert "10 of 200 new measurements (5.0%) predict" in said
    assert "● 3" in said
    assert "expects 8.0 (4.0%)" in said


@pytest.mark.parametrize(("theta", "expected"), [(0.5, 0.5), (pi + 0.5, 0.5 - pi), (-7 * pi / 2, pi / 2)])
def test_an_angle_is_drawn_on_its_turn(theta, expected):
    assert on_one_turn(theta) == pytest.approx(expected)


def test_ones_own_samples_in_words_pictures_and_a_table():
    sample = Sample(2, 7, THREE)
    right, wrong = (my_samples.picture(sample, (3, 7), p) for p in (0.9, 0.2))
    assert (right.caption, right.detail, right.correct) == ("predicted 7", "p = 0.90", True)
    assert (wrong.caption, wrong.detail, wrong.correct) == ("predicted 3", "p = 0.80, is a 7", False)
    assert my_samples.picture(sample, (0, 1), None).correct is None
    head, row = my_samples.csv([sample]).splitlines()
    assert head.startswith("digit,row1column1,row1column2,")
    assert [int(value) for value in row.split(",")] == [7, *THREE.ravel().tolist()]


def test_ones_own_accuracy_has_its_interval():
    found = score(
        torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]),
        torch.tensor([0, 1, 1]),
        shots=None,
        loss="published",
        seed=0,
    )
    said = my_samples.summary((3, 7), 4, found)
    assert said.startswith("4 samples. The network gets 2 of 3 samples of its two digits right: <strong>66.7% (20.8")
    assert my_samples.summary((3, 7), 2, None).startswith("2 samples, but no threes or sevens")
    assert my_samples.summary((3, 7), 0, None).startswith("No samples yet.")


def test_the_page_answers_at_the_first_visit_with_a_network_that_comes_with_hqnn():
    app = open_page("draw", digits=["3", "7"])
    assert "Network: 3 vs 7, comes with hqnn." in texts(app)
    app.session_state["drawing"] = Drawing(revision=1).shows(THREE, "a 3, test image 1")
    app.run()
    assert not app.exception
    assert "The network predicts 3 for a 3, test image 1, p = " in html(app)
    app.button(key="save_0").click().run()
    (sample,) = app.session_state["samples"]
    assert (sample.digit, sample.number) == (3, 1)
    app.selectbox(key="network").set_value("0-1").run()
    assert "This looks like neither a 0 nor a 1." in html(app)


def test_what_the_link_asks_for_in_vain_is_said():
    assert "Shots per measurement: the link’s value “7” is not available. Using as trained instead." in html(
        open_page("draw", draw_shots="7")
    )


def said(app) -> str:
    """The sentence that a screen reader says."""
    return re.findall(r'role="status" class="unseen">([^<]*)<', html(app))[0]


def with_drawing(**changes):
    """The page with a three on its pad."""
    app = open_page("draw", digits=["3", "7"])
    app.session_state["drawing"] = Drawing().changed(told(**changes))
    return app


def test_a_drawing_is_answered_as_the_network_itself_does():
    app = with_drawing()
    app.select_slider(key="draw_shots").set_value("exact").run()
    with torch.no_grad():
        theta = (
            from_bytes(run_file((3, 7))).network().eval().angle(torch.tensor(THREE / 255).float()[None, None]).item()
        )
    p = (1 - sin(theta)) / 2
    assert f"The network predicts 3 for your drawing, p = {p:.3f}." in said(app)
    app.select_slider(key="draw_shots").set_value(100_000).run()
    assert abs(float(re.findall(r"p = ([\d.]+) \(95%", said(app))[0]) - p) < 5 * sqrt(p * (1 - p) / 1e5) + 5e-4


def test_while_a_stroke_goes_on_it_is_answered_but_not_read_out_or_saved():
    app = with_drawing(ended=False)
    app.run()
    assert said(app) == "Drawing."
    assert "● 3" in html(app)
    assert "falling still" in texts(app)
    assert app.button(key="save_0").disabled


def test_a_sample_that_another_network_is_not_offered_is_still_answered():
    app = open_page("draw", digits=["3", "7"])
    app.pills(key="sample").set_value((7, 1)).run()
    assert said(app).startswith("The network predicts 7 for a 7, test image 2, p = ")
    app.selectbox(key="network").set_value("0-1").run()
    assert not app.exception
    assert re.match(r"The network predicts [01] for a 7, test image 2, p = ", said(app))
    app.pills(key="sample").set_value((1, 0)).run()
    assert said(app).startswith("The network predicts 1 for a 1, test image 1, p = ")


def test_measured_again_the_same_drawing_has_other_shots():
    app = with_drawing()
    app.select_slider(key="draw_shots").set_value(100_000).run()
    seen = set()
    for _ in range(6):
        app.button(key="draw_again").click().run()
        seen |= set(re.findall(r"([\d,]+) of 100,000 shots gave 1", html(app)))
    assert len(seen) > 1


def test_samples_are_deleted_brought_back_and_tested_by_the_network_that_answers():
    app = with_drawing()
    app.session_state["draw_own_fold"] = True
    app.run()
    for label in (0, 0, 1):
        app.button(key=f"save_{label}").click().run()
    assert "3 samples. The network gets 2 of 3 samples of its two digits right" in html(app)
    app.button(key="delete_3").click().run()
    assert "2 samples. The network gets 2 of 2 samples of its two digits right" in html(app)
    app.button(key="delete_1").click().run()
    assert "1 sample. The network gets 1 of 1 samples" in html(app)
    app.button(key="samples_undo").click().run()
    app.button(key="samples_undo").click().run()
    assert "3 samples" in html(app)
    assert [sample.number for sample in app.session_state["samples"]] == [1, 2, 3]
    assert not any(button.key == "samples_undo" for button in app.button)
    app.selectbox(key="network").set_value("0-1").run()
    assert "3 samples, but no zeros or ones, the digits that this network knows." in html(app)


def test_a_digit_that_is_none_of_the_pair_is_saved_as_what_it_is():
    app = with_drawing()
    app.run()
    assert not {3, 7} & set(map(int, re.findall(r"\d", " ".join(app.selectbox(key="save_other").options))))
    app.session_state["draw_own_fold"] = True
    app.selectbox(key="save_other").set_value(8).run()
    assert not app.exception
    assert [sample.digit for sample in app.session_state["samples"]] == [8]
    assert app.selectbox(key="save_other").value is None
    assert "1 sample, but no threes or sevens" in html(app)
    picture = my_samples.picture(app.session_state["samples"][0], (3, 7), None)
    assert (picture.label, picture.caption) == (None, "an 8")
    assert "●" not in gallery([picture], "samples")
    assert app.session_state["samples"][0].pixels.tolist() == THREE.tolist()
    app.button(key="save_0").click().run()
    assert "2 samples. The network gets 1 of 1 samples of its two digits right" in html(app)


def test_a_visit_may_have_so_many_samples_and_no_more():
    app = with_drawing()
    app.session_state["samples"] = tuple(Sample(number, 3, THREE) for number in range(my_samples.MOST))
    app.run()
    assert app.button(key="save_0").disabled
    assert "You have 200 samples, which is the limit. Delete some to save others." in texts(app)


@pytest.mark.parametrize("theta", [-3.0, -pi / 2, 0.0, 0.4, 2.9, 4.0, -7.0])
def test_the_arrow_stands_at_theta_and_the_point_as_high_as_its_tip(seven, theta):
    found = replace(seven, theta=theta, exact=(1 + sin(theta)) / 2)
    picture = figures.theta(found, (3, 7), IDEAL)
    x, y = map(float, re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="5" class="dot"', picture)[0])
    assert x - figures.X == pytest.approx(figures.RADIUS * cos(theta), abs=0.06)
    assert figures.Y - y == pytest.approx(-figures.RADIUS * sin(theta), abs=0.06)  # up is |0⟩
    (hollow,) = re.findall(r'cy="([\d.]+)" r="5" class="hollow"', picture)
    assert float(hollow) == pytest.approx(y, abs=0.11)
    assert f"θ = {theta:.3f} rad".replace("-", "−") in picture


def test_noise_flattens_the_curve(seven):
    noisy = Response.of(Noise(readout_e0=0.1, readout_e1=0.2))
    heights = []
    for response in (IDEAL, noisy):
        (points,) = re.findall(r'<polyline points="([^"]*)"', figures.theta(seven, (3, 7), response))
        heights.append(np.ptp([float(point.split(",")[1]) for point in points.split()]))
    assert heights[1] / heights[0] == pytest.approx(1 - 0.1 - 0.2, abs=0.002)


@pytest.mark.parametrize(("theta", "towards"), [(0.5, "◆ 7"), (-0.5, "◆ 7"), (2.5, "● 3")])
def test_more_ink_on_green_leads_where_the_sine_rises(seven, theta, towards):
    assert f"would increase θ, here towards {towards}" in words.saliency(replace(seven, theta=theta), (3, 7))


def test_what_is_beyond_the_top_of_the_sine_is_said(seven):
    assert "P(0) increases with θ here" in words.theta(replace(seven, theta=2.0))
    assert "The arrow shows the same direction within one turn: −2.283 rad." in words.theta(replace(seven, theta=4.0))
    assert "−sin θ = −0.479" in words.theta(replace(seven, theta=0.5))


def test_one_shot_has_the_wide_interval_of_one_shot(seven):
    said = words.verdict(replace(seven, shots=1, ones=1, measured=1.0, error=0.101), (3, 7), 0)
    assert "95% interval 0.207–1.000, 1 shot<" in said
    assert "±" not in said


def test_names_that_come_with_files_are_text():
    app = open_page("draw")
    app.session_state["drawing"] = Drawing().shows(THREE, "your picture <img src=x>")
    app.run()
    assert "for your picture &lt;img src=x&gt;, p = " in html(app)
