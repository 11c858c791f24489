"""Engines and peers, side by side: `python -m benchmarks` prints the tables and writes `benchmarks/results.md`."""

import os
import platform
import warnings
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")
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
    """Print and write everything."""
    warnings.simplefilter("ignore")  # peers' own
    from benchmarks import circuit_gradient, epoch_time  # noqa: PLC0415 (they warn when they are imported)

    text = f"""# Engines and peers, side by side

{machine()}

Medians and ranges over interleaved rounds, after one that does not count; ratios are taken within a round.

## One epoch

The same network, 200 images, 100 shots, parameter-shift rule, Adam; evaluation is not counted. Every peer has the
fastest of its settings.

{epoch_time.report()}

## Slopes of four qubits along twelve parameters

Batch 16, parameter-shift rule.

{circuit_gradient.report()}
"""
    print(text)
    RESULTS.write_text(text)


if __name__ == "__main__":
    main()
