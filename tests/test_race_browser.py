"""The shot race in real Chromium: it streams, stops, goes on, trains nothing twice, and can be taken away."""

import csv
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.browser import PROJECTOR, Visit, accessible
from tests.test_shots_browser import alt, changes, fits

TINY = "n_train=10&n_test=10&epochs=20&batch_size=1&engine=exact&race_seeds=4&race_shots=10&race_shots=exact"


def said(visit: Visit) -> str:
    return visit.by_key("race_bar").get_by_role("status").inner_text()


def taken(visit: Visit, key: str) -> Path:
    with visit.page.expect_download() as download:
        visit.button(key).click()
    return download.value.path()


@pytest.mark.parametrize("visit", [("projector", "light")], indirect=True, ids="-".join)
def test_a_race_is_started_stopped_continued_and_taken_away(visit):
    page = visit.open(f"explore?{TINY}")
    visit.by_key("race_chart").locator("canvas").wait_for()
    assert alt(visit, "race_chart").startswith("Empty axes")
    picture = visit.by_key("race_chart").bounding_box()
    assert picture["y"] + picture["height"] <= PROJECTOR[1]
    fits(visit)
    accessible(visit)
    empty = alt(visit, "race_chart")
    visit.button("race_start").click()
    visit.until(
        "before => { const now = document.querySelector('.st-key-race_chart [role=img]')?.getAttribute('aria-label');"
        " return now && now !== before }",
        arg=empty,
    )
    visit.button("race_stop").click()
    visit.button("race_start").get_by_text("Continue").wait_for()
    stopped = said(visit)
    there = int(stopped.split(": ")[1].split(" of 8")[0])
    assert 1 <= there < 8
    before = alt(visit, "race_chart")
    runs = list(csv.DictReader(StringIO(taken(visit, "race_csv").read_text())))
    assert len(runs) == 20 * there
    visit.button("race_start").click()
    page.get_by_text("All 8 trainings are there.").wait_for()
    visit.settle()
    assert "10 shots: " in changes(visit, "race_chart", before)
    rows = list(csv.DictReader(StringIO(taken(visit, "race_csv").read_text())))
    assert len(rows) == 20 * 8
    # the same trainings to the last digit, time included: none was done again
    assert {tuple(row.values()) for row in runs} < {tuple(row.values()) for row in rows}
    svg = taken(visit, "race_svg").read_bytes()
    assert b"10 shots (n = 4)" in svg
    ElementTree.fromstring(svg)  # noqa: S314 (made here)
    page.locator("table.race-table").wait_for()
    fits(visit)
    accessible(visit)


@pytest.mark.parametrize("visit", [("phone", "dark")], indirect=True, ids="-".join)
def test_on_a_phone_the_picture_comes_before_the_dials(visit):
    """Of the race before, which is there for everybody."""
    visit.open(f"explore?{TINY}&race_against=Shots spent")
    visit.by_key("race_ends").locator("canvas").wait_for()
    assert "against shots of one training" in alt(visit, "race_chart")
    picture, dials = (visit.by_key(key).bounding_box() for key in ("race_chart", "race_dials"))
    assert picture["y"] + picture["height"] <= dials["y"]
    fits(visit)
    accessible(visit)
