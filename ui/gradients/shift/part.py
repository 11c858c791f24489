"""The Parameter shift tab: a derivative from two shifted measurements, beside other rules and the exact value."""

from math import pi
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from hqnn.circuit import shift_study
from hqnn.circuit.response import Response
from hqnn.circuit.slope_rules import measured_slope
from hqnn.errors import HqnnError
from hqnn.jobs import desk_questions
from hqnn.jobs.study import Study, StudyState
from ui.frame import page
from ui.gradients.shift import controls, figures, over_shifts, rules, shot_loss
from ui.gradients.shift import words as shift_words
from ui.kit import study_bar
from ui.kit.angles import in_pi, in_words
from ui.kit.live import live
from ui.kit.meanings import shift_cost_in_short
from ui.session import lab_controls
from ui.session.cached import jobs

#: Seconds between two updates of the charts during a study.
LIVE_SECONDS = 0.5

EXPLANATION = r"""
After H and RY(θ), $P(1) = \frac{1 + \sin\theta}{2}$, and its derivative is $\frac{\cos\theta}{2}$. A circuit does not
report its derivative. We can only measure it at other angles. Because P is a sine, two angles are enough:

$$\frac{dP}{d\theta} = \frac{P(\theta + s) - P(\theta - s)}{2 \sin s}$$

for any shift s with $\sin s \ne 0$ (Mitarai et al. 2018,
[doi:10.1103/PhysRevA.98.032309](https://doi.org/10.1103/PhysRevA.98.032309); Schuld et al. 2019,
[doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331)). It looks like a finite difference but is
exact. A finite difference divides by $2s$ and is exact only as s → 0. There, dividing by a tiny number blows up the
shot noise. The original post does not divide at all, so its gradient is $2 \sin s$ times the derivative. The shift
then acts as a hidden learning rate, which is 0 at s = π and negative beyond.

With N shots, a measured P has the variance $P(1 - P)/N$. So an estimate by the parameter-shift rule has

$$\mathrm{SD}^2 = \frac{\cos^2(\theta + s) + \cos^2(\theta - s)}{16\, N \sin^2 s}$$

For the other rules, use their own weights instead. With noise P(1) is still a sine of θ, only flatter. “True slope”
then means the slope of that flatter curve.
"""


class Dials(NamedTuple):
    """Values of the controls."""

    question: rules.Question
    repeats: int
    seed: int
    #: How often the single measurement was repeated. A study does not depend on it.
    rounds: int
    engine: dict[str, Any]

    def at_once(self) -> int:
        """Return how many repeats a short task may measure."""
        return shift_study.repeats_at_once(self.question.shots, self.repeats)

    def measured(self) -> NDArray[np.float64]:
        """Measure the shares of 1 at θ − s, θ and θ + s: (repeats, 3)."""
        (seed,) = shift_study.sub_seeds(1, self.seed, self.rounds, 0)
        options = {"shots": self.question.shots, "repeats": self.at_once(), "seed": seed, **self.engine}
        return jobs().desk.ask(desk_questions.measure_around, self.question.theta, self.question.shift, options)

    def study(self) -> Study:
        """Start the measurement of all shifts on the worker for short tasks."""
        seeds = self.seed, 0, 1
        parts = shift_study.parts(self.question.theta, self.question.shots, self.repeats, seeds, self.engine)
        return jobs().desk.study(desk_questions.measure_around, parts)

    def of_study(self) -> tuple[Any, ...]:
        """Return what identifies a study with these values."""
        return self.question.theta, self.question.shots, self.repeats, self.seed, repr(self.engine)


def draw() -> None:
    """Draw the tab."""
    picture, card = st.columns([3, 1], gap="medium")
    with card.container(border=True, key="shift_dials", gap="xsmall"):
        turned = _dials()
    if turned is not None:
        _answers(turned, picture)
    page.explain(EXPLANATION + shot_loss.EXPLANATION)


def _answers(turned: Dials, picture: DeltaGenerator) -> None:
    points, theme = turned.measured(), st.context.theme.type or "light"
    rows = rules.answers(turned.question, points)
    with picture:
        _curve(turned, points[0], theme)
    _rules(turned, rows, theme)
    _over_all_shifts(turned, theme)
    shot_loss.draw(turned.question, theme)


