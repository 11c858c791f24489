"""Print the speed of the engines beside other projects: `python -m benchmarks`."""

import os
import platform
import warnings
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("torch", "qiskit", "qiskit-aer", "qiskit-machine-learning", "pennylane", "pennylane-lightning", "numpy")


def machine() -> str:
    """Processor, cores, system and versions."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{processor or platform.processor()} ({platform.machine()}), {os.cpu_count()} cores, {platform.system()}, "
        f"torch on one thread. Python {platform.python_version()}, {packages}."
    )


def main() -> None:
    """Print all tables."""
    warnings.simplefilter("ignore")  # peers' own
    from benchmarks import circuit_gradient, epoch_time  # noqa: PLC0415 (they warn when they are imported)

    print(
        f"""{machine()}

Medians and ranges over interleaved rounds, after one that does not count. Ratios are taken within a round.

One epoch of 200 images with 100 shots, the parameter-shift rule and Adam. Tests are not included. Every other project
runs with the fastest of its settings.

{epoch_time.report()}

Gradients of four qubits with twelve parameters: batch size 16, parameter-shift rule.

{circuit_gradient.report()}"""
    )


if __name__ == "__main__":
    main()
