"""What the tests share: one thread a process, as in the dashboard's workers, and a small pair of digits."""

import pytest
import torch

from hqnn.data import DigitPair, load_pair


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def small_pair() -> DigitPair:
    """Threes and sevens, 20 of each to train on and 10 of each to test on."""
    return load_pair((3, 7), n_train=20, n_test=10)
