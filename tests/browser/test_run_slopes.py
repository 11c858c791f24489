"""A training's slopes in real Chromium: scrubbed, played, followed while it trains, on a phone."""

import re

import pytest

from tests.browser import PHONE, accessible, fits
from tests.waiting import wait
from ui.gradients.training.figures import LEFT, RIGHT

PART = "gradients_part=A+training%27s+slopes"


pytestmark = pytest.mark.xdist_group("run slopes")  # which share a training


@pytest.fixture(scope="module")
def finished(windows) -> str:
    """The link's part of a finished training of 100 steps."""
    with windows.visit() as visit:
        page = visit.open("train?epochs=4&engine=exact")
        visit.button("train").click()
        page.get_by_text("Finished:").wait_for()
        visit.settle()
        run = re.findall(r"run=([^&.]+)", page.url)[0]
    return f"run={run}"


def words(visit) -> str:
    return visit.by_key("slopes_words").inner_text()


def step(visit) -> int:
    return int(re.findall(r"Step ([\d,]+) of", words(visit))[0].replace(",", ""))


#: The pixels of the two pictures, and the step that the words name, in JavaScript.
CLOUD = "document.querySelector('.st-key-slopes_cloud canvas').toDataURL()"
STEPS = "document.querySelector('.st-key-slopes_chart canvas').toDataURL()"
STEP = (
    "Number(/Step ([\\d,]+) of/.exec(document.querySelector('.st-key-slopes_words').innerText)?.[1]"
    ".replaceAll(',', '') ?? 0)"
)


def cursor(visit) -> float:
    box = visit.page.locator(".cursor").bounding_box()
    return box["x"]


def wait_for_step(visit, wanted: str) -> None:
    visit.until(
        "wanted => document.querySelector('.st-key-slopes_words').innerText.includes(`Step ${wanted} of`)", arg=wanted
    )


def show(visit, link: str) -> None:
    visit.open(f"gradients?{PART}&{link}")
    visit.page.locator(".st-key-slopes_cloud canvas").wait_for()
    visit.page.locator(".cursor").wait_for()


def test_the_slider_scrubs_everything_by_keyboard_and_the_fold_opens(visit, finished):
    show(visit, finished)
    wait_for_step(visit, "100")
    before, cloud = cursor(visit), visit.page.evaluate(CLOUD)
    visit.page.evaluate("() => { document.querySelector('.st-key-slopes_cloud canvas').marked = true }")
    visit.by_key("slopes_step").get_by_role("slider").focus()
    for _ in range(60):
        visit.page.keyboard.press("ArrowLeft")
    wait_for_step(visit, "40")
    visit.until_other(CLOUD, cloud)
    visit.settle()
    plot = visit.page.locator(".st-key-slopes_chart canvas").bounding_box()
    width = plot["width"] - LEFT - RIGHT
    assert before - cursor(visit) == pytest.approx(0.6 * width, abs=2)
    assert visit.page.evaluate("() => document.querySelector('.st-key-slopes_cloud canvas').marked")
    assert "epoch 2" in words(visit)
    visit.by_key("explanation").get_by_text("What am I looking at?").click()
    visit.page.get_by_text("Parameter-shift rule: Mitarai").wait_for()
    visit.settle()
    accessible(visit)


