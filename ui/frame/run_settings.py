"""The settings of a run that is looked at, in words: what differs from the recommended ones, and from the widgets'."""

from collections.abc import Callable, Sequence
from typing import Any

from hqnn.config import RunConfig
from hqnn.words import plural
from ui.session.setting_options import NAMES, in_words

#: Differences that are said at once; longer lists fold.
AT_ONCE = 2

_PHRASES: dict[str, Callable[[Any], str]] = {
    "shots": lambda shots: "exact probabilities" if shots is None else plural(shots, "shot"),
    "batch_size": "batch {}".format,
    "loss": "{} loss".format,
    "gradient_rule": "{} gradient rule".format,
    "shift": lambda shift: f"shift {in_words('shift', shift)}",
    "engine": "{} engine".format,
    "epochs": lambda epochs: plural(epochs, "epoch"),
    "learning_rate": "learning rate {:g}".format,
    "seed": "seed {}".format,
    "n_train": lambda count: f"{_all(count)} training images per digit",
    "n_test": lambda count: f"{_all(count)} test images per digit",
    "head": "{} in the circuit’s place".format,
    "exact_evaluation": lambda _: "tested with exact probabilities",
}


def label(config: RunConfig) -> str:
    """The settings of a run but for its digits, which stand beside: in what they differ from the recommended ones."""
    phrases = _phrases(config)
    more = [f"{len(phrases) - AT_ONCE} more"] if len(phrases) > AT_ONCE else []
    return f"Settings: {_joined([*phrases[:AT_ONCE], *more]) or 'recommended'}"


def said(config: RunConfig) -> str:
    """All of it, in a sentence."""
    phrases = _phrases(config)
    return f"This run has the recommended settings{f', but {_joined(phrases)}' if phrases else ''}."


def other(config: RunConfig, own: RunConfig) -> str:
    """In which settings the widgets differ from a run; nothing if they do not."""
    names = differing(config, own)
    return f"Your own settings differ in {_listed([NAMES[name] for name in names])}." if names else ""


def differing(config: RunConfig, from_config: RunConfig) -> list[str]:
    """The names of the settings in which two runs differ."""
    return [name for name in RunConfig.model_fields if getattr(config, name) != getattr(from_config, name)]


def _phrases(config: RunConfig) -> list[str]:
    """What differs from the recommended settings but for the digits, what matters most first."""
    names = [name for name in differing(config, RunConfig()) if name != "digits"]
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
