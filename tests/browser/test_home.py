"""The cards of the start page in real Chromium: they show the run, follow it, and lead to their pages."""

import re

import pytest

from tests.browser import accessible, fits

KEYS = ("image", "convolution_1", "convolution_2", "linear", "angle", "circuit", "prediction")

#: Whether the link is what is pressed at two corners of its card, within their rounding.
PRESSED_IN_THE_CORNERS = """box => {
    const { left, top, right, bottom } = box.getBoundingClientRect()
    const corners = [[left + 6, top + 6], [right - 6, bottom - 6]]
    return corners.every(corner => document.elementFromPoint(...corner)?.closest('a') === box.querySelector('a'))
}"""


def card(visit, key: str):
    return visit.by_key(f"card_{key}")


def follow(visit, key: str, heading: str) -> str:
    """Press a card in its middle, where no word is; give the address that it leads to."""
    card(visit, key).click()
    visit.page.get_by_role("heading", level=2).filter(has_text=heading).wait_for()
    visit.settle()
    return visit.page.url


def test_the_cards_follow_a_run_show_its_end_and_lead_to_its_pages(visit):
    page = visit.open("?n_train=20&n_test=10&epochs=100&seed=5")
    assert not page.locator(".card img").count()
    visit.go("Train")
    visit.slow_down(20)
    visit.button("train").click()
    visit.until_said(r"Epoch \d+ of 100")
    visit.go("Home")
    page.locator(".card img").first.wait_for()
    assert page.locator(".card img").count() == 3  # the image and the maps of both convolutions
    first = page.inner_text(".st-key-card_angle")
    visit.until_other("document.querySelector('.st-key-card_angle').innerText", first)
    visit.button("stop").click()
    visit.button("start").and_(page.locator(":enabled")).wait_for()
    page.get_by_text(re.compile(r"through this run's network, after step \d+ of 500\.")).wait_for()
    visit.settle()
    run = re.findall(r"run=[\w-]{22}", page.url)[0]
    ((_, degrees),) = re.findall(r"θ = (−?\d\.\d\d) rad = (−?\d+)°", card(visit, "angle").inner_text())
    degrees = degrees.replace("−", "-")
    assert re.search(r"\d+ of 100 shots gave 1", card(visit, "circuit").inner_text())
    assert re.search(r"● 3: \d\.\d\d\s+◆ 7: \d\.\d\d\s+[✓✗]", card(visit, "prediction").inner_text())
    address = follow(visit, "angle", "Circuit")
    assert {run, "seed=5", f"theta={degrees}"} <= set(re.split("[?&]", address))
    assert visit.by_key("theta").get_by_role("slider").input_value() == degrees
    visit.go("Home")
    address = follow(visit, "convolution_2", "Gradients")
    assert {run, "seed=5", "trip_stage=Convolution+2"} <= set(re.split("[?&]", address))
    page.get_by_role("img", name=re.compile("64 feature maps of convolution 2")).wait_for()
    assert address.count("seed=") == 1
    page.go_back()
    page.locator(".card img").first.wait_for()
    assert run in follow(visit, "image", "Data")


@pytest.mark.parametrize("visit", [("projector", "light"), ("phone", "dark")], indirect=True, ids="-".join)
def test_all_of_a_card_can_be_pressed_and_all_cards_are_accessible(visit):
    page = visit.open("train?n_train=10&n_test=10&epochs=2&seed=5")
    visit.button("train").click()
    page.get_by_text("Finished:").wait_for()
    visit.settle()
    visit.open("?" + re.findall(r"run=[\w-]{22}", page.url)[0])
    page.locator(".card img").first.wait_for()
    visit.settle()
    for key in KEYS:
        box, link = card(visit, key), card(visit, key).get_by_role("link")
        assert link.count() == 1
        link.focus()
        box.scroll_into_view_if_needed()
        assert box.evaluate("box => getComputedStyle(box).outlineStyle") == "solid"
        assert box.evaluate(PRESSED_IN_THE_CORNERS)
    fits(visit)
    accessible(visit)
