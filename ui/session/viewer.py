"""The viewer of the page, the run that the page shows, and what the viewer may do with it."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit, urlunsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs.job import Job, key_hash
from hqnn.states import Action
from hqnn.words import plural
from ui.kit.sitemap import ADDRESSES
from ui.session import navigation
from ui.session.cached import jobs

#: Name of the cookie that identifies a browser. Its value is a secret of the browser.
COOKIE = "hqnn_viewer"
#: Query key of the run's id. In a link that controls the run, a dot and a key follow (`ui.frame.copilot`).
PARAMETER = "run"
#: Address of links that control a run, instead of a page's address.
COPILOT = "copilot"

#: Speeds of a run in steps per second; 0 is full speed.
PACES = (1, 2, 5, 10, 20, 50, 0)


def identity() -> str:
    """Return the viewer's id, the same on all pages of a browser. Without cookies, it holds for this page only."""
    return identity_of(_secret())


def identity_of(secret: str) -> str:
    """Return a viewer's id from the secret of the browser."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def keeps_cookies() -> bool:
    """Whether the server recognises the browser after a reload."""
    return isinstance(st.context.cookies.get(COOKIE), str)


def _secret() -> str:
    secret = st.context.cookies.get(COOKIE)
    if isinstance(secret, str):
        return secret
    if "identity" not in st.session_state:
        st.session_state["identity"] = secrets.token_urlsafe()
    return st.session_state["identity"]


def adopt(linked: list[str]) -> None:
    """Show the link's run, at a session's first run and after Back or Forward."""
    if navigation.follow_link():
        st.session_state["run_id"] = st.query_params.get(PARAMETER, "").partition(".")[0] or None
    elif "run_id" not in st.session_state and linked:
        st.session_state["run_id"] = linked[0].partition(".")[0]


def keep_link() -> None:
    """Put the run on the page into the link, so that a reload or another browser finds it."""
    run_id = st.session_state.get("run_id")
    if run_id and st.query_params.get(PARAMETER) != run_id:
        st.query_params[PARAMETER] = run_id


def job() -> Job | None:
    """Return the run on the page, or the one that took its place."""
    found = watch(st.session_state.get("run_id"))
    if found is not None:
        st.session_state["run_id"] = found.id
    return found


def watch(run_id: str | None) -> Job | None:
    """Return a run that this page shows, if the server knows it. It continues while the page is open."""
    found = jobs().get(run_id)
    context = get_script_run_ctx()
    if found is not None and found.active and context is not None:
        jobs().watch(found, context.session_id)
    return found


def link_is_dead() -> bool:
    """Whether the link points to a run that the server does not know."""
    return st.session_state.get("run_id") is not None and jobs().get(st.session_state["run_id"]) is None


def forget_link() -> None:
    """Stop showing a run."""
    st.session_state["run_id"] = None
    st.query_params.pop(PARAMETER, None)


def in_control(job: Job) -> bool:
    """Whether this viewer started the run or has opened a link that controls it."""
    return job.obeys(identity())


def own_trainings() -> list[Job]:
    """Return this viewer's latest runs, the newest first."""
    return jobs().of_viewer(identity(), limit=8)


def look_at(job: Job) -> None:
    """Show another run of this viewer."""
    st.session_state["run_id"] = job.id
    st.session_state["just_started"] = True


def busy() -> bool:
    """Whether the run on the page is this viewer's and has not ended."""
    current = job()
    return current is not None and current.active and in_control(current)


def is_own(job: Job) -> bool:
    """Whether this viewer started the run."""
    return job.viewer == identity()


def start(config: RunConfig, *, instead_of: Job | None = None) -> None:
    """Start a run for this viewer and show it.

    Args:
        config: the run.
        instead_of: the run on the Train page. It ends and is not kept, if it is unfinished and this viewer's own.
    """
    try:
        if instead_of is not None and is_own(instead_of):
            started = jobs().replace(instead_of, config, viewer=identity(), pace=pace())
        else:
            started = jobs().submit(config, viewer=identity(), pace=pace())
    except HqnnError as error:
        st.toast(str(error), icon=":material/error:")
        return
    st.session_state["run_id"] = started.id
    if instead_of is None:
        st.session_state["just_started"] = True


def just_started() -> bool:
    """Whether the page has a new run since the last call."""
    return st.session_state.pop("just_started", False)


def act(action: Action, job: Job) -> None:
    """Do an action on a run if this viewer may. Show a message if the run's state no longer allows it."""
    engine = jobs()
    do = {
        Action.PAUSE: engine.pause,
        Action.RESUME: engine.resume,
        Action.STEP: engine.step,
        Action.STOP: engine.stop,
        Action.CONTINUE: engine.go_on,
    }
    if not in_control(job):
        return
    try:
        do[action](job)
    except HqnnError as error:
        st.toast(str(error), icon=":material/info:")


def pace() -> float | None:
    """Return this viewer's speed in steps per second, None for full speed."""
    return st.session_state.get("pace") or None


def pace_choice(job: Job | None) -> None:
    """Draw the choice of the speed of the run on the page, and of the next one."""
    if job is not None and job.active and st.session_state.get("pace_of") != job.id:
        st.session_state["pace_of"], st.session_state["pace"] = job.id, job.pace or 0
    now = st.session_state.get("pace")  # also the default, which a browser uses if it misses the set value
    st.selectbox(
        "Speed",
        PACES,
        index=PACES.index(now) if now in PACES else len(PACES) - 1,
        format_func=lambda rate: f"{plural(rate, 'step')}/s" if rate else "Full speed",
        key="pace",
        persist_state="session",
        on_change=_set_pace,
        args=(job,),
        label_visibility="collapsed",
        width=116,
        help="Speed of the run: optimiser steps per second, or full speed.",
    )


def stay_choice(job: Job) -> None:
    """Draw the choice whether a run continues when no page shows it."""
    key = f"stay_{job.id}"
    st.toggle(
        "Keep running when no page is open",
        value=job.stay,
        key=key,
        on_change=lambda: setattr(job, "stay", st.session_state[key]),
        help="If this is off, the run pauses 1 minute after the last page that shows it is closed. It stops after 10 "
        "minutes.",
    )


def watch_link(job: Job) -> str:
    """Return the link with which others can watch the run, but not control it."""
    return _link(job.id)


def ask_for_copilot_link() -> None:
    """Show the link that controls the run on the page. For a button's callback."""
    st.session_state["copilot_of"] = st.session_state.get("run_id")


def copilot_link(job: Job) -> str | None:
    """Return the viewer's own link that controls the run, always the same. None until `ask_for_copilot_link`.

    Raises:
        TooManyError: if too many viewers control the run.
    """
    if st.session_state.get("copilot_of") != job.id:
        return None
    digest = hmac.digest(_secret().encode(), job.id.encode(), "sha256")
    key = urlsafe_b64encode(digest[:16]).decode().rstrip("=")
    jobs().permit(job, key_hash(key))
    return _link(f"{job.id}.{key}", COPILOT)


def _link(token: str, page: str | None = None) -> str:
    """Return a link to a page, by default the current one, with a token of the run."""
    url = urlsplit(st.context.url or "")
    root, _, here = url.path.rstrip("/").rpartition("/")
    if here not in ADDRESSES.values():  # the first page, below a path
        root, here = url.path.rstrip("/"), ""
    path = f"{root}/{here if page is None else page}"
    return urlunsplit((url.scheme, url.netloc, path, f"{PARAMETER}={token}", ""))


def _set_pace(job: Job | None) -> None:
    if job is not None and job.active and in_control(job):
        jobs().set_pace(job, pace())
