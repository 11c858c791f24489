"""RunConfig: defaults, bounds, presets, and one sentence for every value that cannot be."""

import json
from math import inf, nan, pi

import pytest

from hqnn.config import (
    HEADS,
    NOISE_PRESETS,
    PRESETS,
    TEST_COUNTS,
    TRAIN_COUNTS,
    Hardware,
    Noise,
    RunConfig,
    check_circuit,
)
from hqnn.errors import ConfigError


def test_defaults_are_the_recommended_settings():
    config = RunConfig()
    assert config == RunConfig.preset("recommended")
    assert config.model_dump() == {
        "digits": (3, 7),
        "n_train": 100,
        "n_test": 50,
        "head": "circuit",
        "shots": 100,
        "shift": pi / 2,
        "gradient_rule": "parameter-shift",
        "loss": "cross-entropy",
        "exact_evaluation": False,
        "batch_size": 8,
        "epochs": 10,
        "learning_rate": 1e-3,
        "engine": "aer",
        "seed": 0,
        **Noise().model_dump(),
        **Hardware().model_dump(),
    }


@pytest.mark.parametrize(("name", "digits"), [("published-01", (0, 1)), ("published-37", (3, 7))])
def test_published_presets_are_the_posts(name, digits):
    config = RunConfig.preset(name)
    assert (config.digits, config.batch_size, config.epochs, config.loss) == (digits, 1, 20, "published")
    assert (config.n_train, config.n_test, config.shots, config.shift) == (100, 50, 100, pi / 2)
    assert config.gradient_rule == "published"


@pytest.mark.parametrize("name", PRESETS)
def test_a_config_survives_json(name):
    config = RunConfig.preset(name)
    assert RunConfig(**json.loads(config.model_dump_json())) == config
    assert hash(config) == hash(RunConfig.preset(name))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"shots": 0}, "shots must be between 1 and 100000, got 0"),
        ({"shots": 100_001}, "shots must be between 1 and 100000, got 100001"),
        ({"shots": "many"}, "shots must be a whole number, got 'many'"),
        ({"shots": 1.5}, "shots must be a whole number, got 1.5"),
        ({"digits": (3, 3)}, "digits must be two different digits, got 3 and 3"),
        ({"digits": (3, 10)}, "digits must be two whole numbers between 0 and 9, got 10"),
        ({"digits": (3,)}, "digits must be two whole numbers between 0 and 9, got (3,)"),
        ({"n_train": 0}, "n_train must be at least 1, got 0"),
        (
            {"n_train": 6200},
            "n_train must be at most 6131, because MNIST has 6131 images of 3 and 6265 of 7, got 6200",
        ),
        ({"n_test": 1020}, "n_test must be at most 1010, because MNIST has 1010 images of 3 and 1028 of 7, got 1020"),
        (
            {"shift": 3.14159},
            "shift must have |sin(shift)| of at least 0.01, because the parameter-shift rule divides by it, "
            "got 3.14159 (sine 2.7e-06)",
        ),
        ({"shift": nan}, "shift must be between -6.28 and 6.28, got nan"),
        ({"learning_rate": inf}, "learning_rate must be between 1e-06 and 1, got inf"),
        (
            {"n_train": 7000, "digits": (0, 1)},
            "n_train must be at most 5923, because MNIST has 5923 images of 0 and 6742 of 1, got 7000",
        ),
        (
            {"n_train": None, "batch_size": 1, "epochs": 100},
            "epochs must be at most 20 with 12396 images in batches of 1, so that a run has at most 250000 steps, "
            "got 100",
        ),
        ({"loss": "mse"}, "loss must be 'cross-entropy' or 'published', got 'mse'"),
        ({"engine": "ear"}, "engine must be 'aer', 'exact', 'noisy' or 'ibm', got 'ear'"),
        ({"readout_e0": 0.1}, "readout_e0 must be left out unless the engine is 'noisy', got 0.1 with 'aer'"),
        (
            {"engine": "exact", "side_by_side": False},
            "side_by_side must be left out unless the engine is 'ibm', got False with 'exact'",
        ),
        ({"head": "cosine"}, "head must be 'circuit', 'sigmoid', 'sine' or 'linear', got 'cosine'"),
        (
            {"head": "sine", "engine": "exact"},
            "engine must be left out unless the head is 'circuit', got 'exact' with 'sine'",
        ),
        (
            {"head": "linear", "gradient_rule": "published"},
            "gradient_rule must be left out unless the head is 'circuit', got 'published' with 'linear'",
        ),
        (
            {"head": "sigmoid", "engine": "noisy", "t1_us": 50},
            "engine must be left out unless the head is 'circuit', got 'noisy' with 'sigmoid'",
        ),
        (
            {"head": "sigmoid", "shift": 1},
            "shift must be left out unless the head is 'circuit', got 1.0 with 'sigmoid'",
        ),
        (
            {"engine": "ibm", "exact_evaluation": True},
            "exact_evaluation must be false with the 'ibm' engine, which has no exact probabilities, got True",
        ),
        ({"engine": "noisy", "readout_e0": 0.6}, "readout_e0 must be between 0 and 0.5, got 0.6"),
        ({"engine": "noisy", "t1_us": 10, "t2_us": 21}, "t2_us must be at most 2 × t1_us = 20, got 21"),
        ({"engine": "noisy", "t1_us": "long"}, "t1_us must be a number, got 'long'"),
        (
            {"engine": "ibm", "shots": None},
            "shots must be a number with the 'ibm' engine, which has no exact probabilities, got None",
        ),
        (
            {"engine": "ibm", "backend": "a b"},
            "backend must be a name of 1 to 60 letters, digits and underscores, got 'a b'",
        ),
        ({"engine": "ibm", "side_by_side": "so so"}, "side_by_side must be true or false, got 'so so'"),
        ({"shotz": 5}, "there is no setting 'shotz'; did you mean 'shots'?"),
        (
            {"shots": 0, "epochs": 0},
            "shots must be between 1 and 100000, got 0; epochs must be between 1 and 100, got 0",
        ),
    ],
)
def test_a_bad_value_gets_one_sentence(settings, message):
    with pytest.raises(ConfigError) as refusal:
        RunConfig(**settings)
    assert str(refusal.value) == message


