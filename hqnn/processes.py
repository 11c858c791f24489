"""The identity of a process within its program, so that each process draws its own shots; and the priority of runs."""

import multiprocessing
import os

import numpy as np

#: Niceness of training: pages and short tasks come first.
NICENESS = 10

#: Number of each fork between the program's first process and this one; and number of this process's forks.
_forks: tuple[int, ...] = ()
_children = 0


def lineage() -> tuple[int, ...]:
    """Return a value that differs between the processes of a program, and is the same in every run of the program."""
    spawned = multiprocessing.current_process()._identity
    return (len(spawned), *spawned, *_forks)


def own_generator(copied: np.random.Generator) -> np.random.Generator:
    """Return a generator of this process, made from a copied one."""
    return np.random.default_rng([*copied.integers(2**32, size=4).tolist(), *lineage()])


def _count_a_child() -> None:
    global _children  # noqa: PLW0603
    _children += 1


def _begin_as_a_child() -> None:
    global _forks, _children
    _forks, _children = (*_forks, _children), 0


if hasattr(os, "register_at_fork"):  # on systems with fork
    os.register_at_fork(before=_count_a_child, after_in_child=_begin_as_a_child)
