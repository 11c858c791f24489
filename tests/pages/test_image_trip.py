"""The pictures and words of one image's trip, and its part of the Gradients page in every state."""

import re
from dataclasses import replace
from math import pi

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from hqnn import RunConfig, train
from hqnn.circuit.response import IDEAL
from hqnn.inference.follow_image import trip as measure_trip
from hqnn.inference.types import Trip
from hqnn.jobs.job import Job
from hqnn.records import Evaluation
from hqnn.runs import Run, to_bytes
from hqnn.states import State
from tests.pages.test_pages import open_page, put_there, texts
from ui.gradients.follow_image import figures
from ui.gradients.follow_image import maps as trip_maps
from ui.gradients.follow_image.part import mistake_after
from ui.gradients.follow_image.words import STAGES, who_answers, words
from ui.kit import falling_shots
from ui.kit import saliency as kit_saliency
from ui.kit.svg import Axes
from ui.kit.words import numbers_list, signed
from ui.session.viewer import identity_of

CONFIG = RunConfig(n_train=8, n_test=6, epochs=2)

pytestmark = pytest.mark.usefixtures("dashboard_here")
PART = "One image's trip"


@pytest.fixture(scope="module")
def run() -> Run:
    return Run.of(train(CONFIG))


@pytest.fixture(scope="module")
def trip(run) -> Trip:
    return measure_trip(to_bytes(run), "test", 7, 0)


