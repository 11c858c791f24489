"""Tweak and see, in real Chromium: from letting go of the shots slider to the first new point, and to the run's end.

Train on change is on. Ten moves in a row are measured for a viewer who is alone, and then while 30 others do the same.
Times are those of the page's own clock, from the slider's release to the first frame that shows the change. At the end,
the history of the server is counted.

    python -m benchmarks.tweak --moves 10 --viewers 30
"""

import argparse
import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from multiprocessing import Event, Process, Queue
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.viewers import Viewer
from hqnn.jobs.history import FILE
from hqnn.states import State
from tests.browser import PROJECTOR, Visit, chromium, serving_process
from ui.session import setting_options

#: Positions of the slider, as the page shows them and in the order of the moves.
SHOTS = ("50", "10", "200", "2", "100", "20", "5", "500", "1", "1000")
OPTIONS = [str(option) for option in setting_options.OPTIONS["shots"]]
#: Pixels from the slider's left and right edge to its ends, and from its upper edge to its track.
EDGE, TRACK = 6, 48
#: Epochs of every run, as recommended.
EPOCHS = 10
#: Seconds between two moves of the other viewers.
MOVE_SECONDS = 4.0
#: Seconds after which a measurement fails.
PATIENCE_SECONDS = 120.0

#: Notes when the chart has the first point of another run than before, and when that run has ended.
WATCH = """toEnd => {
    const words = () => document.querySelector('.st-key-training_chart [role=img], .st-key-training_chart [aria-label]')
        ?.ariaLabel ?? ''
    const state = () => document.querySelector('.st-key-run_words')?.innerText ?? ''
    const seen = { released: null, emptied: false, point: null, end: null }
    addEventListener('pointerup', () => { seen.released = performance.now() }, { capture: true, once: true })
    const before = words()
    window.tweaked = new Promise(resolve => {
        const look = () => {
            const since = (performance.now() - seen.released) / 1000
            if (seen.released !== null) {
                if (words() !== before) seen.emptied = true
                if (seen.point === null && seen.emptied && /Epoch \\d/.test(words())) seen.point = since
                if (seen.point !== null && /Finished/.test(state())) seen.end = since
                if ((toEnd ? seen.end : seen.point) !== null) return resolve(seen)
            }
            requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
    })
}"""


def move(page: Page, shots: str, *, to_end: bool) -> dict[str, float]:
    """Drag the slider to a number of shots and let it go. Return the seconds to the first point and to the end."""
    slider = page.locator(".st-key-shots")
    box = slider.get_by_test_id("stSlider").bounding_box()
    now = slider.get_by_test_id("stSliderThumbValue").inner_text()
    if box is None:
        raise RuntimeError("the page has no slider of the shots")

    def place(option: str) -> tuple[float, float]:
        share = OPTIONS.index(option) / (len(OPTIONS) - 1)
        return box["x"] + EDGE + (box["width"] - 2 * EDGE) * share, box["y"] + TRACK

    page.mouse.move(*place(now))
    page.mouse.down()
    page.mouse.move(*place(shots), steps=5)
    page.evaluate(WATCH, to_end)
    page.mouse.up()
    return page.evaluate("() => window.tweaked")


def measured(page: Page, moves: int, *, to_end: bool) -> list[dict[str, float]]:
    """Return the times of so many moves in a row, each after the run before has its first point, or has ended."""
    found = []
    for number in range(moves):
        found.append(move(page, SHOTS[number % len(SHOTS)], to_end=to_end))
        page.wait_for_timeout(500)
    return found


class Tweaker(Viewer):
    """A viewer who moves the slider again and again, with Train on change."""

    moves = 0

    async def tweak(self, until_stop: Any) -> None:
        """Open the page, switch on, and move the slider until the event."""
        await self._connect()
        listening = asyncio.create_task(self._listen())
        await self._ask()
        await asyncio.wait_for(self._loaded.wait(), PATIENCE_SECONDS)
        self._widgets["switch"] = WidgetState(id=self._keys["train_on_change"], bool_value=True)
        while not until_stop.is_set():
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * MOVE_SECONDS)
            slider = WidgetState(id=self._keys["shots"])
            slider.string_array_value.data.append(SHOTS[self._random.integers(len(SHOTS))])
            self._widgets["shots"] = slider
            self.moves += 1
            await self._ask()
        await asyncio.sleep(1)
        listening.cancel()
        self._stop_timer()
        self._socket.close()

    def _note(self, message: ForwardMsg) -> None:
        super()._note(message)
        element = message.delta.new_element
        if element.WhichOneof("type") == "checkbox":
            self._keys[element.checkbox.id.rpartition("-")[2]] = element.checkbox.id


def others(address: str, viewers: int, stop: Any, moves: Any) -> None:
    """Have so many viewers tweak until the event, and count their moves."""

    async def everybody() -> None:
        people = [Tweaker(address, number, EPOCHS) for number in range(viewers)]
        await asyncio.gather(*(person.tweak(stop) for person in people))
        moves.put(sum(person.moves for person in people))

    asyncio.run(everybody())


def runs_by_state(folder: Path) -> Counter[str]:
    """Count the runs in the history by state."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return Counter(dict(connection.execute("SELECT state, count(*) FROM runs GROUP BY state").fetchall()))


def settled(folder: Path) -> Counter[str]:
    """Wait until no run in the history is active, and count them."""
    end = monotonic() + PATIENCE_SECONDS
    while any(State(state).active for state in runs_by_state(folder)) and monotonic() < end:
        sleep(0.5)
    return runs_by_state(folder)


def report(title: str, found: list[dict[str, float]]) -> None:
    """Print one row."""
    columns = [[each[name] for each in found if each[name] is not None] for name in ("point", "end")]
    cells = [f"{median(values):.2f} / {max(values):.2f} s" if values else "–" for values in columns]
    print(f"| {' | '.join([title, *cells])} |", flush=True)


def main() -> None:
    """Print one table, and what the history holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=10)
    parser.add_argument("--viewers", type=int, default=30)
    options = parser.parse_args()
    with TemporaryDirectory() as name, serving_process(HQNN_HISTORY=name) as (address, _), chromium() as browser:
        folder = Path(name)
        visit = Visit(browser, address, PROJECTOR)
        page = visit.open("train?train_on_change=true")
        sleep(15)  # until the workers are ready
        visit.button("train").click()
        page.get_by_text("Finished:").wait_for()
        print("| viewers | first new point, median / slowest | end of the run, median / slowest |\n|---|---|---|")
        report("1", measured(page, options.moves, to_end=True))
        if not options.viewers:
            return
        stop, moves = Event(), Queue()
        crowd = Process(target=others, args=(address, options.viewers, stop, moves))
        crowd.start()
        sleep(3 * MOVE_SECONDS)
        report(str(1 + options.viewers), measured(page, options.moves, to_end=False))
        during = runs_by_state(folder)
        stop.set()
        crowd.join()
        print(f"\nmoves of the others: {moves.get()}; history meanwhile: {dict(during)}; at the end: {settled(folder)}")


if __name__ == "__main__":
    main()
