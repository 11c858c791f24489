"""The nudge of all initial weights, in processes that tests start: small, the same each time, and off by default."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.dask_cluster import ROOT
from tests.nudge.sitecustomize import SIZE, VARIABLE

#: Prints whether torch was loaded before the network's module, the first weights of two networks that torch's random
#: state gives the same, and what that state gives next.
NETWORKS = """
import json, sys
import hqnn.config.run
light = "torch" not in sys.modules
import torch
from hqnn.network.model import HybridNet
found = []
for _ in range(2):
    torch.manual_seed(7)
    found.append([value for weights in HybridNet().parameters() for value in weights.flatten().tolist()])
print(json.dumps([light, *found, torch.rand(3).tolist()]))
"""
#: The same in a process that knows nothing of the tests, started by one that does.
IN_A_CHILD = f"import tests, subprocess, sys; subprocess.run([sys.executable, '-c', {NETWORKS!r}], check=True)"


def networks(code: str, nudge: str) -> tuple[np.ndarray, list[float]]:
    """The weights that both networks have, and what torch's random state gives next."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {VARIABLE: nudge}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    light, first, second, drawn = json.loads(done.stdout)
    assert light
    assert first == second
    return np.array(first), drawn


@pytest.mark.slow
def test_where_it_is_asked_for_a_nudge_changes_all_weights_a_little_and_nothing_else():
    usual, drawn = networks(NETWORKS, "1")  # in a process that no test's set-up has begun: nothing else reads it
    nudged, drawn_after = networks(IN_A_CHILD, "1")
    relative = nudged / usual - 1
    assert 0 < np.abs(relative).max() < 1e-5
    # 117,761 standard normal numbers: their deviation is known to 0.2%; rounding to float32 adds a little to it
    assert abs(relative.std() / SIZE - 1) < 0.05
    assert drawn_after == drawn
    assert not np.array_equal(networks("import tests" + NETWORKS, "2")[0], nudged)
    assert np.array_equal(networks(IN_A_CHILD, "")[0], usual)  # off by default
