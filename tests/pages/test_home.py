"""The start page: its cards lead to the pages, and show the run on the page once there is one."""

from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from hqnn.config import RunConfig
from hqnn.jobs.job import Job
from hqnn.states import State
from tests.pages.test_pages import open_page, put_there, training, wait_until
from tests.ui.test_home_cards import probe
from ui.session import cached
from ui.session.viewer import identity_of

pytestmark = pytest.mark.usefixtures("dashboard_here")


def cards(app: AppTest) -> str:
    return "".join(each.value for each in app.markdown if '<div class="card">' in each.value)


def links(app: AppTest) -> dict[str, tuple[str, dict[str, list[str]]]]:
    """Page and query of each card's link, by its name."""
    found = [each.proto for each in app.get("page_link")]
    return {link.label: (link.page, parse_qs(link.query_string)) for link in found if link.label in NAMES}


NAMES = {
    "Image": "data",
    "Convolution 1": "gradients",
    "Convolution 2": "gradients",
    "Linear layers": "gradients",
    "One angle θ": "circuit",
    "Quantum circuit": "circuit",
    "Prediction": "test",
}


def test_without_a_run_every_card_leads_to_its_page_and_shows_the_settings():
    app = open_page("home", digits=["4", "9"], shots="1000")
    assert {name: page for name, (page, _) in links(app).items()} == NAMES
    assert not any("run" in query for _, query in links(app).values())
    assert cards(app).count('<div class="card">') == 7
    assert "one qubit, 1,000 shots" in cards(app)
    assert "<img" not in cards(app)


def test_with_a_run_the_cards_show_it_and_lead_to_it():
    config = RunConfig(digits=(4, 9), n_train=20, n_test=10, epochs=2)
    job = Job(config, state=State.PAUSED, viewer=identity_of("mine"))
    job.append([probe(5, 0.7)])
    put_there(job)
    app = open_page("home", "mine", run=job.id, digits=["0", "1"])
    found = cards(app)
    assert "θ = 0.70 rad = 40°" in found
    assert "◆ 9: 0." in found
    assert 'alt="handwritten 9, number 1"' in found
    assert "Train on 0 vs 1" in [button.label for button in app.button]
    said = [each.proto.body for each in app.get("html")]
    line = "The cards follow test image 1 of the nines through this run's network, after step 5 of 10."
    assert any(line in body for body in said)
    assert all(query["run"] == [job.id] for _, query in links(app).values())
    assert links(app)["Quantum circuit"][1]["theta"] == ["40"]
    job.append([probe(10, 1.0, bright=90)])
    app.run()
    cached.jobs().queue.known.pop(job.id)
    assert "θ = 1.00 rad = 57°" in cards(app)
    assert "the strongest 4 of 64 maps" in cards(app)


def test_settings_that_do_not_fit_together_hide_no_run():
    job = Job(RunConfig(digits=(4, 9)), state=State.PAUSED)
    job.append([probe(5, 0.7)])
    put_there(job)
    app = open_page("home", run=job.id, digits=["4"])
    cached.jobs().queue.known.pop(job.id)
    assert "θ = 0.70 rad" in cards(app)
    assert not any(button.key == "start" for button in app.button)
    assert not cards(open_page("home", digits=["4"]))


def test_a_run_that_was_trained_here_ends_on_its_cards():
    app = open_page("train", n_train="10", n_test="10", epochs="2")
    app.button(key="train").click().run()
    wait_until(app, lambda: not training(app).active)
    app.switch_page("pages/home.py").run()
    assert not app.exception
    theta = training(app).probes[-1].theta[12]
    assert f"θ = {theta:.2f} rad".replace("-", "−") in cards(app)
    assert any("after step 6 of 6." in each.proto.body for each in app.get("html"))
