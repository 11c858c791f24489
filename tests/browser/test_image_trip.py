"""One image's trip in real Chromium: every stage, every image, by mouse and by keys. Any error on the page fails."""

import re

import pytest

from tests.browser import PHONE, accessible, fits
from ui.gradients.follow_image.words import STAGES
from ui.kit.option_labels import option_label

#: 3 vs 5 after five steps at a tenth of the learning rate: about half of its answers are wrong, however it is rounded.
SETTINGS = "digits=3&digits=5&n_train=20&n_test=50&epochs=1&learning_rate=0.0001"


pytestmark = pytest.mark.xdist_group("image trip")  # which share a training


@pytest.fixture(scope="module")
def link(windows):
    """The trip's link, of a training that has ended."""
    with windows.visit() as visit:
        page = visit.open(f"train?{SETTINGS}")
        visit.button("train").click()
        page.get_by_text("Finished:").wait_for()
        (run,) = re.findall(r"run=([\w.-]+)", page.url)
    return f"gradients?gradients_part=Follow+one+image&run={run}"


def stage_is(visit, place: int) -> None:
    """Wait until a stage is shown and marked in the row."""
    label = option_label("trip_stage")(STAGES[place])
    chosen = visit.by_key("trip_stage").locator("[aria-checked=true], [aria-pressed=true]")
    chosen.filter(has_text=re.compile(f"^{label}$")).wait_for()
    visit.settle()


def title(visit) -> str:
    return visit.by_key("trip_title").locator("h4").inner_text()


#: Stages whose pictures are of different kinds.
PICTURES = {"Maps 1", "Angle", "Qubit", "Shots", "Slope", "Saliency"}


@pytest.mark.parametrize("visit", [("projector", "light"), ("phone", "dark")], indirect=True, ids="-".join)
def test_all_stages_fit_and_are_accessible(visit, link):
    visit.open(link)
    stage_is(visit, 0)
    titles, tops = [title(visit)], []
    for place in range(1, len(STAGES)):
        visit.button("trip_next").click()
        stage_is(visit, place)
        titles.append(title(visit))
        picture = visit.by_key("trip_picture").locator("figure.trip, .js-plotly-plot").first
        picture.wait_for()
        tops.append(round(picture.bounding_box()["y"] + visit.page.evaluate("() => scrollY")))
        fits(visit)
        if STAGES[place] in PICTURES:
            accessible(visit)
    assert len(set(titles)) == len(STAGES)
    if visit.page.viewport_size["width"] > PHONE[0]:
        assert max(tops) - min(tops) <= 2
    visit.button("trip_back").click()
    stage_is(visit, len(STAGES) - 2)
    assert title(visit) == titles[-2]


def test_arrow_keys_walk_back_and_forth_and_other_images_and_a_mistaken_one_are_shown(visit, link):
    page = visit.open(link)
    stage_is(visit, 0)
    first = title(visit)
    page.locator("h2").click()
    page.keyboard.press("ArrowRight")
    stage_is(visit, 1)
    assert title(visit) != first
    page.keyboard.press("ArrowLeft")
    stage_is(visit, 0)
    assert title(visit) == first
    before = visit.by_key("trip_picture").locator("img").get_attribute("src")
    visit.button("trip_image_next").click()
    number_is(visit, 2)
    assert visit.by_key("trip_picture").locator("img").get_attribute("src") != before
    assert "trip_number=2" in page.url
    visit.button("trip_mistake").click()
    visit.by_key("trip_card").locator(".wrong").wait_for()
    visit.settle()
    page.reload()
    visit.settle()
    visit.by_key("trip_card").locator(".wrong").wait_for()


def number_is(visit, number: int) -> None:
    """Wait until an image is chosen."""
    visit.until(f"() => document.querySelector('.st-key-trip_number input').value === '{number}'")
    visit.settle()


def test_measuring_again_lets_other_shots_fall(visit, link):
    page = visit.open(f"{link}&trip_stage=Shots")
    stage_is(visit, STAGES.index("Shots"))
    seen = set()
    for turn in range(1, 6):
        visit.button("trip_again").click()
        page.locator(f".trip .shot-{turn % 2}").first.wait_for()
        visit.settle()
        assert page.locator(".trip [class^=shot-]").count() == 100
        seen.add(title(visit))
    assert len(seen) > 1


def test_a_link_to_an_image_that_is_not_there_is_answered(visit, link):
    page = visit.open(f"{link}&trip_number=999")
    page.get_by_text("Image number: the link’s value “999” is not available. The numbers are 1 to 50.").wait_for()
    visit.button("trip_image_next").click()
    page.get_by_text("is not available").wait_for(state="detached")
    number_is(visit, 2)