def _dials() -> Dials | None:
    """Draw the controls. None if the noise settings do not fit together."""
    theta = lab_controls.theta()
    st.html(f'<div class="angle">{in_words(round(theta * 180 / pi))}</div>')
    shift = controls.shift()
    cost = st.container(key="shift_cost")
    shots, repeats, seed = lab_controls.shots(), controls.repeats(), lab_controls.seed()
    cost.caption(shift_cost_in_short(float(shift) * pi, shots))
    lab_controls.link_notes("theta", "lab_shots", "lab_seed", "lab_shift", "repeats")
    rounds, noise = controls.rounds_of_slopes(), lab_controls.noise()
    if noise is None:
        return None
    question = rules.Question(theta, float(shift) * pi, in_pi(shift), shots, Response.of(noise))
    return Dials(question, repeats, seed, rounds, lab_controls.engine())


def _curve(turned: Dials, points: NDArray[np.float64], theme: str) -> None:
    question = turned.question
    st.echarts_chart(
        figures.curve_chart(question, points, theme),
        key="shift_curve",
        height=figures.CURVE_HEIGHT,
        alt=shift_words.curve_alt(question, points),
    )
    with st.container(key="shift_words"):
        st.markdown("  \n".join(shift_words.sentences(question)))
        reason = rules.refusal(question.shift)
        if reason:
            st.warning(f"The parameter-shift rule is undefined here: {reason}.", icon=":material/block:")


def _rules(turned: Dials, rows: list[rules.Row], theme: str) -> None:
    st.markdown("#### Comparison of the rules")
    st.markdown(shift_words.words_on_repeats(turned.at_once(), turned.repeats, turned.question.shots))
    st.echarts_chart(
        figures.rules_chart(turned.question, rows, theme),
        key="rules_chart",
        height=figures.RULES_HEIGHT,
        alt=shift_words.rules_alt(turned.question, rows),
    )
    st.html(rules.table(turned.question, rows))


def _over_all_shifts(turned: Dials, theme: str) -> None:
    st.markdown("#### All shifts")
    live(LIVE_SECONDS if _is_running() else None, lambda: _study(turned, theme), _is_running)


def _is_running() -> bool:
    kept = controls.kept_study()
    return kept is not None and kept[1].running


def _study(turned: Dials, theme: str) -> None:
    """Draw the study's bar, and the two charts over s with its measurements."""
    kept = controls.kept_study()
    study = kept[1] if kept else None
    mine = study is not None and kept is not None and kept[0] == turned.of_study()
    with st.container(border=True, key="study_bar"):
        _study_bar(turned, study, mine=mine)
    found = _measured_over_shifts(turned.question, study) if study is not None and mine else {}
    for column, chart, key, name in zip(
        st.columns(2),
        (over_shifts.slopes_chart, over_shifts.noise_chart),
        ("slopes_over_shifts", "noise_over_shifts"),
        ("Slope", "Standard deviation of one estimate"),
        strict=True,
    ):
        column.echarts_chart(
            chart(turned.question, found, theme),
            key=key,
            height=over_shifts.HEIGHT,
            alt=f"{name} over the shift s. {shift_words.over_shifts_alt(turned.question, len(found))}",
        )


def _study_bar(turned: Dials, study: Study | None, *, mine: bool) -> None:
    if study is not None and study.running:
        study.watch()
    with st.container(horizontal=True, vertical_alignment="center"):
        _study_button(turned, study, mine=mine)
        words = study_bar.study_words(study, mine=mine, idle=shift_words.IDLE, button=shift_words.BUTTON)
        st.html(f'<div class="run" role="status">{words}</div>', width="stretch")
    st.progress(study.done / study.total if study is not None and (mine or study.running) else 0.0)


def _study_button(turned: Dials, study: Study | None, *, mine: bool) -> None:
    if study is not None and study.running:
        st.button("Stop", key="stop_study", icon=":material/stop:", on_click=study.stop, help="Keeps what is measured.")
    else:
        st.button(
            shift_words.BUTTON,
            key="start_study",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(turned,),
            disabled=mine and study is not None and study.state is StudyState.FINISHED,
            help="Measures every rule at 30 shifts from π/24 to 5π/4, with these shots and repeats. Choose another "
            "random seed for other shots.",
        )


def _start(turned: Dials) -> None:
    try:
        controls.keep_study(turned.of_study(), turned.study())
    except HqnnError as error:
        st.toast(str(error), icon=":material/error:")


def _measured_over_shifts(question: rules.Question, study: Study) -> dict[float, Any]:
    return {
        shift: {
            rule: measured_slope(points, question.theta, shift, question.shots, rule, question.response)
            for rule in rules.STYLES
            if rule != "parameter-shift" or rules.refusal(shift) is None
        }
        for shift, points in shift_study.gathered(study.results).items()
    }
