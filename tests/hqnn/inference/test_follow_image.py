"""One image's trip: every number against torch's own functions, a closed form, or central differences."""

import json
import pickle
from dataclasses import replace
from math import cos, log, sin, sqrt
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from hqnn import HybridNet, RunConfig, load_pair, train
from hqnn.circuit.response import Response
from hqnn.inference.follow_image import trip
from hqnn.inference.types import Trip
from hqnn.network.model import SineLayer, label_probabilities
from hqnn.runs import Run, RunFileError, to_bytes

NOISE: dict[str, Any] = {
    "engine": "noisy",
    "depolarizing_1q": 0.05,
    "readout_e0": 0.02,
    "readout_e1": 0.1,
    "t1_us": 50.0,
}
PLACES = range(0, 8, 3)


@pytest.fixture(scope="module")
def run() -> Run:
    return Run.of(train(RunConfig(n_train=8, n_test=4, epochs=2)))


def with_settings(run: Run, **settings) -> bytes:
    """The run's weights, as if they had been trained with other settings."""
    return to_bytes(replace(run, config=run.config.replace(**settings), history=()))


def trips(run: Run, part: str = "test", seed: int = 3, **settings) -> list[Trip]:
    content = with_settings(run, **settings)
    return [trip(content, part, place, seed) for place in PLACES]


def response(run: Run, settings) -> Response:
    return Response.of(run.config.replace(**settings).noise)


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_image_and_its_angle_are_those_of_the_runs_own_set_without_dropout(run, part):
    pair = load_pair((3, 7), 8, 4)
    images, model = getattr(pair, part), run.network()
    for place, found in zip(PLACES, trips(run, part), strict=True):
        image, label = images.images[place : place + 1], int(images.labels[place])
        np.testing.assert_array_equal(found.pixels, image[0, 0].numpy())
        assert found.label == label
        assert found.theta == model.angle(image).item()


def test_the_maps_and_hidden_features_are_those_of_plain_torch(run):
    w, pair = run.weights, load_pair((3, 7), 8, 4)
    for place, found in zip(PLACES, trips(run), strict=True):
        image = pair.test.images[place : place + 1]
        maps1 = (
            F.conv2d(image, w["conv1.weight"], w["conv1.bias"]).clamp(min=0).reshape(1, 32, 12, 2, 12, 2).amax((3, 5))
        )
        maps2 = F.conv2d(maps1, w["conv2.weight"], w["conv2.bias"]).clamp(min=0).reshape(1, 64, 4, 2, 4, 2).amax((3, 5))
        hidden = (maps2.reshape(1024) @ w["fc1.weight"].T + w["fc1.bias"]).clamp(min=0)
        assert found.maps1.shape == (32, 12, 12)
        assert found.maps2.shape == (64, 4, 4)
        np.testing.assert_allclose(found.maps1, maps1[0].numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found.maps2, maps2[0].numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found.hidden, hidden.numpy(), rtol=1e-5, atol=1e-5)
        assert found.hidden @ found.weights + found.bias == pytest.approx(found.theta, abs=1e-5)


