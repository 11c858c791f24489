"""The hardware engine in qiskit-ibm-runtime's local testing mode, and each way in which a device can fail."""

import builtins
import importlib
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.providers.jobstatus import JobStatus
from qiskit.quantum_info import Statevector
from qiskit_ibm_runtime import Batch, Session
from qiskit_ibm_runtime.accounts import InvalidAccountError
from qiskit_ibm_runtime.exceptions import IBMRuntimeError, RuntimeJobFailureError
from qiskit_ibm_runtime.executor_sampler import Sampler
from requests.exceptions import ConnectionError as NoConnection
from scipy.stats import chisquare

from hqnn import RunConfig, train
from hqnn.circuit.circuits import hadamard_ry
from hqnn.circuit.response import Response
from hqnn.config import Hardware
from hqnn.engines import EngineError, get_engine, ibm
from hqnn.engines.base import unmeasured
from hqnn.engines.noisy import device_noise
from hqnn.network.device_quote import quote
from hqnn.records import EpochRecord, StepRecord

MANILA = Hardware(backend="fake_manila")
SMALL = RunConfig(n_train=4, n_test=3, epochs=1, batch_size=4, shots=20, engine="ibm", backend="fake_manila")


def trained(config: RunConfig, **options: Any) -> tuple[list[Any], Any]:
    """The records and the result of a run."""
    *records, result = train(config, **options)
    return records, result


@pytest.fixture
def pubs(monkeypatch):
    """Every job: the circuits, rows and shots of its PUBs."""
    sent, run = [], Sampler.run
    monkeypatch.setattr(Sampler, "run", lambda self, pubs, **k: sent.append(pubs) or run(self, pubs, **k))
    return sent


@pytest.fixture
def account(monkeypatch):
    """What IBM Quantum's service answers: a backend, or an error to raise."""
    answer = SimpleNamespace(backend=None, error=None)

    class Service:
        def __init__(self):
            if answer.error:
                raise answer.error

        def backend(self, _name):
            return answer.backend

        def least_busy(self, **_wanted):
            return answer.backend

    monkeypatch.setattr(ibm, "QiskitRuntimeService", Service)
    return answer


def device(operational=True):
    """A chip of five qubits that counts as a device."""
    backend = ibm._backend("fake_manila")
    backend.name = "ibm_test"
    backend.status = lambda: SimpleNamespace(operational=operational, status_msg="maintenance", pending_jobs=3)
    return backend


def test_all_angles_of_a_call_are_one_pub_with_lanes_on_all_qubits(pubs):
    get_engine("ibm", MANILA).probabilities(hadamard_ry(), np.zeros((24, 1)), shots=10, rng=np.random.default_rng(0))
    (((circuit, values, shots),),) = pubs
    (rows,) = values.values()
    assert (rows.shape, shots, circuit.num_qubits) == ((5, 5), 10, 5)
    assert circuit.count_ops()["measure"] == 5


def test_one_angle_a_circuit_where_neighbours_would_disturb(pubs):
    engine = get_engine("ibm", Hardware(backend="fake_manila", side_by_side=False))
    engine.probabilities(hadamard_ry(), np.zeros((24, 1)), shots=10, rng=np.random.default_rng(0))
    (((circuit, values, _),),) = pubs
    (rows,) = values.values()
    assert rows.shape == (24, 1)
    assert circuit.count_ops()["measure"] == 1


def test_a_circuit_is_transpiled_once(monkeypatch):
    engine = ibm.create(MANILA)
    made, transpile = [], engine._transpiler.run
    monkeypatch.setattr(engine._transpiler, "run", lambda circuit: made.append(circuit) or transpile(circuit))
    circuit = hadamard_ry()
    for _ in range(3):
        engine.probabilities(circuit, np.zeros((3, 1)), shots=10, rng=np.random.default_rng(0))
    assert len(made) == 1


def test_a_noisy_chip_measures_near_what_its_calibration_says():
    """Five qubits, each with errors of its own: their mean lies within 3 % of the response of the medians."""
    theta = np.repeat([-1.0, 0.4, 1.2], 5)[:, None]
    measured = get_engine("ibm", MANILA).probabilities(hadamard_ry(), theta, shots=4000, rng=np.random.default_rng(1))
    response = Response.of(device_noise(ibm._backend("fake_manila")))
    np.testing.assert_allclose(measured[:, 1].reshape(3, 5).mean(1), response.probability([-1.0, 0.4, 1.2]), atol=0.03)
    assert response.probability(1.2) < (1 + np.sin(1.2)) / 2 - 0.01


def test_two_qubits_and_their_order_survive_the_chip():
    """On a chip without noise, against the state vector."""
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2)
    circuit.ry(b, 0)
    circuit.cx(0, 1)
    circuit.rx(a, 1)
    circuit.measure_all()
    engine = get_engine("ibm", Hardware(backend="aer_simulator"))
    rows, shots = np.array([[0.3, 1.1], [2.0, -0.4]]), 20_000
    measured = engine.probabilities(circuit, rows, shots=shots, rng=np.random.default_rng(2))
    for row, found in zip(rows, measured, strict=True):
        expected = Statevector(unmeasured(circuit).assign_parameters(row)).probabilities()
        assert chisquare(shots * found, shots * expected).pvalue > 1e-6


