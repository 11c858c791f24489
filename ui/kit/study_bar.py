"""Status text of a long measurement."""

from html import escape

from hqnn.jobs.study import Study, StudyState


def study_words(study: Study | None, *, mine: bool, idle: str, button: str) -> str:
    """Return the progress of a measurement, or how it ended.

    Args:
        study: the latest measurement of this page.
        mine: whether it used the present controls.
        idle: text before the first measurement.
        button: label of the button that starts it.
    """
    if study is None:
        return idle
    parts = f"{study.done:,} of {study.total:,} parts"
    start = f"{'Stop it, then press' if study.running else 'Press'} “{button}” to measure with the present ones."
    of_others = "" if mine else f" It used other control settings. {start}"
    match study.state:
        case StudyState.RUNNING:
            left = "" if study.seconds_left is None else f", about {_duration(study.seconds_left)} left"
            return f"Measuring: {parts}{left}.{of_others}"
        case StudyState.FINISHED:
            return f"Measured in {study.seconds:.1f} s: {parts}.{of_others}"
        case StudyState.STOPPED:
            why = " because no page showed it for a minute" if study.alone else ""
            return f"Stopped{why} after {parts}. The parts measured so far are kept.{of_others}"
        case StudyState.FAILED:
            return f"Failed after {parts}: {escape(study.error or '')}{of_others}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
