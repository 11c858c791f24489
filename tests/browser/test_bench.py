"""The test bench in real Chromium: through all pages, orders, filters, pictures and the table to take away."""

import csv
import io

import pytest

from hqnn.config import TEST_COUNTS
from tests.browser import Visit, accessible, fits

N = TEST_COUNTS[3] + TEST_COUNTS[7]


def captions(visit: Visit) -> list[str]:
    """Alternative texts of the gallery's pictures."""
    return visit.page.locator(".gallery img").evaluate_all("images => images.map(image => image.alt)")


def turn(visit: Visit, key: str) -> None:
    """Go to a page beside this one."""
    visit.page.locator("h2").click()
    visit.page.keyboard.press(key)


def page_is(visit: Visit, number: int) -> None:
    visit.page.wait_for_url(f"**answers_page={number}**")
    first = 24 * (number - 1) + 1  # the two digits take turns
    visit.page.locator(f".gallery li:first-child img[alt^='a 3, number {first},']").wait_for()
    visit.settle()


def table(visit: Visit) -> list[dict[str, str]]:
    with visit.page.expect_download() as download:
        visit.button("download_answers").click()
    assert download.value.suggested_filename.endswith("-answers.csv")
    return list(csv.DictReader(io.StringIO(download.value.path().read_text())))


def test_answers_page_by_page_ordered_and_taken_away(visit):
    page = visit.open("test?answers_page=42")
    page.locator(".gallery img").first.wait_for()
    fits(visit)
    accessible(visit)
    turn(visit, "ArrowRight")
    page_is(visit, 43)
    assert page.get_by_label("Next page").is_disabled()
    last = captions(visit)
    assert len(last) == N % 48
    turn(visit, "ArrowLeft")
    page_is(visit, 42)
    assert not set(captions(visit)) & set(last)
    rows = table(visit)
    assert len(rows) == N
    assert [int(row["true_digit"]) for row in rows] == [3] * TEST_COUNTS[3] + [7] * TEST_COUNTS[7]
    wrong = [row for row in rows if row["true_digit"] != row["predicted"]]
    assert wrong == [row for row in rows if row["right"] == "no"]

    visit.by_key("show").get_by_text("Mistakes", exact=True).click()
    page.get_by_text(f"{len(wrong)} of {N:,} threes and sevens, wrong predictions").wait_for()
    visit.by_key("answers_order").locator("input").click()
    page.get_by_role("option", name="Confidently wrong").click()
    most = max(float(row["p1"]) if row["predicted"] == "7" else 1 - float(row["p1"]) for row in wrong)
    visit.until("p => document.querySelector('.gallery small').innerText.startsWith(p)", arg=f"p = {most:.2f}")
    assert page.locator(".gallery li.mistaken").count() == len(wrong)
    assert "show=Mistakes" in page.url
    fits(visit)
    visit.dress_anew("phone", "dark")
    fits(visit)


@pytest.mark.parametrize("visit", [("phone", "dark")], indirect=True, ids="-".join)
def test_on_a_phone_pages_are_turned_by_touch(visit):
    page = visit.open("test?answers_page=42")
    page.locator(".gallery img").first.wait_for()
    fits(visit)
    accessible(visit)
    page.get_by_label("Next page").tap()
    page_is(visit, 43)
    assert page.get_by_label("Next page").is_disabled()
    last = captions(visit)
    page.get_by_label("Previous page").tap()
    page_is(visit, 42)
    assert not set(captions(visit)) & set(last)


def test_how_good_and_how_sure_is_drawn_and_said(visit):
    page = visit.open("test?test_part=How good, how sure")
    for key, beginning in (
        ("histogram_chart", "Histogram of"),
        ("reliability_chart", "Share of"),
        ("roc_chart", "ROC"),
    ):
        visit.by_key(key).locator("canvas").wait_for()
        assert visit.by_key(key).locator(f"[aria-label^='{beginning}'], [alt^='{beginning}']").count()
    assert page.locator(".confusion td small").count() == 4
    assert sum(float(row["right"] == "yes") for row in table(visit)) / N > 0.95
    page.get_by_text("What am I looking at?").click()
    page.locator(".katex").first.wait_for()
    for dress in (("desktop", "light"), ("phone", "dark")):
        visit.dress_anew(*dress)
        fits(visit)
        accessible(visit)


def test_an_image_of_the_trainings_own_test_leads_to_its_trip(visit):
    page = visit.open("train?n_train=10&n_test=10&epochs=2")
    visit.button("train").click()
    page.get_by_text("Finished:").wait_for()
    visit.go("Test")
    page.locator(".gallery a").nth(1).click()
    page.get_by_role("heading", level=2).filter(has_text="Gradients").wait_for()
    visit.settle()
    assert visit.by_key("trip_number").locator("input").input_value() == "1"
    assert visit.by_key("trip_card").locator("img").get_attribute("alt") == "handwritten 7, number 1"
    assert "n_test=10" in page.url