def test_the_published_rule_may_shift_by_pi():
    assert RunConfig(shift=pi, gradient_rule="published").shift == pi


def test_an_unknown_preset_names_those_there_are():
    with pytest.raises(ConfigError, match="preset must be 'recommended', 'published-01' or 'published-37', got 'x'"):
        RunConfig.preset("x")


def test_a_replaced_setting_is_validated_and_the_config_itself_is_frozen():
    config = RunConfig()
    assert config.replace(seed=5).seed == 5
    with pytest.raises(ConfigError, match="seed must be between"):
        config.replace(seed=-1)
    with pytest.raises(ValueError, match="frozen"):
        config.seed = 5  # pyright: ignore[reportAttributeAccessIssue]


def test_all_images_are_the_counts_of_both_digits():
    config = RunConfig(digits=(0, 1), n_train=None, batch_size=8)
    assert config.n_images == TRAIN_COUNTS[0] + TRAIN_COUNTS[1] == 12_665
    assert config.steps_per_epoch == 1584  # 12,665 / 8 = 1583.1
    assert (sum(TRAIN_COUNTS), sum(TEST_COUNTS)) == (60_000, 10_000)


def test_bounds_are_only_of_numbers():
    assert RunConfig.bounds("epochs") == (1, 100)
    with pytest.raises(TypeError, match="loss has no numeric bounds"):
        RunConfig.bounds("loss")


def test_the_engines_own_settings_are_those_given():
    config = RunConfig(engine="noisy", readout_e0=0.1, t1_us=50)
    assert config.engine_settings == config.noise == Noise(readout_e0=0.1, t1_us=50)
    assert RunConfig(engine="ibm", backend="fake_manila").engine_settings == Hardware(backend="fake_manila")
    assert RunConfig().engine_settings is None
    assert RunConfig().noise == Noise()


@pytest.mark.parametrize("name", NOISE_PRESETS)
def test_every_noise_preset_is_a_noise(name):
    assert RunConfig(engine="noisy", **NOISE_PRESETS[name]).noise == Noise.preset(name)


def test_an_unknown_noise_preset_names_those_there_are():
    with pytest.raises(ConfigError, match=r"noise preset must be 'none', .* or 'torino', got 'x'"):
        Noise.preset("x")


def test_epochs_images_and_shots_together_are_bounded():
    RunConfig(n_train=None, epochs=8, shots=100_000)
    with pytest.raises(ConfigError) as refused:
        RunConfig(n_train=None, epochs=9, shots=100_000)
    assert str(refused.value) == (
        "epochs times images times shots must be at most 10,000,000,000, got 9 x 12,396 x 100,000 = 11,156,400,000"
    )
    RunConfig(n_train=None, epochs=9, shots=None)


@pytest.mark.parametrize("head", HEADS)
def test_a_twins_settings_are_the_circuits_but_for_what_only_a_circuit_has(head):
    circuit = RunConfig(engine="noisy", readout_e0=0.1, shift=1, gradient_rule="published", seed=3, shots=10, epochs=2)
    twin = circuit.with_head(head)
    if head == "circuit":
        assert twin == circuit
    else:
        assert twin == RunConfig(head=head, seed=3, shots=10, epochs=2)


def test_what_is_tested_without_shots():
    assert RunConfig().tested_shots == 100
    assert RunConfig(exact_evaluation=True).tested_shots is RunConfig(shots=None).tested_shots is None
    assert RunConfig(head="sine").tested_shots is None


def test_only_a_circuit_can_be_measured():
    check_circuit(RunConfig())
    with pytest.raises(ConfigError) as refused:
        check_circuit(RunConfig(head="sine"))
    assert str(refused.value) == "head must be 'circuit', because only a circuit can be measured, got 'sine'"
