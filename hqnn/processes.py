"""Which of a program's processes this is, so that each draws shots of its own from a copied generator; and how urgent
those are that train."""

import multiprocessing
import os

import numpy as np

#: Trainings give way to what people wait for: pages, and short questions.
NICENESS = 10

#: The forks between the program's first process and this one, each counted in its parent; and this process's own.
_forks: tuple[int, ...] = ()
_children = 0


def lineage() -> tuple[int, ...]:
    """Different in each process that a program forks or spawns, and the same whenever the program is run."""
    spawned = multiprocessing.current_process()._identity
    return (len(spawned), *spawned, *_forks)


def own_generator(copied: np.random.Generator) -> np.random.Generator:
    """A generator of this process's own, in place of one that it has been given a copy of."""
    return np.random.default_rng([*copied.integers(2**32, size=4).tolist(), *lineage()])


def _count_a_child() -> None:
    global _children  # noqa: PLW0603
    _children += 1


def _begin_as_a_child() -> None:
    global _forks, _children
    _forks, _children = (*_forks, _children), 0


if hasattr(os, "register_at_fork"):  # where processes can be forked
    os.register_at_fork(before=_count_a_child, after_in_child=_begin_as_a_child)