def test_feature_maps_stand_side_by_side_on_one_scale_and_the_strongest_is_framed():
    maps = np.zeros((5, 4, 4), np.float32)
    maps[3, 1, 2], maps[0, 0, 0] = 2, 1
    picture, pitch, gap = trip_maps.mosaic(maps, 3, 3), trip_maps.TILE + trip_maps.BETWEEN, trip_maps.BETWEEN
    assert picture.shape == (2 * pitch + gap, 3 * pitch + gap, 3)
    zoom = trip_maps.TILE // 4
    assert picture[pitch + gap + zoom, gap + 2 * zoom].tolist() == [255, 255, 255]
    assert picture[gap, gap].tolist() == [128, 128, 128]
    assert picture[gap, gap + zoom].tolist() == [0, 0, 0]
    framed = np.argwhere((picture == trip_maps.STRONGEST).all(-1))
    assert framed.min(0).tolist() == [pitch, 0]
    assert framed.max(0).tolist() == [2 * pitch + gap - 1, pitch + gap - 1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_saliency_map_has_a_colour_and_a_sign_for_each_direction(trip, theme):
    saliency = np.zeros((28, 28), np.float32)
    saliency[5, 6], saliency[20, 3] = -0.2, 0.1
    of = replace(trip, saliency=saliency, pixels=np.zeros((28, 28), np.float32))
    picture, zoom, (low, middle, high) = (
        kit_saliency.saliency_picture(of, theme),
        kit_saliency.ZOOM,
        kit_saliency.DIVERGING[theme],
    )
    assert picture[5 * zoom, 6 * zoom].tolist() == list(low)
    assert picture[0, zoom - 1].tolist() == list(middle)
    half = np.round((np.array(middle) + high) / 2)
    assert np.abs(picture[20 * zoom, 3 * zoom] - half).max() <= 1
    signs = [
        picture[row * zoom : (row + 1) * zoom, column * zoom : (column + 1) * zoom] for row, column in ((5, 6), (20, 3))
    ]
    middle_column = [(sign[:, zoom // 2] != sign[0, 0]).any(-1).sum() for sign in signs]
    assert middle_column[0] == 2 < middle_column[1]
    assert kit_saliency.strongest_pixel(of) == (5, 6)
    html = kit_saliency.saliency(of, "a 7", theme)
    assert "(row 6, column 7) the derivative of θ is −0.200 rad per unit of grey" in html
    assert "−0.200 θ falls" in html
    assert "+0.200 θ rises" in html


def test_every_shot_is_a_dot_where_it_fell_and_bars_stand_for_many(trip):
    few = falling_shots.shots(replace(trip, shots=50, measured=0.3, exact=0.25), (3, 7), 0)
    assert len(re.findall(r'<circle [^>]*class="shot-0 digit-a"', few)) == 35
    assert len(re.findall(r'<polygon [^>]*class="shot-0 digit-b"', few)) == 15
    assert "1: 15 of 50. 0: 35 of 50. Exact P(1): 0.250" in few
    many = falling_shots.shots(replace(trip, shots=1000, measured=0.3, exact=0.25), (3, 7), 1)
    assert "shot-" not in many
    heights = [float(h) for h in re.findall(r'height="([\d.]+)" class="bar', many)]
    assert heights[0] / heights[1] == pytest.approx(7 / 3, rel=0.01)
    exact = falling_shots.shots(replace(trip, shots=None, error=0.0, measured=0.25, exact=0.25), (3, 7), 1)
    assert "1: 0.250. 0: 0.750." in exact


def test_the_slope_chart_has_the_shifted_measurements_at_their_angles(trip):
    of = replace(trip, theta=0.5, shift=pi / 2, shifted=(0.9, 0.2), shifted_exact=(0.94, 0.06), slope=0.35)
    html = figures.slope(of, IDEAL)
    axes = Axes(40, 26, 330, 172, (-2 * pi, 2 * pi), (0, 1))
    secant = " ".join(f"{axes.x(x):.1f},{axes.y(y):.1f}" for x, y in ((0.5 + pi / 2, 0.9), (0.5 - pi / 2, 0.2)))
    assert f'<polyline points="{secant}" class="secant"/>' in html
    assert "0.900 at θ + s and 0.200 at θ − s, so the slope at θ = 0.500 is 0.350 per radian" in html


@pytest.mark.parametrize("theta", [-9.0, -3.0, 0.0, 7.0])
@pytest.mark.parametrize("shift", [0.4, 2.7, 6.2])
def test_the_slope_chart_holds_every_angle(trip, theta, shift):
    html = figures.slope(replace(trip, theta=theta, shift=shift), IDEAL)
    for x in re.findall(r'<circle cx="([\d.-]+)"', html):
        assert 40 <= float(x) <= 370


@pytest.mark.parametrize(("loss", "low"), [("cross-entropy", 0.005), ("published", 0.0)])
def test_the_loss_chart_says_its_point_and_slope(trip, loss, low):
    of = replace(trip, loss=loss, probability=low, losses={loss: -0.0}, loss_slope=-1.0)
    assert f"At the measured p = {low:.3f} it is 0.000, and its slope is −1.000" in figures.loss(of, 7)


def test_the_angle_chart_has_a_bar_for_every_hidden_feature(trip):
    html = figures.angle(trip)
    assert html.count("<rect ") == 3 * 64
    assert f"rad, θ = {signed(trip.theta)} rad" in html


@pytest.mark.parametrize("stage", range(len(STAGES)), ids=STAGES)
def test_every_stage_has_a_title_numbers_and_a_sentence(trip, stage):
    said = words(stage, trip, CONFIG)
    assert said.title
    assert said.says.endswith(".")
    assert numbers_list(said.numbers).count("<dt>") == len(said.numbers) >= 4
    assert "-" not in "".join(value for _, value in said.numbers)


def numbers(stage: str, trip: Trip) -> dict[str, str]:
    return dict(words(STAGES.index(stage), trip, CONFIG).numbers)


def test_the_numbers_are_the_trips(trip):
    of = replace(
        trip, measured=0.4, exact=0.45, error=0.05, shots=100, ones=40, probability=0.4, slope=-0.2, slope_error=0.036,
        slope_exact=-0.25, loss_slope=-2.5, gradient=0.5, gradient_exact=0.6, label=1,
        losses={"cross-entropy": 0.916, "published": -0.4},
    )  # fmt: skip
    assert numbers("Shots", of) == {
        "P(1), measured (95% interval)": "0.400 (0.309–0.498)",
        "P(1), exact": "0.450",
        "difference": "−1.0 standard errors",
        "prediction": "3, wrong",
    }
    assert numbers("Loss", of) == {
        "p = P(1), measured": "0.400",
        "loss −log p, used in training": "0.916",
        "loss −p": "−0.400",
        "dL/dp": "−2.500",
    }
    assert numbers("Slope", of)["dP/dθ ± standard error"] == "−0.200 ± 0.036"
    assert numbers("Slope", of)["dL/dp · dp/dP(1)"] == "−2.500 · 1"
    assert numbers("Slope", of)["product dL/dθ"] == "0.500 per rad"


def test_without_shots_nothing_is_called_measured(trip):
    of = replace(
        trip, shots=None, ones=None, error=0.0, slope_error=0.0, measured=0.427, exact=0.427, label=0,
        slope=-0.25, slope_of_rule=-0.25, slope_exact=-0.25,
    )  # fmt: skip
    assert numbers("Shots", of) == {"P(1)": "0.427, exact", "prediction": "3, right"}
    slopes = numbers("Slope", of)
    assert slopes["dP/dθ by the rule"] == "−0.250, exact"
    assert not {"dP/dθ ± standard error", "dP/dθ, exact"} & slopes.keys()
    published = numbers("Slope", replace(of, gradient_rule="published", slope=-0.5))
    assert (published["dP/dθ by the rule"], published["dP/dθ, exact"]) == ("−0.500, exact", "−0.250")
    assert "measured" not in " ".join([*numbers("Loss", of), words(STAGES.index("Loss"), of, CONFIG).says])


@pytest.mark.parametrize("ones", [0, 1])
def test_one_shot_is_one_shot(trip, ones):
    of = replace(trip, shots=1, ones=ones, measured=float(ones))
    assert words(STAGES.index("Shots"), of, CONFIG).title == f"The single shot gives {ones}"
    assert f"measured with 1 shot on the {of.engine} engine." in who_answers(CONFIG, of)
    assert words(STAGES.index("Shots"), replace(of, shots=2), CONFIG).title == f"{ones} of 2 shots give 1"


def test_what_an_arrow_gives_is_said_with_the_errors_of_the_readout(trip):
    says = {
        (e0, e1): words(STAGES.index("Qubit"), trip, CONFIG.replace(engine="noisy", readout_e0=e0, readout_e1=e1)).says
        for e0, e1 in ((0.0, 0.0), (0.1, 0.25), (0.0, 0.25), (0.1, 0.0))
    }
    assert ["every shot gives 0: ● 3." in said for said in says.values()] == [True, False, False, False]
    assert (
        "up (|0⟩), 90.0% of the shots are read as 0: ● 3. If it points down (|1⟩), 75.0% are read as 1: ◆ 7."
        in says[0.1, 0.25]
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"gradient": 0.5, "gradient_exact": 0.4, "slope": 0.4},
            "A step against dL/dθ makes θ smaller, and 7 more probable.",
        ),
        ({"gradient": -0.5, "gradient_exact": -0.4, "slope": 0.4}, "A step against dL/dθ makes θ larger"),
        (
            {"gradient": -0.1, "gradient_exact": 0.4, "slope": 0.4},
            "would make θ larger, but the exact gradient would make it smaller: shot noise reversed the sign.",
        ),
        ({"gradient": 0.1, "gradient_exact": 0.4, "slope": 0.05}, "less than two standard errors from 0"),
        ({"gradient": 0.0, "gradient_exact": 0.4, "slope": 0.0}, "so this image would not move θ"),
    ],
)
def test_which_way_theta_should_move(trip, changes, said):
    of = replace(trip, label=1, slope_error=0.05, **changes)
    assert said in words(STAGES.index("Slope"), of, CONFIG).says


def test_a_device_is_not_measured_again_and_that_is_said(trip):
    config = RunConfig(engine="ibm", backend="fake_manila")
    assert who_answers(config, trip).endswith("on the aer engine. A new measurement on fake_manila would cost money.")
    assert "3 vs 7, seed 0), measured with 100 shots on the aer engine." in who_answers(CONFIG, trip)


def test_the_next_mistake_is_found_from_anywhere(run):
    evaluation = run.evaluation.model_copy(update={"labels": (0, 0, 1, 1), "predictions": (0, 1, 0, 1)})
    assert [mistake_after(evaluation, place) for place in (-1, 0, 1, 2, 3)] == [1, 1, 2, 1, 1]
    assert mistake_after(evaluation.model_copy(update={"predictions": (0, 0, 1, 1)}), 0) is None
    assert mistake_after(None, 0) is None


def looking_at(job: Job | None, **link: str) -> AppTest:
    """The page of whoever controls a training that is put there as it is."""
    link = {"gradients_part": PART} | link
    if job is not None:
        job.viewer = identity_of("mine")
        put_there(job)
        link["run"] = job.id
    app = open_page("gradients", "mine", **link)
    if "gradients_part" not in app.session_state or app.session_state["gradients_part"] != PART:
        app.segmented_control(key="gradients_part").set_value(PART).run()
    assert not app.exception
    return app


def ended(run: Run, evaluation: Evaluation | None = None, **changes) -> Job:
    return Job(
        CONFIG, state=State.FINISHED, evaluation=evaluation or run.evaluation, weights_file=to_bytes(run), **changes
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "No run yet. Train a network first"),
        (State.PAUSED, "When the run ends, or when you stop it"),
        (State.FAILED, "This run ended without a network."),
    ],
)
def test_without_a_network_it_says_what_to_do(state, said):
    assert said in texts(looking_at(state and Job(CONFIG, state=state)))


