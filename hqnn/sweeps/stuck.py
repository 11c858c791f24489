"""Stuck runs: how many seeds fail to learn, and the gradients at the angles of their images."""

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
    """How many seeds failed to learn."""

    #: Stuck runs among the ended ones.
    stuck: Share
    #: Seeds of stuck and of healthy runs, in order.
    stuck_seeds: tuple[int, ...]
    healthy_seeds: tuple[int, ...]
    #: Stuck runs for which the verdict of `hqnn.diagnosis` triggered before half of their steps.
    flagged_before_half: Share
    #: Healthy runs for which it ever triggered.
    healthy_flagged: Share


@dataclass(frozen=True)
class Slopes:
    """Training images at some θ, and their gradients per radian, without shot noise."""

    cloud: Cloud
    #: Number of images, of right ones, of the more frequent prediction, and the label of that prediction.
    images: int
    right: int
    same: int
    answer: int
    #: Mean of |dP(1)/dθ|, which is also the mean |gradient| of −p.
    steepness: float
    #: Mean |gradient| of −log p along θ.
    log_steepness: float
    #: Mean −dL/dθ over each digit's images for the loss used in training: above 0 towards larger θ.
    push: tuple[float, float]
    #: Mean |gradient| of −p and of −log p over wrong images; NaN if there are none.
    wrong_published: float
    wrong_log: float


def is_stuck(result: Result) -> bool:
    """Return whether an ended run failed to learn."""
    return result.evaluation is not None and result.evaluation.accuracy < STUCK_BELOW


def count(results: Iterable[Result]) -> Count:
    """Count the stuck runs. Failed runs are left out."""
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
    """Return the rules that triggered, in order, each with the first step and the share of the run at that step."""
    spoke = [rule for rule in RULES if rule.name in result.flagged]
    return [(rule, result.flagged[rule.name], _share_of_run(result, rule)) for rule in spoke]


def slopes(config: RunConfig, theta: ArrayLike) -> Slopes:
    """Return the gradients of training images at their angles.

    Args:
        config: of the run.
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
