"""The settings of a run that is looked at: said in words, and taken over by the widgets."""

from math import pi

import pytest

from hqnn.config import RunConfig
from hqnn.jobs.job import Job
from hqnn.states import State
from tests.pages.test_pages import open_page, put_there, texts, training, wait_until
from ui.frame import run_settings
from ui.session import cached, setting_options

pytestmark = pytest.mark.usefixtures("dashboard_here")

PUBLISHED = RunConfig.preset("published-01").replace(digits=(0, 8), shots=None, seed=7, n_train=20)


def html(app) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def test_what_differs_from_the_recommended_is_said_and_long_lists_fold():
    assert run_settings.label(RunConfig(digits=(4, 9))) == "Settings: recommended"
    assert run_settings.said(RunConfig(digits=(4, 9))) == "This run uses the recommended settings."
    few = RunConfig(shots=1, batch_size=1, engine="noisy", readout_e1=0.1)
    assert run_settings.label(few) == "Settings: 1 shot · batch size 1 · 2 more"
    assert run_settings.said(few) == (
        "This run uses the recommended settings, except: 1 shot · batch size 1 · noisy engine · "
        "Readout error e1 (1 read as 0) 0.1."
    )
    assert run_settings.label(RunConfig(shots=1, seed=3)) == "Settings: 1 shot · seed 3"
    assert run_settings.label(PUBLISHED) == "Settings: exact probabilities · batch size 1 · 5 more"
    assert run_settings.said(PUBLISHED).endswith(" · 20 epochs · seed 7 · 20 training images per digit.")


def test_every_setting_has_words():
    every = RunConfig(shift=0.5, learning_rate=0.01, n_test=None, exact_evaluation=True, loss="published")
    said = run_settings.said(every)
    for words in (
        "loss −p (original post)",
        "shift 0.5",
        "learning rate 0.01",
        "all test images per digit",
        "tested with exact",
    ):
        assert words in said
    assert "sigmoid instead of the circuit" in run_settings.said(RunConfig(head="sigmoid"))
    assert set(RunConfig.model_fields) <= set(setting_options.NAMES)


@pytest.mark.parametrize("page", ["train", "circuit", "data", "test"])
def test_a_runs_settings_are_taken_over_by_all_widgets_on_every_page(page):
    job = Job(PUBLISHED, state=State.INTERRUPTED)
    put_there(job)
    app = open_page(page, run=job.id, digits=["3", "5"], seed="2")
    assert "Your settings differ" not in texts(app)  # what a closed popover contains is not sent
    app.session_state["run_settings"] = True
    app.run()
    assert "Your settings differ in Two digits, Training images per digit, Shots per measurement," in texts(app)
    app.button(key="use_settings").click().run()
    assert not app.exception
    widgets = {name: app.session_state[name] for name in ("digits", "shots", "seed", "n_train", "loss", "batch_size")}
    assert widgets == {
        "digits": [0, 8], "shots": "exact", "seed": 7, "n_train": 20, "loss": "published", "batch_size": 1
    }  # fmt: skip
    assert not any(button.key == "use_settings" for button in app.button)
    assert "Your settings differ" not in texts(app)
    app.switch_page("pages/train.py").run()
    app.button(key="train").click().run()
    assert training(app).config == PUBLISHED
    app.button(key="stop").click().run()
    wait_until(app, lambda: not training(app).active)
    del cached.jobs().queue.known[job.id]


def test_what_no_widget_offers_is_said_and_stays():
    config = RunConfig(shots=137, shift=0.5, head="circuit", exact_evaluation=True, seed=3)
    put_there(job := Job(config, state=State.INTERRUPTED))
    app = open_page("train", run=job.id, shift="π/4")
    app.button(key="use_settings").click().run()
    said = html(app)
    assert "Shots per measurement: the run’s value 137 is not available. It stays 100." in said
    assert "Shift s (radians): the run’s value 0.5 is not available. It stays π/4." in said
    assert "Tested with exact probabilities: the run uses yes. This page has no control for it." in said
    assert (app.session_state["seed"], app.session_state["shift"]) == (3, pi / 4)
    app.button(key="dismiss_link_notes").click().run()
    assert "is not available" not in html(app)
    del cached.jobs().queue.known[job.id]
