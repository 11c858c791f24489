"""The whole test set: the same answers as the run's own evaluation, whoever measures."""

import numpy as np
import pytest
import torch

from hqnn import HybridNet, evaluate, load_pair, train
from hqnn.circuit.response import Response
from hqnn.config import TEST_COUNTS, Noise, RunConfig
from hqnn.inference.networks import trained
from hqnn.inference.whole_test import MAX_SIMULATED, angles, evaluation, whole_test
from hqnn.runs import Run, from_bytes, to_bytes

CONFIG = RunConfig(digits=(3, 7), n_train=10, n_test=None, epochs=1, shots=20, learning_rate=1e-4)


@pytest.fixture(scope="module")
def run() -> Run:
    return Run.of(train(CONFIG))


@pytest.fixture(scope="module")
def content(run) -> bytes:
    return to_bytes(run)


def test_the_whole_test_is_the_runs_own_evaluation_again(run, content):
    theta, again = whole_test(content)
    assert run.evaluation.n == len(theta) == TEST_COUNTS[3] + TEST_COUNTS[7]
    assert 0.02 < again.accuracy < 0.99
    assert again == run.evaluation


@pytest.mark.slow
def test_it_agrees_with_evaluate_on_the_same_images_for_the_same_seed(run, content):
    pair = load_pair(CONFIG.digits, CONFIG.n_train, None)
    theta = np.concatenate(angles(content, CONFIG.digits))
    for seed in (3, 4):
        expected = evaluate(run.network(), pair.test.images, pair.test.labels, loss="published", seed=seed)
        assert evaluation(theta, pair.test.labels.numpy(), "aer", 20, None, "published", seed) == expected


def test_angles_are_those_of_the_network_without_dropout_image_by_image(run, content):
    of_digits = angles(content, (7, 0, 3))
    assert [len(each) for each in of_digits] == [TEST_COUNTS[digit] for digit in (7, 0, 3)]
    net: HybridNet = run.network()
    threes = load_pair((3, 7), 1, 5).test.images[:5]
    with torch.no_grad():
        one_by_one = [net.angle(image[None]).item() for image in threes]
    assert of_digits[2][:5] == pytest.approx(one_by_one, abs=1e-5)


def test_without_shots_it_says_what_the_closed_form_says():
    theta = np.array([-0.4, 0.1, 0.7, -1.2])
    found = evaluation(theta, (0, 0, 1, 1), "exact", None)
    expected = (1 + np.sin(theta)) / 2
    assert found.probabilities == pytest.approx(tuple(expected))
    assert found.predictions == (0, 1, 1, 0)
    assert found.accuracy == 0.5
    noise = Noise(readout_e0=0.1, depolarizing_1q=0.05)
    noisy = evaluation(theta, (0, 0, 1, 1), "noisy", None, noise.model_dump())
    assert noisy.probabilities == pytest.approx(tuple(Response.of(noise).probability(theta)), abs=1e-6)


@pytest.mark.parametrize(("engine", "settings"), [("aer", {}), ("noisy", {"readout_e1": 0.2})])
def test_too_many_shots_to_simulate_are_drawn_from_the_same_distribution(engine, settings):
    """400 angles that are one: the mean and the spread of their shares are the binomial ones."""
    shots, n = 100_000, 400
    assert n * shots > MAX_SIMULATED
    found = evaluation(np.full(n, 0.3), np.zeros(n, int), engine, shots, settings, seed=5)
    shares = np.array(found.probabilities)
    exact = float(Response.of(Noise(**settings)).probability(0.3))
    variance = exact * (1 - exact) / shots
    assert abs(shares.mean() - exact) < 5 * np.sqrt(variance / n)
    assert abs(shares.var() - variance) < 5 * variance * np.sqrt(2 / n)
    assert np.abs(shares * shots - np.rint(shares * shots)).max() < 0.01


def test_a_run_of_a_device_is_measured_by_aer_instead(run):
    device = CONFIG.replace(engine="ibm", backend="fake_manila")
    moved = Run(device, run.weights, (), run.evaluation, completed=True, versions=run.versions)
    assert device.simulator == ("aer", None)
    assert whole_test(to_bytes(moved)).evaluation == run.evaluation


def test_bad_questions_are_refused_in_one_sentence(content):
    with pytest.raises(ValueError, match=r"digits must be whole numbers between 0 and 9, at least one, got \(3, 10\)"):
        angles(content, (3, 10))
    with pytest.raises(ValueError, match="engine must be a simulator, got 'ibm'"):
        evaluation([0.0], [0], "ibm")
    with pytest.raises(ValueError, match="shots must be between 1 and 100000, got 0"):
        evaluation([0.0], [0], "aer", 0)
    with pytest.raises(ValueError, match="images and labels must have the same length of at least 1, got 0 and 0"):
        evaluation([], [])
    with pytest.raises(ValueError, match="loss must be one of cross-entropy, published, got 'mse'"):
        evaluation([0.0], [0], "aer", 1, None, "mse")


def test_a_file_is_read_once(content):
    first = trained(content)
    assert trained(bytes(bytearray(content))) is first
    assert first.config == from_bytes(content).config
