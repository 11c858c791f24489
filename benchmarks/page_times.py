"""Measure how long a viewer waits for pages and charts, in real Chromium: `python -m benchmarks.page_times`."""

import argparse
from statistics import median
from time import perf_counter

from playwright.sync_api import Browser

from tests.browser import Visit, chromium, serving

#: Appears in the same update as the first points of the loss.
FIRST_LOSS = "() => /\\d images\\/s/.test(document.querySelector('.st-key-figures').innerText)"


def until_controls(visit: Visit, since: float | None = None) -> float:
    """Return the seconds until the first page shows its controls, from the request or from an earlier moment."""
    started = since or perf_counter()
    visit.page.goto(visit.address)
    visit.by_key("digits").get_by_role("button").first.wait_for()
    visit.button("start").wait_for()
    return perf_counter() - started


def until_first_loss(browser: Browser, address: str) -> float:
    """Return the seconds from pressing Train to the first loss on the chart."""
    visit = Visit(browser, address)
    page = visit.open("train")
    started = perf_counter()
    visit.button("train").click()
    page.wait_for_function(FIRST_LOSS, polling=20, timeout=60_000)
    seconds = perf_counter() - started
    page.get_by_text("Finished:").wait_for(timeout=60_000)
    visit.context.close()
    return seconds


def main() -> None:
    """Print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    with chromium() as browser:
        started = perf_counter()
        with serving() as address:
            cold = until_controls(Visit(browser, address), started)
            until_first_loss(browser, address)  # waits until the workers are ready
            newcomers = [Visit(browser, address) for _ in range(repeats)]
            warm = [until_controls(visit) for visit in newcomers]
            again = [until_controls(newcomers[-1]) for _ in range(repeats)]
            for visit in newcomers:
                visit.context.close()
            first_loss = [until_first_loss(browser, address) for _ in range(repeats)]
    print("| from | to | seconds, median (range) |\n|---|---|---|")
    for start, end, seconds in (
        ("`streamlit run`", "controls of the first page", [cold]),
        ("a warm server's request, a browser's first visit", "controls of the first page", warm),
        ("a warm server's request, a later visit", "controls of the first page", again),
        ("pressing Train, workers warm", "first loss on the chart", first_loss),
    ):
        print(f"| {start} | {end} | {median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f}) |")


if __name__ == "__main__":
    main()
