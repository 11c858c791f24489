"""Run files in real Chromium: opened on the start page, played on the stage, and listed among the viewer's runs."""

import re

import pytest

from hqnn import RunConfig, train
from hqnn.runs import Run, to_bytes
from tests.browser import accessible, fits

CONFIG = RunConfig(n_train=20, n_test=10, epochs=2, engine="exact", seed=31)


def upload(visit, name: str, content: bytes) -> None:
    """Choose a file in the open popover."""
    field = visit.page.get_by_test_id("stPopoverBody").get_by_test_id("stFileUploaderDropzone").locator("input")
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


@pytest.mark.parametrize("visit", [("projector", "light"), ("phone", "dark")], indirect=True, ids="-".join)
def test_a_run_file_is_opened_and_the_stage_plays_it(visit):
    page = visit.open("")
    visit.by_key("trainings").get_by_role("button", name="Open a run file").click()
    upload(visit, "words.safetensors", b"no run")
    page.get_by_text("words.safetensors: not a complete safetensors file").wait_for()
    visit.settle()
    accessible(visit)
    fits(visit)
    upload(visit, "run.safetensors", to_bytes(Run.of(train(CONFIG))))
    page.get_by_role("heading", level=2).filter(has_text="Train").wait_for()
    page.get_by_text(re.compile(r"Finished: 2 epochs in \d+\.\d s\. Opened from a run file\.")).wait_for()
    visit.by_key("stage").locator(".count").filter(has_text=re.compile(r"^\d+ of 24 right")).wait_for()
    assert visit.button("restart").count()
    visit.go("Home")
    line = visit.by_key("trainings").get_by_text("2 epochs, seed 31: finished")
    assert "opened just now" in line.inner_text()