def titles(app: AppTest) -> str:
    return next(each.value for each in app.markdown if each.value.startswith("#### "))


def test_the_stages_are_walked_forth_and_back(run, trip):
    app = looking_at(ended(run))
    seen = [titles(app)]
    assert app.button(key="trip_back").disabled
    for _ in STAGES[1:]:
        app.button(key="trip_next").click().run()
        assert not app.exception
        seen.append(titles(app))
    assert len(set(seen)) == len(STAGES)
    assert app.button(key="trip_next").disabled
    for before in seen[-2::-1]:
        app.button(key="trip_back").click().run()
        assert titles(app) == before


def test_other_images_other_sets_and_other_shots(run):
    labels, said = (0,) * 6 + (1,) * 6, (0,) * 6 + (1, 1, 0, 1, 1, 1)
    app = looking_at(ended(run, run.evaluation.model_copy(update={"labels": labels, "predictions": said})))
    assert [app.session_state[f"trip_{name}"] for name in ("part", "digit", "number")] == ["test", 0, 1]
    assert app.button(key="trip_image_back").disabled
    app.button(key="trip_mistake").click().run()
    assert [app.session_state[f"trip_{name}"] for name in ("part", "digit", "number")] == ["test", 1, 3]
    app.button(key="trip_image_next").click().run()
    assert app.session_state["trip_number"] == 4
    app.segmented_control(key="trip_part").set_value("train").run()
    app.number_input(key="trip_number").set_value(8).run()
    assert app.button(key="trip_image_next").disabled
    app.segmented_control(key="trip_part").set_value("test").run()
    assert not app.exception
    assert app.session_state["trip_number"] == 6
    app.segmented_control(key="trip_stage").set_value("Shots").run()
    seen = set()
    for _ in range(6):
        app.button(key="trip_again").click().run()
        seen.add(str([each.value for each in app.markdown if "<svg" in each.value and "shot-" in each.value]))
    assert len(seen) > 1


