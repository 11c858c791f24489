"""A run's settings in words: differences from the recommended settings and from the widgets."""

from collections.abc import Callable, Sequence
from typing import Any

from hqnn.config import RunConfig
from hqnn.words import plural
from ui.session.setting_options import NAMES, in_words

#: Number of differences in the label; the fold has the rest.
AT_ONCE = 2

_PHRASES: dict[str, Callable[[Any], str]] = {
    "shots": lambda shots: "exact probabilities" if shots is None else plural(shots, "shot"),
    "batch_size": "batch size {}".format,
    "loss": lambda loss: f"loss {in_words('loss', loss)}",
    "gradient_rule": lambda rule: f"gradient {in_words('gradient_rule', rule)}",
    "shift": lambda shift: f"shift {in_words('shift', shift)}",
    "engine": "{} engine".format,
    "epochs": lambda epochs: plural(epochs, "epoch"),
    "learning_rate": "learning rate {:g}".format,
    "seed": "seed {}".format,
    "n_train": lambda count: f"{_all(count)} training images per digit",
    "n_test": lambda count: f"{_all(count)} test images per digit",
    "head": "{} instead of the circuit".format,
    "exact_evaluation": lambda _: "tested with exact probabilities",
}


def label(config: RunConfig) -> str:
    """Return how a run's settings differ from the recommended ones, without the digits, in short."""
    differing = phrases(config)
    more = [f"{len(differing) - AT_ONCE} more"] if len(differing) > AT_ONCE else []
    return f"Settings: {_joined([*differing[:AT_ONCE], *more]) or 'recommended'}"


def said(config: RunConfig) -> str:
    """Return all differences in a sentence."""
    differing = phrases(config)
    return f"This run uses the recommended settings{f', except: {_joined(differing)}' if differing else ''}."


def other(config: RunConfig, own: RunConfig) -> str:
    """Return which of the viewer's settings differ from a run's, or an empty text."""
    names = differing(config, own)
    return f"Your settings differ in {_listed([NAMES[name] for name in names])}." if names else ""


def differing(config: RunConfig, from_config: RunConfig) -> list[str]:
    """Return the names of the settings in which two runs differ."""
    return [name for name in RunConfig.model_fields if getattr(config, name) != getattr(from_config, name)]


def phrases(config: RunConfig, from_config: RunConfig | None = None) -> list[str]:
    """Return a run's settings without the digits where they differ from others, the most important first.

    Args:
        config: settings of the run.
        from_config: the other settings; the recommended ones by default.
    """
    names = [name for name in differing(config, from_config or RunConfig()) if name != "digits"]
    names.sort(key=[*_PHRASES, *names].index)
    return [_phrase(name, getattr(config, name)) for name in names]


def _phrase(name: str, value: Any) -> str:
    return _PHRASES[name](value) if name in _PHRASES else f"{NAMES[name]} {in_words(name, value)}"


def _all(count: int | None) -> str:
    return "all" if count is None else f"{count:,}"


def _joined(phrases: Sequence[str]) -> str:
    return " · ".join(phrases)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
