"""The title of the browser's tab, on every page and for every tab of a page."""

import pytest
import streamlit as st

from tests.pages.test_pages import open_page
from ui.kit.sitemap import PAGES, PARTS

pytestmark = pytest.mark.usefixtures("dashboard_here")

OF_PAIRS = {"data": "Data 3 vs 7 – hqnn", "train": "Train 3 vs 7 – hqnn", "draw": "Draw 3 vs 7 – hqnn"}
SETTLED = {
    "pages": ["Home", "Data", "Circuit", "Train", "Gradients", "Test", "Draw", "Explore"],
    "gradients": ["Parameter shift", "Gradients during training", "Follow one image"],
    "test": ["Predictions", "Accuracy and confidence", "Effect of shots", "Digits it never learned"],
    "explore": [
        "Shots vs convergence",
        "Runs that fail to learn",
        "Circuit vs classical",
        "All 45 pairs",
        "Compare runs",
    ],
}


@pytest.fixture
def titles(monkeypatch):
    """All titles that pages set, the latest last."""
    said, set_page_config = [], st.set_page_config

    def note(**options):
        said.extend([options["page_title"]] if "page_title" in options else [])
        set_page_config(**options)

    monkeypatch.setattr(st, "set_page_config", note)
    return said


def test_pages_and_tabs_have_the_settled_names():
    tabs = {page: [*names.values()] for page, names in PARTS.items()}
    assert {"pages": [title for title, _ in PAGES.values()], **tabs} == SETTLED


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_title_of_its_own(titles, page):
    open_page(page, digits=["3", "7"])
    first_tab = next(iter(PARTS.get(page, {"": PAGES[page][0]}).values()))
    assert titles[-1] == OF_PAIRS.get(page, f"{first_tab} – hqnn")


@pytest.mark.parametrize(("page", "name"), [(page, name) for page, names in PARTS.items() for name in names.values()])
def test_a_tab_is_in_the_title(titles, page, name):
    open_page(page, **{f"{page}_part": name})
    assert titles[-1] == f"{name} – hqnn"


@pytest.mark.parametrize(("page", "earlier"), [(page, name) for page, names in PARTS.items() for name in names])
def test_a_link_with_a_tab_s_earlier_name_opens_it(titles, page, earlier):
    app = open_page(page, **{f"{page}_part": earlier})
    assert app.session_state[f"{page}_part"] == earlier
    assert titles[-1] == f"{PARTS[page][earlier]} – hqnn"


def test_a_page_without_a_pair_has_its_name_as_title(titles):
    open_page("data", digits=["3"])
    assert titles[-1] == "Data – hqnn"