def test_no_mistakes_is_no_button(run):
    labels = (0,) * 6 + (1,) * 6
    app = looking_at(ended(run, run.evaluation.model_copy(update={"labels": labels, "predictions": labels})))
    assert app.button(key="trip_mistake").disabled


def test_the_card_says_when_the_image_was_read(run):
    """The trip measures it again: with few shots its answer may be another one."""
    labels, said = (0,) * 6 + (1,) * 6, (1,) * 12
    app = looking_at(ended(run, run.evaluation.model_copy(update={"labels": labels, "predictions": said})))
    (card,) = [each.proto.body for each in app.get("html") if "The chosen image" in each.proto.body]
    assert "predicted as 7 in the test" in card
    app.segmented_control(key="trip_stage").set_value("Shots").run()
    assert "<dt>prediction</dt>" in " ".join(each.proto.body for each in app.get("html"))


def test_exact_probabilities_are_not_measured_again(run):
    job = ended(run)
    assert not looking_at(job).button(key="trip_again").disabled
    exact = Run.of(train(CONFIG.replace(shots=None, engine="exact", epochs=1)))
    job = Job(exact.config, state=State.FINISHED, evaluation=exact.evaluation, weights_file=to_bytes(exact))
    again = looking_at(job).button(key="trip_again")
    assert again.disabled
    assert "exact probabilities" in again.help


def notes(app: AppTest) -> list[str]:
    return [each.proto.body for each in app.get("html") if 'class="note"' in each.proto.body]


def test_a_link_that_asks_for_what_is_not_offered_is_answered_until_a_dial_moves(run):
    app = looking_at(ended(run), trip_stage="zzz", trip_part="foo", trip_digit="● 9")
    said = " ".join(notes(app))
    assert "Stage: the link’s value “zzz” is not available. Using Pixels instead." in said
    assert "Set: the link’s value “foo” is not available. Using Test instead." in said
    assert "Digit: the link’s value “● 9” is not available. Using ● 3 instead." in said
    app.button(key="trip_next").click().run()
    assert not notes(app)
    assert not notes(looking_at(ended(run), trip_stage="Shots", trip_part="Training", trip_digit="◆ 7"))
