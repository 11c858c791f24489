"""Runs side by side: the settings that differ, the course of each run, and whose predictions are right.

McNemar's exact test: Dietterich 1998, doi:10.1162/089976698300017197.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum, sqrt
from typing import Any, Self

from hqnn.config import RunConfig
from hqnn.config.words import spoken
from hqnn.records import EpochRecord, Evaluation, StepRecord
from hqnn.states import State
from hqnn.statistics.means import Mean
from hqnn.statistics.paired import Paired
from hqnn.sweeps.groups import Group, final
from hqnn.sweeps.result import Header
from hqnn.versions import difference

#: Largest history of an uploaded run, unpacked bytes.
MAX_UPLOADED_HISTORY = 50_000_000


@dataclass(frozen=True)
class Compared:
    """The parts of a run that a comparison needs."""

    config: RunConfig
    state: State
    #: Its recorded epochs without times, which differ between equal runs.
    epochs: tuple[EpochRecord, ...]
    #: Root mean square of dP(1)/dθ over all images in each epoch, per radian; None if not recorded, as in epoch 0.
    slopes: tuple[float | None, ...]
    #: Mean L2 norm of the loss's gradient in each of `hqnn.records.LAYERS`, by epoch; empty where not recorded.
    norms: tuple[tuple[float, ...], ...]
    evaluation: Evaluation | None
    #: Versions that computed it (`hqnn.versions`), as far as known.
    versions: dict[str, str]

    @classmethod
    def of(
        cls,
        config: RunConfig,
        state: State,
        steps: Iterable[StepRecord],
        epochs: Iterable[EpochRecord],
        evaluation: Evaluation | None,
        versions: dict[str, str],
    ) -> Self:
        """Return the parts of a run's records that a comparison needs."""
        whole = tuple(record.model_copy(update={"images_per_second": None, "train_theta": ()}) for record in epochs)
        by_epoch: dict[int, list[StepRecord]] = {record.epoch: [] for record in whole}
        for step in steps:
            if step.epoch in by_epoch:
                by_epoch[step.epoch].append(step)
        return cls(
            config=config,
            state=state,
            epochs=whole,
            slopes=tuple(map(_root_mean_square, by_epoch.values())),
            norms=tuple(map(_mean_norms, by_epoch.values())),
            evaluation=evaluation,
            versions=versions,
        )

    @property
    def epochs_done(self) -> int:
        """Number of complete epochs."""
        return self.epochs[-1].epoch if self.epochs else 0

    @property
    def by_epoch(self) -> dict[int, tuple[Any, ...]]:
        """All values of each recorded epoch, by its number."""
        known = zip(self.epochs, self.slopes, self.norms, strict=True)
        return {record.epoch: (record, slope, norms) for record, slope, norms in known}


@dataclass(frozen=True)
class Row:
    """A row of the table: one run, or all seeds of one combination of settings."""

    name: str
    #: Every setting. Several runs have a tuple of all their seeds.
    settings: Mapping[str, Any] = field(repr=False)
    trainings: int
    #: Test accuracy with a 95 % interval: Wilson for one run, Student for a mean over seeds.
    accuracy: Mean | None
    cross_entropy: float | None
    published: float | None
    #: Test images.
    n: int
    #: Complete epochs, and planned epochs.
    epochs: int
    of_epochs: int
    state: str
    #: Versions that computed it (`hqnn.versions`), as far as known.
    versions: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, name: str, run: Compared) -> Self:
        """Return the row of one run, as tested at the end or else after its last complete epoch."""
        config, found, last = run.config, run.evaluation, run.epochs[-1] if run.epochs else None
        if found is not None:
            accuracy = Mean(found.accuracy, found.accuracy_low, found.accuracy_high)
        elif last is not None:
            accuracy = Mean(last.test_accuracy, last.test_accuracy_low, last.test_accuracy_high)
        else:
            accuracy = None
        so_far = {config.loss: last.test_loss} if last is not None else {}
        return cls(
            name=name,
            settings=config.model_dump(),
            trainings=1,
            accuracy=accuracy,
            cross_entropy=found.cross_entropy if found else so_far.get("cross-entropy"),
            published=found.published if found else so_far.get("published"),
            n=found.n if found else sum(map(sum, last.test_confusion)) if last else 0,
            epochs=run.epochs_done,
            of_epochs=config.epochs,
            state=str(run.state),
            versions=run.versions,
        )

    @classmethod
    def of_group(cls, name: str, group: Group, header: Header) -> Self:
        """Return the row of all seeds of one combination of settings, with means over seeds.

        Args:
            name: of the file.
            group: the finished runs.
            header: of the experiment.
        """
        config, there = group.results[0].config, [each.evaluation for each in group.results if each.evaluation]
        seeds = len(header.seeds)
        return cls(
            name=name,
            settings=config.model_dump() | {"seed": tuple(result.config.seed for result in group.results)},
            trainings=len(group.results),
            accuracy=final(group).accuracy,
            cross_entropy=fsum(each.cross_entropy for each in there) / len(there),
            published=fsum(each.published for each in there) / len(there),
            n=there[0].n,
            epochs=min(result.curve[-1].epoch if result.curve else 0 for result in group.results),
            of_epochs=config.epochs,
            state="finished" if len(there) == seeds else f"{len(there)} of {seeds} seeds",
            versions=header.versions,
        )


