"""The Bloch sphere: its arrows end where the states are, and its wires lie on it."""

import re
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from hqnn.circuit.response import bloch_vectors
from ui.kit import bloch
from ui.kit.ink import INKS


def sphere(theme: str = "light") -> Any:
    """The figure, whose parts Plotly's own types do not know."""
    return bloch.sphere(theme)


@pytest.mark.parametrize("theme", INKS)
def test_arrows_end_at_the_states_and_the_one_after_ry_is_the_thick_one(theme):
    before, after = bloch_vectors(2.0)
    first, second = bloch.arrows(before, after, theme)
    assert (first.end, second.end) == (before, after)
    assert second.width > 2 * first.width
    assert first.color != second.color


def test_the_axes_ends_have_names():
    (names,) = [trace for trace in sphere().data if trace.mode == "text"]
    places = {text: (x, y, z) for text, x, y, z in zip(names.text, names.x, names.y, names.z, strict=True)}
    at = bloch.NAME_RADIUS
    assert places == {"|0⟩": (0, 0, at), "|1⟩": (0, 0, -at), "|+⟩": (at, 0, 0), "|−⟩": (-at, 0, 0)}


def test_every_wire_lies_on_the_sphere():
    wires = sphere().data[0]
    radii = [(x**2 + y**2 + z**2) ** 0.5 for x, y, z in zip(wires.x, wires.y, wires.z, strict=True) if not isnan(x)]
    assert len(radii) > 300
    assert radii == pytest.approx([1] * len(radii), abs=1e-3)


def test_it_never_rescales():
    scene = sphere().layout.scene
    assert {axis.range for axis in (scene.xaxis, scene.yaxis, scene.zaxis)} == {(-1.35, 1.35)}


def test_the_ideal_state_stands_dashed_beside_the_noisy_one_where_asked():
    ideal = bloch_vectors(0.5)[1]
    (line,) = [arrow for arrow in bloch.arrows((0.9, 0, 0), (0.8, 0, -0.4), "light", ideal) if arrow.dashed]
    assert (line.name, line.end) == ("without noise", ideal)


def test_the_arrows_need_plotlys_public_interface_alone():
    """No attribute begins with an underscore, however it is reached."""
    script = Path(bloch.__file__).with_name("sphere.js").read_text()
    assert "plotly_relayout" in script
    assert not re.findall(r"""(?:\.|\[\s*['"`]|[{,]\s*)_\w*""", script)
