"""The stage of the Train page in real Chromium: played, moved by hand, followed live, on a projector and on a phone."""

import json
import re
from itertools import pairwise
from math import pi
from pathlib import Path

import pytest

from tests.browser import PHONE, PROJECTOR, accessible, fits

pytestmark = pytest.mark.xdist_group("stage")  # which share a training

#: The page's stage, the step that it shows, and how many images are right there, in JavaScript.
STAGE = (
    "[...document.querySelectorAll('.st-key-stage *')]"
    ".flatMap(({ shadowRoot: root }) => root ? [root, ...root.querySelectorAll('*')] : [])"
    ".find(({ stage }) => stage)?.stage"
)
TEXT = f"{STAGE}?.section.querySelector('%s').textContent"
STEP = f"Number(/Step ([\\d,]+) of/.exec({TEXT % '.moment'})?.[1].replaceAll(',', '') ?? -1)"

#: Note every step that the stage shows, in `window.seen`.
RECORD = f"""() => {{
    window.seen = []
    const look = () => {{
        const step = {STEP}
        if (step >= 0 && step !== window.seen.at(-1)) window.seen.push(step)
        requestAnimationFrame(look)
    }}
    look()
}}"""

#: What is wrong with the images' places, at every frame, in JavaScript.
COVERED = f"() => ({Path(__file__).with_name('covered.js').read_text()})({STAGE})"


@pytest.fixture(scope="module")
def finished(windows) -> str:
    """The link's part of a finished training of 100 steps."""
    with windows.visit() as visit:
        visit.open("train?epochs=4&engine=exact")
        visit.button("train").click()
        visit.page.get_by_text("Finished:").wait_for()
        visit.settle()
        return "run=" + re.findall(r"run=([^&.]+)", visit.page.url)[0]


def part(visit, name: str):
    return visit.by_key("stage").locator(f".{name}")


def press(visit, name: str) -> None:
    visit.by_key("stage").get_by_role("button", name=name, exact=True).click()


def slider(visit):
    return visit.by_key("stage").get_by_role("slider")


def show(visit, link: str) -> None:
    """Open a run's stage, and wait for its images."""
    visit.open(f"train?{link}")
    part(visit, "thumb").first.wait_for()
    visit.until(f"() => {STAGE}.section.style.getPropertyValue('--images')")


def to_the_end(visit) -> None:
    slider(visit).press("End")
    visit.until(f"() => {STEP} === 100")


def test_a_new_run_plays_from_its_first_frame_to_its_end(visit):
    visit.open("train?epochs=1&engine=exact")
    part(visit, "empty").get_by_text("Press Train.").wait_for()
    assert slider(visit).is_disabled()
    visit.page.evaluate(RECORD)
    visit.button("train").click()
    visit.until(f"() => {STEP} === 25")
    steps = visit.page.evaluate("window.seen")
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert len(steps) > 5  # not only the ends
    visit.by_key("stage").get_by_role("button", name="Play", exact=True).wait_for()
    visit.page.get_by_text("Finished:").wait_for()
    assert "trained in" in part(visit, "moment").inner_text()
    assert re.match(r"\d+ of 24 right", part(visit, "count").inner_text())
    assert "Test after epoch 1:" in part(visit, "tested").inner_text()
    press(visit, "Play")
    visit.until(f"() => {STEP} < 25")
    press(visit, "Pause")


def test_slider_keys_cursor_counter_and_test_follow_one_time(visit, finished):
    show(visit, finished)
    to_the_end(visit)
    cursor = "document.querySelector('.st-key-training_cursor .cursor').style.getPropertyValue('--at')"
    assert float(visit.page.evaluate(cursor)) == 1
    visit.page.get_by_role("heading", name="Train").click()
    visit.page.keyboard.press("Shift+ArrowLeft")
    before = visit.until_other(STEP, 100)
    assert before < 100
    assert float(visit.page.evaluate(cursor)) == pytest.approx(before / 100)
    slider(visit).press("Home")
    visit.until(f"() => {STEP} === 0")
    assert "Test after epoch 0:" in part(visit, "tested").inner_text()
    wrong = part(visit, "thumb.mistaken").count()
    assert part(visit, "count").inner_text().startswith(f"{24 - wrong} of 24")
    visit.page.get_by_role("heading", name="Train").click()
    visit.page.keyboard.press("Space")
    visit.until(f"() => {STEP} > 0")
    visit.page.keyboard.press("Space")
    visit.by_key("stage").get_by_role("button", name="Play", exact=True).wait_for()
    stopped = visit.page.evaluate(STEP)
    visit.go("Data")
    visit.go("Train")
    visit.until(f"() => {STEP} === {stopped}")


