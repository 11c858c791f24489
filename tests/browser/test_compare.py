"""Run files side by side in real Chromium: loaded, compared, and left out again."""

import pytest

from hqnn.config import RunConfig
from hqnn.network.training import train
from hqnn.runs import Run, save
from tests.browser import accessible, alt, changes, fits


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[str]:
    """Two runs, and a file that is cut off."""
    folder = tmp_path_factory.mktemp("runs")
    for shots in (10, 1000):
        config = RunConfig(n_train=10, n_test=10, epochs=2, engine="exact", shots=shots)
        save(Run.of(train(config)), folder / f"{shots}.safetensors")
    (folder / "cut.safetensors").write_bytes((folder / "10.safetensors").read_bytes()[:9000])
    return [str(folder / f"{name}.safetensors") for name in ("10", "1000", "cut")]


@pytest.mark.parametrize("visit", [("projector", "light")], indirect=True, ids="-".join)
def test_loaded_files_are_compared(visit, files):
    page = visit.open("explore?explore_part=Compare runs")
    page.get_by_text("No run yet.").wait_for()
    empty, size = alt(visit, "compare_chart"), visit.by_key("compare_chart").bounding_box()
    page.locator(".st-key-compare_card input[type=file]").set_input_files(files)
    page.locator(".compare-table").wait_for()
    page.get_by_text("cut.safetensors: not a complete safetensors file").wait_for()
    visit.settle()
    assert "A " in (accuracies := alt(visit, "compare_chart")) != empty
    assert visit.by_key("compare_chart").bounding_box() == size  # nothing has moved
    assert page.locator(".compare-table tbody tr").count() == 2
    assert "Shots per measurement" in page.locator(".compare-table thead").inner_text()
    page.get_by_text("On the same 20 test images").wait_for()
    for dress in (("phone", "dark"), ("projector", "light")):
        visit.dress_anew(*dress)
        fits(visit)
        accessible(visit)
    visit.by_key("compare_measure").get_by_text("Gradient norms").click()
    assert "gradient norm in fc2" in changes(visit, "compare_chart", accuracies)
    assert visit.by_key("compare_chart").bounding_box() == size
    assert "compare_measure=Gradient+norms" in page.url
    page.keyboard.press("Escape")
    visit.by_key("compare_runs").get_by_role("combobox").press("Backspace")
    page.get_by_text("Choose two or more runs").wait_for()
    assert page.locator(".compare-table tbody tr").count() == 1
