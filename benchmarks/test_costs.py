"""Pytest plugin: number, CPU, waiting and wall seconds of the tests, per file and per kind.

    .venv/bin/python -m pytest -p benchmarks.test_costs

CPU seconds are those of a test process and of everything that it has started: browsers, servers, workers. What several
tests share counts for the tests during which it worked. Waiting is wall time without CPU time.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

TICKS = os.sysconf("SC_CLK_TCK")
COST = "cost"
#: Marks set by tests/conftest.py.
KINDS = ("workers", "pages", "browser")


def cpu_seconds() -> float:
    """Return the CPU time of this process and its descendants, ended ones included."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            parents[int(folder.name)] = int(fields[1])
            ticks[int(folder.name)] = sum(map(int, fields[11:15]))
    children = defaultdict(list)
    for process, parent in parents.items():
        children[parent].append(process)
    family, total = [os.getpid()], 0
    while family:
        process = family.pop()
        total += ticks[process]
        family += children[process]
    return total / TICKS


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Time a test with its fixtures."""
    cpu, wall = cpu_seconds(), perf_counter()
    yield
    kind = next((kind for kind in KINDS if kind in item.keywords), "others")
    _costs[item.nodeid] = (kind, perf_counter() - wall, max(0.0, cpu_seconds() - cpu))


#: Kind, wall and CPU seconds of each test.
_costs: dict[str, tuple[str, float, float]] = {}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the costs to the main process."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[COST] = _costs


def pytest_testnodedown(node, error: object) -> None:
    """Receive the costs of a test process."""
    _costs.update(getattr(node, "workeroutput", {}).get(COST, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables, most expensive first."""
    by_file, by_kind = defaultdict(list), defaultdict(list)
    for test, (kind, *cost) in _costs.items():
        by_file[test.partition("::")[0]].append(cost)
        by_kind[kind].append(cost)
        by_kind["all"].append(cost)
    for title, rows in (("file", by_file), ("kind", by_kind)):
        terminalreporter.write_sep("-", f"costs by {title}")
        terminalreporter.write_line(f"{'':50} {'tests':>6} {'wall s':>8} {'CPU s':>8} {'waiting s':>10}")
        for name, costs in sorted(rows.items(), key=lambda row: -sum(wall for wall, _ in row[1])):
            wall, cpu = (sum(column) for column in zip(*costs, strict=True))
            waiting = sum(max(0.0, wall - cpu) for wall, cpu in costs)
            terminalreporter.write_line(f"{name:50} {len(costs):6} {wall:8.1f} {cpu:8.1f} {waiting:10.1f}")