@pytest.mark.slow
def test_the_saliency_is_the_central_difference_of_theta(run, monkeypatch):
    """On images with some noise: over plain black answers tie, and θ has one slope to either side."""
    pair, noise = load_pair((3, 7), 8, 4), torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    test = replace(pair.test, images=(pair.test.images + noise) / 2)
    monkeypatch.setattr("hqnn.inference.follow_image.load_pair", lambda *_: replace(pair, test=test))
    model, step = run.network().double(), 1e-7
    moves = step * torch.eye(784, dtype=torch.float64).reshape(784, 1, 28, 28)
    for place, found in zip(PLACES, trips(run), strict=True):
        image = test.images[place : place + 1].double()
        with torch.no_grad():
            up, down = (model.angle(image + way * moves)[:, 0].numpy() for way in (1, -1))
        np.testing.assert_allclose(found.saliency.ravel(), (up - down) / (2 * step), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("settings", [{}, NOISE, {"engine": "exact"}], ids=["aer", "noisy", "exact"])
def test_the_exact_answer_is_the_closed_form(run, settings):
    curve, s = response(run, settings), 0.75
    for found in trips(run, shift=s, **settings):
        theta = found.theta
        slope = curve.sine * cos(theta) - curve.cosine * sin(theta)
        assert found.exact == pytest.approx(curve.probability(theta).item(), abs=1e-6)
        assert found.shifted_exact == pytest.approx(
            [curve.probability(theta + way * s).item() for way in (1, -1)], abs=1e-6
        )
        assert (found.slope_exact, found.slope_of_rule) == (pytest.approx(slope, abs=1e-6),) * 2
        assert found.error == pytest.approx(sqrt(found.exact * (1 - found.exact) / 100), rel=1e-4)


@pytest.mark.parametrize("settings", [{}, NOISE], ids=["aer", "noisy"])
@pytest.mark.parametrize("rule", ["parameter-shift", "published"])
def test_what_is_measured_scatters_around_the_closed_form_as_it_says(run, settings, rule):
    curve, s, n, times = response(run, settings), 1.2, 400, 40
    content = with_settings(run, shift=s, shots=n, gradient_rule=rule, **settings)
    found = [trip(content, "test", 0, seed) for seed in range(times)]
    theta, first = found[0].theta, found[0]
    plus, minus = (curve.probability(theta + way * s).item() for way in (1, -1))
    divisor = 2 * sin(s) if rule == "parameter-shift" else 1
    deviation = sqrt((plus * (1 - plus) + minus * (1 - minus)) / n) / divisor
    assert first.slope_error == pytest.approx(deviation, rel=1e-4)
    assert first.slope_of_rule == pytest.approx((plus - minus) / divisor, abs=1e-6)
    slopes, shares = np.array([each.slope for each in found]), np.array([each.measured for each in found])
    assert abs(slopes.mean() - (plus - minus) / divisor) < 5 * deviation / sqrt(times)
    assert abs(slopes.std(ddof=1) / deviation - 1) < 5 / sqrt(2 * times)
    assert abs(shares.mean() - curve.probability(theta)) < 5 * first.error / sqrt(times)
    for each in found:
        assert each.ones == round(n * each.measured)
        assert each.slope == pytest.approx((each.shifted[0] - each.shifted[1]) / divisor, abs=1e-12)


@pytest.mark.parametrize("loss", ["cross-entropy", "published"])
@pytest.mark.parametrize("part", ["train", "test"])
def test_the_losses_and_their_slopes_have_their_closed_form(run, loss, part):
    for found in trips(run, part, loss=loss):
        p = found.measured if found.label else 1 - found.measured
        raised = max(p, 1 / 200)
        assert found.probability == pytest.approx(p)
        assert found.losses == {"cross-entropy": pytest.approx(-log(raised)), "published": pytest.approx(-p)}
        assert found.loss_slope == pytest.approx(-1 / raised if loss == "cross-entropy" else -1)
        sign = 1 if found.label else -1
        assert found.gradient == pytest.approx(found.loss_slope * sign * found.slope)


@pytest.mark.parametrize("loss", ["cross-entropy", "published"])
def test_the_exact_gradient_is_torchs_through_the_sine_twin(run, loss):
    for found in trips(run, loss=loss):
        theta = torch.tensor([[found.theta]], dtype=torch.float64, requires_grad=True)
        p = label_probabilities(SineLayer()(theta))[0, found.label]
        (-p.log() if loss == "cross-entropy" else -p).backward()
        assert theta.grad is not None
        assert found.gradient_exact == pytest.approx(theta.grad.item(), rel=1e-9)


def test_without_shots_all_is_exact_and_has_no_error(run):
    for found in trips(run, engine="exact", shots=None):
        assert (found.shots, found.ones, found.error, found.slope_error) == (None, None, 0, 0)
        assert found.measured == found.exact == pytest.approx((1 + sin(found.theta)) / 2)
        assert found.gradient == pytest.approx(found.gradient_exact)


def test_a_devices_run_is_measured_by_aer(run):
    (found, *_) = trips(run, engine="ibm", backend="fake_manila")
    assert found.engine == "aer"
    assert found.exact == pytest.approx((1 + sin(found.theta)) / 2)


def test_the_arrow_after_the_turn_gives_the_exact_probability_but_for_the_readout(run):
    perfect_readout: dict[str, Any] = NOISE | {"readout_e0": 0, "readout_e1": 0}
    for found in trips(run, **perfect_readout):
        assert (1 - found.bloch[1][2]) / 2 == pytest.approx(found.exact, abs=1e-6)
    for found in trips(run):
        np.testing.assert_allclose(found.bloch, [(1, 0, 0), (cos(found.theta), 0, -sin(found.theta))], atol=1e-12)


def test_another_seed_measures_anew_and_the_same_one_repeats(run):
    content = with_settings(run)
    shares = [[trip(content, "test", 0, seed).measured for seed in (1, 2, 3, 4)] for _ in range(2)]
    assert shares[0] == shares[1]
    assert len(set(shares[0])) > 1


def test_a_trip_goes_from_process_to_process_and_its_numbers_into_json(run):
    (found, *_) = trips(run)
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 (our own)
    np.testing.assert_array_equal(again.saliency, found.saliency)
    numbers = {name: value for name, value in vars(found).items() if not isinstance(value, np.ndarray)}
    assert json.loads(json.dumps(numbers))["theta"] == found.theta


@pytest.mark.parametrize(
    ("part", "place", "said"),
    [
        ("test", 8, "place must be between 0 and 7 in the test images, got 8"),
        ("train", -1, "place must be between 0 and 15 in the train images, got -1"),
        ("valid", 0, "part must be 'train' or 'test', got 'valid'"),
    ],
)
def test_an_image_that_is_not_there_is_refused(run, part, place, said):
    with pytest.raises(ValueError, match="^" + said):
        trip(with_settings(run), part, place, 0)


def test_what_is_no_run_is_refused():
    with pytest.raises(RunFileError, match="not a complete safetensors file"):
        trip(b"nothing", "test", 0, 0)


def test_the_steps_to_the_angle_are_the_angle():
    model, images = HybridNet().eval(), torch.rand(3, 1, 28, 28)
    features = model.features(images)
    assert torch.equal(features.theta, model.angle(images))
    assert [tuple(each.shape) for each in features] == [(3, 32, 12, 12), (3, 64, 4, 4), (3, 64), (3, 1)]
