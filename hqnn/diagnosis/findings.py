"""The findings of the rules in a run, and since when they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import pi
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.gradients import signal_to_noise
from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.diagnosis.course import Cloud
from hqnn.diagnosis.rules import GATHERED, RULES, VERDICT_AT, Rule, Snapshot
from hqnn.records import EpochRecord, StepRecord


@dataclass(frozen=True)
class Finding:
    """A rule that holds after an epoch."""

    rule: Rule
    sentence: str
    #: The first epoch of the present streak, and the present epoch.
    since: int
    epoch: int


class Diagnosis:
    """The findings of all rules in a run, which is given record by record, in order."""

    def __init__(self, config: RunConfig) -> None:
        """
        Args:
            config: of the run.
        """
        self.config = config
        #: Findings that hold now, in the order of `RULES`; and the latest finding, whether it still holds or not.
        self.findings: list[Finding] = []
        self.last_said: Finding | None = None
        #: By name of the rule, the step after which it first triggered.
        self.first: dict[str, int] = {}
        self._response = Response.of(config.noise)
        self._steps: list[StepRecord] = []
        #: By name of the rule, the epochs of its present streak.
        self._held: dict[str, list[int]] = {rule.name: [] for rule in RULES}

    @classmethod
    def of(cls, config: RunConfig, steps: Iterable[StepRecord], epochs: Iterable[EpochRecord]) -> Self:
        """Return the diagnosis of a run so far."""
        diagnosis = cls(config)
        diagnosis.extend(steps, epochs)
        return diagnosis

    def extend(self, steps: Iterable[StepRecord], epochs: Iterable[EpochRecord]) -> None:
        """Add the next steps and epochs, each in order."""
        for record in sorted((*steps, *epochs), key=lambda record: (record.step, record.kind == "epoch")):
            self.add(record)

    def add(self, record: StepRecord | EpochRecord) -> None:
        """Add the next record.

        Epoch 0 has no training to judge. Runs recorded by versions without θ of all images cannot be judged.
        """
        if isinstance(record, StepRecord):
            self._steps.append(record)
        elif record.epoch > 0 and record.train_theta:
            self._judge(self._snapshot(record))

    def _snapshot(self, epoch: EpochRecord) -> Snapshot:
        steps, self._steps = self._steps, []
        theta, slopes, images = (
            np.array([value for step in steps for value in getattr(step, name)])
            for name in ("theta", "gradient", "images")
        )
        config, response = self.config, self._response
        angles = np.array(epoch.train_theta)
        cloud = Cloud.of(config, angles)
        right = np.nan
        if len(images) == len(theta) > 0:
            right = float(np.mean((response.probability(theta) > 0.5) == (images >= len(cloud.angles[0]))))
        noise = (config.shift, config.shots, config.gradient_rule, response)
        ratio = np.inf if config.shots is None or not len(slopes) else signal_to_noise(theta, slopes, *noise)  # pyright: ignore[reportArgumentType]
        return Snapshot(
            epoch.epoch,
            epoch.step,
            last=epoch.epoch == config.epochs,
            at_verdict=epoch.epoch == int(VERDICT_AT * config.epochs),
            cloud=cloud,
            gathered=_gathered(angles),
            right=epoch.train_accuracy,
            right_with_dropout=right,
            signal_to_noise=ratio,
        )

    def _judge(self, now: Snapshot) -> None:
        spoken = {finding.rule.name for finding in self.findings}
        self.findings = []
        for rule in RULES:
            held = self._held[rule.name]
            if not rule.holds(now):
                held.clear()
                continue
            held.append(now.epoch)
            if len(held) >= rule.patience and (rule.name in spoken or rule.begins(now)):
                self.first.setdefault(rule.name, now.step)
                self.findings.append(Finding(rule, rule.says(now, self.config), held[0], now.epoch))
        if self.findings:
            self.last_said = self.findings[0]


def _gathered(angles: NDArray[np.float64]) -> bool:
    """Return whether all angles are close together near 0."""
    low, middle, high = np.percentile(angles, (25, 50, 75))
    return bool(abs(middle) < pi and high - low < GATHERED)
