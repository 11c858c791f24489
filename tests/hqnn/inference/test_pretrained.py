"""The networks that come with hqnn."""

import pytest

from hqnn.config import TEST_COUNTS
from hqnn.inference.networks import summary
from hqnn.inference.pretrained import PAIRS, path, run_file
from hqnn.inference.whole_test import whole_test


@pytest.mark.parametrize("digits", PAIRS)
def test_it_is_a_run_of_its_pair_and_as_good_as_its_file_says(digits):
    config, said = summary(run_file(digits))
    assert said is not None
    assert (config.digits, said.n) == (digits, sum(TEST_COUNTS[digit] for digit in digits))
    found = whole_test(run_file(digits)).evaluation
    assert said.accuracy_low <= found.accuracy <= said.accuracy_high
    assert found.accuracy > 0.995


@pytest.mark.parametrize("digits", PAIRS)
def test_it_weighs_little(digits):
    assert path(digits).stat().st_size < 700_000
