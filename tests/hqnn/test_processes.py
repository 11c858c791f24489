"""Copies of a layer: alike in one process, each with shots of its own in others, and the same at every run."""

import multiprocessing
import os
import pickle
from copy import deepcopy

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from hqnn import HybridLayer, HybridNet
from hqnn.processes import lineage

ANGLES = torch.zeros(20, 1)


def drawn(layer: HybridLayer) -> list[float]:
    return layer(ANGLES)[:, 0].tolist()


class Drawn(Dataset):
    """Each of its items is what a layer draws."""

    def __init__(self, layer: HybridLayer) -> None:
        self._layer = layer

    def __len__(self) -> int:
        return 4

    def __getitem__(self, _place: int) -> torch.Tensor:
        return torch.tensor(drawn(self._layer))


def in_a_fork(layer: HybridLayer) -> tuple[list[float], tuple[int, ...]]:
    """What a layer draws in a process that is forked off, and which process that was."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, pickle.dumps((drawn(layer), lineage())))
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pickle.load(pipe)  # noqa: S301
    os.waitpid(child, 0)
    return answer


@pytest.mark.parametrize("copied", [deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])  # noqa: S301
def test_a_copy_draws_what_the_layer_draws_next(copied):
    layer = HybridLayer("exact", 1000)
    drawn(layer)
    copy = copied(layer)
    assert drawn(copy) == drawn(layer)
    assert copy.circuit is layer.circuit


def test_a_layer_that_loads_anothers_state_goes_on_with_its_very_next_shots(tmp_path):
    layer, other = HybridLayer("exact", 1000), HybridLayer("exact", 1000, seed=5)
    drawn(layer)
    torch.save(layer.state_dict(), tmp_path / "state.pt")
    other.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    assert drawn(other) == drawn(layer)


def test_a_state_without_a_generator_is_loaded_and_lacks_nothing():
    net = HybridNet(HybridLayer("exact", 1000))
    state = {name: weight for name, weight in net.state_dict().items() if "quantum" not in name}
    assert len(net.state_dict()) == len(state) + 1
    assert net.load_state_dict(state, strict=True) == ([], [])
    with pytest.raises(RuntimeError, match="Missing key"):
        net.load_state_dict({name: weight for name, weight in state.items() if name != "fc1.weight"})
    assert isinstance(net.quantum, HybridLayer)
    assert drawn(net.quantum) == drawn(HybridLayer("exact", 1000))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # forked while other threads run
def test_workers_of_a_loader_and_those_of_its_next_epoch_draw_shots_of_their_own():
    layer, twin = HybridLayer("exact", 1000), HybridLayer("exact", 1000)
    epochs = [torch.cat(list(DataLoader(Drawn(layer), num_workers=2))) for _ in range(2)]
    assert len({tuple(row) for epoch in epochs for row in epoch.tolist()}) == 8
    assert drawn(layer) == drawn(twin)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_forks_draw_shots_of_their_own_that_depend_on_which_forks_they_are():
    layer, twin = HybridLayer("exact", 1000), HybridLayer("exact", 1000)
    (first, one), (second, other) = in_a_fork(layer), in_a_fork(layer)
    own = drawn(layer)
    assert own == drawn(twin)
    assert len({tuple(each) for each in (first, second, own)}) == 3
    assert one != other
    source = np.random.default_rng(0)
    again = HybridLayer("exact", 1000)
    again.rng = np.random.default_rng([*source.integers(2**32, size=4).tolist(), *one])
    assert drawn(again) == first


@pytest.mark.slow
def test_processes_that_are_sent_a_layer_draw_shots_of_their_own():
    layer, context = HybridLayer("exact", 1000), multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        found = pool.map(drawn, [layer])
    assert found[0] != drawn(layer)
