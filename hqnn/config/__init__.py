"""Every setting of a run: its bounds, its checks, and its noise."""

from hqnn.config.engine_kinds import ENGINES, EngineKind, Hardware
from hqnn.config.noise import NOISE_PRESETS, Noise
from hqnn.config.run import (
    GRADIENT_RULES,
    HEADS,
    MIN_SHIFT_SINE,
    PRESETS,
    TEST_COUNTS,
    TRAIN_COUNTS,
    GradientRule,
    Loss,
    RunConfig,
    check_circuit,
    check_engine,
    check_seed,
    check_shift,
    check_shots,
)
from hqnn.config.validation import Settings, alternatives
from hqnn.errors import ConfigError

__all__ = [
    "ENGINES",
    "GRADIENT_RULES",
    "HEADS",
    "MIN_SHIFT_SINE",
    "NOISE_PRESETS",
    "PRESETS",
    "TEST_COUNTS",
    "TRAIN_COUNTS",
    "ConfigError",
    "EngineKind",
    "GradientRule",
    "Hardware",
    "Loss",
    "Noise",
    "RunConfig",
    "Settings",
    "alternatives",
    "check_circuit",
    "check_engine",
    "check_seed",
    "check_shift",
    "check_shots",
]
