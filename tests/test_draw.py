"""The Draw page in Streamlit's harness: what is said of a drawing, what is kept of it, and what cannot be one."""

import re
from base64 import b64encode
from math import cos, pi, sin, sqrt

import numpy as np
import pytest
import torch

from hqnn.config import RunConfig
from hqnn.data import pixels
from hqnn.noise import IDEAL, Noise, Response
from hqnn.pretrained import run_file
from hqnn.records import Answer
from hqnn.runs import from_bytes
from tests.test_pages import open_page, texts
from ui import draw_charts, draw_words, my_samples
from ui.answering import Network
from ui.my_samples import MOST, Sample
from ui.pad import MOST as MOST_ENTRIES
from ui.pad import Drawing

pytestmark = pytest.mark.usefixtures("_dashboard_here")

SEVEN = pixels(7, False)[0]
STROKE = {"kind": "stroke", "width": 20, "points": [1, 2, 3.5, 4]}


def value(revision=1, **changes):
    """What the browser says of a drawing."""
    encoded = b64encode(SEVEN.tobytes()).decode()
    return {"revision": revision, "ended": True, "pen": 20, "pixels": encoded, "entries": [STROKE]} | changes


def an_answer(theta=0.5, **changes) -> Answer:
    p = (1 + sin(theta)) / 2
    measured = round(100 * p) / 100
    said = {
        "label": int(measured > 0.5),
        "engine": "aer",
        "shots": 100,
        "ones": round(100 * measured),
        "theta": theta,
        "measured": measured,
        "exact": p,
        "error": sqrt(p * (1 - p) / 100),
        "bloch": ((1, 0, 0), (cos(theta), 0, -sin(theta))),
        "saliency": np.zeros((28, 28), np.float32),
        "repeats": np.full(200, measured),
        "flips": 0.01,
        "distance": 0.2,
        "limit": 0.5,
    }
    return Answer(**said | changes)


def html(app) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def answered(app) -> str:
    """The sentence that a screen reader says."""
    return re.findall(r'role="status" class="unseen">([^<]*)<', html(app))[0]


def angle(digits, image) -> float:
    network = from_bytes(run_file(digits)).network().eval()
    with torch.no_grad():
        return network.angle(torch.tensor(image / 255, dtype=torch.float32)[None, None]).item()


def test_a_first_visit_says_what_to_do_and_which_network_will_answer():
    app = open_page("draw")
    assert answered(app) == "The pad is empty: draw a 3 or a 7, or choose a sample."
    assert "3 vs 7, comes with hqnn: this network answers." in texts(app)
    assert app.button(key="save_0").disabled
    assert app.button(key="draw_again").disabled


def test_a_drawing_is_answered_as_the_network_itself_does():
    app = open_page("draw")
    app.session_state["drawing"] = Drawing().changed(value())
    app.select_slider(key="draw_shots").set_value("exact").run()
    p = (1 + sin(angle((3, 7), SEVEN))) / 2
    assert f"The network reads your drawing as a 7, p = {p:.3f}." in answered(app)
    assert "exact, without shots" in html(app)
    app.select_slider(key="draw_shots").set_value(100_000).run()
    assert abs(float(re.findall(r"p = ([\d.]+) ± ", answered(app))[0]) - p) < 5 * sqrt(p * (1 - p) / 1e5) + 5e-4


def test_while_a_stroke_goes_on_it_is_answered_but_not_read_out_or_saved():
    app = open_page("draw")
    app.session_state["drawing"] = Drawing().changed(value(ended=False))
    app.run()
    assert answered(app) == "Drawing."
    assert "◆ 7" in html(app)
    assert "falling still" in texts(app)
    assert app.button(key="save_1").disabled


def test_samples_are_answered_in_the_place_of_a_drawing_and_follow_the_network():
    app = open_page("draw")
    app.pills(key="sample").set_value((3, 1)).run()
    assert answered(app).startswith("The network reads a 3, test image 2 as a 3, p = ")
    app.selectbox(key="network").set_value("0-1").run()
    assert not app.exception
    assert "as a 0" in answered(app) or "as a 1" in answered(app)
    assert answered(app).endswith("This looks like neither a 0 nor a 1.")
    app.pills(key="sample").set_value((1, 0)).run()
    assert answered(app).startswith("The network reads a 1, test image 1 as a 1, p = ")


