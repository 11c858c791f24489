"""Aer's jobs both ways: directly, by names below its public interface, and publicly where one of those has gone."""

import ast
import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

import hqnn.engines
from hqnn.circuit.circuits import hadamard_ry
from hqnn.circuit.response import Response
from hqnn.config import Noise
from hqnn.engines import Engine, EngineError, aer, aer_direct, ibm, noisy
from tests.circuits import statevector
from tests.hqnn.engines.test_engines import two_qubit_circuit
from tests.hqnn.engines.test_noisy import aers_own
from tests.hqnn.engines.test_noisy import two_qubit_circuit as without_rzz

#: What `hqnn.engines.aer_direct` takes from below Aer's public interface: (module, name), a dot before an attribute.
BELOW = (
    ("aer_compiler", "assemble_circuits"),
    ("aer_compiler", "generate_aer_config"),
    ("backend_utils", "cpp_execute_circuits"),
    ("controller_wrappers", "AerConfig"),
    ("controller_wrappers", "AerConfig.parameterizations"),
    ("controller_wrappers", "AerConfig.seed_simulator"),
    ("controller_wrappers", "AerConfig.shots"),
    ("controller_wrappers", "aer_controller_execute"),
)
NOISE = Noise(depolarizing_1q=0.1, depolarizing_2q=0.2, readout_e0=0.05, readout_e1=0.1, t1_us=50, t2_us=30)
SHOTS = 4000
THETA = np.linspace(-4, 4, 21)[:, None]
ROWS = np.array([[0.3, 1.1], [-2.0, 0.4], [1.6, 2.2]])


def holder(module: str, name: str) -> tuple[Any, str]:
    """What has a name of `BELOW`, and the name's last part."""
    found, (*path, last) = importlib.import_module(f"qiskit_aer.backends.{module}"), name.split(".")
    for part in path:
        found = getattr(found, part)
    return found, last


@pytest.fixture
def imported_anew(monkeypatch):
    """Imports the engines once more, as they come out now; gives their modules."""
    names = ("aer_direct", "aer", "noisy", "ibm")
    for name in names:
        monkeypatch.setattr(hqnn.engines, name, getattr(hqnn.engines, name))  # put back at the end, as are the modules
        monkeypatch.delitem(sys.modules, f"hqnn.engines.{name}")
    return lambda: SimpleNamespace(**{name: importlib.import_module(f"hqnn.engines.{name}") for name in names[1:]})


@pytest.fixture
def public(monkeypatch, imported_anew):
    """The engines in a version of Aer that has none of the names."""
    for module, name in BELOW:
        if "." not in name:
            monkeypatch.delattr(*holder(module, name))
    return imported_anew()


@pytest.mark.parametrize(("module", "name"), BELOW)
def test_the_pinned_version_has_every_name_below_its_public_interface(module, name):
    assert hasattr(*holder(module, name)), f"qiskit_aer.backends.{module} has no {name}; the engines run more slowly"


