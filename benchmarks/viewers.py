"""Thirty viewers press Train within five seconds on one server: measure waits, updates and memory.

Each viewer speaks Streamlit's own protocol over a web socket, as its page in a browser does: it opens the Train page,
presses Train, requests live updates at the server's interval, and moves a slider now and then.

    python -m benchmarks.viewers --viewers 30 --rounds 3
"""

import argparse
import asyncio
import re
import secrets
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.browser import serving_process
from ui.session.viewer import COOKIE

#: Seconds within which everybody presses Train, and seconds between two moves of a slider.
RUSH_SECONDS, SLIDER_SECONDS = 5.0, 4.0
#: Seconds after which a round fails.
PATIENCE_SECONDS = 180.0
#: Positions of the slider, as the page shows them.
SHIFTS = ("π/4", "3π/8", "π/2")
ENDED = ForwardMsg.ScriptFinishedStatus


@dataclass
class Seen:
    """Measurements of one viewer."""

    #: Seconds of each live update, and number of requests.
    updates: list[float] = field(default_factory=list)
    asked: int = 0
    #: Seconds from moving the slider to the end of the page.
    sliders: list[float] = field(default_factory=list)
    #: Seconds from pressing Train to a place in the queue or a moving chart, and to the end of the run.
    first_word: float | None = None
    finished: float | None = None
    #: When the run ended, on this process's clock.
    end: float = 0.0
    places: list[int] = field(default_factory=list)


class Viewer:
    """One viewer with one page."""

    def __init__(self, address: str, number: int) -> None:
        self.seen = Seen()
        self._address, self._number, self._random = address, number, np.random.default_rng(number)
        self._widgets: dict[str, WidgetState] = {}
        self._keys: dict[str, str] = {}
        self._page = ""
        self._timer: asyncio.Task[None] | None = None
        self._asked_at: float | None = None
        self._slid_at: float | None = None
        self._pressed_at: float | None = None
        self._loaded = asyncio.Event()
        self._ended = asyncio.Event()
        self._text = ""

    async def visit(self, until_press: float) -> None:
        """Open the page, press Train, watch until the run has ended."""
        self._socket: WebSocketClientConnection = await websocket_connect(
            HTTPRequest(
                f"{self._address.replace('http', 'ws')}/_stcore/stream",
                headers={"Cookie": f"{COOKIE}={secrets.token_urlsafe()}", "Origin": self._address},
            ),
            subprotocols=["streamlit"],
            max_message_size=50_000_000,
        )
        listening = asyncio.create_task(self._listen())
        await self._ask()
        await asyncio.wait_for(self._loaded.wait(), 60)
        await asyncio.sleep(until_press)
        self._pressed_at = perf_counter()
        await self._ask(trigger="train")
        sliding = asyncio.create_task(self._slide())
        ended = asyncio.create_task(self._ended.wait())
        done, _ = await asyncio.wait(
            (ended, listening, sliding), timeout=PATIENCE_SECONDS, return_when="FIRST_COMPLETED"
        )
        for task in (sliding, self._timer, listening, ended):
            if task is not None and task not in done:
                task.cancel()
        if ended not in done:
            raise RuntimeError(f"viewer {self._number} got no result in time") from next(
                (t.exception() for t in done), None
            )
        self._socket.close()

    async def _ask(self, *, trigger: str | None = None, fragment: str | None = None) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.page_name = "train"
        state.page_script_hash = self._page
        state.widget_states.widgets.extend(self._widgets.values())
        if trigger is not None:
            state.widget_states.widgets.append(WidgetState(id=self._keys[trigger], trigger_value=True))
        if fragment is not None:
            state.fragment_id, state.is_auto_rerun = fragment, True
        await self._socket.write_message(message.SerializeToString(), binary=True)

    async def _listen(self) -> None:
        while (content := await self._socket.read_message()) is not None:
            message = ForwardMsg.FromString(content if isinstance(content, bytes) else content.encode())
            kind = message.WhichOneof("type")
            if kind == "new_session" and not message.metadata.run.fragment_ids:
                self._stop_timer()
            elif kind == "navigation":
                self._page = message.navigation.page_script_hash
            elif kind == "delta":
                self._note(message)
            elif kind == "auto_rerun":
                self._stop_timer()
                self._timer = asyncio.create_task(
                    self._tick(message.auto_rerun.interval, message.auto_rerun.fragment_id)
                )
            elif kind == "script_finished":
                self._finish(message.script_finished)

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("button", "slider"):
            widget = getattr(element, kind)
            self._keys[widget.id.rpartition("-")[2]] = widget.id
        elif kind == "html" and 'role="status"' in element.html.body:
            self._read(element.html.body)

    def _read(self, text: str) -> None:
        if self._pressed_at is None:
            return
        waited = perf_counter() - self._pressed_at
        place = re.search(r"Place (\d+) in the queue", text)
        if place:
            self.seen.places.append(int(place[1]))
        if self.seen.first_word is None and (place or "Epoch" in text or "Starting" in text):
            self.seen.first_word = waited
        if "Finished:" in text and self.seen.finished is None:
            self.seen.finished, self.seen.end = waited, perf_counter()
        if "Failed" in text:
            raise RuntimeError(text)

    def _finish(self, status: int) -> None:
        now = perf_counter()
        if status == ENDED.FINISHED_FRAGMENT_RUN_SUCCESSFULLY and self._asked_at is not None:
            self.seen.updates.append(now - self._asked_at)
            self._asked_at = None
        elif status == ENDED.FINISHED_SUCCESSFULLY:
            self._loaded.set()
            if self._slid_at is not None:
                self.seen.sliders.append(now - self._slid_at)
                self._slid_at = None
            if self.seen.finished is not None:
                self._ended.set()

    async def _tick(self, seconds: float, fragment: str) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.seen.asked += 1
            self._asked_at = self._asked_at or perf_counter()
            await self._ask(fragment=fragment)

    async def _slide(self) -> None:
        position = 0
        while True:
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * SLIDER_SECONDS)
            position += 1
            slider = WidgetState(id=self._keys["shift"])
            slider.string_array_value.data.append(SHIFTS[position % len(SHIFTS)])
            self._widgets["shift"] = slider
            self._slid_at = perf_counter()
            await self._ask()

    def _stop_timer(self) -> None:
        self._asked_at = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def one_round(address: str, viewers: int, seed: int) -> tuple[list[Seen], float]:
    """Let all viewers train; return their measurements, and the seconds from the first press to the last end."""
    random = np.random.default_rng(seed)
    people = [Viewer(address, seed * viewers + number) for number in range(viewers)]
    start = perf_counter()
    await asyncio.gather(*(person.visit(random.uniform(0, RUSH_SECONDS)) for person in people))
    first = min(person._pressed_at or start for person in people)
    return [person.seen for person in people], max(person.seen.end for person in people) - first


