"""Colours of the charts, light and dark. Nothing else uses the colours of the two digits."""

from dataclasses import dataclass
from typing import Any

#: The two digits' colours, by theme.
DIGIT_INKS = {"light": ("#0072B2", "#D55E00"), "dark": ("#5CB8EC", "#FF9A57")}


@dataclass(frozen=True)
class Ink:
    """Colours of one theme."""

    training: str
    test: str
    dots: str
    line: str
    text: str


INKS = {
    "light": Ink(training="#00795A", test="#8A3FB0", dots="#7A8682", line="#D5DCD9", text="#46524E"),
    "dark": Ink(training="#3CCBA0", test="#D6A4F2", dots="#A9B5B1", line="#36423F", text="#B8C4C0"),
}


@dataclass(frozen=True)
class Style:
    """The style of a line or a mark."""

    name: str
    #: By theme.
    colors: dict[str, str]
    #: The ECharts symbol of the mark. `turned` is its rotation in degrees.
    symbol: str
    dash: Any = "solid"
    turned: int = 0
    #: The mark as a character.
    mark: str = ""
