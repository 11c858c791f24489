"""The seven cards: name, picture, numbers, and the page that each leads to. Nothing here draws."""

from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ui.home import figures, still, words
from ui.home.look import LABEL, Look
from ui.kit.digits import MARKS, one
from ui.kit.sitemap import PAGES, PARTS

_FOLLOW = PARTS["gradients"]["One image's trip"]


class Card(NamedTuple):
    """One card."""

    key: str
    name: str
    #: The page's name in `PAGES`, what it is to show there by query keys, and the name of its tab.
    page: str
    choices: dict[str, str]
    place: str
    #: HTML.
    picture: str
    numbers: str


def cards(look: Look, pixels: NDArray[np.uint8] | None) -> list[Card]:
    """Return the cards of a run, or of the settings.

    Args:
        look: what the run makes of its image; nothing but the settings if there is no run.
        pixels: the image, (28, 28), 0 to 255; None if there is no run.
    """
    digit = look.config.digits[LABEL]
    image = _svg(still.grid(7)) if pixels is None else figures.image(pixels, f"handwritten {digit}, number 1")
    size = "28 × 28 pixels" if pixels is None else f"{one(digit)}, 28 × 28 pixels"
    drawn = ("Image", image, size), *_layers(look), *_qubit(look)
    return [
        Card(key, name, page, choices, place or PAGES[page][0], picture, numbers)
        for (key, page, choices, place), (name, picture, numbers) in zip(_leads_to(look), drawn, strict=True)
    ]


def _layers(look: Look) -> list[tuple[str, str, str]]:
    """Name, picture and numbers of the layers."""
    seen = look.layers
    if seen is None:
        return [
            ("Convolution 1", _svg(still.stack(4)), "32 maps, 5 × 5, halved to 12 × 12"),
            ("Convolution 2", _svg(still.stack(7)), "64 maps, 5 × 5, halved to 4 × 4, dropout"),
            ("Linear layers", _svg(still.dots(6, 4, 1)), "1024 → 64 → 1"),
        ]
    return [
        (
            "Convolution 1",
            figures.maps(seen.maps1),
            "the strongest 4 of 32 maps, 12\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}12",
        ),
        (
            "Convolution 2",
            figures.maps(seen.maps2),
            "the strongest 4 of 64 maps, 4\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}4",
        ),
        ("Linear layers", _svg(figures.features(seen.hidden)), "64 numbers, which give θ"),
    ]


def _qubit(look: Look) -> list[tuple[str, str, str]]:
    """Name, picture and numbers of what follows the layers."""
    theta = look.theta if look.theta is not None else look.mean_theta
    fallen, count = look.ones, look.config.shots
    circuit = still.circuit()
    if look.exact is not None:
        circuit = figures.bars(look.exact) if fallen is None else figures.shots(fallen, count or 1, look.number)
    return [
        ("One angle θ", _svg(still.dial() if theta is None else figures.dial(theta)), words.angle(look)),
        ("Quantum circuit", _svg(circuit), words.shots(look)),
        ("Prediction", _svg(still.bars() if look.share is None else figures.bars(look.share)), words.prediction(look)),
    ]


def _leads_to(look: Look) -> list[tuple[str, str, dict[str, str], str]]:
    """Key of each card, the page that explains it, what the page is to show, and the name of its tab."""
    followed = {
        "gradients_part": _FOLLOW,
        "trip_part": "Test",
        "trip_digit": f"{MARKS[LABEL]} {look.config.digits[LABEL]}",
        "trip_number": "1",
    }
    lab = {} if look.theta is None else {"theta": str(_degrees(look.theta))}
    return [
        ("image", "data", {}, ""),
        ("convolution_1", "gradients", followed | {"trip_stage": "Convolution 1"}, _FOLLOW),
        ("convolution_2", "gradients", followed | {"trip_stage": "Convolution 2"}, _FOLLOW),
        ("linear", "gradients", followed | {"trip_stage": "Angle"}, _FOLLOW),
        ("angle", "circuit", lab, ""),
        ("circuit", "circuit", lab, ""),
        ("prediction", "test", {}, ""),
    ]


def _degrees(theta: float) -> int:
    """Return the angle of the Circuit page with the same state: degrees from −180 to 180."""
    return round((theta * 180 / pi + 180) % 360) - 180


def _svg(drawing: str) -> str:
    return f'<svg viewBox="0 0 120 70" width="120" height="70" aria-hidden="true">{drawing}</svg>'
