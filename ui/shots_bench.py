"""Shots at prediction time: how the accuracy goes with them, and one image measured again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn import shot_accuracy
from hqnn.noise import Noise, Response
from hqnn.scores import ordered
from hqnn.settings import HqnnError
from hqnn.shift_study import sub_seeds
from hqnn.study import Study, StudyState
from ui import cached, frame, shift_words, shots_charts, shots_dials, shots_words
from ui.answering import Network
from ui.digits import Picture, gallery, one
from ui.shots_charts import Accuracy, Again

#: Seconds between two pictures of a study that goes on.
LIVE_SECONDS = 0.5
#: How often one image is measured, and how many of the most doubtful ones are shown.
TIMES, THUMBNAILS = 200, 8

BUTTON = "Measure from 1 to 10,000 shots"
IDLE = f"Line: what is expected. Not measured yet with {len(shot_accuracy.SHOTS)} numbers of shots."

EXPLANATION = r"""
With N shots an image's answer is the digit that more than half of them say; a tie counts as the first digit, as in
every test here. If one shot says 1 with probability $p = P(1)$, the number $K$ of ones is binomial, and the image is
answered with the second digit with probability

$$q = P(K > N/2) = \sum_{k > N/2} \binom{N}{k} p^k (1-p)^{N-k} .$$

Every image has a $p$ of its own, so the number of right answers among $n$ images is a sum of unequal coins (Poisson
binomial): with $r_i = q_i$ for the second digit's images and $1 - q_i$ for the first one's,

$$\mathrm{accuracy} = \frac1n \sum_i r_i , \qquad \mathrm{SD}^2 = \frac1{n^2} \sum_i r_i (1 - r_i) .$$

The band is ± 1.96 SD: 95% of all tests of these same images. It says nothing of other images; Wilson's interval does.
With noise, $p$ is that of the noisy qubit. Because of ties, $2m$ shots are as good as $2m - 1$ only on average over
which digit a tie counts as: what the first digit gains, the second loses.

At once, up to 1.1 million shots are simulated one by one, all images together; more are drawn from the engine's exact
probabilities. The study with its progress bar simulates every shot.

