"""The swap test in real Chromium: two seeds are trained, compared and said."""

from csv import DictReader
from io import StringIO

import pytest

from hqnn.config import HEADS
from tests.browser import Visit, accessible, fits

QUICK = "swap_settings=My settings&swap_seeds=2&n_train=10&n_test=10&epochs=1&engine=exact"


@pytest.mark.parametrize("visit", [("phone", "dark")], indirect=True, ids="-".join)
def test_seeds_are_trained_and_compared(visit: Visit):
    page = visit.open(f"explore?explore_part=Circuit vs classical&{QUICK}")
    page.get_by_text("No verdict yet.").wait_for()
    tops = [visit.by_key(key).bounding_box() for key in ("swap_curves", "swap_differences", "swap_bar", "swap_dials")]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    before = visit.by_key("swap_curves").bounding_box()
    visit.button("swap_start").click()
    page.get_by_text("All 8 runs are finished.").wait_for()
    page.locator("table.rules").wait_for()
    visit.settle()
    after = visit.by_key("swap_curves").bounding_box()
    assert before
    assert after
    assert (before["height"], before["width"]) == (after["height"], after["width"])
    said = visit.by_key("swap_differences").locator("[role=img]").first.get_attribute("aria-label") or ""
    assert said.count(" equal of 2") == 3
    fits(visit)
    accessible(visit)
    with page.expect_download() as download:
        visit.button("swap_csv").click()
    rows = list(DictReader(StringIO(download.value.path().read_text())))
    assert [row["epoch"] for row in rows] == ["0", "1"] * (len(rows) // 2)
    runs = [row for row in rows if row["epoch"] == "1"]
    assert sorted((run["head"], run["seed"]) for run in runs) == sorted((head, seed) for head in HEADS for seed in "01")
