"""The one-qubit circuit with its angle: as a picture, as text, as OpenQASM 3 and as Qiskit code."""

import re
from io import BytesIO
from typing import Any, Literal

import matplotlib
from matplotlib.figure import Figure
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit.tools import pi_check

from hqnn.circuit.circuits import one_qubit
from hqnn.words import minus

#: Size of the picture, inches. The angle is below the circuit.
SIZE = (4.6, 2.2)
#: Left and right end of the circuit without its wide margins, in the drawer's units.
WIDTH = (-1.55, 4.2)
#: Dots per inch of a PNG. It is 1380 pixels wide, which is sharp on a projector.
PNG_DPI = 300

#: Colours of the background, the lines, the RY gate and its letters, by theme.
_COLORS = {
    "light": ("#FFFFFF", "#1B2421", "#00795A", "#FFFFFF"),
    "dark": ("#101615", "#E9EFED", "#3CCBA0", "#06231B"),
}

_CODE = """\
from math import pi

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

# The circuit without noise, with AerSimulator's own random numbers:
# its counts differ from the page's ideal ones by shot noise.
theta = {angle}  # radians
shots = {shots}

circuit = QuantumCircuit(1)
circuit.h(0)
circuit.ry(theta, 0)
circuit.measure_all()

counts = AerSimulator().run(circuit, shots=shots, seed_simulator={seed}).result().get_counts()
p1 = counts.get("1", 0) / shots
print(f"P(1) = {{p1:.4f}}, <Z> = {{1 - 2 * p1:.4f}}")
"""


def drawing(theta: float, theme: str, kind: Literal["svg", "png"]) -> bytes:
    """Return a picture of the circuit.

    Args:
        theta: radians.
        theme: "light" or "dark".
        kind: "svg", or "png" with `PNG_DPI`.

    Returns:
        Content of the file, the same for the same arguments.
    """
    content = BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "hqnn"}):
        _figure(_bound(theta), angle(theta), theme).savefig(
            content, format=kind, dpi=PNG_DPI, metadata={"Date": None} if kind == "svg" else {}
        )
    return content.getvalue()


def template(theme: str) -> list[str]:
    """Return the SVG for any angle in three parts: before, between and after the two places of the angle."""
    content = BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        _figure(one_qubit(), "angle", theme).savefig(content, format="svg", metadata={"Date": None})
    return re.split("(?<=>)(?:θ|angle)(?=<)", content.getvalue().decode())


def _figure(circuit: QuantumCircuit, caption: str, theme: str) -> Figure:
    background, ink, _, _ = _COLORS[theme]
    figure = Figure(figsize=SIZE, facecolor=background)
    axes = figure.add_axes((0, 0.18, 1, 0.82))
    circuit.draw("mpl", ax=axes, style=_style(theme), plot_barriers=False, initial_state=True)
    axes.set_xlim(*WIDTH)
    figure.text(0.5, 0.09, caption, color=ink, fontsize=15, ha="center", va="center")
    return figure


def texts(theta: float, shots: int, seed: int) -> dict[str, str]:
    """Return the circuit as text in three forms.

    Args:
        theta: radians.
        shots: number of shots in the code.
        seed: random seed of the shots in the code.

    Returns:
        "text" is a text drawing, "qasm" is OpenQASM 3, and "code" measures the circuit with Qiskit.
    """
    return {
        "text": str(_bound(theta).draw("text", plot_barriers=False, initial_state=True)),
        "qasm": openqasm(theta),
        "code": _CODE.format(angle=_pi_expression(theta) or repr(theta), shots=shots, seed=seed),
    }


def openqasm(theta: float) -> str:
    """Return the circuit in OpenQASM 3."""
    return qasm3.dumps(_bound(theta))


def angle(theta: float) -> str:
    """Return θ in radians, also as a multiple of π if it is one."""
    multiple = pi_check(theta, output="text") if _pi_expression(theta) and theta else ""
    words = ["θ", *([multiple] if multiple else []), f"{theta:.3f} rad"]
    return minus(" = ".join(words))


def _pi_expression(theta: float) -> str:
    """Return Python code for θ as a multiple of π with a denominator up to 16; empty if it is none."""
    expression = pi_check(theta, output="qasm")
    return expression if "pi" in expression or theta == 0 else ""


def _bound(theta: float) -> QuantumCircuit:
    return one_qubit().assign_parameters([theta])


def _style(theme: str) -> dict[str, Any]:
    background, ink, gate, letters = _COLORS[theme]
    return {
        "name": "bw",
        "backgroundcolor": background,
        "textcolor": ink,
        "linecolor": ink,
        "creglinecolor": ink,
        "gatetextcolor": ink,
        "gatefacecolor": background,
        "edgecolor": ink,
        "subfontsize": 9,
        "displaycolor": {"h": (background, ink), "ry": (gate, letters), "measure": (background, ink)},
    }
