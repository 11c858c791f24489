"""The tests' own order: what shares a fixture stays in one process."""

import pytest


def test_the_scheduler_of_several_processes_reads_the_group_of_a_test(request: pytest.FixtureRequest):
    """It reads the end of the id. Without a group, fixtures of a file are made again in each process."""
    told = request.node.nodeid.endswith("@test_grouping")
    assert told == request.config.getoption("loadgroup", False)
