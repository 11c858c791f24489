"""The shot race in real Chromium: it streams, stops, goes on, trains nothing twice, and can be taken away."""

import csv
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.browser import PROJECTOR, Visit, accessible, alt, fits

#: 10 or exact shots. The long one has trainings for much longer than a press of a button takes, on any machine.
LINK = "n_train=10&n_test=10&batch_size=1&engine=exact&race_shots=10&race_shots=exact"
LONG, EPOCHS = f"{LINK}&race_seeds=100&epochs=20", 20
SHORT, SEEDS = f"{LINK}&race_seeds=2&epochs=2", 2
#: What the picture says, in JavaScript.
PICTURE = "document.querySelector('.st-key-race_chart [role=img]')?.getAttribute('aria-label')"

#: Whether more of 200 trainings have ended.
MORE = """there => Number((/: (\\d+) of 200 /.exec(
    document.querySelector('.st-key-race_bar [role=status]')?.innerText) ?? [])[1]) > there"""


def said(visit: Visit) -> str:
    return visit.by_key("race_bar").get_by_role("status").inner_text()


def taken(visit: Visit, key: str) -> Path:
    visit.settle()  # a file that was offered before the page was drawn anew is there no more
    with visit.page.expect_download() as download:
        visit.button(key).click()
    return download.value.path()


@pytest.mark.parametrize("visit", [("projector", "light")], indirect=True, ids="-".join)
def test_a_race_is_started_stopped_continued_taken_away_and_seen_on_a_phone(visit, windows):
    page = visit.open(f"explore?{LONG}")
    visit.by_key("race_chart").locator("canvas").wait_for()
    assert alt(visit, "race_chart").startswith("Empty axes")
    picture = visit.by_key("race_chart").bounding_box()
    assert picture["y"] + picture["height"] <= PROJECTOR[1]
    fits(visit)
    rows, there = [], 0
    for _ in range(2):
        before = alt(visit, "race_chart")
        visit.button("race_start").click()
        visit.until(f"before => {{ const now = {PICTURE}; return now && now !== before }}", arg=before)
        visit.until(MORE, arg=there)
        visit.button("race_stop").click()
        visit.button("race_start").get_by_text("Continue").wait_for()
        visit.settle()
        rows.append(list(csv.DictReader(StringIO(taken(visit, "race_csv").read_text()))))
        there = int(said(visit).removeprefix("Stopped. ").split(" of 200 ")[0])
        assert len(rows[-1]) == (1 + EPOCHS) * there  # epoch 0, too
    # the same trainings to the last digit, time included: none was done again
    assert {tuple(row.values()) for row in rows[0]} < {tuple(row.values()) for row in rows[1]}

    visit.open(f"explore?{SHORT}")
    visit.button("race_start").click()
    page.get_by_text("All 4 runs are finished.").wait_for()
    visit.settle()
    assert "10 shots: " in alt(visit, "race_chart")
    svg = taken(visit, "race_svg").read_bytes()
    assert f"10 shots (n = {SEEDS})".encode() in svg
    ElementTree.fromstring(svg)  # noqa: S314 (made here)
    page.locator("table.race-table").wait_for()
    fits(visit)
    accessible(visit)
    with windows.visit("phone", "dark") as phone:
        looks_on_a_phone(phone)


def looks_on_a_phone(visit: Visit) -> None:
    """The picture comes before the dials."""
    visit.open(f"explore?{SHORT}&race_against=Total shots")
    visit.by_key("race_ends").locator("canvas").wait_for()
    assert "over total shots per run" in alt(visit, "race_chart")
    picture, dials = (visit.by_key(key).bounding_box() for key in ("race_chart", "race_dials"))
    assert picture
    assert dials
    assert picture["y"] + picture["height"] <= dials["y"]
    fits(visit)
    accessible(visit)