def test_no_engine_uses_other_names_below_the_public_interface():
    used = {
        (path.stem, (node.module or "").removeprefix("qiskit_aer.backends."), alias.name)
        for path in Path(aer.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qiskit_aer")
        for alias in node.names
    }
    below = {found for found in used if found[1] not in ("qiskit_aer", "qiskit_aer.noise")}
    assert below == {("aer_direct", module, name) for module, name in BELOW if "." not in name}
    assert {f"AerConfig.{option}" for option in aer_direct.OPTIONS} == {name for _, name in BELOW if "." in name}


def test_the_pinned_version_runs_its_jobs_directly():
    assert aer.Jobs.__name__ == "DirectJobs"


@pytest.mark.parametrize(("module", "name"), BELOW)
def test_without_any_one_of_the_names_jobs_are_run_publicly(monkeypatch, imported_anew, module, name):
    owner, last = holder(module, name)
    if isinstance(owner, type):  # a class of Aer's own library loses nothing, so it is replaced by one that has less
        options = {option: None for option in aer_direct.OPTIONS if option != last}
        monkeypatch.setattr(holder(module, "AerConfig")[0], "AerConfig", SimpleNamespace(**options))
    else:
        monkeypatch.delattr(owner, last)
    assert imported_anew().aer.Jobs.__name__ == "PublicJobs"


def agrees(engine: Engine, circuit: QuantumCircuit, rows: Any, expected: Any) -> None:
    """Exact to 1e-9, sampled to five standard errors, and by the generator that is given."""
    np.testing.assert_allclose(engine.probabilities(circuit, rows, shots=None), expected, rtol=0, atol=1e-9)
    first, same, other = (
        engine.probabilities(circuit, rows, shots=SHOTS, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)
    for measured in (first, other):
        np.testing.assert_allclose(measured.sum(1), 1, rtol=0, atol=1e-12)
        assert (np.abs(measured - expected) <= 5 * np.sqrt(expected * (1 - expected) / SHOTS) + 1e-9).all()


def test_publicly_a_batch_of_one_qubit_gives_the_sine(public):
    p = (1 + np.sin(THETA)) / 2
    agrees(public.aer.create(), hadamard_ry(), THETA, np.hstack([1 - p, p]))


def test_publicly_a_circuit_of_two_qubits_with_free_angles_gives_the_state_vector(public):
    circuit = two_qubit_circuit()
    agrees(public.aer.create(), circuit, ROWS, statevector(circuit, ROWS))


def test_publicly_a_circuit_without_angles_runs_once_a_row(public):
    circuit, rows = QuantumCircuit(2), np.empty((5, 0))
    circuit.ry(0.8, 0)
    circuit.cx(0, 1)
    agrees(public.aer.create(), circuit, rows, statevector(circuit, rows))


def test_publicly_noise_mixes_a_batch_of_one_qubit_as_the_response_says(public):
    p = Response.of(NOISE).probability(THETA)
    agrees(public.noisy.create(NOISE), hadamard_ry(), THETA, np.hstack([1 - p, p]))


def test_publicly_two_qubits_have_the_noise_of_aers_own_model(public):
    circuit = without_rzz()
    agrees(public.noisy.create(NOISE), circuit, ROWS, aers_own(circuit, NOISE, ROWS))


def test_publicly_an_imitated_device_still_measures(public):
    engine, p = public.ibm.create(ibm.Hardware(backend="aer_simulator")), (1 + np.sin(THETA)) / 2
    first, same = (
        engine.probabilities(hadamard_ry(), THETA, shots=SHOTS, rng=np.random.default_rng(3)) for _ in range(2)
    )
    np.testing.assert_array_equal(first, same)
    assert (np.abs(first[:, 1:] - p) <= 5 * np.sqrt(p * (1 - p) / SHOTS) + 1e-9).all()


@pytest.mark.parametrize("noise", [None, NOISE], ids=["aer", "noisy"])
@pytest.mark.parametrize("batch", [1, 3, 24, 31])
def test_publicly_a_batch_is_one_job_on_one_thread(monkeypatch, public, noise, batch):
    jobs, run = [], AerSimulator.run
    monkeypatch.setattr(AerSimulator, "run", lambda self, *job, **more: jobs.append(self) or run(self, *job, **more))
    engine = public.aer.create() if noise is None else public.noisy.create(noise)
    engine.probabilities(hadamard_ry(), np.zeros((batch, 1)), shots=10, rng=np.random.default_rng(0))
    (simulator,) = jobs
    assert simulator.options.max_parallel_threads == 1


def test_publicly_a_job_that_aer_gives_up_is_an_error_too(public):
    engine, circuit = public.aer.create(), QuantumCircuit(20)
    engine._simulator.set_options(max_memory_mb=1)
    circuit.h(range(20))
    with pytest.raises(EngineError, match=r"^Aer failed: .*Insufficient memory"):
        engine.probabilities(circuit, np.empty((1, 0)), shots=10, rng=np.random.default_rng(0))


@pytest.mark.parametrize("shots", [None, 100])
@pytest.mark.parametrize("noise", [None, NOISE], ids=["aer", "noisy"])
def test_with_one_seed_both_ways_give_the_same_numbers(public, noise, shots):
    engines = [module.create() for module in (aer, public.aer)]
    if noise is not None:
        engines = [module.create(noise) for module in (noisy, public.noisy)]
    for circuit, rows in ((hadamard_ry(), THETA), (without_rzz(), ROWS)):
        direct, publicly = (
            engine.probabilities(circuit, rows, shots=shots, rng=np.random.default_rng(4)) for engine in engines
        )
        np.testing.assert_array_equal(direct, publicly)
