"""IBM Quantum hardware through qiskit-ibm-runtime, or local simulations of it through the same code.

All angles of a call are the rows of one PUB, so a call is one job. Parallel copies of a one-qubit circuit run on the
chip, one per qubit, unless that is switched off.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.transpiler import generate_preset_pass_manager

from hqnn.config import Hardware
from hqnn.engines.aer import simulator
from hqnn.engines.base import Engine
from hqnn.engines.lanes import lane_angles, lanes_for, side_by_side
from hqnn.errors import EngineError

try:
    from qiskit_ibm_runtime import Batch, QiskitRuntimeService, Session, fake_provider
    from qiskit_ibm_runtime.accounts import AccountNotFoundError, InvalidAccountError
    from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError
    from qiskit_ibm_runtime.executor_sampler import Sampler
except ModuleNotFoundError:
    raise EngineError("The ibm engine needs another package: pip install qiskit-ibm-runtime") from None

#: Qubits of a packed circuit on a local simulation, which simulates their common state.
LOCAL_QUBITS = 8

#: Shortest and longest pause between two checks of a job, seconds. A local job is done soon, a device's job waits.
POLL_SECONDS = (0.002, 1.0)

#: Errors that qiskit-ibm-runtime raises. Errors of requests are OSErrors.
PROBLEMS = (QiskitError, OSError)


class IbmEngine(Engine):
    """Qiskit Runtime's Sampler on one backend."""

    def __init__(self, hardware: Hardware) -> None:
        super().__init__()
        self.backend = _backend(hardware.backend)
        self.local = _is_local(hardware.backend)
        self._room = len(self.backend.target["measure"])
        self.max_qubits = min(self.max_qubits, self._room)
        self._side_by_side = hardware.side_by_side
        self._transpiler = generate_preset_pass_manager(optimization_level=1, backend=self.backend, seed_transpiler=0)
        self._mode: Any = self.backend
        self._should_stop: Callable[[], bool] = lambda: False

    @property
    def queue(self) -> int:
        """Number of jobs that wait at the backend.

        Raises:
            EngineError: if the backend is down or does not respond.
        """
        if self.local:
            return 0
        try:
            status = self.backend.status()
        except PROBLEMS as problem:
            raise _unreachable(problem) from None
        if not status.operational:
            raise EngineError(
                f"{self.backend.name} is not available now ({status.status_msg}). Choose another backend."
            )
        return status.pending_jobs

    def lanes(self, batch: int, qubits: int = 1) -> int:
        """Return the number of parallel copies of a circuit for this many rows.

        A circuit of two or more qubits runs alone, because each copy would need couplings of its own.
        """
        if qubits > 1 or not self._side_by_side:
            return 1
        return lanes_for(batch, 1, min(self._room, LOCAL_QUBITS) if self.local else self._room)

    @contextmanager
    def session(self, should_stop: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Open a session if the account's plan allows one, else a batch, else run single jobs."""
        self._mode, self._should_stop = self._opened(), should_stop
        try:
            yield
        finally:
            if self._mode is not self.backend:
                with suppress(*PROBLEMS):
                    self._mode.close()
            self._mode, self._should_stop = self.backend, lambda: False

    def _opened(self) -> Any:
        for mode in (Session, Batch):
            with suppress(*PROBLEMS):
                return mode(backend=self.backend)
        return self.backend

    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        raise ValueError("shots must be a number on a device, which has no exact probabilities, got None")

    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        lanes = self.lanes(len(angles), circuit.num_qubits)
        packed, parameters = self._prepare(circuit, lanes, lambda: self._packed(circuit, lanes))
        names = tuple(parameter.name for parameter in parameters)
        values = lane_angles(angles, lanes)
        seed = int(rng.integers(2**31))
        pub = (packed, {names: values}, shots) if names else (packed, None, shots * len(values))
        measured = self._measured(pub, seed)
        outcomes = _lane_outcomes(measured.array.reshape(len(values), shots, -1), lanes, circuit.num_qubits)
        counts = [np.bincount(of_lane, minlength=2**circuit.num_qubits) for of_lane in outcomes[: len(angles)]]
        return np.array(counts) / shots

    def _packed(self, circuit: QuantumCircuit, lanes: int) -> tuple[QuantumCircuit, list[Any]]:
        packed, parameters = side_by_side(circuit, lanes)
        packed.measure_all()
        return self._transpiler.run(packed), parameters

    def _measured(self, pub: Any, seed: int) -> Any:
        sampler = Sampler(mode=self._mode)
        if self.local:
            sampler.options.simulator.seed_simulator = seed
        try:
            job = sampler.run([pub])
            pause, longest = POLL_SECONDS
            while not job.in_final_state():
                if self._should_stop():
                    job.cancel()
                    raise EngineError(f"The run was stopped while a job waited for {self.backend.name}.")
                sleep(pause)
                pause = min(1.5 * pause, longest)
            result: Any = job.result()[0]
            return result.data.meas
        except PROBLEMS as problem:
            raise EngineError(f"A job on {self.backend.name} failed: {_first_line(problem)}") from None


def _lane_outcomes(measured: NDArray[np.uint8], lanes: int, width: int) -> NDArray[np.int64]:
    """Return each copy's outcomes, (runs * lanes, shots), from bytes of runs, (runs, shots, bytes), highest first."""
    runs, shots, _ = measured.shape
    bits = np.unpackbits(measured[..., ::-1], axis=-1, bitorder="little")[..., : lanes * width]
    outcomes = bits.reshape(runs, shots, lanes, width) @ (1 << np.arange(width))
    return outcomes.swapaxes(1, 2).reshape(runs * lanes, shots)


def _is_local(name: str | None) -> bool:
    return name is not None and name.startswith(("fake_", "aer_simulator"))


def _backend(name: str | None) -> Any:
    if name == "aer_simulator":
        return simulator()
    if _is_local(name):
        kinds = {getattr(kind, "backend_name", None): kind for kind in vars(fake_provider).values()}
        if name not in kinds:
            raise EngineError(
                f"There is no local simulation named {name}. Two that exist are fake_manila and fake_torino."
            )
        return kinds[name]()
    try:
        service = QiskitRuntimeService()
        return service.backend(name) if name else service.least_busy(operational=True, simulator=False)
    except AccountNotFoundError:
        raise EngineError(
            "No IBM Quantum account was found. Save one with QiskitRuntimeService.save_account, or set "
            "QISKIT_IBM_TOKEN."
        ) from None
    except (InvalidAccountError, IBMNotAuthorizedError) as problem:
        raise EngineError(f"IBM Quantum rejected the account: {_first_line(problem)}") from None
    except PROBLEMS as problem:
        raise _unreachable(problem) from None


def _unreachable(problem: Exception) -> EngineError:
    return EngineError(f"IBM Quantum did not return a backend: {_first_line(problem)}")


def _first_line(problem: Exception) -> str:
    message = problem.message if isinstance(problem, QiskitError) else str(problem)
    return (message.strip().splitlines() or [type(problem).__name__])[0].strip("'\" ")


def create(hardware: Hardware) -> IbmEngine:
    """Create the engine on a backend, for `hqnn.engines.get_engine`."""
    return IbmEngine(hardware)
