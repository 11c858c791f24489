"""The bar of a long measurement: how far it is, what starts it, and what stops it."""

from html import escape

from hqnn.jobs.study import Study, StudyState


def study_words(study: Study | None, *, mine: bool, idle: str, button: str) -> str:
    """What the study does, or how it ended.

    Args:
        study: the one that this page has begun last.
        mine: whether it measures what the dials say.
        idle: what is said while there is none.
        button: what is written on the button that begins it.
    """
    if study is None:
        return idle
    parts = f"{study.done:,} of {study.total:,} parts"
    wanted = "stop it, and then press" if study.running else "press"
    of_others = "" if mine else f" It was begun with other dials; {wanted} “{button}” to see these."
    match study.state:
        case StudyState.RUNNING:
            left = "" if study.seconds_left is None else f", about {_duration(study.seconds_left)} left"
            return f"Measuring: {parts}{left}.{of_others}"
        case StudyState.FINISHED:
            return f"Measured in {study.seconds:.1f} s: {parts}.{of_others}"
        case StudyState.STOPPED:
            why = " because nobody looked at it for a minute" if study.alone else ""
            return f"Stopped{why} after {parts}; what was measured is kept.{of_others}"
        case StudyState.FAILED:
            return f"Failed after {parts}: {escape(study.error or '')}{of_others}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
