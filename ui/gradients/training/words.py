"""Sentences of the Gradients during training tab."""

from hqnn.diagnosis.course import ONE_SIDED, Cloud, Course
from hqnn.words import minus, plural
from ui.kit.digits import NAMES
from ui.kit.words import moment, plus_minus


def name(course: Course, step: int) -> str:
    """Return the name of the moment after a step."""
    return f"Step {step:,} of {_total(course):,}" if step else "Before step 1"


def standing(course: Course, cloud: Cloud, step: int) -> str:
    """Return the predictions and angles of the images in training batches, at a step."""
    if not step:
        return f"Before the first step: none of the {course.config.n_images:,} images has been in a batch."
    unseen = f" Not yet in a batch: {plural(cloud.unseen, 'image')}." if cloud.unseen else ""
    return f"{name(course, step)}, epoch {course.epochs[step - 1]}. {_sides(course, cloud)}{unseen}"


def settled(course: Course, found: tuple[int, Cloud] | None) -> str:
    """Return the predictions and angles without dropout, and whether nearly all predictions are the same."""
    if found is None:
        return "Without dropout: known after the first epoch."
    epoch, cloud = found
    said = f"Without dropout, {moment(epoch)}. {_sides(course, cloud)}"
    if epoch == 0 or not cloud.one_sided:
        return said
    digit = course.config.digits[sum(cloud.up) > sum(cloud.seen) / 2]
    past = " At least half of the images are past a turning point." if cloud.mostly_past else ""
    return f"{said} <strong>The network predicts {digit} for at least {ONE_SIDED:.0%} of the images.{past}</strong>"


def doubt(course: Course, few: int) -> str:
    """Return at how many steps the sign is in doubt, and how many steps one point averages."""
    each = f" Each point is the mean of {few:,} steps." if few > 1 else ""
    if course.config.shots is None:
        return f"Exact probabilities have no shot noise, so no sign is in doubt.{each}"
    count, of = int(course.uncertain.sum()), len(course)
    share = f" ({count / of:.0%})" if of else ""
    return f"Shot noise could have reversed the sign at {count:,} of {of:,} steps{share}.{each}"


def slope(course: Course, step: int) -> str:
    """Return the mean derivative of a step with its standard error."""
    if not step:
        return "no step yet"
    value, error = course.slopes[step - 1], course.errors[step - 1]
    said = minus(f"{value:+.3f}")
    return said if course.config.shots is None else plus_minus(said, error)


def _total(course: Course) -> int:
    return course.config.epochs * course.config.steps_per_epoch


def _sides(course: Course, cloud: Cloud) -> str:
    names = [NAMES[digit] for digit in course.config.digits]
    a, b = (f"{up:,} of {seen:,} {name}" for up, seen, name in zip(cloud.up, cloud.seen, names, strict=True))
    predicted = f"Predicted as {course.config.digits[1]}: {a} and {b}."
    past = f"Past a turning point: {cloud.past:,} of {sum(cloud.seen):,} images."
    far = f" More than two turns from 0: {cloud.far:,}." if cloud.far else ""
    return f"{predicted} {past}{far}"
