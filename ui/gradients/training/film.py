"""A run step by step as a film: the angles of its images and the texts at each step."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from math import ceil

import numpy as np
import streamlit as st

from hqnn.diagnosis.course import Cloud, Course, settled_cloud
from hqnn.records import EpochRecord
from ui.gradients.training import words
from ui.kit.cloud_figure import Drawn, beyond
from ui.kit.player import Frame, Marks, pack

#: Most frames. In longer runs each frame covers several steps.
MAX_FRAMES = 5_000


def steps_a_frame(total: int) -> int:
    """Return the steps between two frames of a run with so many steps."""
    return max(1, ceil(total / MAX_FRAMES))


def last_frame(total: int) -> int:
    """Return the number of the last frame of a run with so many steps. Frame 0 is before the first step."""
    return ceil(total / steps_a_frame(total))


def frames_done(done: int, total: int) -> int:
    """Return how many frames a run has after some of its steps."""
    return 1 + (last_frame(total) if done >= total else done // steps_a_frame(total))


@st.cache_resource(show_spinner=False, max_entries=32)
def packed(
    of: str,
    begin: int,
    done: int,
    total: int,
    epochs: int,
    *,
    dropout: bool,
    _course: Course,
    _records: Sequence[EpochRecord],
) -> str:
    """Pack the frames from number `begin` on for the browser.

    Args:
        of: the run.
        begin: number of the first frame.
        done: steps so far.
        total: steps in all.
        epochs: complete epochs.
        dropout: whether each image has its angle in its last training batch, and not the angle from the full network
            at the end of the last epoch.
        _course: the steps so far.
        _records: records of the complete epochs.
    """
    return pack(frames(_course, _records, begin, total, dropout=dropout))


def frames(course: Course, epochs: Sequence[EpochRecord], begin: int, total: int, *, dropout: bool) -> list[Frame]:
    """Return the frames from number `begin` on (see `packed`)."""
    few, made = steps_a_frame(total), _Frames(course, epochs, dropout=dropout)
    steps = [min(number * few, total) for number in range(frames_done(len(course), total))]
    return [made.at(step, before=step - few) for step in steps[begin:]]


class _Frames:
    """Makes the frames one after another."""

    def __init__(self, course: Course, epochs: Sequence[EpochRecord], *, dropout: bool) -> None:
        self._course, self._dropout = course, dropout
        self._epochs = [each for each in epochs if each.train_theta]
        self._drawn = Drawn.of(course.cloud(0))
        self._over, self._settled = 0, None

    def at(self, step: int, before: int) -> Frame:
        """Return the frame after a step.

        Args:
            step: after which the frame is.
            before: step of the frame before it.
        """
        course, over = self._course, self._over
        trained, settled = course.cloud(step), self._settled_at(step)
        said = f"{words.standing(course, trained, step)}<br>{words.settled(course, settled)}"
        if self._dropout:
            shown, rows = trained, slice(self._end(before), self._end(step))
            moves = self._drawn.moves(course.images[rows], course.angles[rows])
        else:
            shown = settled[1] if settled else course.cloud(0)
            moves = self._all(shown) if self._over > over else []
        picture = Marks(moves, re.sub("<.*?>", " ", said), beyond(course, shown))
        texts = {"words": said, "cursor": f"<span>{words.slope(course, step)}</span>"}
        return Frame(words.name(course, step), texts, {"cloud": picture})

    def _settled_at(self, step: int) -> tuple[int, Cloud] | None:
        """Return the last epoch that was complete at a step, and the angles without dropout after it."""
        over = bisect_right(self._epochs, step, key=lambda epoch: epoch.step)
        if over > self._over:
            self._over, self._settled = over, settled_cloud(self._course.config, self._epochs, step)
        return self._settled

    def _all(self, cloud: Cloud) -> list[float]:
        angles = np.concatenate(cloud.angles)
        return self._drawn.moves(np.arange(len(angles)), angles)

    def _end(self, step: int) -> int:
        return int(self._course.ends[step - 1]) if step > 0 else 0
