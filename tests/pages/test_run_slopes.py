"""The part of the Gradients page that shows a training's slopes, run by Streamlit's own test harness."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from hqnn import RunConfig, train
from hqnn.diagnosis.course import Course
from hqnn.jobs.job import Job
from hqnn.records import EpochRecord, StepRecord
from hqnn.states import State
from tests.pages.test_pages import open_page, put_there, texts
from ui.gradients.training import controls
from ui.gradients.training import words as slope_words
from ui.kit import echoes
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


def stop_clocks(monkeypatch, now) -> None:
    for module in (controls, echoes):
        monkeypatch.setattr(module, "monotonic", now)


def slopes_of(job: Job | None) -> AppTest:
    link = {} if job is None else {"run": job.id}
    return open_page("gradients", gradients_part="A training's slopes", **link)


def words(app: AppTest) -> str:
    return next(e.proto.body for e in app.get("html") if 'role="status">' in e.proto.body and "dropout" in e.proto.body)


def said_at(job: Job, step: int) -> str:
    course = Course.of(CONFIG, job.steps)
    return slope_words.standing(course, course.cloud(step), step)


def test_without_a_training_the_page_says_what_to_do():
    assert "No training yet. Start one, and its slopes appear here as it goes." in texts(slopes_of(None))


def test_a_training_of_an_older_version_says_so(records):
    old = [record.model_copy(update={"images": (), "gradient_norms": ()}) for record in records]
    said = texts(slopes_of(job_of(old)))
    assert "recorded by an older version, without the images" in said
    assert (
        "Computed by a processor and with versions that were not recorded: the same seed may give another result."
        in said
    )


def test_a_training_that_made_no_step_says_so():
    assert "This training ended before its first step." in texts(slopes_of(job_of([], State.STOPPED)))


def test_a_finished_training_is_shown_at_its_end_and_scrubbed(records):
    job = job_of(records)
    app = slopes_of(job)
    assert app.slider(key="slopes_step").value == 15
    assert said_at(job, 15) in words(app)
    app.slider(key="slopes_step").set_value(7).run()
    assert said_at(job, 7) in words(app)
    app.button(key="slopes_start").click().run()
    assert said_at(job, 1) in words(app)
    assert "not seen yet" in words(app)
    app.button(key="slopes_end").click().run()
    assert said_at(job, 15) in words(app)
    app.toggle(key="slopes_dropout").set_value(False).run()
    assert not app.exception


def test_playing_takes_twenty_seconds_from_start_to_end(records, monkeypatch):
    now = 1000.0
    stop_clocks(monkeypatch, lambda: now)
    app = slopes_of(job_of(records))
    app.button(key="slopes_play").click().run()
    assert (app.slider(key="slopes_step").value, app.button(key="slopes_play").label) == (0, "Pause")
    now += 10
    app.run()
    assert app.slider(key="slopes_step").value == 7
    app.slider(key="slopes_step").set_value(3).run()
    now += 4
    app.run()
    assert app.slider(key="slopes_step").value == 6
    app.button(key="slopes_play").click().run()
    now += 5
    app.run()
    assert (app.slider(key="slopes_step").value, app.button(key="slopes_play").label) == (6, "Play")
    app.button(key="slopes_play").click().run()
    now += 30
    app.run()
    app.run()
    assert (app.slider(key="slopes_step").value, app.button(key="slopes_play").label) == (15, "Play")


def test_a_browser_that_lags_does_not_turn_the_play_back(records, monkeypatch):
    """It sends back where the slider was a moment ago, as if somebody had moved it there."""
    now = 1000.0
    stop_clocks(monkeypatch, lambda: now)
    app = slopes_of(job_of(records))
    app.button(key="slopes_play").click().run()
    for later, shown in ((4.0, 3), (1.4, 4)):
        now += later
        app.run()
        assert app.slider(key="slopes_step").value == shown
    app.slider(key="slopes_step").set_value(3).run()
    assert app.slider(key="slopes_step").value == 4
    now += 4
    app.run()
    assert app.slider(key="slopes_step").value == 7


def test_a_browser_that_lags_more_than_once_does_not_turn_the_play_back(records, monkeypatch):
    now = 1000.0
    stop_clocks(monkeypatch, lambda: now)
    app = slopes_of(job_of(records))
    app.button(key="slopes_play").click().run()
    for later in (4.0, 1.4):
        now += later
        app.run()
    now += 1.3
    for lagging in (3, 4):
        app.slider(key="slopes_step").set_value(lagging).run()
        assert app.slider(key="slopes_step").value == 5
    now += 4
    app.run()
    assert app.slider(key="slopes_step").value == 8


def test_a_browser_that_lags_does_not_turn_back_what_has_been_played(records, monkeypatch):
    now = 1000.0
    stop_clocks(monkeypatch, lambda: now)
    app = slopes_of(job_of(records))
    app.button(key="slopes_play").click().run()
    for later in (19.0, 1.1):
        now += later
        app.run()
    app.slider(key="slopes_step").set_value(14).run()
    assert (app.slider(key="slopes_step").value, app.button(key="slopes_play").label) == (15, "Play")
    now += 5
    app.slider(key="slopes_step").set_value(14).run()  # so late it is no echo
    assert app.slider(key="slopes_step").value == 14
    app.slider(key="slopes_step").set_value(15).run()
    app.slider(key="slopes_step").set_value(14).run()  # nor is it where nothing moves by itself
    assert app.slider(key="slopes_step").value == 14


def test_where_the_play_began_is_no_echo_once_the_browser_has_followed(records, monkeypatch):
    now = 1000.0
    stop_clocks(monkeypatch, lambda: now)
    app = slopes_of(job_of(records))
    app.button(key="slopes_play").click().run()
    now += 1.4
    app.run()
    app.button(key="slopes_play").click().run()
    assert (app.slider(key="slopes_step").value, app.button(key="slopes_play").label) == (1, "Play")
    app.slider(key="slopes_step").set_value(15).run()  # the key End
    assert app.slider(key="slopes_step").value == 15


def test_a_browser_that_lags_does_not_end_the_following(records, monkeypatch):
    now = 1000.0
    stop_clocks(monkeypatch, lambda: now)
    job = job_of(records[:8], State.RUNNING)
    app = slopes_of(job)
    job.append(records[8:11])
    now += 1
    app.run()
    for later in (0, 100):  # however long it lags
        now += later
        app.slider(key="slopes_step").set_value(6).run()
        assert app.slider(key="slopes_step").value == 9
    app.run()  # now the browser has the newest, so what it sends next is somebody's
    app.slider(key="slopes_step").set_value(6).run()
    job.append(records[11:13])
    app.run()
    assert app.slider(key="slopes_step").value == 6


def test_a_running_training_is_followed_until_its_steps_are_looked_at(records):
    job = job_of(records[:8], State.RUNNING)
    app = slopes_of(job)
    assert (app.slider(key="slopes_step").value, app.slider(key="slopes_step").max) == (6, 15)
    job.append(records[8:11])
    app.run()
    assert app.slider(key="slopes_step").value == 9
    app.slider(key="slopes_step").set_value(4).run()
    job.append(records[11:13])
    app.run()
    assert app.slider(key="slopes_step").value == 4
    assert app.button(key="slopes_end").label == "Follow"
    app.button(key="slopes_end").click().run()
    assert app.slider(key="slopes_step").value == len(job.steps)
    app.slider(key="slopes_step").set_value(15).run()  # beyond what there is: the newest
    assert app.slider(key="slopes_step").value == len(job.steps)
    assert said_at(job, len(job.steps)) in words(app)


def test_before_its_first_step_a_training_has_empty_pictures():
    app = slopes_of(job_of([], State.RUNNING))
    assert not app.exception
    assert "none of 24 images has been in a batch yet" in words(app)


def test_another_training_begins_at_its_own_newest_step(records):
    app = slopes_of(job_of(records))
    app.slider(key="slopes_step").set_value(4).run()
    other = job_of(records[:6])
    app.session_state["run_id"] = other.id
    app.run()
    assert app.slider(key="slopes_step").value == 5


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
    job.forget_beyond(3, 0)
    again = cached.course(job)
    assert again is not None
    assert len(again) == 3


def test_the_fold_has_the_formulas(records):
    app = slopes_of(job_of(records))
    app.session_state["explanation"] = True
    app.run()
    assert not app.exception
