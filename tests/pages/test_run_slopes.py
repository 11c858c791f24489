"""The part of the Gradients page that shows a training's slopes, run by Streamlit's own test harness."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from hqnn import RunConfig, train
from hqnn.diagnosis.course import Course
from hqnn.jobs.job import Job
from hqnn.records import EpochRecord, StepRecord
from hqnn.states import State
from tests.films import film
from tests.pages.test_pages import open_page, put_there, texts
from ui.gradients.training import words as slope_words
from ui.kit import player
from ui.session import cached

ROOT = Path(__file__).parents[2]
CONFIG = RunConfig(n_train=12, n_test=6, epochs=3, batch_size=5, engine="exact")

pytestmark = pytest.mark.usefixtures("dashboard_here")


@pytest.fixture(scope="module")
def records() -> list[StepRecord | EpochRecord]:
    *said, _ = train(CONFIG)
    return [record for record in said if isinstance(record, StepRecord | EpochRecord)]


def job_of(records, state: State = State.FINISHED) -> Job:
    job = Job(CONFIG, state=state)
    job.append(records)
    put_there(job)
    return job


def slopes_of(job: Job | None) -> AppTest:
    link = {} if job is None else {"run": job.id}
    return open_page("gradients", gradients_part="A training's slopes", **link)


def said_at(job: Job, step: int) -> str:
    course = Course.of(CONFIG, job.steps)
    return slope_words.standing(course, course.cloud(step), step)


def test_without_a_training_the_page_says_what_to_do():
    assert "No run yet. Start one to see its gradients here, step by step." in texts(slopes_of(None))


def test_a_training_of_an_older_version_says_so(records):
    old = [record.model_copy(update={"images": (), "gradient_norms": ()}) for record in records]
    said = texts(slopes_of(job_of(old)))
    assert "An older version recorded this run without the images" in said
    assert (
        "Computed by a processor and with versions that were not recorded: the same seed may give another result."
        in said
    )


def test_a_training_that_made_no_step_says_so():
    assert "This run ended before its first step." in texts(slopes_of(job_of([], State.STOPPED)))


def test_a_finished_training_has_a_frame_for_each_step_and_is_shown_at_its_end(records):
    job = job_of(records)
    app = slopes_of(job)
    told = film(app)
    assert [told[name] for name in ("begin", "last", "first", "seconds", "active")] == [0, 15, 1, 20, False]
    assert (told["at"], told["following"]) == (0, True)
    assert [texts["words"].split("<br>")[0] for _, texts, _ in told["frames"]] == [
        said_at(job, step) for step in range(16)
    ]
    moved = [bool(pictures["cloud"][0]) for _, _, pictures in told["frames"]]
    assert moved == [False] + [True] * 15
    app.toggle(key="slopes_dropout").set_value(False).run()
    assert not app.exception
    without = film(app)
    assert (without["of"], without["begin"]) == (told["of"], 0)
    moved = [at for at, (_, _, pictures) in enumerate(without["frames"]) if pictures["cloud"][0]]
    assert moved == [0, 5, 10, 15]


def test_the_place_where_the_browser_stopped_is_kept(records):
    job = job_of(records)
    app = slopes_of(job)
    place = {"of": film(app)["of"], "at": 7, "following": False}
    app.session_state["slopes_player_at"] = place
    app.run()
    assert (film(app)["at"], film(app)["following"]) == (7, False)
    other = job_of(records[:6])
    app.session_state["run_id"] = other.id
    app.run()
    assert film(app)["of"] != place["of"]
    assert (film(app)["at"], film(app)["following"]) == (0, True)


def test_of_a_running_training_only_what_is_new_is_told(records):
    job = job_of(records[:8], State.RUNNING)  # six steps, and the epochs before the first and after the fifth
    app = slopes_of(job)
    assert (film(app)["begin"], film(app)["last"], len(film(app)["frames"]), film(app)["active"]) == (0, 15, 7, True)
    sent = player.Sent("slopes")
    assert [sent.begin("one", 5), sent.begin("one", 10), sent.begin("other", 10), sent.begin("other", 12)] == [
        0,
        5,
        0,
        10,
    ]


def test_a_browser_that_lacks_frames_is_told_all(records):
    app = slopes_of(job_of(records))
    app.session_state["slopes_player_lost"] = True
    app.run()
    assert film(app)["begin"] == 0
    assert "slopes_player_lost" not in app.session_state


@pytest.mark.parametrize("said", [None, {}, {"of": "x", "at": -1, "following": True}, {"of": 1, "at": 1}, "place"])
def test_what_no_player_says_changes_nothing(said, monkeypatch):
    values = {"key": {"place": said}}
    monkeypatch.setattr(player.st, "session_state", values)
    player._remember("key")
    assert values == {"key": {"place": said}}


def test_before_its_first_step_a_training_has_one_frame_without_images():
    app = slopes_of(job_of([], State.RUNNING))
    assert not app.exception
    ((name, texts, pictures),) = film(app)["frames"]
    assert name == "Before step 1"
    assert "none of the 24 images has been in a batch" in texts["words"]
    assert pictures["cloud"][0] == []


def test_a_course_is_extended_and_shared_not_made_anew(records, monkeypatch):
    job = job_of(records[:8], State.RUNNING)
    first = cached.course(job)
    assert cached.course(job) is first
    job.append(records[8:])
    made = []
    of = Course.of
    monkeypatch.setattr(Course, "of", lambda config, steps: made.append(len(steps)) or of(config, steps))
    assert first is not None
    whole = cached.course(job)
    assert whole is not None
    assert (len(whole), made) == (15, [9])
    job.forget_beyond(3, 0, -1)
    again = cached.course(job)
    assert again is not None
    assert len(again) == 3


def test_the_fold_has_the_formulas(records):
    app = slopes_of(job_of(records))
    app.session_state["explanation"] = True
    app.run()
    assert not app.exception
