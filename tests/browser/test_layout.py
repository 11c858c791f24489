"""Every page and tab at every width, in real Chromium: all words can be read, and every fold says what it means to."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, TimeoutError

from tests.browser import DESKTOP, PHONE, PROJECTOR, Visit
from tests.browser.test_draw import HOOK, draw
from tests.waiting import wait
from ui.kit.sitemap import PAGES, PARTS

pytestmark = pytest.mark.xdist_group("layout")  # which share a training

#: Notes what charts write, and finds what cannot be read.
FINDER = Path(__file__).with_name("legible.js").read_text()

#: Screens, windows, tablets and phones, upright and sideways.
SIZES = ((1920, 1080), PROJECTOR, (1024, 768), (844, 390), (768, 1024), PHONE, (320, 640))

#: Seconds after which what cannot be read is not just late.
LATEST = 60

LINKS = [name if name != "home" else "" for name in PAGES if name not in PARTS] + [
    f"{page}?{page}_part={tab}" for page, tabs in PARTS.items() for tab in tabs.values()
]

#: What cannot be read, and charts that have not taken the width of what holds them.
FAULTS = """() => [...illegible(), ...[...document.querySelectorAll('[data-testid=stMain] canvas[data-zr-dom-id]')]
    .map(canvas => [canvas.clientWidth, canvas.closest('[data-testid=stElementContainer]')])
    .filter(([width, holder]) => Math.abs(width - holder.clientWidth) >= 2)
    .map(([width, holder]) => `${width} px in ${holder.clientWidth} px: ${holder.className}`)]"""

#: A chart whose room changes just while it is begun keeps the width that it had before, until the next change.
BEGUN = """() => [...document.querySelectorAll('[data-testid=stEChartsChart]')].every(
    chart => !chart.clientWidth || chart.ariaBusy !== 'true')"""

#: What is written in the folds, outside of formulas and code.
FOLDS = """() => [...document.querySelectorAll('[data-testid=stMain] [data-testid=stExpander]')].map(fold => {
    const copy = fold.cloneNode(true)
    copy.querySelectorAll('.katex, code, pre').forEach(part => part.remove())
    return {
        text: copy.textContent,
        broken: [...fold.querySelectorAll('.katex-error')].map(part => part.textContent),
        links: [...fold.querySelectorAll('a')].map(link => link.getAttribute('href') ?? ''),
    }
})"""
#: What Markdown and TeX leave where they are not understood.
RAW = re.compile(r"\$|\\[a-zA-Z]+|\]\(|\*\*")
LINK = re.compile(r"https://(doi\.org/10\.\d{4,9}/[^\s()]+|arxiv\.org/abs/(\d{4}\.\d{4,5}|quant-ph/\d{7}))")


@pytest.fixture(scope="module")
def trained(browser: Browser, address: str) -> Iterator[Visit]:
    """A viewer who has trained a network, and sees what cannot be read."""
    visit = Visit(browser, address)
    visit.context.add_init_script(FINDER)
    visit.open("train?n_train=10&n_test=10&epochs=2&seed=5")
    visit.button("train").click()
    visit.page.get_by_text("Finished:").wait_for()
    visit.settle()
    yield visit
    assert not visit.errors
    visit.context.close()


@pytest.fixture
def reader(trained: Visit) -> Visit:
    """The viewer, at a desktop again."""
    trained.dress(DESKTOP, "light")
    return trained


def run_of(visit: Visit) -> str:
    return re.findall(r"run=[^&]+", visit.page.url)[0]


def can_be_read(visit: Visit) -> None:
    """Fail where at any size words stand over words, are cut or broken, or the page scrolls sideways."""
    visit.settle()
    visit.until(BEGUN)
    hits = {}
    for size in SIZES:
        visit.dress(size, "light")
        try:
            visit.page.wait_for_function(f"() => !({FAULTS})().length", polling=100, timeout=1000 * LATEST)
        except Error:
            hits[size] = visit.page.evaluate(FAULTS)
    visit.dress(DESKTOP, "light")
    assert not hits, hits


def folds_are_understood(visit: Visit) -> None:
    """Open every fold, and fail where it shows raw TeX or Markdown, or links to nowhere."""
    folds = visit.page.locator("[data-testid=stMain] [data-testid=stExpander] details:not([open]) summary")
    while folds.count():
        folds.first.click()
        visit.settle()
    for fold in visit.page.evaluate(FOLDS):
        assert not RAW.search(fold["text"]), fold["text"]
        assert not fold["broken"]
        assert all(LINK.fullmatch(link) for link in fold["links"]), fold["links"]


@pytest.mark.parametrize("link", LINKS)
def test_all_words_can_be_read_at_every_width(reader: Visit, link: str):
    run = run_of(reader)
    reader.open(f"{link}{'&' if '?' in link else '?'}{run}")
    can_be_read(reader)
    folds_are_understood(reader)


def test_a_prediction_its_warning_and_its_pictures_can_be_read_at_every_width(reader: Visit):
    reader.open(f"draw?{run_of(reader)}")
    reader.page.locator("canvas.drawing").wait_for()
    draw(reader, HOOK)
    reader.page.locator(".verdict .answer").get_by_text(re.compile(r"\d")).wait_for()
    can_be_read(reader)


def test_pages_and_settings_are_in_sight_on_a_phone(reader: Visit):
    run = run_of(reader)
    reader.dress(PHONE, "light")
    page = reader.open(f"test?{run}")
    links = page.locator(".st-key-page_row a:visible")
    assert [link.inner_text() for link in links.all()] == [title for title, _ in PAGES.values()]
    last, settings = links.last.bounding_box(), page.get_by_test_id("stExpandSidebarButton")
    assert last is not None
    assert last["y"] + last["height"] < PHONE[1] / 4
    links.filter(has_text="Explore").click()
    page.get_by_role("heading", level=2).filter(has_text="Explore").wait_for()
    settings.click()
    reader.by_key("digits").get_by_role("button", name="3", exact=True).click(trial=True)
    widths = (
        reader.by_key("digits")
        .locator("[role=toolbar] button")
        .evaluate_all("buttons => buttons.map(button => Math.round(button.getBoundingClientRect().width))")
    )
    assert len(widths) == 10
    assert max(widths) - min(widths) <= 1
    reader.dress(DESKTOP, "light")
    reader.open(f"test?{run}")
    assert not links.count()


@pytest.mark.parametrize("size", [PROJECTOR, PHONE])
@pytest.mark.parametrize(
    ("link", "button", "pictures"),
    [
        (
            "explore?explore_part=Stuck runs",
            "stuck_pair_player",
            ".st-key-stuck_seed_cloud, .st-key-stuck_healthy_cloud",
        ),
        ("gradients?gradients_part=A training's slopes", "slopes_player", ".st-key-slopes_cloud"),
        ("circuit", "again", ".st-key-curve"),
        ("circuit", "measure_on", ".st-key-histogram"),
    ],
)
def test_who_sees_the_button_that_plays_sees_the_picture_that_moves(reader: Visit, link, button, pictures, size):
    run = run_of(reader)
    reader.dress(size, "light")
    reader.open(f"{link}{'&' if '?' in link else '?'}{run}")
    reader.page.locator(pictures).first.locator("canvas, circle").first.wait_for()
    shown = reader.by_key(button).locator("button:visible").first
    shown.evaluate("button => button.scrollIntoView({ block: 'end', behavior: 'instant' })")
    boxes = [picture.bounding_box() for picture in reader.page.locator(pictures).all()]
    assert any(box and box["y"] >= 0 and box["y"] + 200 <= size[1] for box in boxes), boxes


def show_tooltip(visit: Visit, key: str) -> None:
    """Point at a button anew until its tooltip is shown: what is drawn above it may move it away from the pointer."""

    def shown() -> bool:
        visit.page.mouse.move(0, 0)
        visit.button(key).hover()
        try:
            visit.page.get_by_test_id("stTooltipContent").wait_for(timeout=2000)
        except TimeoutError:
            return False
        return True

    wait(shown)


def test_the_tooltip_of_a_button_goes_when_it_is_pressed_and_comes_back_when_the_pointer_does(reader: Visit):
    page = reader.open(f"gradients?{run_of(reader)}")
    tooltip = page.get_by_test_id("stTooltipContent")
    page.mouse.move(0, 0)  # where it was before may be the button's place
    reader.settle()
    show_tooltip(reader, "measure_slopes")
    reader.button("measure_slopes").click()
    tooltip.wait_for(state="hidden")
    reader.settle()
    assert not tooltip.is_visible()
    page.mouse.move(0, 0)
    reader.until("() => !document.documentElement.hasAttribute('data-pressed')")
    show_tooltip(reader, "measure_slopes")
    page.mouse.move(0, 0)
