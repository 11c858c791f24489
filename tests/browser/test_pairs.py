"""The atlas of all pairs in real Chromium: its cells are filled as it trains, and a click on one opens its pair."""

import pytest

from tests.browser import Visit, Windows, accessible, alt, fits
from ui.explore.pairs.figures import MAP_HEIGHT

LINK = "explore?explore_part=All 45 pairs&atlas_settings=My settings&n_train=10&n_test=10&epochs=1&engine=exact"


def press(visit: Visit, row: int, column: int) -> None:
    """Click on a cell, by the margins that the map has."""
    canvas = visit.by_key("atlas_map").locator("canvas").first
    visit.page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")  # the navigation covers what is above
    box = canvas.bounding_box()
    assert box
    cell = (box["width"] - 30) / 10, (MAP_HEIGHT - 86) / 10
    visit.page.mouse.click(box["x"] + 26 + (column + 0.5) * cell[0], box["y"] + 30 + (row + 0.5) * cell[1])


@pytest.mark.parametrize("visit", [("projector", "light")], indirect=True, ids="-".join)
def test_it_is_trained_and_a_click_on_a_cell_opens_its_pair(visit: Visit, windows: Windows):
    page = visit.open(LINK)
    assert "0 vs 5" not in alt(visit, "atlas_map")
    visit.button("atlas_start").click()
    page.get_by_text("All 45 runs are finished.").wait_for()
    visit.settle()
    assert "0 vs 5" in alt(visit, "atlas_map")
    opens_pairs(visit)
    with windows.visit("phone", "dark") as phone:
        phone.open(LINK)
        opens_pairs(phone)


def opens_pairs(visit: Visit) -> None:
    """A press on a cell opens its pair, whatever was pressed or chosen before, and trains it."""
    page = visit.page
    title = visit.by_key("atlas_one").locator(".found strong")
    press(visit, 0, 1)
    title.filter(has_text="0 vs").filter(has_text="1,").wait_for()
    page.wait_for_url("**atlas_pair=0+vs+1**")
    press(visit, 3, 0)
    title.filter(has_text="0 vs").filter(has_text="3,").wait_for()
    visit.settle()
    if page.viewport_size == {"width": 1280, "height": 720}:  # a phone's list has no field to write in
        visit.by_key("atlas_pair").get_by_role("combobox").fill("0 vs 4")
        page.keyboard.press("Enter")
        title.filter(has_text="0 vs").filter(has_text="4,").wait_for()
        visit.settle()
        press(visit, 3, 0)  # the cell that was pressed last is pressed again
        title.filter(has_text="0 vs").filter(has_text="3,").wait_for()
    visit.settle()
    fits(visit)
    accessible(visit)
    visit.button("atlas_train").click()
    page.get_by_role("heading", level=2).filter(has_text="Train").wait_for()
    visit.button("train").filter(has_text="Train 0 vs 3").wait_for()