def test_a_device_only_measures():
    with pytest.raises(
        ValueError, match="shots must be a number on a device, which has no exact probabilities, got None"
    ):
        get_engine("ibm", MANILA).probabilities(hadamard_ry(), [[1.0]], shots=None)


@pytest.mark.slow
def test_a_training_runs_in_one_session_and_sends_what_was_quoted(pubs, monkeypatch):
    modes, init = [], Sampler.__init__
    monkeypatch.setattr(Sampler, "__init__", lambda self, mode: modes.append(mode) or init(self, mode))
    quoted = quote(SMALL)
    records, result = trained(SMALL)
    assert [type(record) for record in records if record.kind != "probe"] == [StepRecord, StepRecord, EpochRecord]
    assert records[-1].exact_test_loss is records[-1].exact_test_accuracy is None  # a device only measures
    assert result.completed
    sent = [(rows, shots) for ((_, values, shots),) in pubs for rows in values.values()]
    assert quoted.jobs == len(sent) == 2 + 2
    assert quoted.circuits == sum(len(rows) for rows, _ in sent)
    assert quoted.shots == sum(len(rows) * shots for rows, shots in sent)
    assert str(quoted) == (
        f"This run sends 4 jobs with {quoted.circuits} circuits and {quoted.shots} shots in total "
        "to fake_manila (5 qubits, on this machine)."
    )
    assert len(set(map(id, modes))) == 1
    assert isinstance(modes[0], Session)
    assert not modes[0]._active


def test_where_sessions_are_not_allowed_it_is_a_batch_else_single_jobs(monkeypatch):
    def refused(**_):
        raise IBMRuntimeError("You are not authorized to run a session when using the open plan.")

    engine = ibm.create(MANILA)
    monkeypatch.setattr(ibm, "Session", refused)
    with engine.session():
        assert isinstance(engine._mode, Batch)
    monkeypatch.setattr(ibm, "Batch", refused)
    with engine.session():
        assert engine._mode is engine.backend


def test_the_quote_of_a_device_says_how_long_its_queue_is(account):
    account.backend = device()
    said = str(quote(RunConfig(engine="ibm", n_train=10, n_test=10, epochs=1, seed=1)))
    assert said.endswith("to ibm_test (5 qubits, 3 jobs in its queue).")


def fails(error):
    def run(_self, _pubs):
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InvalidAccountError("Invalid token."), "IBM Quantum rejected the account: Invalid token."),
        (NoConnection("No route to host\nmore"), "IBM Quantum did not return a backend: No route to host"),
        (IBMRuntimeError("Something else"), "IBM Quantum did not return a backend: Something else"),
    ],
)
def test_no_way_to_a_device_is_one_sentence(account, error, message):
    account.error = error
    with pytest.raises(EngineError) as said:
        ibm.create(Hardware(backend="ibm_brisbane"))
    assert str(said.value) == message


def test_without_an_account_it_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setattr("qiskit_ibm_runtime.qiskit_runtime_service.AccountManager.get", _no_account)
    with pytest.raises(EngineError, match=r"No IBM Quantum account was found\. Save one with"):
        ibm.create(Hardware())


def _no_account(**_):
    from qiskit_ibm_runtime.accounts import AccountNotFoundError

    raise AccountNotFoundError("Unable to find account.")


def test_an_imitation_that_there_is_not_is_named():
    with pytest.raises(
        EngineError, match=r"There is no local simulation named fake_moon\. Two that exist are fake_manila and"
    ):
        ibm.create(Hardware(backend="fake_moon"))


def test_a_backend_that_is_down_is_named(account):
    account.backend = device(operational=False)
    with pytest.raises(EngineError, match=r"ibm_test is not available now \(maintenance\). Choose another backend."):
        _ = ibm.create(Hardware()).queue


def test_without_its_package_it_says_how_to_install_it(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("qiskit_ibm_runtime"):
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "hqnn.engines.ibm")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EngineError, match=r"The ibm engine needs another package: pip install qiskit-ibm-runtime"):
        importlib.import_module("hqnn.engines.ibm")


def test_a_job_that_fails_ends_the_run_with_its_history_kept(monkeypatch):
    run, calls = Sampler.run, []

    def second_fails(self, pubs):
        calls.append(pubs)
        if len(calls) == 2:
            raise RuntimeJobFailureError("The job has failed: calibration lost.")
        return run(self, pubs)

    monkeypatch.setattr(Sampler, "run", second_fails)
    records, result = trained(SMALL)
    assert [record.kind for record in records if record.kind != "probe"] == ["step"]
    assert not result.completed
    assert result.evaluation is None
    assert result.error == "A job on fake_manila failed: The job has failed: calibration lost."


def test_a_stop_while_a_job_waits_cancels_it_and_keeps_the_history(monkeypatch):
    run, jobs = Sampler.run, []

    class Waiting:
        cancelled = False

        def in_final_state(self):
            return False

        def status(self):
            return JobStatus.QUEUED

        def cancel(self):
            self.cancelled = True

    def second_waits(self, pubs):
        jobs.append(run(self, pubs) if not jobs else Waiting())
        return jobs[-1]

    monkeypatch.setattr(Sampler, "run", second_waits)
    records, result = trained(SMALL, should_stop=lambda: len(jobs) == 2)
    assert [record.kind for record in records if record.kind != "probe"] == ["step"]
    assert jobs[1].cancelled
    assert (result.completed, result.evaluation, result.error) == (False, None, None)
