"""The start page opens run files: the Train page then shows the run, and a bad file is refused in a sentence."""

import pytest
from streamlit.testing.v1 import AppTest

from hqnn import train
from hqnn.config import RunConfig
from hqnn.runs import Run, to_bytes
from tests.kept_copies import KEPT
from tests.pages.test_pages import open_page, texts, training
from ui.session import cached
from ui.session.viewer import identity_of

pytestmark = pytest.mark.usefixtures("dashboard_here")

OLD = (KEPT / "run.safetensors").read_bytes()


def upload(app: AppTest, content: bytes, name: str = "run.safetensors") -> AppTest:
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    assert not app.exception
    return app


def test_a_viewer_without_runs_opens_a_file_and_the_train_page_shows_it_once_per_session():
    app = open_page("home", "opens files")
    assert "No run yet. Start one or open a run file." in texts(app)
    upload(app, OLD)
    job = training(app)
    assert app.main.markdown[0].value.startswith("## Train")
    assert "Finished: 2 epochs" in str([each.proto.body for each in app.get("html")])
    assert (job.config.digits, job.viewer) == ((4, 9), identity_of("opens files"))
    app.switch_page("pages/home.py").run()
    assert "finished, test accuracy" in (line := str([each.proto.body for each in app.get("html")]))
    assert "opened just now" in line
    assert "No run yet." not in texts(app)
    app.session_state["run_id"] = None
    upload(app, OLD, "the same.safetensors")
    assert training(app) is job
    assert cached.jobs().of_viewer(job.viewer) == [job]


def test_a_bad_file_is_refused_with_its_name_until_another_one_is_opened():
    app = upload(open_page("home", "opens bad files"), b"no run", "words.safetensors")
    (problem,) = [each.value for each in app.warning]
    assert problem == "words.safetensors: not a complete safetensors file: header too small"
    assert "run_id" not in app.session_state or app.session_state["run_id"] is None
    classical = RunConfig(n_train=2, n_test=1, epochs=1, head="linear")
    upload(app, to_bytes(Run.of(train(classical))), "linear.safetensors")
    assert [each.value for each in app.warning] == [
        "linear.safetensors: head must be 'circuit', because only a circuit can be measured, got 'linear'"
    ]
    upload(app, OLD)
    assert training(app).config.digits == (4, 9)
    app.switch_page("pages/home.py").run()
    assert not app.warning
