"""Addresses from which the stage in the browser reads a run: its constants, its frames, and its images."""

from io import BytesIO

import numpy as np
from PIL import Image
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.url_util import make_url_path

from hqnn.errors import HqnnError
from hqnn.jobs.job import Job
from hqnn.network.probe import PER_DIGIT
from ui.frame.addresses import within
from ui.session.cached import jobs, pixels
from ui.train.stage.facts import facts
from ui.train.stage.frames import message, source_of

FOLDER = "stage"
#: Bytes from which an answer is compressed.
ZIPPED_FROM = 2000
_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


class Stage:
    """Answers the stage's requests. They are many, so they pass none of the server's other layers but the headers.

    All answers only read. Anyone who knows a run's id may watch it, as on the page.
    """

    def __init__(self, app: ASGIApp) -> None:
        base = config.get_option("server.baseUrlPath")
        routes = [
            Route(make_url_path(base, f"{FOLDER}/images/{{kind}}-{{first:int}}-{{second:int}}.png"), _images),
            Route(make_url_path(base, f"{FOLDER}/{{run}}/facts"), _facts),
            Route(make_url_path(base, f"{FOLDER}/{{run}}"), _frames),
        ]
        zipped = Middleware(GZipMiddleware, minimum_size=ZIPPED_FROM, compresslevel=4)
        self._app, self._own = app, Starlette(routes=routes, middleware=[zipped])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_own = scope["type"] == "http" and within(scope).startswith(f"{FOLDER}/")
        await (self._own if is_own else self._app)(scope, receive, send)


def _facts(request: Request) -> Response:
    job = _job(request)
    return JSONResponse(facts(job.config, source_of(job)))


def _frames(request: Request) -> Response:
    """Answer with the frames that the browser does not have yet."""
    job = _job(request)
    image = _number(request, "image")
    try:
        said = message(
            job, _number(request, "since") or 0, _number(request, "epochs") or 0, image, _number(request, "layers") or 0
        )
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    return JSONResponse(said, headers={"Cache-Control": "no-store"})


def _images(request: Request) -> Response:
    """Answer with the 24 images side by side: 12 of the first digit, then 12 of the second."""
    kind, *digits = (request.path_params[name] for name in ("kind", "first", "second"))
    if kind not in ("test", "train") or digits[0] == digits[1] or max(digits) > 9:
        raise HTTPException(404)
    try:
        rows = [image for digit in digits for image in pixels(digit, train=kind == "train")[:PER_DIGIT]]
    except HqnnError as error:
        raise HTTPException(503, str(error)) from None
    content = BytesIO()
    Image.fromarray(np.hstack(rows)).save(content, "PNG")
    return Response(content.getvalue(), media_type="image/png", headers=_YEAR)


def _job(request: Request) -> Job:
    job = jobs().get(request.path_params["run"])
    if job is None:
        raise HTTPException(404, "This run is not on this server.")
    return job


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise HTTPException(400, f"{name} must be a whole number, got {text[:20]!r}") from None