def test_measured_again_the_same_drawing_has_other_shots():
    app = open_page("draw")
    app.session_state["drawing"] = Drawing().changed(value())
    app.select_slider(key="draw_shots").set_value(1000).run()
    seen = {re.findall(r"([\d,]+) of 1,000 shots gave 1", html(app))[0]}
    for _ in range(6):
        app.button(key="draw_again").click().run()
        seen |= {re.findall(r"([\d,]+) of 1,000 shots gave 1", html(app))[0]}
    assert len(seen) > 1


def test_a_link_to_shots_that_are_not_offered_is_answered():
    app = open_page("draw", draw_shots="7")
    assert "Shots: the link asks for “7”, which is not offered; it is as trained." in html(app)


def test_drawings_that_are_saved_make_a_test_set_with_wilsons_interval():
    app = open_page("draw")
    app.session_state["drawing"] = Drawing().changed(value())
    app.session_state["draw_own_fold"] = True
    app.run()
    for label in (1, 1, 0):
        app.button(key=f"save_{label}").click().run()
    right, n, z = 2, 3, 1.959964
    centre, half = (right / n + z * z / 2 / n), z * sqrt(right * (n - right) / n**3 + z * z / 4 / n**2)
    low, high = ((centre + way * half) / (1 + z * z / n) for way in (-1, 1))
    assert f"it gets 2 right: <strong>66.7% ({100 * low:.1f}–{100 * high:.1f})</strong>" in html(app)
    app.button(key="delete_3").click().run()
    assert "2 samples. Of the 2 of this network’s pair it gets 2 right" in html(app)
    app.button(key="samples_undo").click().run()
    assert "3 samples" in html(app)
    app.selectbox(key="network").set_value("0-1").run()
    assert "3 samples, none of them zeros or ones, which this network tells apart." in html(app)


def test_a_visit_may_have_so_many_samples_and_no_more():
    app = open_page("draw")
    app.session_state["drawing"] = Drawing().changed(value())
    app.session_state["samples"] = tuple(Sample(number, 7, SEVEN) for number in range(MOST))
    app.run()
    assert app.button(key="save_0").disabled
    assert f"There are {MOST} samples, as many as a visit may have: delete some to save others." in texts(app)


def test_samples_leave_as_a_table_of_their_pixels():
    head, *rows = my_samples.csv([Sample(1, 7, SEVEN), Sample(2, 3, SEVEN.T)]).splitlines()
    assert head.startswith("digit,row1column1,row1column2")
    assert [row.split(",")[0] for row in rows] == ["7", "3"]
    assert np.array_equal(np.array(rows[1].split(",")[1:], int).reshape(28, 28), SEVEN.T)


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        value(revision=0),
        value(revision="1"),
        value(ended=None),
        value(pen=7),
        value(pixels="&&&"),
        value(pixels=b64encode(bytes(783)).decode()),
        value(pixels=b64encode(bytes(7840)).decode()),
        value(entries="all"),
        value(entries=[STROKE] * (MOST_ENTRIES + 1)),
        value(entries=[{"kind": "stroke", "width": 20, "points": ["x"]}]),
        value(entries=[{"kind": "stroke", "width": 20, "points": [0] * 20_001}]),
        value(entries=[{"kind": "picture", "name": "a" * 300, "image": "", "pixels": ""}]),
        value(entries=[{"kind": "other"}]),
    ],
    ids=lambda said: str(said)[:60],
)
def test_what_cannot_be_a_drawing_leaves_the_one_that_is_there(said):
    before = Drawing()
    assert before.changed(said) is before


def test_a_stroke_that_goes_on_leaves_what_can_be_undone():
    drawing = Drawing().changed(value())
    later = drawing.changed({key: said for key, said in value(2, ended=False).items() if key != "entries"})
    assert (later.revision, later.ended, later.entries) == (2, False, (STROKE,))
    assert later.changed(value(1)) is later


