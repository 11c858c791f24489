"""The cards of the start page: what they show is what the run recorded."""

import re
from math import pi

import numpy as np
import pytest

from hqnn.circuit.response import Response
from hqnn.config import Noise, RunConfig
from hqnn.jobs.job import Job
from hqnn.network.probe import PER_DIGIT, Layers, pack_layers
from hqnn.records import ProbeRecord
from hqnn.states import State
from tests.hqnn.diagnosis.test_rules import APART, epoch
from ui.home import figures, words
from ui.home.cards import cards
from ui.home.look import Look

CONFIG = RunConfig(n_train=10, n_test=5, digits=(4, 9), seed=3)
PIXELS = np.arange(784, dtype=np.uint8).reshape(28, 28)
IMAGES = 2 * PER_DIGIT


def layers(bright: int) -> str:
    """Packed layers, all of the same brightness but those of the first image of the second digit."""
    shapes = {"channels1": (4,), "maps1": (4, 12, 12), "channels2": (4,), "maps2": (4, 4, 4), "hidden": (64,)}
    found = Layers(**{name: np.full((IMAGES, *shape), 7, np.uint8) for name, shape in shapes.items()})
    for values in found:
        values[PER_DIGIT] = bright
    return pack_layers(found)


def probe(step: int, theta: float | None, bright: int | None = None) -> ProbeRecord:
    """A look at the images: θ of all is 9, but of the first one of the second digit."""
    angles = (*(9.0,) * PER_DIGIT, theta, *(9.0,) * (PER_DIGIT - 1))
    return ProbeRecord(step=step, epoch=1, theta=angles, layers=None if bright is None else layers(bright))


def job_with(*records, config: RunConfig = CONFIG, state: State = State.RUNNING) -> Job:
    job = Job(config, state=state)
    job.append(records)
    return job


def html(job: Job) -> dict[str, str]:
    """Picture and numbers of each card of a run."""
    return {card.key: card.picture + card.numbers for card in cards(Look.at(job), PIXELS)}


def test_a_look_is_the_latest_one_at_the_first_test_image_of_the_second_digit():
    look = Look.at(job_with(probe(0, 0.1, bright=50), probe(3, 0.5, bright=90), probe(4, 0.7)))
    assert (look.step, look.number, look.theta) == (4, 3, 0.7)
    assert look.layers is not None
    assert [values.shape for values in look.layers] == [(4,), (4,), (4, 12, 12), (4, 4, 4), (64,)]
    assert all((values == 90).all() for values in look.layers)  # of the last look that has some


@pytest.mark.parametrize("noise", [Noise(), Noise(readout_e0=0.05, readout_e1=0.2)], ids=["ideal", "noisy"])
def test_the_shots_are_a_measurement_with_the_runs_number_of_shots_and_its_noise(noise):
    config = CONFIG.replace(engine="noisy", shots=100_000, **noise.model_dump())
    look = Look.at(job_with(probe(4, 0.7), config=config))
    exact = float(Response.of(noise).probability(0.7))
    assert look.exact == pytest.approx(exact)
    assert look.ones is not None
    assert abs(look.ones / 100_000 - exact) < 5 * np.sqrt(exact * (1 - exact) / 100_000)
    assert look.share == look.ones / 100_000
    assert look.ones == Look.at(job_with(probe(4, 0.7), config=config)).ones
    assert look.ones != Look.at(job_with(probe(5, 0.7), config=config)).ones


def test_without_shots_the_prediction_is_exact():
    look = Look.at(job_with(probe(4, 0.7), config=CONFIG.replace(shots=None)))
    assert (look.ones, look.share) == (None, look.exact)
    assert words.shots(look) == "exact, no shots: P(1) = 0.822"


@pytest.mark.parametrize(("theta", "right", "said"), [(pi / 2, True, "✓ right"), (-pi / 2, False, "✗ wrong")])
def test_the_cards_have_the_numbers_of_the_image(theta, right, said):
    found = html(job_with(probe(4, theta, bright=90)))
    assert "the strongest 4 of 32 maps" in found["convolution_1"]
    assert "the strongest 4 of 64 maps" in found["convolution_2"]
    assert found["linear"].count("M") == 64  # a bar each
    assert f"θ = {'' if right else '−'}1.57 rad = {'' if right else '−'}90°" in found["angle"]
    assert f"{100 if right else 0} of 100 shots gave 1" in found["circuit"]
    assert f"◆ 9: {right:.2f}" in found["prediction"]
    assert f"● 4: {not right:.2f}" in found["prediction"]
    assert said in found["prediction"]
    assert 'alt="handwritten 9, number 1"' in found["image"]


