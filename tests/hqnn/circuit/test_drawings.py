"""The circuit's drawings, its OpenQASM, and its code, which is run."""

import re
import subprocess
import sys
from io import BytesIO
from math import pi, sin, sqrt
from xml.etree import ElementTree

import pytest
from PIL import Image

from hqnn.circuit.circuits import one_qubit
from hqnn.circuit.drawings import PNG_DPI, SIZE, angle, drawing, openqasm, template, texts
from ui.kit.angles import in_gate

THEMES = {"light": (255, 255, 255), "dark": (16, 22, 21)}


@pytest.mark.parametrize("theme", THEMES)
def test_the_png_is_crisp_and_on_the_themes_background(theme):
    image = Image.open(BytesIO(drawing(pi / 4, theme, "png"))).convert("RGB")
    assert image.size == pytest.approx([PNG_DPI * inches for inches in SIZE], abs=1)
    assert PNG_DPI >= 200
    assert image.getpixel((2, 2)) == THEMES[theme]


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_of_the_circuit_is_cut_off(theme):
    image = Image.open(BytesIO(drawing(-11 * pi / 12, theme, "png"))).convert("RGB")
    width, height = image.size
    edge = [(x, y) for x in range(width) for y in (0, height - 1)] + [
        (x, y) for y in range(height) for x in (0, width - 1)
    ]
    assert {image.getpixel(place) for place in edge} == {THEMES[theme]}


def test_drawings_differ_by_angle_and_theme_and_by_nothing_else():
    pictures = {(at, theme): drawing(at, theme, "svg") for at in (0.5, 0.6) for theme in THEMES}
    assert len(set(pictures.values())) == 4
    assert all(drawing(*key, "svg") == picture for key, picture in pictures.items())
    assert all(b"<svg" in picture for picture in pictures.values())


@pytest.mark.parametrize(
    ("theta", "words"),
    [
        (pi / 4, "θ = π/4 = 0.785 rad"),
        (-pi / 2, "θ = −π/2 = −1.571 rad"),
        (pi, "θ = π = 3.142 rad"),
        (0.0, "θ = 0.000 rad"),
        (47 * pi / 180, "θ = 0.820 rad"),
    ],
)
def test_the_angle_is_said_as_a_multiple_of_pi_where_it_is_one_and_in_radians(theta, words):
    assert angle(theta) == words


@pytest.mark.parametrize("theta", [0.0, pi / 4, -pi / 2, pi, 0.8203047484373349])
def test_the_openqasm_is_the_circuit(theta):
    said = re.search(r"ry\((.+)\) q\[0\];", openqasm(theta))
    assert said is not None
    assert eval(said[1], {"pi": pi}) == pytest.approx(theta, abs=1e-9)  # noqa: S307 (our own number)
    assert re.findall(r"^(?:h|ry\(|meas|OPENQASM 3)", openqasm(theta), re.M) == ["OPENQASM 3", "h", "ry(", "meas"]


@pytest.mark.slow
@pytest.mark.parametrize("theta", [pi / 4, -0.8203047484373349])
def test_the_code_runs_as_it_stands_and_measures_p1(theta):
    shots, p = 20_000, (1 + sin(theta)) / 2
    code = texts(theta, shots, 3)["code"]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said = re.fullmatch(r"P\(1\) = (\d\.\d{4}), <Z> = (-?\d\.\d{4})\n", done.stdout)
    assert said is not None
    one, z = map(float, said.groups())
    assert abs(one - p) < 5 * sqrt(p * (1 - p) / shots) + 5e-5
    assert z == pytest.approx(1 - 2 * one, abs=2e-4)


def test_the_code_says_that_its_counts_are_others_than_the_pages():
    said = " ".join(line[2:] for line in texts(pi, 100, 0)["code"].splitlines() if line.startswith("# "))
    assert "without noise" in said
    assert "its counts differ from the page's ideal ones by shot noise" in said


def test_the_text_form_shows_the_gates_and_the_angle():
    said = texts(pi / 4, 100, 0)["text"]
    assert all(part in said for part in ("|0>", "H", "Ry(π/4)", "M"))


@pytest.mark.parametrize("theme", THEMES)
def test_the_template_takes_any_angle_in_its_gate_and_below(theme):
    before, between, after = template(theme)
    picture = ElementTree.fromstring(before + "IN THE GATE" + between + "BELOW" + after)  # noqa: S314 (our own)
    said = [(text.text or "").strip() for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"H", "IN THE GATE", "BELOW"} <= set(said)
    assert "θ" not in "".join(said)


@pytest.mark.parametrize("degrees", [-180, -150, -90, -77, -45, -1, 0, 1, 12, 45, 60, 90, 101, 135, 180])
def test_the_gate_says_what_qiskit_says(degrees):
    theta = degrees * pi / 180
    bound = one_qubit().assign_parameters([theta])
    text = str(bound.draw("text", plot_barriers=False))
    (said,) = re.findall(r"Ry\((.*?)\)", text)
    if "π" in said or degrees == 0:
        assert in_gate(degrees) == said.replace("-", "−")
    else:
        assert float(in_gate(degrees).replace("−", "-")) == pytest.approx(float(said), abs=0.005)
