"""Options whose label differs from their value. A link holds the label; an earlier version wrote the value."""

from collections.abc import Callable
from typing import Any

_RULES = {"parameter-shift": "parameter-shift rule", "published": "raw difference (original post)"}

#: Labels by control and value. The values stay as they were in earlier versions.
OPTION_LABELS: dict[str, dict[str, str]] = {
    "loss": {"cross-entropy": "cross-entropy (−log p)", "published": "−p (original post)"},
    "gradient_rule": _RULES,
    "shots_view": {"All together": "overall", "Each digit": "per digit"},
    "trip_stage": {
        "Maps 1": "Convolution 1",
        "Maps 2": "Convolution 2",
        "Slope": "Gradient",
        "Saliency": "Important pixels",
    },
    "race_against": {"Shots spent": "Total shots"},
    "race_tested": {"Their own shots": "Own shots"},
    "race_rules": _RULES,
    "race_floor": {"fitting": "automatic"},
    "stuck_question": {"The settings beside": "My settings"},
    "swap_settings": {"The settings beside": "My settings"},
    "atlas_settings": {"The settings beside": "My settings"},
    "compare_measure": {"Slopes": "Circuit gradients"},
}


def option_label(key: str) -> Callable[[Any], str]:
    """Return the `format_func` of a control."""
    labels = OPTION_LABELS.get(key, {})
    return lambda option: labels.get(option, str(option))
