"""The stage of one viewer's page, without a browser: it fetches what a browser fetches, as often."""

import asyncio
import gzip
import json
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

#: Seconds between two requests for frames until a run's first records come, and after them, as in
#: `ui/train/stage/feed.js` for a run at full speed.
NEW_SECONDS, PLAYED_SECONDS = 0.1, 1.0
#: Seconds for which the first records are asked for so often, by whether a worker has the run.
NEW_FOR = {True: 5.0, False: 0.5}


@dataclass
class StageReader:
    """Measurements of the requests of one stage."""

    address: str
    cookie: str
    #: Image that it follows in its Network view; None for the other views.
    image: int | None = None
    #: Seconds of each answer with frames, and bytes of all answers.
    answers: list[float] = field(default_factory=list)
    received: int = 0
    #: Frames that have come, and seconds from the first request to the last answer.
    frames: int = 0
    watched: float = 0.0

    async def watch(self, run: str) -> None:
        """Fetch a run until it has ended. A server without a stage is asked once."""
        url = urlsplit(self.address)
        self._from, self._to = await asyncio.open_connection(url.hostname, url.port)
        started = perf_counter()
        facts = await self._get(f"stage/{run}/facts")
        if facts is None:
            return
        await self._get(f"stage/images/test-{facts['digits'][0]}-{facts['digits'][1]}.png")
        epochs = layers = 0
        while True:
            followed = "" if self.image is None else f"&image={self.image}&layers={layers}"
            asked = perf_counter()
            said: Any = await self._get(f"stage/{run}?since={self.frames}&epochs={epochs}{followed}")
            self.answers.append(perf_counter() - asked)
            self.watched = perf_counter() - started
            self.frames += len(said["frames"])
            epochs, layers = epochs + len(said["confusions"]), layers + len(said["layers"])
            if not said["active"]:
                return
            has_worker = said["state"] in ("running", "starting")
            is_new = not (said["step"] or epochs) and self.watched < NEW_FOR[has_worker]
            await asyncio.sleep(NEW_SECONDS if is_new else PLAYED_SECONDS)

    async def _get(self, path: str) -> Any:
        """Return the JSON at a path, an empty dictionary for something else, and None if there is neither."""
        head = f"GET /{path} HTTP/1.1\r\nHost: {urlsplit(self.address).netloc}\r\n"
        self._to.write(f"{head}Cookie: {self.cookie}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        answer = (await self._from.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = answer.strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        content = await self._body(headers)
        self.received += len(answer) + len(content)
        kind = headers.get("content-type", "")
        if " 200 " not in f"{status} " or "html" in kind:
            return None
        text = gzip.decompress(content) if headers.get("content-encoding") == "gzip" else content
        return json.loads(text) if "json" in kind else {}

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await self._from.readexactly(int(headers["content-length"]))
        content = b""
        while size := int(await self._from.readline(), 16):
            content += (await self._from.readexactly(size + 2))[:-2]
        await self._from.readline()
        return content
