"""Seeds that do not learn: how many of many, and what slope is left where their images stand."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.diagnosis import RULES, STUCK, Rule
from hqnn.diagnosis.course import Cloud
from hqnn.statistics.intervals import Share
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.result import Result


@dataclass(frozen=True)
class Count:
    """How many seeds did not learn."""

    #: Of the trainings that have ended, those that are stuck.
    stuck: Share
    #: Which, in order, and which are healthy.
    stuck_seeds: tuple[int, ...]
    healthy_seeds: tuple[int, ...]
    #: Of the stuck ones, those that the verdict of `hqnn.diagnosis` spoke of before half of their steps.
    flagged_before_half: Share
    #: Of the healthy ones, those that it ever spoke of.
    healthy_flagged: Share


@dataclass(frozen=True)
class Slopes:
    """Training images at some θ, and the slopes that follow: per radian, without shot noise."""

    cloud: Cloud
    #: Images, those that are read right, those that get the more frequent answer, and which of the two digits that is.
    images: int
    right: int
    same: int
    answer: int
    #: Mean of |dP(1)/dθ|, which is the mean size of the slope of −p, too.
    steepness: float
    #: Mean size of the slope of −log p along θ.
    log_steepness: float
    #: How the loss trained on pushes each digit's images, −dL/dθ on average: above 0 towards larger θ.
    push: tuple[float, float]
    #: Mean sizes of the slopes of −p and of −log p of the images that are read wrong; NaN if there are none.
    wrong_published: float
    wrong_log: float


def is_stuck(result: Result) -> bool:
    """Whether a training has ended without having learned."""
    return result.evaluation is not None and result.evaluation.accuracy < STUCK_BELOW


def count(results: Iterable[Result]) -> Count:
    """How many trainings are stuck; those that failed are left out."""
    ended = sorted((each for each in results if each.evaluation is not None), key=lambda each: each.config.seed)
    stuck, healthy = ([each for each in ended if is_stuck(each) == wanted] for wanted in (True, False))
    before_half = sum(STUCK.name in each.flagged and _share_of_run(each, STUCK) < 0.5 for each in stuck)
    return Count(
        stuck=Share.of(len(stuck), len(ended)),
        stuck_seeds=tuple(each.config.seed for each in stuck),
        healthy_seeds=tuple(each.config.seed for each in healthy),
        flagged_before_half=Share.of(before_half, len(stuck)),
        healthy_flagged=Share.of(sum(STUCK.name in each.flagged for each in healthy), len(healthy)),
    )


def flagged(result: Result) -> list[tuple[Rule, int, float]]:
    """The rules that spoke of a training, in their order: each with the step after which it first did, and the share
    of the run that was over then.
    """
    spoke = [rule for rule in RULES if rule.name in result.flagged]
    return [(rule, result.flagged[rule.name], _share_of_run(result, rule)) for rule in spoke]


def slopes(config: RunConfig, theta: ArrayLike) -> Slopes:
    """What follows from where the training images stand.

    Args:
        config: the run's.
        theta: (images,), radians, the first digit's images first.
    """
    theta, response = np.asarray(theta, dtype=np.float64), Response.of(config.noise)
    cloud = Cloud.of(config, theta)
    second = np.arange(len(theta)) >= len(cloud.angles[0])
    one = response.probability(theta)
    slope = response.sine * np.cos(theta) - response.cosine * np.sin(theta)
    of_right = np.where(second, one, 1 - one)
    published = np.where(second, -slope, slope)
    lowest = float(np.finfo(np.float32).eps) if config.shots is None else 1 / (2 * config.shots)
    log = published / np.maximum(of_right, lowest)
    pushes = -(published if config.loss == "published" else log)
    up, wrong = int((one > 0.5).sum()), (one > 0.5) != second
    return Slopes(
        cloud=cloud,
        images=len(theta),
        right=int((~wrong).sum()),
        same=max(up, len(theta) - up),
        answer=int(up > len(theta) - up),
        steepness=_mean(np.abs(slope)),
        log_steepness=_mean(np.abs(log)),
        push=(_mean(pushes[~second]), _mean(pushes[second])),
        wrong_published=_mean(np.abs(published[wrong])),
        wrong_log=_mean(np.abs(log[wrong])),
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _share_of_run(result: Result, rule: Rule) -> float:
    return result.flagged[rule.name] / (result.config.epochs * result.config.steps_per_epoch)
