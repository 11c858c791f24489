"""Shots at prediction time, and other digits, in real Chromium: dials move the picture, images are measured again."""

import pytest

from tests.browser import Visit, accessible, alt, changes, fits

VISITS = [("projector", "light")]


@pytest.mark.parametrize("visit", VISITS, indirect=True, ids="-".join)
def test_shots_are_chosen_measured_and_measured_again(visit):
    page = visit.open("test?test_part=Shots&shots_engine=exact")
    visit.by_key("shots_image_chart").locator("canvas").wait_for()
    visit.settle()
    the_picture_comes_first(visit)
    assert "Measured with 100 shots" in (first := alt(visit, "shots_chart"))
    fits(visit)
    thumb = visit.by_key("shots_each").get_by_role("slider")
    thumb.focus()
    canvas = visit.by_key("shots_chart").locator("canvas").first.element_handle()
    thumb.press("ArrowRight")
    assert "Measured with 101 shots" in changes(visit, "shots_chart", first)
    assert canvas.is_visible()  # the same canvas: nothing is mounted anew
    assert "shots_each=101" in page.url

    before = alt(visit, "shots_image_chart")
    visit.button("shots_image_again").click()
    again = changes(visit, "shots_image_chart", before)
    visit.button("shots_pick_2").click()
    changes(visit, "shots_image_chart", again)
    assert "shots_image=3" in page.url

    before = alt(visit, "shots_chart")
    visit.button("shots_start").click()
    page.get_by_text("Measured in").wait_for()
    assert "Measured by shots: 1: " in changes(visit, "shots_chart", before)
    visit.by_key("shots_view").get_by_text("per digit").click()
    page.get_by_text("An even number of shots can end in a tie").wait_for()
    for size, scheme in (("projector", "light"), ("phone", "dark")):
        visit.dress_anew(size, scheme)
        the_picture_comes_first(visit)
        fits(visit)
        accessible(visit)


def the_picture_comes_first(visit: Visit) -> None:
    top, dials = (visit.by_key(key).bounding_box() for key in ("shots_chart", "shots_dials"))
    assert top
    assert dials
    assert top["y"] + top["height"] <= dials["y"] or top["x"] + top["width"] <= dials["x"]


@pytest.mark.parametrize("visit", VISITS, indirect=True, ids="-".join)
def test_other_digits_are_shown_with_how_sure_it_is_of_them(visit):
    page = visit.open("test?test_part=Other digits")
    page.locator("table.readings").wait_for()
    visit.settle()
    assert page.locator("table.readings tbody tr").count() == 10
    assert page.locator("table.readings svg.distribution").count() == 10
    assert page.locator("table.readings svg.distribution rect").count() > 50
    fits(visit)
    accessible(visit)
    thumb = visit.by_key("other_sure").get_by_role("slider")
    thumb.focus()
    thumb.press("ArrowRight")
    page.get_by_text("its confidence p is 0.98 or more").wait_for()
    assert "other_sure=0.98" in page.url
    fits(visit)
    visit.dress_anew("phone", "dark")
    fits(visit)
    accessible(visit)