def test_all_views_show_the_followed_image(visit, finished):
    show(visit, finished)
    to_the_end(visit)
    part(visit, "thumb").nth(14).click()
    part(visit, "about").get_by_text("◆ 7 no. 3: θ =").wait_for()
    accessible(visit)
    press(visit, "Network")
    part(visit, "network").get_by_text("◆ 7 no. 3").wait_for()
    visit.until(f"() => {STAGE}.film.layers.length && !{STAGE}.falling")
    zeros, ones = map(int, re.findall(r"(\d+) × [01]", part(visit, "network").inner_text()))
    assert zeros + ones == 100
    assert "per radian" in part(visit, "slope").inner_text()
    accessible(visit)
    press(visit, "Qubit")
    visit.until(f"() => {STAGE}.scene.mix === 1")
    assert part(visit, "thumb.followed").is_visible()
    accessible(visit)
    fits(visit)


@pytest.mark.parametrize("size", [PROJECTOR, PHONE, (844, 390)], ids=["projector", "phone", "phone on its side"])
def test_no_image_covers_another_the_curve_or_words(visit, finished, size):
    visit.dress(size, "light")
    show(visit, finished)
    looked = visit.page.evaluate(COVERED)
    assert looked["found"] == []
    assert looked["frames"] == 30
    assert looked["side"] >= (28 if size == PROJECTOR else 22)
    fits(visit)


@pytest.mark.parametrize("angle", [pi / 2, -pi / 2, 0, 3, 5.5], ids=["hill", "valley", "slope", "edge", "far away"])
def test_no_image_covers_another_if_all_are_at_one_place(visit, finished, angle):
    """A run that is stuck: its frames are written here."""

    def stuck(route) -> None:
        answer = route.fetch()
        said = answer.json()
        said["frames"] = [
            [step, 1, [angle + 0.002 * n for n in range(24)], norms] for step, _, _, norms in said["frames"][:2]
        ]
        route.fulfill(response=answer, body=json.dumps(said))

    visit.dress(PROJECTOR, "light")
    visit.page.route(re.compile(r"/stage/[^/]+\?"), stuck)
    show(visit, finished)
    looked = visit.page.evaluate(COVERED)
    visit.page.unroute_all()
    assert looked["found"] == []
    assert looked["side"] >= 28


def test_the_owners_stage_needs_no_scrolling_on_a_projector(visit):
    visit.dress(PROJECTOR, "light")
    visit.open("train?epochs=1&engine=exact")
    visit.button("train").click()
    visit.page.get_by_text("Finished:").wait_for()
    visit.settle()
    for place in (part(visit, "picture"), slider(visit), visit.by_key("training_chart")):
        box = place.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PROJECTOR[1]
    assert visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    left, right = part(visit, "picture").bounding_box(), visit.by_key("training_chart").bounding_box()
    assert left["x"] + left["width"] <= right["x"]


def test_a_slow_run_is_followed_live_step_by_step(visit):
    visit.open("train?epochs=10&engine=exact")
    visit.slow_down(5)
    visit.button("train").click()
    live = visit.by_key("stage").get_by_role("button", name="Live", exact=True)
    visit.until(f"() => {STAGE}?.clock.live && {STEP} > 30")  # where not every step is kept
    steps = [visit.page.evaluate(STEP)]
    while len(steps) < 4:
        steps.append(visit.until_other(STEP, steps[-1]))
    assert steps == sorted(steps)
    assert max(later - step for step, later in pairwise(steps)) <= 10  # two looks at the slowest
    assert live.get_attribute("aria-pressed") == "true"
    live.click()
    visit.until(f"() => !{STAGE}.clock.live")
    visit.button("stop").click()
    visit.page.get_by_text("Stopped in epoch").wait_for()


def test_reduced_motion_shows_frames_and_nothing_between_them(visit, finished):
    visit.page.emulate_media(reduced_motion="reduce")
    show(visit, finished)
    slider(visit).press("Home")
    visit.until(f"() => {STEP} === 0")
    kept = set(
        visit.page.evaluate(f"{STAGE}.film.frames.map(({{ theta }}) => {STAGE}.scene.point(theta[0]).x.toFixed(1))")
    )
    press(visit, "Play")
    x = f"/translate\\(([-\\d.]+)/.exec({STAGE}.scene.marks[0].point.getAttribute('transform'))[1]"
    seen = [visit.page.evaluate(x)]
    while len(seen) < 6:
        seen.append(visit.until_other(x, seen[-1]))
    visit.page.emulate_media(reduced_motion="no-preference")
    assert set(seen) <= kept
