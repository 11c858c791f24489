"""Time from the end of a stroke on the drawing pad to the prediction on the screen, in real Chromium.

`python -m benchmarks.drawing`. Times are those of the page's own clock: from the pointer's end to the frame after the
one in which the answer to the whole stroke was put on the page.
"""

import argparse
from math import cos, pi, sin
from statistics import median, quantiles

from playwright.sync_api import Browser

from benchmarks.dials import train
from tests.browser import PROJECTOR, Visit, chromium, serving

#: Points of a zero, on a pad that is 280 wide.
ZERO = [(140 - 60 * sin(turn * pi / 40), 140 - 90 * cos(turn * pi / 40)) for turn in range(81)]

#: Notes when a stroke begins and ends, and when a new prediction has been painted.
WATCH = """() => {
    window.noted = []
    const note = what => window.noted.push([what, performance.now()])
    addEventListener('pointerdown', () => note('down'), true)
    addEventListener('pointerup', () => note('up'), true)
    let shown = null
    const look = () => {
        const answer = document.querySelector('.verdict')?.dataset.revision
        if (answer !== shown) {
            shown = answer
            requestAnimationFrame(() => note('answer'))
        }
        requestAnimationFrame(look)
    }
    look()
}"""


def strokes(browser: Browser, address: str, count: int) -> tuple[list[float], list[float]]:
    """Draw zeros; return the milliseconds from each end to its prediction, and predictions per second meanwhile."""
    visit = Visit(browser, address, PROJECTOR)
    page = visit.open("draw?digits=0&digits=1")
    canvas = page.locator("canvas.drawing")
    canvas.wait_for()
    page.evaluate(WATCH)
    for number in range(count + 1):  # the first one is not counted
        if number == 1:
            page.evaluate("() => { window.noted.length = 0 }")
        _draw_zero(page, canvas.bounding_box())
        page.wait_for_timeout(1000)
        page.get_by_role("button", name="Clear").click()
        page.wait_for_timeout(500)
    noted = page.evaluate("() => window.noted")
    visit.context.close()
    return _latencies(noted)


def _draw_zero(page, box) -> None:
    places = [(box["x"] + box["width"] * x / 280, box["y"] + box["height"] * y / 280) for x, y in ZERO]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
        page.wait_for_timeout(10)
    page.mouse.up()


def _latencies(noted: list[tuple[str, float]]) -> tuple[list[float], list[float]]:
    waits, rates = [], []
    on_pad = [place for place, (what, _) in enumerate(noted) if what == "up"][::2]  # between them lie clicks on Clear
    for place in on_pad:
        begun = max(at for what, at in noted[:place] if what == "down")
        ended = noted[place][1]
        after = [at for what, at in noted[place:] if what == "answer" and at < ended + 900]
        during = sum(what == "answer" and begun < at < ended for what, at in noted)
        waits.append(after[-1] - ended)
        rates.append(during / (ended - begun) * 1000)
    return waits, rates


def main() -> None:
    """Print both figures, on an idle server and during a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=30)
    count = parser.parse_args().strokes
    print(
        "| while | strokes | end of a stroke to its prediction, median (95th percentile), ms | predictions per second |"
    )
    print("|---|---|---|---|")
    with serving() as address, chromium() as browser:
        _report("nothing trains", *strokes(browser, address, count))
        train(browser, address)
        _report("during a run", *strokes(browser, address, count))


def _report(when: str, waits: list[float], rates: list[float]) -> None:
    late = quantiles(waits, n=20)[-1]
    print(f"| {when} | {len(waits)} | {median(waits):.0f} ({late:.0f}) | {median(rates):.1f} |", flush=True)


if __name__ == "__main__":
    main()
