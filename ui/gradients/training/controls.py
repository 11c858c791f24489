"""Which step of a training is looked at, and whether its steps are played: the owner of their session-state keys."""

from time import monotonic

import streamlit as st

from ui.kit import echoes

#: Seconds that a whole training takes when its steps are played.
PLAY_SECONDS = 20.0


def look_at_steps_of(run_id: str) -> None:
    """Begin at the newest step of a training, and follow it, unless its steps are looked at already."""
    if st.session_state.get("slopes_of") != run_id:
        st.session_state.update(slopes_of=run_id, slopes_at=0, slopes_done=0, slopes_following=True, slopes_played=None)


def step(done: int, total: int) -> int:
    """Draw the slider over a training's steps: `total` of them in all, `done` so far.

    Returns:
        The step to show, from 0 (before the first) to `done`.
    """
    values = st.session_state
    values["slopes_done"] = done
    if values["slopes_played"] is not None:
        begun, since = values["slopes_played"]
        values["slopes_at"] = begun + int((monotonic() - since) * total / PLAY_SECONDS)
    elif values["slopes_following"]:
        values["slopes_at"] = done
    values["slopes_at"] = min(values["slopes_at"], done)
    values["slopes_moving"] = is_played() or (values["slopes_following"] and done < total)
    echoes.move("slopes_step", values["slopes_at"])
    st.slider(
        "Step of the training",
        0,
        total,
        key="slopes_step",
        on_change=_step_moved,
        label_visibility="collapsed",
    )
    return values["slopes_at"]


def with_dropout() -> bool:
    """Draw the choice between the images' angles as they are trained and as they are answered."""
    return st.toggle(
        "Dropout",
        value=True,
        key="slopes_dropout",
        persist_state="session",
        help="On: each image where it was when it was last in a batch, half of its feature maps left out at random. "
        "Off: after each epoch, nothing left out, as the network answers.",
    )


def step_buttons(*, active: bool) -> None:
    """Draw the buttons that go to the first step, play, and go to the newest."""
    st.button("Start", key="slopes_start", icon=":material/first_page:", on_click=_go_to_step, args=(1,))
    word, icon = ("Pause", "pause") if is_played() else ("Play", "play_arrow")
    st.button(word, key="slopes_play", icon=f":material/{icon}:", on_click=_play_or_pause)
    word = "Follow" if active else "End"
    st.button(word, key="slopes_end", icon=":material/last_page:", on_click=_follow)


def is_played() -> bool:
    """Whether the steps are being played."""
    return st.session_state["slopes_played"] is not None


def end_play() -> None:
    """Stop playing where it is."""
    st.session_state["slopes_played"] = None


def _step_moved() -> None:
    values = st.session_state
    if echoes.undo("slopes_step", values["slopes_at"], moving=values["slopes_moving"]):
        return
    _go_to_step(values["slopes_step"])
    values["slopes_following"] = values["slopes_at"] >= values["slopes_done"]


def _go_to_step(at: int) -> None:
    values = st.session_state
    values["slopes_at"], values["slopes_following"] = at, False
    if values["slopes_played"] is not None:
        values["slopes_played"] = (at, monotonic())


def _follow() -> None:
    st.session_state["slopes_following"] = True
    end_play()


def _play_or_pause() -> None:
    values = st.session_state
    if values["slopes_played"] is not None:
        end_play()
        return
    begin = values["slopes_at"] if values["slopes_at"] < values["slopes_done"] else 0
    values["slopes_following"], values["slopes_played"] = False, (begin, monotonic())