def test_a_picture_begins_anew_and_is_the_last_thing_to_be_undone():
    drawing = Drawing().changed(value()).shows(SEVEN, "a 7, test image 1")
    assert drawing.revision == 2
    assert drawing.picture == "a 7, test image 1"
    assert [entry["kind"] for entry in drawing.entries] == ["stroke", "picture"]
    assert drawing.entries[1]["pixels"] == b64encode(SEVEN.tobytes()).decode()
    assert drawing.changed(value(3, entries=list(drawing.entries))).picture == "a 7, test image 1"
    assert not drawing.changed(value(3)).picture


@pytest.mark.parametrize("theta", [-3.0, -pi / 2, 0.0, 0.4, 2.9, 4.0, -7.0])
def test_the_arrow_stands_at_theta_and_its_tip_as_high_as_the_curve(theta):
    picture = draw_charts.theta(an_answer(theta), (3, 7), IDEAL)
    x, y = (float(of) for of in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="5" class="dot"', picture)[0])
    right, up = x - draw_charts.X, draw_charts.Y - y
    assert right == pytest.approx(draw_charts.RADIUS * cos(theta), abs=0.06)
    assert up == pytest.approx(draw_charts.RADIUS * sin(theta), abs=0.06)
    (hollow,) = re.findall(r'cy="([\d.]+)" r="5" class="hollow"', picture)
    assert float(hollow) == pytest.approx(y, abs=0.11)
    assert f"θ = {theta:.3f} rad".replace("-", "−") in picture


def test_noise_bends_the_curve_and_moves_the_point_on_it():
    noisy = Response.of(Noise(readout_e0=0.1, readout_e1=0.2))
    exact = float(noisy.probability(0.5))
    pictures = [
        draw_charts.theta(an_answer(exact=p), (3, 7), response) for p, response in ((exact, noisy), (0.74, IDEAL))
    ]
    curves = [re.findall(r'<polyline points="([^"]*)"', picture)[0] for picture in pictures]
    assert curves[0] != curves[1]
    ideal = (1 + sin(0.5)) / 2
    assert f"exactly {0.8 * ideal + 0.1 * (1 - ideal):.3f}" in pictures[0]


def test_a_rare_flip_is_counted_beside_what_is_expected():
    found = an_answer(0.1, repeats=np.array([0.45] * 7 + [0.6] * 193), flips=0.02)
    assert "7 answers (3.5%) were" in draw_words.jitter(found, (3, 7))
    assert "expects 4.0 (2.0%)" in draw_words.jitter(found, (3, 7))
    assert "7 of them say the other digit" in draw_words.jitter_alt(found)
    assert draw_words.jitter(an_answer(shots=None), (3, 7)) == "Exact probabilities do not scatter."


@pytest.mark.parametrize(("theta", "towards"), [(0.5, "◆ 7"), (-0.5, "◆ 7"), (2.5, "● 3")])
def test_more_ink_on_green_leads_where_the_sine_rises(theta, towards):
    assert f"raises θ, here towards {towards}" in draw_words.saliency(an_answer(theta), (3, 7))


def test_the_warning_is_that_of_the_rule():
    assert draw_words.unlike(an_answer(distance=0.6), (1, 8)) == "This looks like neither a 1 nor an 8."
    assert draw_words.unlike(an_answer(distance=0.5), (1, 8)) == ""
    assert dict(draw_words.numbers(an_answer()))["distance to MNIST's digits"] == "0.20, warning above 0.50"


def test_what_is_beyond_the_top_of_the_sine_is_said():
    assert "P(1) falls as θ grows" in draw_words.theta(an_answer(2.0))
    assert "θ is drawn on its turn: −2.283 rad." in draw_words.theta(an_answer(4.0))
    assert "sin θ = 0.479" in draw_words.theta(an_answer(0.5))


def test_names_that_come_with_files_are_text():
    drawing = Drawing().shows(SEVEN, "your picture <img src=x>")
    assert "your picture <img src=x>" in draw_words.status(an_answer(), (3, 7), drawing)
    app = open_page("draw")
    app.session_state["drawing"] = drawing
    app.run()
    assert "your picture &lt;img src=x&gt; as a 7" in html(app)


def test_the_network_that_answers_is_named_with_its_engine():
    network = Network("k", "3 vs 7, running, as after step 12", RunConfig(), b"")
    assert draw_words.who_answers(an_answer(), network) == (
        "3 vs 7, running, as after step 12: this network answers, its qubit measured on engine aer."
    )
