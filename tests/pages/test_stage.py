"""What the stage's addresses answer, and what it knows of a run from the start. No server is started."""

import json
from io import BytesIO
from math import cos, sin
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs.job import Job
from hqnn.network.training import TrainResult, train
from tests.pages.test_addresses import ask as ask  # noqa: PLC0414
from tests.pages.test_pages import open_page
from ui.train.stage import facts, route

CONFIG = RunConfig(n_train=10, n_test=10, epochs=2, batch_size=5, engine="exact")


@pytest.fixture(scope="module")
def job() -> Job:
    """A finished training of eight steps."""
    job = Job(CONFIG, "someone")
    job.append(record for record in train(CONFIG) if not isinstance(record, TrainResult))
    return job


@pytest.fixture(autouse=True)
def engine(job, monkeypatch):
    monkeypatch.setattr(route, "jobs", lambda: SimpleNamespace(get={job.id: job}.get))
    monkeypatch.setattr(route, "pixels", lambda digit, train: np.full((50, 28, 28), 10 * digit + train, np.uint8))


def test_a_browser_reads_a_run_bit_by_bit(ask, job):
    whole = json.loads(ask(f"stage/{job.id}").text)
    assert [frame[0] for frame in whole["frames"]] == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    later = ask(f"stage/{job.id}?since=7&epochs=2&image=23&layers=1")
    assert later.headers["cache-control"] == "no-store"
    said = json.loads(later.text)
    assert said["frames"] == whole["frames"][7:]
    assert said["confusions"] == whole["confusions"][2:]
    assert [step for step, _ in said["layers"]] == [3, 6, 8]
    assert len(later.content) < 8000


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("since=x", "since must be a whole number, got 'x'"),
        ("since=-1", "since must be at least 0, got -1"),
        ("image=24", "image must be from 0 to 23, got 24"),
        ("layers=", "layers must be a whole number, got ''"),
    ],
)
def test_a_bad_question_is_answered_with_the_rule(ask, job, question, said):
    answer = ask(f"stage/{job.id}?{question}")
    assert (answer.status, answer.text) == (400, said)


def test_an_unknown_run_is_not_found(ask):
    for address in ("stage/unknown", "stage/unknown/facts"):
        assert (ask(address).status, ask(address).text) == (404, "This run is not on this server.")


def test_the_images_come_as_one_picture_that_the_browser_keeps(ask, monkeypatch):
    answer = ask("stage/images/train-3-7.png")
    assert "immutable" in answer.headers["cache-control"]
    picture = np.asarray(Image.open(BytesIO(answer.content)))
    assert picture.shape == (28, 24 * 28)
    assert (picture[:, : 12 * 28] == 31).all()
    assert (picture[:, 12 * 28 :] == 71).all()
    for wrong in ("other-3-7", "test-3-3", "test-3-12"):
        assert ask(f"stage/images/{wrong}.png").status == 404

    def fails(digit, train):
        raise HqnnError("The workers are starting.")

    monkeypatch.setattr(route, "pixels", fails)
    assert ask("stage/images/test-3-7.png").status == 503


def test_the_facts_of_a_run_hold_for_all_its_frames(ask, job):
    said = json.loads(ask(f"stage/{job.id}/facts").text)
    assert (said["source"], said["digits"], said["names"]) == ("probes", [3, 7], ["threes", "sevens"])
    assert (said["early"], said["late"], said["total"], said["stepsPerEpoch"]) == (4, 4, 8, 4)
    assert len(said["slopes"]) == facts.SLOPE_POINTS
    (slope, error), (least, _) = said["slopes"][0], said["slopes"][facts.SLOPE_POINTS // 4]
    assert (slope, least) == (0.5, 0)
    assert error == 0  # at θ = 0 with a shift of π/2 every shot is certain


@pytest.mark.parametrize("angle", [-2.0, 0.3, 1.5])
def test_noise_shortens_the_state_as_the_circuit_does(angle):
    noisy = CONFIG.replace(engine="noisy", depolarizing_1q=0.1, readout_e0=0.1, readout_e1=0.02)
    said = facts.facts(noisy, "probes")
    (x0, xc, xs), (z0, zc, zs) = said["waves"]
    x, z = x0 + xc * cos(angle) + xs * sin(angle), z0 + zc * cos(angle) + zs * sin(angle)
    assert np.hypot(x, z) == pytest.approx(0.81, abs=1e-4)
    offset, sine, cosine = said["response"]
    read = offset + sine * sin(angle) + cosine * cos(angle)
    assert read == pytest.approx(0.98 * (1 - z) / 2 + 0.1 * (1 + z) / 2, abs=1e-4)
    half = (1 - said["half"]) / 2
    assert 0.98 * half + 0.1 * (1 - half) == pytest.approx(0.5)


def test_without_noise_half_lies_in_the_middle():
    said = facts.facts(CONFIG, "epochs")
    assert said["half"] == 0
    assert (said["early"], said["late"]) == (0, 2)
    assert said["waves"] == [[0, 1, 0], [0, 0, -1]]


def test_the_page_has_one_small_stage(monkeypatch):
    app = open_page("train")
    (stage,) = [each for each in app.get("bidi_component") if "hqnn_stage" in str(each.proto)]
    assert len(stage.proto.SerializeToString()) < 2000
    assert json.loads(stage.proto.json)["run"] == ""