def test_every_shot_falls_over_its_outcome():
    drawn = figures.shots(ones=37, count=100, number=1)
    heaps = re.findall(r'<g fill="url\(#shots-(\w)\)" class="fall-1">(.*?)</g>', drawn)
    counted = {kind: sum(int(width) // 5 for width in re.findall(r'width="(\d+)"', heap)) for kind, heap in heaps}
    assert counted == {"a": 63, "b": 37}
    assert "fall-0" in figures.shots(ones=37, count=100, number=2)  # so that they fall again
    assert figures.shots(ones=370, count=1000, number=1) == figures.bars(0.37)


def test_the_height_of_a_bar_is_its_probability():
    heights = [float(height) for height in re.findall(r'width="44" height="([\d.]+)"', figures.bars(0.25))]
    assert heights == [pytest.approx(0.75 * 58, abs=0.06), pytest.approx(0.25 * 58, abs=0.06)]


@pytest.mark.parametrize("theta", [0.7, -2.5, 4.0])
def test_the_dial_stands_at_theta(theta):
    (x, y) = re.findall(r'x2="([\d.]+)" y2="([\d.]+)" stroke="currentColor" stroke-width="3"', figures.dial(theta))[0]
    assert (float(x) - 60, float(y) - 35) == pytest.approx((30 * np.cos(theta), 30 * np.sin(theta)), abs=0.06)


def test_where_a_card_leads_the_same_image_and_the_same_state_are_shown():
    leads = {card.key: (card.page, card.choices) for card in cards(Look.at(job_with(probe(4, 4.0))), PIXELS)}
    assert leads["angle"] == leads["circuit"] == ("circuit", {"theta": "-131"})  # 229° − 360°
    page, choices = leads["convolution_2"]
    assert (page, choices["gradients_part"]) == ("gradients", "Follow one image")
    assert (choices["trip_stage"], choices["trip_part"], choices["trip_digit"]) == ("Convolution 2", "Test", "◆ 9")
    assert leads["image"] == ("data", {})
    assert leads["prediction"] == ("test", {})


def test_without_a_run_the_cards_have_the_chosen_numbers_and_still_pictures():
    found = {card.key: card for card in cards(Look(CONFIG.replace(shots=2000)), None)}
    assert found["circuit"].numbers == "one qubit, 2,000 shots"
    assert found["prediction"].numbers == "P(1) &gt; ½: 9, else 4"
    assert not any("<img" in card.picture for card in found.values())
    assert not found["angle"].choices
    exact = {card.key: card for card in cards(Look(CONFIG.replace(shots=None)), None)}
    assert exact["circuit"].numbers == "one qubit, exact, no shots"


def test_a_run_of_an_earlier_version_shows_the_numbers_of_its_epochs_and_says_so():
    job = job_with(*epoch(1, APART), *epoch(2, APART), state=State.FINISHED)
    look, found = Look.at(job), html(job)
    assert words.below(look, job) == (
        "This run recorded no pictures of its network. The cards show its numbers after epoch 2."
    )
    mean = np.mean(APART[10:])
    assert f"mean of the nines: {mean:.2f} rad = {np.degrees(mean):.0f}°" in found["angle"]
    assert "9 of 10 test images right" in found["prediction"]
    assert "one qubit, 100 shots" in found["circuit"]
    without = job_with(*epoch(1, APART)[:2], state=State.STOPPED)
    assert words.below(Look.at(without), without) == "This run recorded no pictures of its network."


def test_the_line_below_the_cards_names_the_network():
    waiting, ended = job_with(state=State.QUEUED), job_with(state=State.STOPPED)
    assert words.below(Look.at(waiting), waiting) == "The cards show this run's network once it has started."
    assert words.below(Look.at(ended), ended) == "This run ended before its first step. The cards show its settings."
    for step, when in ((0, "before its first step"), (4, "after step 4 of 30")):
        job = job_with(probe(step, 0.1))
        said = f"The cards follow test image 1 of the nines through this run's network, {when}."
        assert words.below(Look.at(job), job) == said


def test_an_angle_that_is_not_finite_is_said_and_shows_still_pictures():
    job = job_with(probe(4, None, bright=90))
    found = html(job)
    assert "θ is not finite" in found["angle"]
    assert "P(1) &gt; ½: 9, else 4" in found["prediction"]
    assert "the strongest 4 of 32 maps" in found["convolution_1"]
