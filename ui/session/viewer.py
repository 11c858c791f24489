"""Who looks at the page, which training they look at, and what they may do to it."""

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

#: Name of the cookie by which a browser is known again; its value is a secret of the browser's.
COOKIE = "hqnn_viewer"
#: What the link calls the training, by its id. In a link that controls it a dot and a key follow (`ui.frame.copilot`).
PARAMETER = "run"
#: The address of links that control a training, in the place of a page.
COPILOT = "copilot"

#: Steps a second that a training may be slowed to; 0 stands for as fast as it can.
PACES = (1, 2, 5, 10, 20, 50, 0)


def identity() -> str:
    """Who the viewer is, on all pages of one browser; of a browser without cookies, on this page alone."""
    return identity_of(_secret())


def identity_of(secret: str) -> str:
    """Who somebody is, by the secret of the browser."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def keeps_cookies() -> bool:
    """Whether the browser is known again after a reload."""
    return isinstance(st.context.cookies.get(COOKIE), str)


def _secret() -> str:
    secret = st.context.cookies.get(COOKIE)
    return secret if isinstance(secret, str) else st.session_state.setdefault("identity", secrets.token_urlsafe())


def adopt(linked: list[str]) -> None:
    """Take up the training that the link names: at a session's first run, and at steps back and forward."""
    if navigation.follow_link():
        st.session_state["run_id"] = st.query_params.get(PARAMETER, "").partition(".")[0] or None
    elif "run_id" not in st.session_state and linked:
        st.session_state["run_id"] = linked[0].partition(".")[0]


def keep_link() -> None:
    """Have the link name the training that is looked at, so that a reload or another browser finds it."""
    run_id = st.session_state.get("run_id")
    if run_id and st.query_params.get(PARAMETER) != run_id:
        st.query_params[PARAMETER] = run_id


def job() -> Job | None:
    """The training that is looked at."""
    return watch(st.session_state.get("run_id"))


def watch(run_id: str | None) -> Job | None:
    """A training that this page shows, if it is known: it goes on as long as the page is open."""
    found = jobs().get(run_id)
    context = get_script_run_ctx()
    if found is not None and found.active and context is not None:
        jobs().watch(found, context.session_id)
    return found


def link_is_dead() -> bool:
    """Whether the link names a training that the server does not know."""
    return st.session_state.get("run_id") is not None and jobs().get(st.session_state["run_id"]) is None


def forget_link() -> None:
    """Look at no training any more."""
    st.session_state["run_id"] = None
    st.query_params.pop(PARAMETER, None)


def in_control(job: Job) -> bool:
    """Whether this viewer started the training, or has opened a link that controls it."""
    return job.obeys(identity())


def own_trainings() -> list[Job]:
    """This viewer's latest trainings, the newest first."""
    return jobs().of_viewer(identity(), limit=8)


def look_at(job: Job) -> None:
    """Look at another training of this viewer's."""
    st.session_state["run_id"] = job.id
    st.session_state["just_started"] = True


def busy() -> bool:
    """Whether the training that is looked at is this viewer's, and has not ended."""
    current = job()
    return current is not None and current.active and in_control(current)


def start(config: RunConfig) -> None:
    """Start a training for this viewer, who will want to see it."""
    try:
        started = jobs().submit(config, viewer=identity(), pace=pace())
    except HqnnError as error:
        st.toast(str(error), icon=":material/error:")
        return
    st.session_state["run_id"] = started.id
    st.session_state["just_started"] = True


def just_started() -> bool:
    """Whether another training has begun to be looked at since this was asked last."""
    return st.session_state.pop("just_started", False)


def act(action: Action, job: Job) -> None:
    """Do something to a training, if this viewer may; what its state no longer allows is said."""
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
    """Steps a second as this viewer wants them; None for as fast as it can."""
    return st.session_state.get("pace") or None


def pace_choice(job: Job | None) -> None:
    """Draw the choice of speed: of the training that is looked at while it goes on, and of the next one."""
    if job is not None and job.active and st.session_state.get("pace_of") != job.id:
        st.session_state["pace_of"], st.session_state["pace"] = job.id, job.pace or 0
    now = st.session_state.get("pace")  # the default, too: a browser that misses what is set falls back to it
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
        width=150,
        help="How fast the training goes: optimiser steps a second, or as fast as it can.",
    )


def stay_choice(job: Job) -> None:
    """Draw the choice whether a training goes on when nobody watches."""
    key = f"stay_{job.id}"
    st.toggle(
        "Go on when nobody watches",
        value=job.stay,
        key=key,
        on_change=lambda: setattr(job, "stay", st.session_state[key]),
        help="Else it is paused a minute after the last page that shows it was closed, and ended after ten.",
    )


def watch_link(job: Job) -> str:
    """The link with which others can watch the training, and no more."""
    return _link(job.id)


def ask_for_copilot_link() -> None:
    """Show the link with which others can control the training that is looked at: in a button's callback."""
    st.session_state["copilot_of"] = st.session_state.get("run_id")


def copilot_link(job: Job) -> str | None:
    """The link with which others can control the training, once it is asked for; each viewer's own, always the same.

    Raises:
        TooManyError: if as many control it as may.
    """
    if st.session_state.get("copilot_of") != job.id:
        return None
    digest = hmac.digest(_secret().encode(), job.id.encode(), "sha256")
    key = urlsafe_b64encode(digest[:16]).decode().rstrip("=")
    jobs().permit(job, key_hash(key))
    return _link(f"{job.id}.{key}", COPILOT)


def _link(token: str, page: str | None = None) -> str:
    """The link to a page, by default the one that the viewer sees, with what it calls a training."""
    url = urlsplit(st.context.url or "")
    root, _, here = url.path.rstrip("/").rpartition("/")
    if here not in ADDRESSES.values():  # the first page, below a path
        root, here = url.path.rstrip("/"), ""
    path = f"{root}/{here if page is None else page}"
    return urlunsplit((url.scheme, url.netloc, path, f"{PARAMETER}={token}", ""))


def _set_pace(job: Job | None) -> None:
    if job is not None and job.active and in_control(job):
        jobs().set_pace(job, pace())
