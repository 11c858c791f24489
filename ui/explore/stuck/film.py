"""The epochs of a stuck and a healthy run as a film: the angles of their images, and the texts."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from hqnn.sweeps import stuck
from hqnn.sweeps.result import Result
from hqnn.sweeps.stuck import Slopes
from ui.explore.stuck import figures, words
from ui.kit.cloud_figure import Drawn, Runs, beyond
from ui.kit.player import Frame, Marks, pack

#: Name of the place of the table.
TABLE = "stuck_table"


def identity(runs: Mapping[str, Result | None]) -> tuple[tuple[int, int] | None, ...]:
    """Return what identifies runs: their seeds and their records, which may change when they are trained again."""
    return tuple(run and (run.config.seed, hash(run.curve)) for run in runs.values())


@st.cache_resource(show_spinner=False, max_entries=32)
def packed(
    of: str, identity: tuple[tuple[int, int] | None, ...], *, _pair: Runs, _runs: Mapping[str, Result | None]
) -> str:
    """Pack the frames for the browser.

    Args:
        of: the experiment, as JSON.
        identity: of the runs (`identity`).
        _pair: the axis of both runs.
        _runs: the stuck run and the healthy one, by key.
    """
    return pack(frames(_pair, _runs))


def frames(pair: Runs, runs: Mapping[str, Result | None]) -> list[Frame]:
    """Return a frame for each epoch, from epoch 0 on (see `packed`)."""
    return [_frame(pair, runs, epoch) for epoch in range(pair.config.epochs + 1)]


def _frame(pair: Runs, runs: Mapping[str, Result | None], epoch: int) -> Frame:
    config, texts, pictures, known = pair.config, {}, {}, []
    for key, run in runs.items():
        theta = figures.angles(run, epoch)
        found = stuck.slopes(run.config, theta) if run and theta else None
        pictures[f"{key}_cloud"] = _marks(pair, run, found, epoch)
        if run is None:
            continue
        unknown = f"<p>{words.unknown(run, epoch)}</p>"
        texts[f"{key}_words"] = words.standing(run.config, found, epoch) if found else unknown
        texts[f"{key}_numbers"] = words.numbers(run, epoch)
        known += [(run, found)] if found else []
    texts[TABLE] = words.table(config, known, epoch) if known else ""
    return Frame(words.name(epoch, config.epochs), texts | {"cursor": ""}, pictures)


def _marks(pair: Runs, run: Result | None, found: Slopes | None, epoch: int) -> Marks:
    cloud, every = figures.cloud(pair.config, figures.angles(run, epoch)), np.arange(pair.config.n_images)
    moves = Drawn.of(cloud).moves(every, np.concatenate(cloud.angles))
    if run is None or found is None:
        unknown = words.unknown(run, epoch) if run else "There is no such run."
        return Marks(moves, f"The sine without images. {unknown}", beyond(pair, cloud))
    return Marks(moves, words.cloud_alt(run, found, epoch), beyond(pair, cloud))
