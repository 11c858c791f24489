"""Pictures of every page to look at: `python -m tests.screenshots FOLDER`.

Each page before and after a training, the Circuit lab with noise, a study of the shift, the noise dials, and Train in
full flow; on a desktop, a projector and a phone, light and dark.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import SIZES, Visit, chromium, serving
from ui.frame.page import PAGES


def walk(browser: Browser, address: str, size: str, scheme: str, folder: Path) -> None:
    """Take the pictures of one size and theme."""
    visit = Visit(browser, address, SIZES[size], scheme)

    def take(moment: str) -> None:
        visit.settle()
        visit.page.wait_for_timeout(400)  # fonts and chart drawn
        visit.page.screenshot(path=folder / f"{moment}-{size}-{scheme}.png", full_page=size == "phone")

    for name in PAGES:
        visit.open("" if name == "home" else name)
        take(name)
    for part in ("Circuit vs classical", "All 45 pairs"):
        visit.open(f"explore?explore_part={part}")
        take(f"explore-{part.lower().replace(' ', '-')}")
    visit.open("gradients")
    visit.button("start_study").click()
    visit.page.get_by_text("Measured in").wait_for()
    visit.by_key("study_bar").evaluate("bar => bar.scrollIntoView({block: 'start'})")
    take("shift-study")
    visit.open("train")
    visit.button("train").click()
    visit.until_said(r"Epoch [6-9] of 10")
    visit.page.screenshot(path=folder / f"training-{size}-{scheme}.png")
    visit.page.get_by_text("Finished:").wait_for()
    take("trained")
    run = next(each for each in visit.page.url.partition("?")[2].split("&") if each.startswith("run="))
    for stage in ("Shots", "Gradient", "Important pixels"):
        visit.open(f"gradients?gradients_part=Follow one image&trip_stage={stage}&{run}")
        visit.by_key("trip_steps").evaluate("row => row.scrollIntoView()")
        take(f"trip-{stage.lower().replace(' ', '-')}")
    visit.open(f"gradients?gradients_part=Gradients during training&{run}")
    visit.by_key("slopes_cloud").locator("circle").first.wait_for()
    take("slopes")
    visit.open(f"explore?explore_part=Compare runs&{run}")
    take("compare")
    visit.open(f"gradients?gradients_part=Gradients during training&{run}")
    _test_and_draw(visit, take)
    visit.page.get_by_text("Back to Home").click()
    visit.button("start").wait_for()
    take("returned")
    visit.open("circuit?engine=noisy&depolarizing_1q=0.05&readout_e1=0.1&theta=60")
    visit.button("measure_on").click()
    visit.page.get_by_text("200 estimates: standard deviation").first.wait_for()
    take("circuit-noisy")
    visit.open("train?engine=noisy&depolarizing_1q=0.05&readout_e0=0.02&readout_e1=0.1")
    if size == "phone":
        visit.page.get_by_test_id("stExpandSidebarButton").click()
    visit.page.get_by_test_id("stExpander").filter(has_text="Engine and noise").first.click()
    visit.by_key("response").locator("svg").wait_for()
    visit.page.wait_for_timeout(1000)  # until the expander has opened
    visit.by_key("response").evaluate("picture => picture.scrollIntoView({block: 'center'})")
    take("noise")
    visit.context.close()


def _test_and_draw(visit: Visit, take: Callable[[str], None]) -> None:
    """From the gradients during training through all parts of the test to the drawing pad."""
    visit.page.get_by_text("Next: test the network").click()
    visit.page.locator(".gallery img").first.wait_for()
    take("tested")
    visit.by_key("test_part").get_by_text("Accuracy and confidence").click()
    visit.by_key("roc_chart").locator("canvas").wait_for()
    take("scores")
    visit.by_key("test_part").get_by_text("Effect of shots").click()
    visit.by_key("shots_image_chart").locator("canvas").wait_for()
    take("shots")
    visit.by_key("shots_image_words").evaluate("words => words.scrollIntoView()")
    take("flips")
    visit.by_key("test_part").get_by_text("Digits it never learned").click()
    visit.page.locator("table.readings").wait_for()
    take("other-digits")
    visit.page.get_by_text("Next: draw").click()
    canvas = visit.page.locator("canvas.drawing")
    canvas.click()
    visit.page.locator(".verdict").get_by_text("p = ").wait_for()
    take("drawn")


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as address, chromium() as browser:
        for size in SIZES:
            for scheme in ("light", "dark"):
                walk(browser, address, size, scheme, folder)


if __name__ == "__main__":
    main()
