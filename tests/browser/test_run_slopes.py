"""A training's slopes in real Chromium: scrubbed, played, followed while it trains, on a phone."""

import re
from math import sin

import pytest

from tests.browser import PHONE, accessible, fits
from ui.gradients.training.figures import LEFT, RIGHT
from ui.kit.cloud_figure import FOOTROOM, HEADROOM

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


#: Where the marks are, the pixels of the step charts, and the step that the words name, in JavaScript.
CLOUD = "[...document.querySelectorAll('.st-key-slopes_cloud circle')].map(({ cx }) => cx.baseVal.value).join()"
STEPS = "document.querySelector('.st-key-slopes_chart canvas').toDataURL()"
STEP = (
    "Number(/Step ([\\d,]+) of/.exec(document.querySelector('.st-key-slopes_words').innerText)?.[1]"
    ".replaceAll(',', '') ?? 0)"
)

#: The page's player, in JavaScript.
PLAYER = (
    "[...document.querySelectorAll('.st-key-slopes_player *')]"
    ".flatMap(({ shadowRoot: root }) => root ? [root, ...root.querySelectorAll('*')] : [])"
    ".find(({ player }) => player).player"
)


def slider(visit):
    return visit.by_key("slopes_player").get_by_role("slider")


def button(visit, name: str):
    return visit.by_key("slopes_player").get_by_role("button", name=name, exact=True)


def cursor(visit) -> float:
    box = visit.page.locator(".cursor").bounding_box()
    return box["x"]


def wait_for_step(visit, wanted: str) -> None:
    visit.until(
        "wanted => document.querySelector('.st-key-slopes_words').innerText.includes(`Step ${wanted} of`)", arg=wanted
    )


def show(visit, link: str) -> None:
    visit.open(f"gradients?{PART}&{link}")
    visit.page.locator(".st-key-slopes_cloud circle:visible").first.wait_for()
    visit.page.locator(".st-key-slopes_chart canvas").wait_for()


def test_the_slider_scrubs_everything_by_keyboard_and_the_fold_opens(visit, finished):
    show(visit, finished)
    wait_for_step(visit, "100")
    before, cloud = cursor(visit), visit.page.evaluate(CLOUD)
    slider(visit).focus()
    for _ in range(60):
        visit.page.keyboard.press("ArrowLeft")
    wait_for_step(visit, "40")
    assert visit.page.evaluate(CLOUD) != cloud
    plot = visit.page.locator(".st-key-slopes_chart canvas").bounding_box()
    width = plot["width"] - LEFT - RIGHT
    assert before - cursor(visit) == pytest.approx(0.6 * width, abs=2)
    assert "epoch 2" in words(visit)
    visit.by_key("explanation").get_by_text("What am I looking at?").click()
    visit.page.get_by_text("Parameter-shift rule: Mitarai").wait_for()
    visit.settle()
    assert step(visit) == 40
    accessible(visit)


def test_play_moves_the_cloud_and_stops_at_the_end(visit, finished):
    show(visit, finished)
    wait_for_step(visit, "100")
    button(visit, "Play").click()
    steps = [visit.until_other(STEP, 100)]  # the next picture shows the first step
    cloud = visit.page.evaluate(CLOUD)
    while len(steps) < 4:
        steps.append(visit.until_other(STEP, steps[-1]))
    assert steps == sorted(steps)
    visit.until_other(CLOUD, cloud)
    button(visit, "Pause").click()
    button(visit, "Play").wait_for()
    visit.settle()
    stopped, cloud = step(visit), visit.page.evaluate(CLOUD)
    visit.by_key("slopes_dropout").get_by_text("Dropout").click()  # which draws everything anew
    visit.until_other(CLOUD, cloud)
    assert step(visit) == stopped
    slider(visit).focus()
    visit.page.keyboard.press("End")
    wait_for_step(visit, "100")
    for _ in range(10):
        visit.page.keyboard.press("ArrowLeft")
    wait_for_step(visit, "90")
    button(visit, "Play").click()
    wait_for_step(visit, "100")
    button(visit, "Play").wait_for()
    button(visit, "First step").click()
    wait_for_step(visit, "1")


def test_where_it_stopped_is_shown_again_on_the_way_back(visit, finished):
    show(visit, finished)
    wait_for_step(visit, "100")
    slider(visit).press("Home")
    for _ in range(5):
        slider(visit).press("ArrowRight")
    wait_for_step(visit, "5")
    visit.until(f"() => {PLAYER}.told?.includes('\"at\":5')")
    visit.go("Circuit")
    visit.page.get_by_role("heading", level=2).filter(has_text="Circuit").wait_for()
    visit.go("Gradients")
    visit.page.get_by_text("Gradients during training").click()
    visit.until_said("Step 5 of 100, epoch 1")


#: A film of one moment on the player of the page: where its first mark of each digit is, and what is said at the ends.
MADE_UP = f"""frames => {{
    const player = {PLAYER}
    const {{ scope, label, pictures }} = player
    player.add({{ of: 'made up', begin: 0, at: 0, following: true, active: false, last: 0, first: 0, seconds: 9,
        scope, label, pictures, packed: '' }}, frames)
    return new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => {{
        const {{ height }} = document.querySelector('.cloud > svg').getBoundingClientRect()
        const place = (mark, x, y) => [mark[x].baseVal.valueInSpecifiedUnits, mark[y].baseVal.value / height]
        resolve([place(document.querySelector('.cloud circle'), 'cx', 'cy'),
            place(document.querySelector('.cloud rect.digit-b'), 'x', 'y'),
            [...document.querySelectorAll('.cloud .beyond')].map(({{ textContent }}) => textContent)])
    }})))
}}"""


def test_images_beyond_the_axis_stand_at_its_end_with_their_own_probability(visit, finished):
    show(visit, finished)
    ends = {"cloud": [[0, 100.0, 100, -100.0], "far", ["← 1 beyond", "1 beyond →"]]}
    first, second, said = visit.page.evaluate(MADE_UP, [["now", {"words": "w", "cursor": ""}, ends]])
    heights = [(HEADROOM - (1 + sin(angle)) / 2) / (HEADROOM - FOOTROOM) for angle in (100, -100)]
    assert first == pytest.approx([100, heights[0]], abs=1e-3)
    assert second == pytest.approx([0, heights[1]], abs=1e-3)
    assert said == ["← 1 beyond", "1 beyond →"]


def test_a_running_training_is_followed_until_the_slider_moves(visit):
    page = visit.open("train?epochs=100&n_train=200")
    visit.slow_down(20)
    visit.button("train").click()
    visit.until_said(r"Epoch \d+ of 100")
    visit.go("Gradients")
    page.get_by_text("Gradients during training").click()
    page.locator(".st-key-slopes_chart canvas").wait_for()
    visit.until_said(r"Step [\d,]+ of")
    visit.until_other(STEP, visit.until_other(STEP, step(visit)))
    slider(visit).focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    kept, chart = int(slider(visit).input_value()), page.evaluate(STEPS)
    wait_for_step(visit, f"{kept:,}")
    for _ in range(3):
        chart = visit.until_other(STEPS, chart)  # to which steps are added
    assert step(visit) == kept
    button(visit, "Latest step").click()
    visit.until_other(STEP, visit.until_other(STEP, step(visit)))
    visit.button("stop").click()
    visit.button("restart").wait_for()
    button(visit, "Last step").wait_for()


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
    button(visit, "First step").click()
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
