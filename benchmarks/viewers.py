"""Thirty viewers press Train within five seconds on one server: measure waits, updates, the stage and memory.

Each viewer speaks Streamlit's own protocol over a web socket, as its page in a browser does: it opens the Train page,
presses Train, requests live updates at the server's interval, and moves a slider now and then. It also fetches the
frames of the stage. Every third viewer follows an image in the Network view.

    python -m benchmarks.viewers --viewers 30 --rounds 3

Two commits are compared in alternating rounds. Fewer epochs make a round shorter, with as many requests per second:

    python -m benchmarks.viewers --viewers 30 --rounds 5 --epochs 5 --commits OLD NEW
"""

import argparse
import asyncio
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import parse_qs

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks.rounds import spread
from benchmarks.stage_reader import StageReader
from hqnn.config import RunConfig
from tests.browser import running_dashboard
from tests.dask_cluster import ROOT, free_port
from ui.session.viewer import COOKIE, PARAMETER

#: Seconds within which everybody presses Train, and seconds between two moves of a slider.
RUSH_SECONDS, SLIDER_SECONDS = 5.0, 4.0
#: Seconds after which a round fails.
PATIENCE_SECONDS = 180.0
#: Positions of the slider, as the page shows them.
SHIFTS = ("π/4", "3π/8", "π/2")
#: Seconds until the workers of a new server are ready.
START_SECONDS = 15
#: Of how many viewers one follows an image in the stage.
FOLLOWS = 3
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
    #: Bytes of the messages of live updates.
    received: int = 0
    stage: StageReader = field(default_factory=lambda: StageReader("", ""))


class Viewer:
    """One viewer with one page."""

    def __init__(self, address: str, number: int, epochs: int) -> None:
        self._cookie, self._query = f"{COOKIE}={secrets.token_urlsafe()}", f"epochs={epochs}"
        self.seen = Seen(stage=StageReader(address, self._cookie, None if number % FOLLOWS else 0))
        self._watching: asyncio.Task[None] | None = None
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
        self._updating = False
        self._text = ""

    async def visit(self, until_press: float) -> None:
        """Open the page, press Train, watch until the run has ended."""
        await self._connect()
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
        if ended in done and self._watching is not None:
            await asyncio.wait_for(self._watching, PATIENCE_SECONDS)
        for task in (sliding, self._timer, listening, ended, self._watching):
            if task is not None and task not in done:
                task.cancel()
        if ended not in done:
            raise RuntimeError(f"viewer {self._number} got no result in time") from next(
                (t.exception() for t in done), None
            )
        self._socket.close()

    async def _connect(self) -> None:
        self._socket: WebSocketClientConnection = await websocket_connect(
            HTTPRequest(
                f"{self._address.replace('http', 'ws')}/_stcore/stream",
                headers={"Cookie": self._cookie, "Origin": self._address},
            ),
            subprotocols=["streamlit"],
            max_message_size=50_000_000,
        )

    async def _ask(self, *, trigger: str | None = None, fragment: str | None = None) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.query_string = "train", self._query
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
            if kind == "new_session":
                self._updating = bool(message.metadata.run.fragment_ids)
            self.seen.received += self._updating * message.ByteSize()
            if kind == "page_info_changed":
                self._open_stage(message.page_info_changed.query_string)
            elif kind == "new_session" and not message.metadata.run.fragment_ids:
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

    def _open_stage(self, query: str) -> None:
        """Fetch the frames of the run that the page shows."""
        self._query = query
        runs = parse_qs(query).get(PARAMETER)
        if runs and self._watching is None:
            self._watching = asyncio.create_task(self.seen.stage.watch(runs[0].partition(".")[0]))

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


async def one_round(
    address: str, viewers: int, seed: int, epochs: int = RunConfig().epochs
) -> tuple[list[Seen], float]:
    """Let all viewers train; return their measurements, and the seconds from the first press to the last end."""
    random = np.random.default_rng(seed)
    people = [Viewer(address, seed * viewers + number, epochs) for number in range(viewers)]
    start = perf_counter()
    await asyncio.gather(*(person.visit(random.uniform(0, RUSH_SECONDS)) for person in people))
    first = min(person._pressed_at or start for person in people)
    return [person.seen for person in people], max(person.seen.end for person in people) - first


def memory(process: psutil.Process) -> float:
    """Return the MB that only this process uses."""
    return process.memory_full_info().uss / 1e6


