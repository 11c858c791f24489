"""The settings by group: their labels, the options of their controls, and values in words."""

from math import pi
from typing import Any, get_args

from hqnn.config import ENGINES, NOISE_PRESETS, GradientRule, Loss
from ui.kit.option_labels import OPTION_LABELS

#: The settings of each group. The Data page shows the first group on the page itself.
DATA = ("digits", "n_train", "n_test")
CIRCUIT = ("shots", "shift", "seed")
TRAINING = ("epochs", "batch_size", "learning_rate", "loss", "gradient_rule")
ENGINE = ("engine",)
NOISE = ("depolarizing_1q", "readout_e0", "readout_e1", "t1_us", "t2_us", "gate_time_1q_ns")
DEVICE = ("backend", "side_by_side")

LABELS = {
    "digits": "Two digits",
    "n_train": "Training images per digit",
    "n_test": "Test images per digit",
    "shots": "Shots per measurement",
    "shift": "Shift s (radians)",
    "seed": "Random seed",
    "epochs": "Epochs",
    "batch_size": "Batch size (images)",
    "learning_rate": "Learning rate",
    "loss": "Loss",
    "gradient_rule": "Gradient rule",
    "engine": "Engine",
    "depolarizing_1q": "Depolarizing rate per gate",
    "readout_e0": "Readout error e0 (0 read as 1)",
    "readout_e1": "Readout error e1 (1 read as 0)",
    "t1_us": "Relaxation time T1 (µs)",
    "t2_us": "Dephasing time T2 (µs)",
    "gate_time_1q_ns": "Gate duration (ns)",
    "backend": "Device",
    "side_by_side": "Run copies in parallel on the chip",
}

#: Names of all settings, including those without a widget.
NAMES = LABELS | {
    "head": "Head (computes P(1) from θ)",
    "exact_evaluation": "Tested with exact probabilities",
    "depolarizing_2q": "Depolarizing rate per two-qubit gate",
    "gate_time_2q_ns": "Two-qubit gate duration (ns)",
}

ALL, EXACT, NEVER, TWICE_T1 = "all", "exact", "no decay", "2 × T1"
#: The option that stands for None, by setting.
NONE_WORDS = {"n_train": ALL, "n_test": ALL, "shots": EXACT, "t1_us": NEVER, "t2_us": TWICE_T1, "backend": ""}
_RATES = (0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
_TIMES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def _dial(name: str, *values: float) -> tuple[float, ...]:
    """Return the options of a control, including the values of the devices."""
    return tuple(sorted({*values, *(preset[name] for preset in NOISE_PRESETS.values() if name in preset)}))


OPTIONS: dict[str, tuple[Any, ...]] = {
    "n_train": (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, ALL),
    "n_test": (10, 20, 50, 100, 200, 500, ALL),
    "shots": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, EXACT),
    "shift": tuple(pi * eighths / 8 for eighths in range(1, 8)),
    "batch_size": (1, 2, 4, 8, 16, 32, 64),
    "learning_rate": (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2),
    "loss": get_args(Loss),
    "gradient_rule": get_args(GradientRule),
    "engine": tuple(ENGINES),
    "depolarizing_1q": _dial("depolarizing_1q", *_RATES, 0.7, 1),
    "readout_e0": _dial("readout_e0", *_RATES),
    "readout_e1": _dial("readout_e1", *_RATES),
    "t1_us": (*_dial("t1_us", *_TIMES), NEVER),
    "t2_us": (*_dial("t2_us", *_TIMES), TWICE_T1),
    "gate_time_1q_ns": _dial("gate_time_1q_ns", 10, 20, 35, 50, 100, 200, 500, 1000, 2000, 5000, 10_000),
}

_SHIFTS = dict(zip(OPTIONS["shift"], ("π/8", "π/4", "3π/8", "π/2", "5π/8", "3π/4", "7π/8"), strict=True))


def in_words(name: str, value: Any) -> str:
    """Return a setting's value as its widget shows it, also for a setting without a widget."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return NONE_WORDS[name] or "the least busy"
    return _SHIFTS.get(value, f"{value:.4g}") if name == "shift" else shown(name)(value)


def shown(name: str) -> Any:
    """Return the function that turns an option of a setting into its label."""
    own = {"shift": _SHIFTS, **OPTION_LABELS}
    return own[name].__getitem__ if name in own else "{:g}".format if name == "learning_rate" else plain


def plain(value: Any) -> str:
    """Return a value as text, numbers without trailing zeros."""
    return f"{value:g}" if isinstance(value, float) else str(value)