Sum of unequal coins: Wang 1993, *Statistica Sinica* 3, 295. Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
"""


@dataclass(frozen=True)
class Dials:
    """What the dials say, and of which network."""

    network: Network
    #: θ of all its test images, radians, and their labels, (n,) each.
    theta: NDArray[np.float64]
    labels: NDArray[np.int64]
    shots: int | None
    engine: dict[str, Any]
    seed: int
    #: How often the test was wanted anew; a study knows nothing of that.
    rounds: int
    view: str

    @property
    def response(self) -> Response:
        """P(1) of θ on this engine."""
        return Response.of(Noise(**self.engine.get("settings", {})))

    def expected(self, *shots: int) -> shot_accuracy.Expected:
        """What a test says on average."""
        return cached.expected(self.network.key, self.response, shots, self.theta, self.labels)

    def tested(self, study: Study | None) -> Accuracy:
        """All that is known of the accuracy; a study counts if it is one of these dials."""
        (seed,) = sub_seeds(1, self.seed, self.rounds, 0)
        config = self.network.config
        return Accuracy(
            digits=config.digits,
            expected=self.expected(*shot_accuracy.LINE),
            shots=self.shots,
            here=self.expected(self.shots or 1),
            evaluation=cached.tested(
                self.network.key, self.engine, self.shots, config.loss, seed, self.theta, self.labels
            ),
            study=shot_accuracy.gathered(study.results, len(self.theta)) if study and self.is_of(study) else {},
            of_study=self.expected(*shot_accuracy.SHOTS),
        )

    def study(self) -> Study:
        """All numbers of shots, on the worker for short work."""
        parts = shot_accuracy.parts(self.theta, self.labels, (self.seed, 1), self.engine)
        return cached.jobs().study(shot_accuracy.FUNCTION, parts)

    def is_of(self, study: Study | None) -> bool:
        """Whether a study, the one that has been begun last, is one of these dials."""
        kept = shots_dials.kept_study()
        return kept is not None and kept == (self.of_study(), study)

    def of_study(self) -> tuple[Any, ...]:
        """What tells a study of these dials from one of others."""
        return self.network.key, repr(self.engine), self.seed


def draw(network: Network) -> None:
    """Draw it."""
    with st.skeleton(height=shots_charts.HEIGHT):
        of_digits = cached.angles(network.key, network.config.digits, network.run_file)
    theta = np.concatenate(of_digits)
    labels = np.repeat((0, 1), [len(each) for each in of_digits])
    picture, card = st.columns([2.4, 1], gap="medium")
    with card.container(border=True, key="shots_dials", gap="small"):
        dials = _dials(network, theta, labels)
    if dials is None:
        frame.valid_config()
    else:
        with picture:
            _live(dials, _accuracy)
        frame.figures(shots_words.figures(dials.tested(None), network.config.loss))
        _live(dials, _study)
        _image(dials)
    frame.explain(EXPLANATION)


def _dials(network: Network, theta: NDArray[np.float64], labels: NDArray[np.int64]) -> Dials | None:
    """None with noise that cannot be."""
    shots, engine = shots_dials.shots(), shots_dials.engine(network.config)
    seed, view, rounds = shots_dials.seed(), shots_dials.view(), shots_dials.measure_again()
    st.markdown(shots_words.on_training(network.config, network.step))
    if engine is None:
        return None
    if engine["engine"] == "noisy" and engine["settings"] == Noise().model_dump():
        st.markdown("There is no noise yet: choose the engine noisy in the settings, and turn its dials.")
    return Dials(network, theta, labels, shots, engine, seed, rounds, view)


def _live(dials: Dials, draw_part: Callable[[Dials, Study | None], None]) -> None:
    """Draw a part with the study that has been begun last, again and again while that goes on."""
    kept = shots_dials.kept_study()
    running = kept is not None and kept[1].running

    @st.fragment(run_every=LIVE_SECONDS if running else None)
    def panel() -> None:
        kept = shots_dials.kept_study()
        study = kept[1] if kept else None
        draw_part(dials, study)
        if (study is not None and study.running) != running:
            st.rerun()

    panel()


def _accuracy(dials: Dials, study: Study | None) -> None:
    """The large picture."""
    each_digit, tested = dials.view == shots_dials.VIEWS[1], dials.tested(study)
    st.echarts_chart(
        shots_charts.accuracy_chart(tested, each_digit=each_digit, theme=st.context.theme.type or "light"),
        key="shots_chart",
        height=shots_charts.HEIGHT,
        alt=shots_words.accuracy_alt(tested, each_digit=each_digit),
    )
    with st.container(key="shots_words"):
        st.markdown(shots_words.on_ties(tested) if each_digit else shots_words.on_shots(tested))


def _study(dials: Dials, study: Study | None) -> None:
    """The bar of the study, and what it has measured in numbers."""
    with st.container(border=True, key="shots_study_bar"):
        _study_bar(dials, study, mine=dials.is_of(study))
    tested = dials.tested(study)
    if tested.study:
        with st.expander("Measured and expected, in numbers", icon=":material/table:", key="shots_table"):
            st.html(shots_words.measured_table(tested))


def _study_bar(dials: Dials, study: Study | None, *, mine: bool) -> None:
    if study is not None and study.running:
        study.watch()
    with st.container(horizontal=True, vertical_alignment="center"):
        if study is not None and study.running:
            st.button(
                "Stop", key="shots_stop", icon=":material/stop:", on_click=study.stop, help="What is measured stays."
            )
        else:
            st.button(
                BUTTON,
                key="shots_start",
                icon=":material/play_arrow:",
                on_click=_start,
                args=(dials,),
                disabled=mine and study is not None and study.state is StudyState.FINISHED,
                help="Tests all images with 1 to 10,000 shots, up to 20 times each; every shot is simulated. Another "
                "shot seed measures other shots.",
            )
        words = shift_words.study_words(study, mine=mine, idle=IDLE, button=BUTTON)
        st.html(f'<div class="run" role="status">{words}</div>', width="stretch")
    st.progress(study.done / study.total if study is not None and (mine or study.running) else 0.0)


def _start(dials: Dials) -> None:
    try:
        shots_dials.keep_study(dials.of_study(), dials.study())
    except HqnnError as error:
        st.toast(str(error), icon=":material/error:")


def _image(dials: Dials) -> None:
    """One image, the most doubtful one at first: how its estimates scatter, and how often its answer flips."""
    st.markdown(f"#### The same image, {TIMES} times")
    exact = dials.response.probability(dials.theta)
    order = ordered(exact, dials.labels, "undecided")
    picture, card = st.columns([2, 1], gap="medium")
    with card.container(border=True, key="shots_image_card", gap="small"):
        place = shots_dials.image(len(order))
        _other_images(place, len(order))
        rounds = shots_dials.measure_image_again()
    shots_dials.link_notes()
    again = _again(dials, int(order[place]), rounds)
    with picture:
        with st.container(horizontal=True, vertical_alignment="center", key="shots_image_words"):
            st.html(gallery([_thumbnail(dials, exact, int(order[place]))], "The chosen image"), width="content")
            st.markdown(shots_words.on_image(again), width="stretch")
        st.echarts_chart(
            shots_charts.image_chart(again, st.context.theme.type or "light"),
            key="shots_image_chart",
            height=shots_charts.IMAGE_HEIGHT,
            alt=shots_words.image_alt(again),
        )
    _thumbnails(dials, exact, order)


def _other_images(place: int, count: int) -> None:
    with st.container(horizontal=True):
        shots_dials.image_button("Previous", "shots_image_back", ":material/chevron_left:", place - 1, count)
        shots_dials.image_button("Next", "shots_image_next", ":material/chevron_right:", place + 1, count)


def _thumbnails(dials: Dials, exact: NDArray[np.float64], order: NDArray[np.intp]) -> None:
    """The most doubtful images, each with a button that chooses it."""
    st.markdown(f"The {THUMBNAILS} images whose P(1) is nearest to 0.5:")
    with st.container(horizontal=True, key="shots_doubtful", gap="xsmall"):
        for place, image in enumerate(order[:THUMBNAILS].tolist()):
            with st.container(width=92, gap=None):
                st.html(gallery([_thumbnail(dials, exact, image)], f"Image {place + 1}"))
                shots_dials.image_button(f"No. {place + 1}", f"shots_pick_{place}", None, place, len(order))


def _thumbnail(dials: Dials, exact: NDArray[np.float64], image: int) -> Picture:
    label, number = _whose(dials, image)
    digit = dials.network.config.digits[label]
    alt = f"handwritten {digit}, number {number}"
    return Picture(cached.pixels(digit, False)[number - 1], label, one(digit), alt, f"P(1) {exact[image]:.3f}")


def _whose(dials: Dials, image: int) -> tuple[int, int]:
    """An image's label, and its number among those of its digit, from 1."""
    label = int(dials.labels[image])
    return label, image + 1 - label * int((dials.labels == 0).sum())


def _again(dials: Dials, image: int, rounds: int) -> Again:
    """An image measured again and again."""
    (seed,) = sub_seeds(1, dials.seed, rounds, 2, image)
    theta, shots, (label, number) = float(dials.theta[image]), dials.shots, _whose(dials, image)
    found = cached.tested(
        f"{dials.network.key} {theta}",
        dials.engine,
        shots,
        dials.network.config.loss,
        seed,
        np.full(TIMES, theta),
        np.full(TIMES, label),
    )
    exact, shares = float(dials.response.probability(theta)), np.array(found.probabilities)
    return Again(
        digits=dials.network.config.digits,
        label=label,
        number=number,
        exact=exact,
        shots=shots,
        shares=shares if shots is None else np.rint(shares * shots) / shots,
        answers=np.array(found.predictions),
        flip=0.0 if shots is None else float(shot_accuracy.flip_probability(exact, shots)),
    )