def percentile_95(values: list[float]) -> float:
    """Return the 95th percentile, 0 without values."""
    return quantiles(values, n=20)[-1] if len(values) > 1 else 0.0


def figures(seen: list[Seen], seconds: float, held: float) -> dict[str, float]:
    """Return the figures of one round by name."""
    updates = [1000 * value for each in seen for value in each.updates]
    sliders = [1000 * value for each in seen for value in each.sliders]
    stages = [each.stage for each in seen]
    answers = [1000 * value for stage in stages for value in stage.answers]
    rates = [stage.received / 1000 / stage.watched for stage in stages if stage.watched] or [0.0]
    return {
        "viewers": len(seen),
        "finished": sum(each.finished is not None for each in seen),
        "first press to last end, s": seconds,
        "longest wait for a first sign, s": max(each.first_word or 0 for each in seen),
        "longest queue": max(max(each.places, default=0) for each in seen),
        "live updates requested": sum(each.asked for each in seen),
        "received, %": 100 * len(updates) / sum(each.asked for each in seen),
        "an update, median, ms": median(updates),
        "an update, 95%, ms": percentile_95(updates),
        "a slider, median, ms": median(sliders or [0.0]),
        "a slider, 95%, ms": percentile_95(sliders),
        "updates, kB per s and viewer": median(each.received / 1000 / (each.finished or seconds) for each in seen),
        "frames per viewer": median(stage.frames for stage in stages),
        "stage, median, ms": median(answers or [0.0]),
        "stage, 95%, ms": percentile_95(answers),
        "stage, kB per s and viewer": median(rates),
        "stage, most kB per s": max(rates),
        "web process, MB": held,
    }


def report(found: dict[str, list[dict[str, float]]]) -> str:
    """Return the medians and ranges of each commit's figures in Markdown, and the ratio of the last to the first."""
    names, rounds_each = list(found), list(found.values())
    lines = [
        f"| medians of {len(rounds_each[0])} rounds | {' | '.join(names)} | ratio |",
        "|---" * (len(names) + 2) + "|",
    ]
    for figure in rounds_each[0][0]:
        each = {name: [one[figure] for one in rounds] for name, rounds in found.items()}
        old, new = median(each[names[0]]), median(each[names[-1]])
        ratio = f"{new / old:.2f}" if len(names) > 1 and old else "–"
        lines.append(f"| {figure} | {' | '.join(spread(values, 1) for values in each.values())} | {ratio} |")
    return "\n".join(lines)


@contextmanager
def files_of(commit: str | None) -> Iterator[Path]:
    """Give a folder with the files of a commit; by default the files here."""
    if commit is None:
        yield ROOT
        return
    with TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603, S607
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)  # noqa: S603, S607
        yield Path(folder)


def measure(commits: list[str | None], viewers: int, rounds: int, epochs: int) -> dict[str, list[dict[str, float]]]:
    """Return the figures of all rounds by commit. Every commit has a server; its rounds alternate with the others'."""
    found: dict[str, list[dict[str, float]]] = {commit or "here": [] for commit in commits}
    with ExitStack() as stack:
        servers = {}
        for commit in commits:
            root, folder = stack.enter_context(files_of(commit)), stack.enter_context(TemporaryDirectory())
            own = {"HQNN_HISTORY": folder, "HQNN_RESULTS": folder}
            address, server = stack.enter_context(running_dashboard(free_port(), own, root))
            servers[commit or "here"] = address, psutil.Process(server.pid)
        asyncio.run(asyncio.sleep(START_SECONDS))
        for name, (_, web) in servers.items():
            print(f"{name}: web process before the first viewer: {memory(web):.0f} MB")
        for number in range(rounds):
            for name, (address, web) in sorted(servers.items(), reverse=bool(number % 2)):
                seen, seconds = asyncio.run(one_round(address, viewers, number, epochs))
                found[name].append(figures(seen, seconds, memory(web)))
                print(f"{name}, round {number + 1}: {len(seen)} viewers, {seconds:.0f} s", flush=True)
    return found


def main() -> None:
    """Start the servers and measure several rounds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=RunConfig().epochs, help="epochs of each run")
    parser.add_argument("--commits", nargs="+", default=[None], help="commits to compare; by default the files here")
    options = parser.parse_args()
    print(report(measure(options.commits, options.viewers, options.rounds, options.epochs)))


if __name__ == "__main__":
    main()
