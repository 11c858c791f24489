"""The slopes of a training in words."""

from hqnn.diagnosis.course import ONE_SIDED, Cloud, Course
from hqnn.words import minus
from ui.kit.digits import NAMES
from ui.kit.words import moment, plus_minus


def name(course: Course, step: int) -> str:
    """What the moment after a step is called."""
    return f"Step {step:,} of {_total(course):,}" if step else "Before step 1"


def standing(course: Course, cloud: Cloud, step: int) -> str:
    """Where the images stand at a step, as it is trained."""
    if not step:
        return f"Before the first step: none of {course.config.n_images:,} images has been in a batch yet."
    unseen = f"; {cloud.unseen:,} not seen yet" if cloud.unseen else ""
    return f"{name(course, step)}, epoch {course.epochs[step - 1]}: {_sides(course, cloud)}{unseen}."


def settled(course: Course, found: tuple[int, Cloud] | None) -> str:
    """Where the images stand without dropout, and whether nearly all of them get the same prediction."""
    if found is None:
        return "Without dropout: said after each epoch."
    epoch, cloud = found
    said = f"Without dropout, {moment(epoch)}: {_sides(course, cloud)}."
    if epoch == 0 or not cloud.one_sided:
        return said
    digit = course.config.digits[sum(cloud.up) > sum(cloud.seen) / 2]
    past = ", and at least half of them are past a turning point" if cloud.mostly_past else ""
    return f"{said} <strong>It predicts {digit} for at least {ONE_SIDED:.0%} of the images{past}.</strong>"


def doubt(course: Course, few: int) -> str:
    """At how many steps the sign is in doubt, and what a point stands for."""
    each = f" Each point is the mean of {few:,} steps." if few > 1 else ""
    if course.config.shots is None:
        return f"Exact probabilities: no shot noise, so no sign is in doubt.{each}"
    count, of = int(course.uncertain.sum()), len(course)
    share = f" ({count / of:.0%})" if of else ""
    return f"Shot noise could have reversed the sign at {count:,} of {of:,} steps{share}.{each}"


def slope(course: Course, step: int) -> str:
    """The mean slope of a step with its standard error."""
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
    far = f", {cloud.far:,} over two turns away" if cloud.far else ""
    second = course.config.digits[1]
    return f"{a} and {b} predicted as {second}; {cloud.past:,} of {sum(cloud.seen):,} past a turning point{far}"
