"""Settings in words."""

from typing import Any

#: Meaning of a setting without a value.
_NONE = {
    "n_train": "all",
    "n_test": "all",
    "shots": "exact",
    "t1_us": "no decay",
    "t2_us": "2 × T1",
    "backend": "the least busy",
}


def spoken(name: str, value: Any) -> str:
    """Return a setting's value in words."""
    if value is None:
        return _NONE.get(name, "none")
    if name == "digits":
        return " vs ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}" if isinstance(value, float) else str(value)
