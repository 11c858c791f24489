"""A run's state and what its network has learned, in words."""

from hqnn.config import ENGINES, RunConfig
from hqnn.jobs.job import Job
from hqnn.records import EpochRecord, StepRecord
from hqnn.states import State
from ui.kit.digits import NAMES, versus
from ui.kit.loss_words import with_dropout
from ui.kit.words import duration, plural
from ui.session.cached import jobs

#: After this many seconds without a record, the bar says so. A test on all images of a pair takes about 2 s.
SILENT_SECONDS = 5


def ready(config: RunConfig | None) -> str:
    """Return what the Train button would start, as HTML."""
    if config is None:
        return "The settings do not fit together. Change them, then press Train."
    size = f"{config.n_images:,} images, {config.epochs} epochs of {config.steps_per_epoch:,} steps"
    return f"<strong>{versus(config.digits)}</strong><span>Press Train: {size}, {config.engine} engine.</span>"


def doing(job: Job, steps: list[StepRecord]) -> str:
    """Return a run's state and any notes on it."""
    said = _state(job, steps)
    return f"{said}. {job.note}" if job.note else said


def learned(config: RunConfig, epochs: list[EpochRecord], ended: bool = False) -> str:
    """Return how many training images the network gets right."""
    if ended and not epochs:
        return "The run ended before its first epoch was complete."
    if not epochs:
        return "After each epoch, this line shows how many training images of each digit the network gets right."
    last, (a, b) = epochs[-1], config.digits
    when = f"Epoch {last.epoch}" if last.epoch else "Epoch 0 (before the first step)"
    (a_as_a, a_as_b), (b_as_a, b_as_b) = last.train_confusion
    if a_as_b + b_as_b == 0 or a_as_a + b_as_a == 0:
        said = b if a_as_a == 0 else a
        found = (
            f"{when}: the network predicts {said} for every training image. It cannot tell the two digits apart yet."
        )
    else:
        found = (
            f"{when}: of the training images, the network gets {a_as_a} of {a_as_a + a_as_b} {NAMES[a]} and "
            f"{b_as_b} of {b_as_a + b_as_b} {NAMES[b]} right."
        )
    return f"{found} {with_dropout(config.loss, last.loss, last.train_accuracy)}".rstrip()


def _state(job: Job, steps: list[StepRecord]) -> str:
    epochs, epoch = job.config.epochs, _epoch(job, steps)
    where = f"epoch {epoch} of {epochs}" if epoch else "the queue"
    match job.state:
        case State.FAILED:
            return f"Failed: {(job.error or '').rstrip('.')}"
        case State.INTERRUPTED:
            return f"Interrupted in {where}, because the server stopped. You can run it again from the same seed"
        case State.STOPPED:
            return f"Stopped in {where}" if steps else f"Stopped before {'its first step' if epoch else 'it started'}"
        case State.FINISHED:
            return f"Finished: {plural(epochs, 'epoch')} in {job.seconds:.1f} s"
        case State.QUEUED if not job.stop_asked:
            return _waiting(job, steps)
        case State.PAUSED if not job.stop_asked:
            return f"Paused in {where}{f', after step {len(steps):,} of {job.total_steps:,}' if epoch else ''}"
    if job.elsewhere:
        return f"In {where} on another server"
    return _going_on(job, steps)


def _going_on(job: Job, steps: list[StepRecord]) -> str:
    if job.stop_asked:
        return "Stopping"
    if job.silence > SILENT_SECONDS and ENGINES[job.config.engine].hardware:
        return f"Waiting for {job.config.backend} for {job.silence:.0f} s"
    if job.silence > SILENT_SECONDS and jobs().cluster.warm:
        return f"The worker has not responded for {job.silence:.0f} s. If it has crashed, another worker will continue"
    epoch = _epoch(job, steps)
    if not epoch:
        return "Starting" if jobs().cluster.warm else "Starting the workers, which takes a few seconds"
    left = jobs().durations.left(job)
    return f"Epoch {epoch} of {job.config.epochs}, {f'{duration(left)} left' if left >= 1 else 'almost done'}"


def _epoch(job: Job, steps: list[StepRecord]) -> int:
    """Return the current epoch, which starts when the previous one is recorded. 0 before the first."""
    return steps[-1].epoch if steps else job.recorded + 1


def _waiting(job: Job, steps: list[StepRecord]) -> str:
    if jobs().cluster.problem:
        return "Waiting for workers"
    if not jobs().cluster.warm:
        return "Starting the workers, which takes a few seconds"
    if jobs().waits_for_own(job):
        return "Waiting for your other run"
    place, wait = jobs().place_in_queue(job), jobs().seconds_to_wait(job)
    so_far = f", {len(steps)} of {job.total_steps} steps done" if steps else ""
    return f"Place {max(1, place)} in the queue, {duration(wait)} to wait{so_far}"
