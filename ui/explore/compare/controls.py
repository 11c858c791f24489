"""Choice of the runs to compare. This module owns its session-state and link keys."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlparse

import streamlit as st

from hqnn.errors import HqnnError
from hqnn.jobs import desk_questions
from hqnn.jobs.job import Job
from hqnn.sweeps.comparison import MAX_UPLOADED_HISTORY, Compared
from hqnn.words import plural
from ui.explore.compare.lines import SIGNS
from ui.kit.sitemap import PARTS
from ui.session import cached, link

MOST = len(SIGNS)
#: Query key of each run of the server. Its value is the id alone, never with the owner's key.
PARAMETER = "compare"
#: Largest file, megabytes.
UPLOAD_MB = 5
#: Most files in a session.
MOST_FILES = 20


def chosen() -> tuple[str, ...]:
    """Return the keys of the chosen runs, ids and keys of files; at first those in the link."""
    if "compare_chosen" not in st.session_state:
        asked = list(dict.fromkeys(link.linked(PARAMETER)))
        known = [each for each in asked if cached.compared(each) is not None]
        _say(*_unknown(len(asked) - len(known)), *_too_many(len(known)))
        st.session_state["compare_chosen"] = tuple(known[:MOST])
        st.session_state["compare_linked"] = bool(known)
    return st.session_state["compare_chosen"]


def follow(current: Job | None, own: list[Job]) -> None:
    """Add the run on show when it changes; at first the latest two runs, unless the link has some.

    Runs that the server or this session no longer has are removed.
    """
    known = [key for key in chosen() if run(key) is not None]
    st.session_state["compare_chosen"] = tuple(known)
    linked = st.session_state.pop("compare_linked", None)
    if linked is False:
        _take(*reversed([job.id for job in own[:2]]))
    if current is None or st.session_state.get("compare_of") == current.id:
        return
    st.session_state["compare_of"] = current.id
    if not linked:
        _take(current.id)


def choose(names: Mapping[str, str]) -> None:
    """Draw the choice of runs.

    Args:
        names: of the runs on offer, by key.
    """
    st.session_state["compare_runs"] = list(chosen())
    st.multiselect(
        "Runs",
        list(names),
        format_func=lambda key: names.get(key, key),
        key="compare_runs",
        on_change=_take_chosen,
        max_selections=MOST,
        placeholder="Choose…",
        help=f"Your runs, the run on show, added runs and loaded files. At most {MOST}.",
    )


def add_by_link() -> None:
    """Draw the field for the link of another run."""
    st.text_input(
        "Add a run by its link or id",
        key="compare_add",
        on_change=_add_linked,
        placeholder="…?run=…",
        help="Paste a link from Share, or a link to this page. Everyone with such a link can view its runs.",
    )


def upload() -> None:
    """Draw the upload of run files, and read new ones. The files themselves are not kept."""
    number = st.session_state.setdefault("compare_uploads", 0)
    files = st.file_uploader(
        "Load run files",
        ["safetensors"],
        accept_multiple_files=True,
        key=f"compare_upload_{number}",
        max_upload_size=UPLOAD_MB,
        help="Files from `python -m hqnn train --save`, or from *Download this run* on the Test page.",
    )
    if files:
        _say(*(said for file in files for said in _load(file.name[:60], file.getvalue())))
        st.session_state["compare_uploads"] = number + 1
        st.rerun()


def files() -> dict[str, tuple[str, Compared]]:
    """Return the runs loaded in this session with the names of their files, by key."""
    return st.session_state.setdefault("compare_files", {})


def run(key: str) -> Compared | None:
    """Return the present state of a chosen run; None if it is unknown."""
    return files()[key][1] if key in files() else cached.compared(key)


def problems() -> None:
    """Show the problems of the last change."""
    for said in st.session_state.get("compare_problems", ()):
        st.warning(said, icon=":material/error:")


def keep_link() -> None:
    """Keep the chosen runs of the server in the link."""
    ids = [key for key in chosen() if key not in files()]
    if st.query_params.get_all(PARAMETER) != ids:
        if ids:
            st.query_params[PARAMETER] = ids
        else:
            st.query_params.pop(PARAMETER, None)


def share() -> None:
    """Draw the link to this comparison, if it contains runs of the server."""
    ids = [key for key in chosen() if key not in files()]
    if not ids:
        return
    page = (st.context.url or "").partition("?")[0]
    wanted = [("explore_part", PARTS["explore"]["Compare"]), *((PARAMETER, each) for each in ids)]
    with st.popover("Share", icon=":material/share:", key="compare_share", help="A link to this comparison."):
        st.write("Everyone with this link can view these runs side by side, but cannot control them.")
        st.code(f"{page}?{urlencode(wanted)}", language=None, wrap_lines=True)
        if len(ids) < len(chosen()):
            st.write("The link does not contain loaded files.")


def _load(name: str, content: bytes) -> list[str]:
    """Read a file, and return its problems."""
    try:
        found = cached.jobs().desk.ask(desk_questions.compared, content, MAX_UPLOADED_HISTORY)
    except HqnnError as error:
        return [f"{name}: {error}"]
    st.session_state["compare_number"] = number = st.session_state.get("compare_number", 0) + 1
    kept = {**files(), f"file {number}": (name, found)}
    st.session_state["compare_files"] = dict(list(kept.items())[-MOST_FILES:])
    return _take(f"file {number}")


def _take(*keys: str) -> list[str]:
    """Add runs to the choice, and return the problems."""
    wanted = tuple(dict.fromkeys((*chosen(), *keys)))
    st.session_state["compare_chosen"] = wanted[:MOST]
    return _too_many(len(wanted))


def _take_chosen() -> None:
    st.session_state["compare_chosen"] = tuple(st.session_state["compare_runs"])
    _say()


def _add_linked() -> None:
    said, st.session_state["compare_add"] = st.session_state["compare_add"].strip(), ""
    asked = ids_in(said)
    known = [each for each in asked if cached.compared(each) is not None]
    _say(*_unknown(len(asked) - len(known)), *_take(*known))


def ids_in(said: str) -> list[str]:
    """Return the ids of runs in a link, or an id given alone, without the owners' keys."""
    if "=" not in said:
        return [said.partition(".")[0]] if said else []
    parts = parse_qs(urlparse(said).query or said)
    found = [*parts.get(PARAMETER, []), *parts.get("run", [])]
    return list(dict.fromkeys(each.partition(".")[0] for each in found))


def _say(*sentences: str) -> None:
    st.session_state["compare_problems"] = sentences


def _unknown(number: int) -> list[str]:
    if not number:
        return []
    were, they = ("was", "It") if number == 1 else ("were", "They")
    return [f"{plural(number, 'run')} {were} not found on this server. {they} may have been removed from the history."]


def _too_many(number: int) -> list[str]:
    if number <= MOST:
        return []
    out = plural(number - MOST, "run")
    return [f"You can compare at most {MOST} runs. {out} {'was' if number - MOST == 1 else 'were'} left out."]
