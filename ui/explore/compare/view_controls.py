"""What is drawn of the compared trainings: the owner of its session-state keys, and of its parts of the link."""

from collections.abc import Sequence
from typing import Any, cast

import streamlit as st

from hqnn.config import Loss
from hqnn.records import LAYERS
from hqnn.sweeps.comparison import Compared
from ui.explore.compare.lines import Measure
from ui.session import lab_controls

MEASURES: tuple[Measure, ...] = (
    "Test accuracy",
    "Training accuracy",
    "Test loss",
    "Training loss",
    "Slopes",
    "Gradient norms",
)

AS_TRAINED = "as trained"
LOSSES: dict[str, Loss] = {"−log p": "cross-entropy", "−p": "published"}
LABELS = {"compare_measure": "What is compared", "compare_loss": "Loss", "compare_layer": "Layer"}


def measure() -> Measure:
    """Draw the choice of what is compared."""
    chosen = _dial("compare_measure", MEASURES, label_visibility="collapsed")
    lab_controls.link_notes("compare_measure", labels=LABELS)
    return cast(Measure, chosen)


def loss(runs: Sequence[Compared], measure: Measure) -> Loss:
    """Draw the choice of the loss that is compared.

    Args:
        runs: the trainings; the loss is theirs until another is wanted, −log p if theirs differ.
        measure: what is compared.
    """
    of_runs = {run.config.loss for run in runs}
    as_trained = runs[0].config.loss if len(of_runs) == 1 else "cross-entropy"
    return LOSSES.get(
        _dial(
            "compare_loss",
            (AS_TRAINED, *LOSSES),
            disabled=not measure.endswith("loss"),
            help="Which loss is drawn. As trained is −log p if the trainings differ in it: the two are different "
            "scales.",
        ),
        as_trained,
    )


def layer(measure: Measure) -> str:
    """Draw the choice of the layer whose gradient norm is compared."""
    return _dial(
        "compare_layer",
        LAYERS[::-1],
        disabled=measure != "Gradient norms",
        help="Which of the network’s layers; fc2, whose output is θ, is the last.",
    )


def _dial(key: str, options: tuple[str, ...], **more: Any) -> str:
    return st.segmented_control(
        LABELS[key], options, default=options[0], required=True, key=key, bind="query-params", wrap=True, **more
    )
