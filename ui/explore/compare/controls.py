"""The choice of trainings that are compared: the owner of its session-state keys, and of its parts of the link."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlparse

import streamlit as st

from hqnn.errors import HqnnError
from hqnn.jobs import desk_questions
from hqnn.jobs.job import Job
from hqnn.sweeps.comparison import MAX_UPLOADED_HISTORY, Compared
from ui.explore.compare.lines import SIGNS
from ui.session import cached, link

MOST = len(SIGNS)
#: What the link calls each training of the server that is compared; its value is the id alone, never a key.
PARAMETER = "compare"
#: Megabytes of a file.
UPLOAD_MB = 5
#: Files that a visit may have.
MOST_FILES = 20


def chosen() -> tuple[str, ...]:
    """Keys of the trainings that are compared: ids, and those of files; at first as the link has them."""
    if "compare_chosen" not in st.session_state:
        asked = list(dict.fromkeys(link.linked(PARAMETER)))
        known = [each for each in asked if cached.compared(each) is not None]
        _say(*_unknown(len(asked) - len(known)), *_too_many(len(known)))
        st.session_state["compare_chosen"] = tuple(known[:MOST])
        st.session_state["compare_linked"] = bool(known)
    return st.session_state["compare_chosen"]


def follow(current: Job | None, own: list[Job]) -> None:
    """Choose the training that is looked at when that is another; at first the latest two, unless some are linked.

    What the server, or this visit, does not know any more is chosen no longer.
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
    """Draw the choice.

    Args:
        names: of the trainings that can be chosen, by key.
    """
    st.session_state["compare_runs"] = list(chosen())
    st.multiselect(
        "Trainings",
        list(names),
        format_func=lambda key: names.get(key, key),
        key="compare_runs",
        on_change=_take_chosen,
        max_selections=MOST,
        placeholder="Choose…",
        help=f"Your trainings, the one that you look at, those that you have added, and loaded files; {MOST} at most.",
    )


def add_by_link() -> None:
    """Draw the field in which another training's link can be entered."""
    st.text_input(
        "Add another training by its link or id",
        key="compare_add",
        on_change=_add_linked,
        placeholder="…?run=…",
        help="A link as Share gives it, or one of this page; whoever has it may look at its trainings.",
    )


def upload() -> None:
    """Draw the field for run files, and take what was put in it; the files themselves are not kept."""
    number = st.session_state.setdefault("compare_uploads", 0)
    files = st.file_uploader(
        "Load run files",
        ["safetensors"],
        accept_multiple_files=True,
        key=f"compare_upload_{number}",
        max_upload_size=UPLOAD_MB,
        help="Written by `python -m hqnn train --save`, or by *Download this run* of the page Test.",
    )
    if files:
        _say(*(said for file in files for said in _load(file.name[:60], file.getvalue())))
        st.session_state["compare_uploads"] = number + 1
        st.rerun()


def files() -> dict[str, tuple[str, Compared]]:
    """The runs that were loaded in this visit, with their files' names, by key."""
    return st.session_state.setdefault("compare_files", {})


def run(key: str) -> Compared | None:
    """A training that has been chosen, as it is now, if it is known."""
    return files()[key][1] if key in files() else cached.compared(key)


def problems() -> None:
    """Say what could not be done since the choice was changed last."""
    for said in st.session_state.get("compare_problems", ()):
        st.warning(said, icon=":material/error:")


def keep_link() -> None:
    """Have the link name the server's trainings that are compared."""
    ids = [key for key in chosen() if key not in files()]
    if st.query_params.get_all(PARAMETER) != ids:
        if ids:
            st.query_params[PARAMETER] = ids
        else:
            st.query_params.pop(PARAMETER, None)


def share() -> None:
    """Draw the link with which others see the same comparison, if the server has any of its trainings."""
    ids = [key for key in chosen() if key not in files()]
    if not ids:
        return
    page = (st.context.url or "").partition("?")[0]
    wanted = [("explore_part", "Compare"), *((PARAMETER, each) for each in ids)]
    with st.popover("Share", icon=":material/share:", key="compare_share", help="A link to this comparison."):
        st.write("Whoever opens this link sees these trainings side by side, but cannot control them.")
        st.code(f"{page}?{urlencode(wanted)}", language=None, wrap_lines=True)
        if len(ids) < len(chosen()):
            st.write("Loaded files are not in it.")


def _load(name: str, content: bytes) -> list[str]:
    """Take a file; gives what is wrong with it, if anything is."""
    try:
        found = cached.jobs().desk.ask(desk_questions.compared, content, MAX_UPLOADED_HISTORY)
    except HqnnError as error:
        return [f"{name}: {error}"]
    st.session_state["compare_number"] = number = st.session_state.get("compare_number", 0) + 1
    kept = {**files(), f"file {number}": (name, found)}
    st.session_state["compare_files"] = dict(list(kept.items())[-MOST_FILES:])
    return _take(f"file {number}")


def _take(*keys: str) -> list[str]:
    """Choose trainings beside those that are; gives what is wrong with that, if anything is."""
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
    """Ids of the trainings that a link names, or that stand there themselves; their keys are left out."""
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
    which = "1 training that" if number == 1 else f"{number} trainings that"
    return [f"You named {which} this server does not know, or has forgotten since."]


def _too_many(number: int) -> list[str]:
    return [f"At most {MOST} trainings are compared at once; {number - MOST} were left out."] if number > MOST else []
