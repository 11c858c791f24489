"""All settings of a run, with their bounds and checks, and the noise."""

from hqnn.config.circuit import (
    GRADIENT_RULES,
    MIN_SHIFT_SINE,
    CircuitSettings,
    GradientRule,
    check_engine,
    check_seed,
    check_shift,
    check_shots,
)
from hqnn.config.engine_kinds import ENGINES, EngineKind, Hardware
from hqnn.config.noise import NOISE_PRESETS, Noise
from hqnn.config.run import HEADS, PRESETS, TEST_COUNTS, TRAIN_COUNTS, Loss, RunConfig, check_circuit
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
    "CircuitSettings",
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