def test_play_moves_the_cloud_and_stops_at_the_end(visit, finished):
    show(visit, finished)
    wait_for_step(visit, "100")
    visit.button("slopes_play").click()
    visit.button("slopes_play").filter(has_text="Pause").wait_for()
    steps, cloud = [visit.page.evaluate(STEP)], visit.page.evaluate(CLOUD)
    while len(steps) < 4:
        steps.append(visit.until_other(STEP, steps[-1]))
    assert steps == sorted(steps)
    visit.until_other(CLOUD, cloud)
    visit.button("slopes_play").click()
    visit.button("slopes_play").filter(has_text="Play").wait_for()
    visit.settle()
    stopped, cloud = step(visit), visit.page.evaluate(CLOUD)
    visit.by_key("slopes_dropout").get_by_text("Dropout").click()  # which draws everything anew
    visit.until_other(CLOUD, cloud)
    assert step(visit) == stopped
    visit.by_key("slopes_step").get_by_role("slider").focus()
    visit.page.keyboard.press("End")
    wait_for_step(visit, "100")
    for _ in range(10):
        visit.page.keyboard.press("ArrowLeft")
    wait_for_step(visit, "90")
    visit.button("slopes_play").click()
    visit.button("slopes_play").filter(has_text="Pause").wait_for()
    visit.button("slopes_play").filter(has_text="Play").wait_for()
    wait_for_step(visit, "100")
    visit.button("slopes_start").click()
    wait_for_step(visit, "1")


def test_a_running_training_is_followed_until_the_slider_moves(visit):
    page = visit.open("train?epochs=100&n_train=200")
    visit.slow_down(20)
    visit.button("train").click()
    visit.until_said(r"Epoch \d+ of 100")
    visit.go("Gradients")
    page.get_by_text("A training's slopes").click()
    page.locator(".cursor").wait_for()
    visit.until_said(r"Step [\d,]+ of")
    visit.until_other(STEP, step(visit))
    visit.by_key("slopes_step").get_by_role("slider").focus()

    def press() -> None:
        for _ in range(5):
            page.keyboard.press("ArrowLeft")

    def stays() -> bool:
        kept, chart = step(visit), page.evaluate(STEPS)
        for _ in range(3):
            chart = visit.until_other(STEPS, chart)  # to which steps are added
        now = step(visit)
        if now > kept:  # presses that lead to where the slider has just been are taken for its echo
            press()
        return now == kept

    press()
    wait(stays)  # once all presses have come
    visit.button("slopes_end").click()
    visit.until_other(STEP, visit.until_other(STEP, step(visit)))
    visit.button("stop").click()
    visit.button("restart").wait_for()
    visit.settle()
    assert visit.button("slopes_end").inner_text().endswith("End")


@pytest.mark.parametrize("visit", [("phone", "dark")], indirect=True, ids="-".join)
def test_on_a_phone_the_dials_are_within_reach_while_the_cloud_is_seen_and_cover_nothing_for_good(visit, finished):
    show(visit, finished)
    width, height = PHONE

    def box(key: str) -> dict[str, float]:
        return visit.by_key(key).bounding_box()

    fits(visit)
    assert box("slopes_cloud")["x"] + box("slopes_cloud")["width"] <= width
    accessible(visit)
    to_the_cloud = round(box("slopes_cloud")["y"] - 80)
    for _ in range(2):
        assert height / 2 < box("slopes_dials")["y"]
        assert box("slopes_dials")["y"] + box("slopes_dials")["height"] <= height
        assert height - box("slopes_dials")["y"] < height / 5
        scroll_to(visit, to_the_cloud)
    assert box("slopes_cloud")["y"] >= 0
    assert box("slopes_cloud")["y"] + box("slopes_cloud")["height"] < box("slopes_dials")["y"]
    visit.button("slopes_start").click()
    wait_for_step(visit, "1")
    assert box("slopes_cloud")["y"] >= 0
    scroll_to(visit, 100_000)
    last = visit.page.locator(".doubt").bounding_box()
    assert last["y"] + last["height"] <= box("slopes_dials")["y"]
    assert (
        box("slopes_dials")["y"] + box("slopes_dials")["height"]
        < visit.page.locator(".st-key-explanation").bounding_box()["y"] + 1
    )


def scroll_to(visit, top: int) -> None:
    """Scroll, and wait until what sticks to the window's edge is at its place again."""
    visit.page.evaluate(
        """top => new Promise((resolve) => {
            document.querySelector('[data-testid=stMain]').scrollTo({ top, behavior: 'instant' })
            requestAnimationFrame(() => requestAnimationFrame(resolve))
        })""",
        top,
    )