def differing(rows: Sequence[Row]) -> list[str]:
    """Return the names of settings that differ between rows, in the order of `RunConfig`."""
    return [name for name in RunConfig.model_fields if len({repr(row.settings[name]) for row in rows}) > 1]


def value_words(name: str, value: Any) -> str:
    """Return the value of a setting in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "seed" and isinstance(value, tuple):
        first, last = min(value), max(value)
        return f"{first} to {last}" if len(value) == last - first + 1 > 1 else ", ".join(map(str, value))
    return str(value) if name == "seed" else spoken(name, value)


def sameness(runs: Sequence[Compared], names: Sequence[str]) -> str:
    """Return in words whether runs with the same settings have the same results, and whether they should."""
    said, why = "All settings are the same, including the seed.", _computed_apart(runs, names)
    said += f" {why or 'The processor and the versions are the same too, so the results should match bit for bit.'}"
    first, *others = zip(names, runs, strict=True)
    for name, run in others:
        place = _first_difference(first[1], run)
        if place is not None and why:
            return f"{said} {first[0]} and {name} differ {place}."
        if place is not None:
            return (
                f"{said} But {first[0]} and {name} differ {place}. Possible reasons are another number of threads, a "
                "device, or a worker that crashed."
            )
    whole = min(run.epochs_done for run in runs)
    tested = all(run.evaluation is not None for run in runs) and len({run.epochs_done for run in runs}) == 1
    if not whole and not tested:
        return f"{said} There are no results to compare yet."
    parts = [f"{'the one shared epoch' if whole == 1 else f'all {whole} shared epochs'}"] if whole else []
    parts += ["all test predictions"] if tested else []
    verb = "is" if parts == parts[:1] and whole == 1 else "are"
    return f"{said} {'Still' if why else 'They do'}: {' and '.join(parts)} {verb} identical."


def paired(a: Compared, b: Compared) -> Paired | None:
    """Compare the predictions of two networks image by image; None unless both were tested on the same images.

    Tests use the first test images of each digit. So the images are the same if digits and numbers are.
    """
    one, other = a.evaluation, b.evaluation
    if one is None or other is None or a.config.digits != b.config.digits or one.labels != other.labels:
        return None
    right = [
        (said == label, also == label)
        for label, said, also in zip(one.labels, one.predictions, other.predictions, strict=True)
    ]
    return Paired(*(right.count(each) for each in ((True, True), (True, False), (False, True), (False, False))))


def _computed_apart(runs: Sequence[Compared], names: Sequence[str]) -> str:
    """Return why runs with the same settings may differ; empty if they should match."""
    (first, one), *others = sorted(zip(names, runs, strict=True), key=lambda each: "processor" not in each[1].versions)
    for name, run in others:
        if why := difference(one.versions, run.versions):
            unlike = f"unlike {first}, " if "processor" in one.versions else ""
            return (
                f"But {unlike}{name} was computed {why}: the same seed may give another result. Only the "
                "distribution is the same."
            )
    return ""


def _first_difference(a: Compared, b: Compared) -> str | None:
    """Return where two runs that should match first differ, in words."""
    others = b.by_epoch
    for epoch, known in a.by_epoch.items():
        if epoch in others and known != others[epoch]:
            return f"from epoch {epoch} on"
    if a.epochs_done == b.epochs_done and a.evaluation and b.evaluation and a.evaluation != b.evaluation:
        return "in their test predictions"
    return None


def _root_mean_square(steps: Sequence[StepRecord]) -> float | None:
    squares = [slope * slope for step in steps for slope in step.gradient]
    return sqrt(fsum(squares) / len(squares)) if squares else None


def _mean_norms(steps: Sequence[StepRecord]) -> tuple[float, ...]:
    """Return the mean norms over the steps of one epoch; empty if a step has none."""
    if not steps or not all(step.gradient_norms for step in steps):
        return ()
    return tuple(fsum(layer) / len(steps) for layer in zip(*(step.gradient_norms for step in steps), strict=True))