def memory(process: psutil.Process) -> float:
    """Return the MB that only this process uses."""
    return process.memory_full_info().uss / 1e6


def percentile_95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20)[-1]


def report(seen: list[Seen], seconds: float, held: float) -> None:
    """Print the figures of one round."""
    updates = [value for each in seen for value in each.updates]
    sliders = [value for each in seen for value in each.sliders]
    asked = sum(each.asked for each in seen)
    words = [each.first_word or 0 for each in seen]
    cells = (
        str(len(seen)),
        str(sum(each.finished is not None for each in seen)),
        f"{seconds:.0f} s",
        f"{max(words):.2f} s",
        str(max(max(each.places, default=0) for each in seen)),
        f"{len(updates) / asked:.0%} of {asked}",
        f"{1000 * median(updates):.0f} / {1000 * percentile_95(updates):.0f} ms",
        f"{1000 * median(sliders):.0f} / {1000 * percentile_95(sliders):.0f} ms of {len(sliders)}",
        f"{held:.0f} MB",
    )
    print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Start a server and measure several rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(
        "| viewers | finished | first press to last end | longest wait for a first sign | longest queue "
        "| live updates received | an update, median / p95 | a slider, median / p95 | web process |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with serving_process() as (address, server):
        web = psutil.Process(server.pid)
        asyncio.run(asyncio.sleep(15))  # until the workers are ready
        print(f"web process before the first viewer: {memory(web):.0f} MB")
        for number in range(options.rounds):
            seen, seconds = asyncio.run(one_round(address, options.viewers, number))
            report(seen, seconds, memory(web))


if __name__ == "__main__":
    main()
