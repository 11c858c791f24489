"""The Bloch sphere: its arrows end where the states are, and it keeps how it was turned."""

from math import isnan
from typing import Any

import pytest

from hqnn.noise import bloch_vectors
from ui import bloch
from ui.charts import INKS
from ui.sphere import valid_camera


def sphere(before: Any, after: Any, theme: str = "light", **options: Any) -> Any:
    """A figure, whose parts Plotly's own types do not know."""
    return bloch.sphere(before, after, theme, **options)


def cones(figure):
    return [trace for trace in figure.data if trace.type == "cone"]


def tip(cone):
    return [*cone.x, *cone.y, *cone.z]


@pytest.mark.parametrize("theme", INKS)
def test_arrows_end_at_the_states_and_point_outwards(theme):
    before, after = bloch_vectors(2.0)
    arrows = cones(sphere(before, after, theme=theme))
    for arrow, state in zip(arrows, (before, after), strict=True):
        assert arrow.anchor == "tip"
        assert tip(arrow) == pytest.approx(state)
        assert [*arrow.u, *arrow.v, *arrow.w] == pytest.approx([bloch.HEAD * value for value in state])


def test_the_state_after_ry_is_the_thick_one():
    lines = {trace.name: trace.line.width for trace in sphere(*bloch_vectors(0.3)).data if trace.name}
    assert lines["after RY(θ)"] > 2 * lines["after H"]


def test_the_axes_ends_have_names():
    figure = sphere(*bloch_vectors(0.0))
    (names,) = [trace for trace in figure.data if trace.type == "scatter3d" and trace.mode == "text"]
    places = {text: (x, y, z) for text, x, y, z in zip(names.text, names.x, names.y, names.z, strict=True)}
    at = bloch.NAME_RADIUS
    assert places == {"|0⟩": (0, 0, at), "|1⟩": (0, 0, -at), "|+⟩": (at, 0, 0), "|−⟩": (-at, 0, 0)}


def test_every_wire_lies_on_the_sphere():
    wires = sphere(*bloch_vectors(0.0)).data[0]
    radii = [(x**2 + y**2 + z**2) ** 0.5 for x, y, z in zip(wires.x, wires.y, wires.z, strict=True) if not isnan(x)]
    assert len(radii) > 300
    assert radii == pytest.approx([1] * len(radii), abs=1e-3)


def test_it_is_looked_at_as_it_was_turned_and_never_rescales():
    turned = {"eye": {"x": 1.0, "y": 1.0, "z": 1.0}}
    for camera, eye in ((None, bloch.CAMERA["eye"]), (turned, turned["eye"])):
        scene = sphere(*bloch_vectors(2.0), camera=camera).layout.scene
        assert scene.camera.eye.to_plotly_json() == eye
        assert {axis.range for axis in (scene.xaxis, scene.yaxis, scene.zaxis)} == {(-1.35, 1.35)}


GOOD = {name: {"x": 1, "y": 0.5, "z": 0} for name in ("eye", "center", "up")}


@pytest.mark.parametrize(
    "said",
    [None, {}, "x", {"eye": 3}, GOOD | {"up": {"x": 1}}, GOOD | {"eye": {"x": "a", "y": 0, "z": 0}}]
    + [GOOD | {"eye": {"x": value, "y": 0, "z": 0}} for value in (1e9, float("nan"), float("inf"))],
)
def test_a_page_that_says_nonsense_of_the_camera_is_not_heard(said):
    assert valid_camera(said) is None


def test_a_camera_is_taken_as_it_is_with_the_projection_that_is_meant():
    camera = valid_camera(GOOD | {"projection": {"type": "perspective"}, "more": 1})
    assert camera == GOOD | {"projection": {"type": "orthographic"}}


def test_the_ideal_state_stands_beside_the_noisy_one_where_asked():
    state = bloch_vectors(0.5)[1]
    (line,) = [trace for trace in sphere(*bloch_vectors(0.5), ideal=state).data if trace.name == "without noise"]
    assert (line.x[1], line.y[1], line.z[1]) == pytest.approx(state)
    assert line.line.dash == "dash"
