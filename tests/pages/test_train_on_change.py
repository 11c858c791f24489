"""Train on change, and the curves of earlier runs: the Train page by its words and widgets."""

import json
from time import monotonic

import pytest

from hqnn import RunConfig
from hqnn.config import ENGINES
from hqnn.jobs.job import Job
from tests.pages.test_pages import open_page, training
from tests.waiting import wait
from ui.session import cached
from ui.train import on_change

pytestmark = pytest.mark.usefixtures("dashboard_here")

#: A run of a few steps.
QUICK = {"n_train": "10", "n_test": "10", "epochs": "2", "engine": "exact"}


def move(app, shots):
    """Let go of the slider of the shots."""
    app.select_slider(key="shots").set_value(shots).run()
    assert not app.exception


def labels(app):
    """The labels of earlier runs in the chart."""
    series = json.loads(app.get("echarts_chart")[0].proto.spec)["series"]
    return [each["label"]["formatter"] for each in series if each.get("id", "").endswith(" label")]


def said(app):
    """The page's HTML."""
    return "\n".join(each.proto.body for each in app.get("html"))


def ended(app):
    """Wait until the run on the page has ended, and draw it."""
    wait(lambda: not training(app).active)
    app.run()
    return training(app)


def rested():
    """Let the last change be long ago."""
    end = monotonic() + 2 * on_change.QUIET_SECONDS
    wait(lambda: monotonic() > end)


def test_a_link_with_the_switch_on_trains_nothing_until_a_setting_is_moved():
    app = open_page("train", **QUICK, train_on_change="true")
    assert app.toggle(key="train_on_change").value
    app.run()
    assert "run_id" not in app.session_state
    move(app, 20)
    assert training(app).config == RunConfig(n_train=10, n_test=10, epochs=2, engine="exact", shots=20)


def test_the_switch_is_off_on_a_first_visit_and_then_a_change_trains_nothing():
    app = open_page("train", **QUICK)
    assert not app.toggle(key="train_on_change").value
    move(app, 20)
    assert "run_id" not in app.session_state


def test_a_setting_moved_on_another_page_trains_nothing():
    app = open_page("train", **QUICK, train_on_change="true")
    app.switch_page("pages/test.py").run()
    move(app, 20)
    app.switch_page("pages/train.py").run()
    app.run()
    assert "run_id" not in app.session_state


def test_a_change_ends_the_run_that_it_replaces_and_keeps_its_curve():
    app = open_page("train", **QUICK | {"epochs": "100"}, train_on_change="true")
    app.session_state["pace"] = 50
    move(app, 20)
    first = training(app)
    cached.jobs().set_pace(first, 1)
    wait(lambda: first.epochs)
    app.run()
    rested()
    app.session_state["pace"] = 0
    move(app, 50)
    second = training(app)
    assert (first.replaced, first.state, second.config.shots) == (True, "stopped", 50)
    assert cached.jobs().of_viewer(second.viewer) == [second]
    assert [button.label for button in app.button if button.key == f"front_{first.id}"] == ["▲ 20 shots"]
    app.button(key=f"front_{first.id}").click().run()
    assert training(app) is second
    assert app.session_state["earlier_bold"] == first.id
    cached.jobs().stop(second)


def test_changes_in_quick_succession_train_once_they_end():
    app = open_page("train", **QUICK, train_on_change="true")
    move(app, 20)
    first = training(app)
    app.session_state["changed_at"] = monotonic() + 60  # as if the next change came at once
    move(app, 10)
    assert on_change.QUIET_SECONDS > 0
    assert training(app) is first
    app.session_state["train_due"] = monotonic() - 1
    app.run()
    assert training(app).config.shots == 10


def test_a_finished_run_comes_back_to_the_front_by_its_button_and_can_be_hidden_and_cleared():
    app = open_page("train", **QUICK, train_on_change="true")
    move(app, 20)
    first = ended(app)
    rested()
    move(app, 50)
    second = ended(app)
    assert [label.rpartition(" · ")[0] for label in labels(app)] == ["▲ 20 shots"]
    app.button(key=f"front_{first.id}").click().run()
    assert training(app) is first
    assert [button.label for button in app.button if button.key == f"front_{second.id}"] == ["■ 50 shots"]
    app.button(key="hide_earlier").click().run()
    assert labels(app) == []
    app.button(key="hide_earlier").click().run()
    assert [label.rpartition(" · ")[0] for label in labels(app)] == ["■ 50 shots"]
    app.button(key="clear_earlier").click().run()
    assert labels(app) == []
    assert not [button for button in app.button if button.key == "hide_earlier"]
    assert cached.jobs().get(second.id) is second


def test_what_takes_too_long_says_so_and_does_not_train():
    app = open_page("train", **QUICK | {"n_train": "all", "epochs": "20"}, train_on_change="true")
    config = RunConfig(n_train=None, n_test=10, epochs=20, engine="exact")
    seconds = cached.jobs().durations.at_best(config)
    assert seconds >= on_change.MOST_SECONDS
    assert "A change starts only runs under 10 s. This one takes about" in said(app)
    move(app, 20)
    assert "run_id" not in app.session_state


def test_a_slow_pace_and_a_device_are_reasons_not_to_train(monkeypatch):
    monkeypatch.setattr("ui.train.on_change.viewer.pace", lambda: 5)
    said = on_change.why_not(RunConfig())
    assert said == "A change starts only runs under 10 s. This one takes about 50 s."
    device = next(name for name, kind in ENGINES.items() if kind.hardware)
    assert on_change.why_not(RunConfig(engine=device)) == (
        "A change does not start a run on a device. Use the Train button."
    )


def test_another_pair_starts_afresh():
    app = open_page("train", **QUICK, train_on_change="true")
    move(app, 20)
    ended(app)
    rested()
    app.pills(key="digits").set_value([0, 1]).run()
    wait(lambda: isinstance(training(app), Job) and training(app).config.digits == (0, 1))
    ended(app)
    assert not [button for button in app.button if button.key == "hide_earlier"]
