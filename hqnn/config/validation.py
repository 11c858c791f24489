"""Base of all settings: frozen, JSON-able, and with one sentence for an invalid value."""

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, ValidationError

from hqnn.errors import ConfigError

#: Required kind of value, by the start of pydantic's name for the problem.
_WANTED = {"float": "a number", "bool": "true or false", "string": "a text"}


class Settings(BaseModel):
    """Validated, frozen settings.

    Raises:
        ConfigError: (a ValueError) in one sentence, for a setting out of its bounds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    if not TYPE_CHECKING:  # type checkers take the signature from the fields

        def __init__(self, **settings: Any) -> None:
            try:
                super().__init__(**settings)
            except ValidationError as error:
                raise ConfigError("; ".join(map(self._sentence, error.errors()))) from None

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some settings changed."""
        return type(self)(**(self.model_dump() | changes))

    @classmethod
    @cache
    def bounds(cls, setting: str) -> tuple[float, float]:
        """Return the lowest and highest allowed value of a numeric setting."""
        low, high = cls._limits(setting)
        if low is None or high is None:
            raise TypeError(f"{setting} has no numeric bounds")
        return low, high

    @classmethod
    def _limits(cls, setting: str) -> tuple[Any, Any]:
        """Return the bounds in the setting's field; None for a missing one."""
        rules = cls.model_fields[setting].metadata
        return (
            next((rule.ge for rule in rules if isinstance(rule, Ge)), None),
            next((rule.le for rule in rules if isinstance(rule, Le)), None),
        )

    @classmethod
    def _sentence(cls, problem: Any) -> str:
        """Return one of pydantic's problems as a sentence: setting, rule, value."""
        name, value, kind = str(problem["loc"][0]) if problem["loc"] else "", problem["input"], problem["type"]
        if kind == "value_error":
            return str(problem["ctx"]["error"])
        if kind == "extra_forbidden":
            close = get_close_matches(name, cls.model_fields, n=1)
            return f"there is no setting {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")
        if kind == "literal_error":
            return f"{name} must be {problem['ctx']['expected']}, got {value!r}"
        if kind in ("greater_than_equal", "less_than_equal", "finite_number"):
            low, high = cls._limits(name)
            rule = f"at least {low:.10g}" if high is None else f"between {low:.10g} and {high:.10g}"
            return f"{name} must be {rule}, got {value}"
        wanted = next((text for start, text in _WANTED.items() if kind.startswith(start)), "a whole number")
        return f"{name} must be {wanted}, got {value!r}"


def alternatives(values: tuple[str, ...]) -> str:
    """Return the values as a sentence lists them: 'a', 'b' or 'c'."""
    *first, last = map(repr, values)
    return f"{', '.join(first)} or {last}"
