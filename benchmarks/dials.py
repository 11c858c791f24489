"""Time from an arrow key on the θ dial to the new picture, in real Chromium: `python -m benchmarks.dials`.

Times are those of the page's own clock: from the key to the first frame in which a part of the page has changed.
"""

import argparse
from statistics import median, quantiles

from playwright.sync_api import Browser, Page

from tests.browser import PROJECTOR, Visit, chromium, serving

#: The parts that change, and JavaScript for their state; the labels of charts and sphere describe what they show.
PARTS = {
    "P(1) in numbers": "document.querySelector('.st-key-figures').textContent",
    "curve": "document.querySelector('.st-key-curve [role=img], .st-key-curve [aria-label]').ariaLabel",
    "Bloch sphere": "document.querySelector('.bloch-arrows').ariaLabel",
    "counts": "document.querySelector('.st-key-counts [role=img], .st-key-counts [aria-label]').ariaLabel",
    "circuit's drawing": "document.querySelector('img.circuit').src",
}

#: Checks once per frame. A part counts as changed at the next frame, when it has been painted.
WATCH = """parts => {
    const now = () => Object.entries(parts).map(([name, how]) => [name, eval(how)])
    const before = Object.fromEntries(now()), changed = {}, seconds = {}
    let pressed = null
    addEventListener('keydown', () => { pressed = performance.now() }, { capture: true, once: true })
    window.moved = new Promise((resolve, reject) => {
        const look = () => {
            for (const name in changed) seconds[name] ??= (performance.now() - pressed) / 1000
            for (const [name, state] of now()) if (state !== before[name]) changed[name] = true
            if (Object.keys(seconds).length === Object.keys(parts).length) resolve(seconds)
            else if (pressed && performance.now() - pressed > 20_000) reject(new Error(Object.keys(seconds).join()))
            else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
    })
}"""


def moves(page: Page, number: int) -> dict[str, list[float]]:
    """Seconds from the key until each part has changed, for so many moves by one degree."""
    seconds: dict[str, list[float]] = {name: [] for name in PARTS}
    page.locator(".st-key-theta").get_by_role("slider").focus()
    for _ in range(number):
        page.evaluate(WATCH, PARTS)
        page.keyboard.press("ArrowRight")
        for name, passed in page.evaluate("() => window.moved").items():
            seconds[name].append(passed)
        page.wait_for_timeout(200)  # about as fast as a user
    return seconds


def measured(browser: Browser, address: str, number: int) -> dict[str, list[float]]:
    """Return the times of a viewer of the Circuit page."""
    visit = Visit(browser, address, PROJECTOR)
    page = visit.open("circuit?theta=-75&lab_shots=1000")
    page.locator(".bloch-arrows polygon").first.wait_for()
    page.wait_for_timeout(2000)
    seconds = moves(page, number)
    visit.context.close()
    return seconds


def train(browser: Browser, address: str) -> Visit:
    """Start a long run of another viewer."""
    visit = Visit(browser, address)
    page = visit.open("train?epochs=100&n_train=1000")
    visit.button("train").click()
    page.wait_for_function("() => /Epoch \\d+ of 100/.test(document.body.innerText)", timeout=60_000)
    return visit


def report(title: str, seconds: dict[str, list[float]]) -> None:
    """Print one row per part of the page."""
    for name, values in seconds.items():
        late = quantiles(values, n=20)[-1]
        print(f"| {title} | {name} | {1000 * median(values):.0f} ms | {1000 * late:.0f} ms |", flush=True)


def main() -> None:
    """Print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=50)
    number = parser.parse_args().moves
    print("| while | changed | median | p95 |\n|---|---|---|---|")
    with serving() as address, chromium() as browser:
        report("nothing trains", measured(browser, address, number))
        trainer = train(browser, address)
        report("during a run", measured(browser, address, number))
        trainer.button("stop").click()
        trainer.button("train").wait_for()


if __name__ == "__main__":
    main()
