"""Controls for the chart of the Compare runs tab. This module owns their session-state and link keys."""

from collections.abc import Sequence
from typing import Any, cast

import streamlit as st

from hqnn.config import Loss
from hqnn.records import LAYERS
from hqnn.sweeps.comparison import Compared
from ui.explore.compare.lines import Measure
from ui.kit.option_labels import option_label
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
LABELS = {"compare_measure": "Measure", "compare_loss": "Loss", "compare_layer": "Layer"}


def measure() -> Measure:
    """Draw the choice of the measure."""
    chosen = _dial("compare_measure", MEASURES, label_visibility="collapsed")
    lab_controls.link_notes("compare_measure", labels=LABELS)
    return cast(Measure, chosen)


def loss(runs: Sequence[Compared], measure: Measure) -> Loss:
    """Draw the choice of the loss.

    Args:
        runs: the chosen runs. By default the loss is theirs, or −log p if theirs differ.
        measure: the chosen measure.
    """
    of_runs = {run.config.loss for run in runs}
    as_trained = runs[0].config.loss if len(of_runs) == 1 else "cross-entropy"
    return LOSSES.get(
        _dial(
            "compare_loss",
            (AS_TRAINED, *LOSSES),
            disabled=not measure.endswith("loss"),
            help="The loss in the chart. “as trained” shows −log p if the runs were trained with different losses, "
            "because the two have different scales.",
        ),
        as_trained,
    )


def layer(measure: Measure) -> str:
    """Draw the choice of the layer for the gradient norm."""
    return _dial(
        "compare_layer",
        LAYERS[::-1],
        disabled=measure != "Gradient norms",
        help="The layer of the network. The output of the last layer, fc2, is θ.",
    )


def _dial(key: str, options: tuple[str, ...], **more: Any) -> str:
    return st.segmented_control(
        LABELS[key],
        options,
        default=options[0],
        required=True,
        format_func=option_label(key),
        key=key,
        bind="query-params",
        wrap=True,
        **more,
    )
