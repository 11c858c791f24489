"""A viewer's change of the theme in real Chromium."""

from contextlib import closing

import pytest

from tests.browser import DESKTOP
from tests.dask_cluster import ROOT


def test_pictures_follow_a_change_of_theme(visit):
    """In the menu, and by the system; without that they would keep dark letters on a dark page."""
    page = visit.open("circuit")
    picture = "document.querySelector('img.circuit').src"
    light = page.evaluate(picture)
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    menu = page.get_by_test_id("stMainMenuPopover")
    menu.get_by_text("Dark").click()
    visit.until(f"light => {picture} !== light", arg=light)
    menu.get_by_text("System").click()
    visit.until(f"light => {picture} === light", arg=light)
    visit.dress(DESKTOP, "dark")
    visit.until(f"light => {picture} !== light", arg=light)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        ("light>light", ""),
        ("light>light dark>light dark>light", "dark"),
        ("dark>dark light>dark dark>dark dark>light", "light dark"),
        ("light>light dark>light light>light light>dark", "dark light"),
    ],
    ids=["nothing changed", "asked once", "changed back before the answer", "changed back for good"],
)
def test_the_server_is_told_of_a_theme_that_it_has_not_drawn_for(browser, calls, told):
    """Each call of the follower is written as the theme that is seen, over the one that is drawn for."""
    with closing(browser.new_page()) as page:
        answer = page.evaluate(
            """async ([source, calls]) => {
                const { default: follow } = await import(`data:text/javascript,${encodeURIComponent(source)}`)
                const host = document.body, told = []
                const parentElement = host.attachShadow({ mode: 'open' })
                for (const [seen, drawn] of calls) {
                    host.style.colorScheme = seen
                    follow({ data: { drawn }, parentElement, setTriggerValue: (_, value) => told.push(value) })
                }
                return told
            }""",
            [(ROOT / "ui/frame/theme.js").read_text(), [call.split(">") for call in calls.split()]],
        )
    assert answer == told.split()
