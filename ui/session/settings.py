"""The widgets of the settings: the owner of their session-state keys and query keys."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from hqnn.config import ENGINES, NOISE_PRESETS, PRESETS, Noise, RunConfig
from hqnn.errors import ConfigError
from ui.kit.meanings import ONE_SHOT, shift_cost
from ui.session.link import in_link
from ui.session.setting_options import (
    CIRCUIT,
    DATA,
    DEVICE,
    ENGINE,
    LABELS,
    NAMES,
    NOISE,
    NONE_WORDS,
    OPTIONS,
    TRAINING,
    in_words,
    plain,
    shown,
)

_PRESET_NAMES = {
    "recommended": "Recommended",
    "published-01": "Original post, 0 vs 1",
    "published-37": "Original post, 3 vs 7",
}
_DEVICE_NAMES = {name: f"IBM {name.capitalize()}" for name in NOISE_PRESETS} | {"none": "No noise"}


def settings(names: Iterable[str]) -> None:
    """Draw the widgets of some settings in the present container."""
    for name in names:
        _widget(name)


def presets() -> None:
    """Draw the choice of presets."""
    st.selectbox(
        "Preset",
        list(PRESETS),
        format_func=_PRESET_NAMES.__getitem__,
        index=None,
        placeholder="Choose settings…",
        key="preset",
        on_change=_apply_preset,
        help="Sets everything below except the seed. Original post: batch size 1, 20 epochs, loss −p and the raw "
        "difference as gradient.",
    )


def noise_presets() -> None:
    """Draw the choice of a device whose noise the controls take."""
    st.selectbox(
        "Noise of a device",
        list(NOISE_PRESETS),
        format_func=_DEVICE_NAMES.__getitem__,
        index=None,
        placeholder="Choose a device…",
        key="noise_preset",
        on_change=_apply_noise_preset,
        help="Selects the `noisy` engine with this device's median calibration.",
    )


def noise() -> Noise:
    """Return the noise of the controls, or no noise for another engine. Call it after the widgets.

    Raises:
        ConfigError: in one sentence, if they do not fit together.
    """
    return Noise(**_values(NOISE)) if st.session_state["engine"] == "noisy" else Noise()


def digits() -> tuple[int, ...]:
    """Return the chosen digits, the smaller first. Call it after the widgets."""
    return tuple(sorted(st.session_state["digits"]))


def choose_digits(digits: tuple[int, int]) -> None:
    """Choose two digits. Call it before the widgets, in a button's callback."""
    st.session_state["digits"] = list(digits)


def config() -> RunConfig:
    """Return the settings of the widgets. Call it after the widgets.

    Raises:
        ConfigError: in one sentence, if they do not fit together.
    """
    if len(digits()) != 2:
        raise ConfigError(f"Choose two digits. Chosen so far: {', '.join(map(str, digits())) or 'none'}.")
    of_engine = {"noisy": NOISE, "ibm": DEVICE}.get(st.session_state["engine"], ())
    values = _values((*DATA, *CIRCUIT, *TRAINING, *ENGINE, *of_engine))
    values["digits"] = digits()
    return RunConfig(**values)


def present() -> RunConfig | None:
    """Return the settings of the widgets, None if they do not fit together."""
    try:
        return config()
    except ConfigError:
        return None


def use(config: RunConfig) -> None:
    """Set all widgets to the settings of a run, including the seed, at the next rerun."""
    st.session_state["settings_to_use"] = config


def moved() -> bool:
    """Whether the viewer has changed a setting since `forget_move`. A link or `use` is no change."""
    return "moved" in st.session_state


def forget_move() -> None:
    """Note that the page has been drawn with the viewer's changes."""
    st.session_state.pop("moved", None)


def take_up() -> None:
    """Set the widgets as `use` asked, before they are drawn. Note each value that no widget offers."""
    wanted: RunConfig | None = st.session_state.pop("settings_to_use", None)
    if wanted is None:
        return
    notes = []
    for name, field in RunConfig.model_fields.items():
        value = getattr(wanted, name)
        if name not in LABELS and value != field.default:
            notes.append(f"{NAMES[name]}: the run uses {in_words(name, value)}. This page has no control for it.")
        elif name in LABELS and _offers(name, value):
            _set(name, list(value) if name == "digits" else value)
        elif name in LABELS:
            notes.append(
                f"{LABELS[name]}: the run’s value {plain(value)} is not available. It stays {in_link(name)[0]}."
            )
    st.session_state["link_notes"] = notes
    st.toast("Now using this run's settings.", icon=":material/tune:")


@contextmanager
def frame_drawn() -> Iterator[None]:
    """Mark pages that run inside as drawn in their frame."""
    st.session_state["framed"] = True
    try:
        yield
    finally:
        del st.session_state["framed"]


def is_framed() -> bool:
    """Whether the page is drawn in its frame."""
    return "framed" in st.session_state


def _values(names: Iterable[str]) -> dict[str, Any]:
    chosen = {name: st.session_state[name] for name in names}
    return {name: None if value == NONE_WORDS.get(name) else value for name, value in chosen.items()}


def _widget(name: str) -> None:
    field = RunConfig.model_fields[name]
    common: dict[str, Any] = {"label": LABELS[name], "key": name, "help": field.description, "bind": "query-params"}
    common["on_change"] = _note_move
    if name == "digits":
        _keep_two()
        st.pills(
            options=range(10),
            selection_mode="multi",
            default=field.default,
            width="stretch",
            wrap=True,
            **common,
        )
        if len(st.session_state["digits"]) > 2:  # from a link
            st.rerun()
    elif name in ("seed", "epochs"):
        low, high = map(int, RunConfig.bounds(name))
        st.number_input(min_value=low, max_value=high, value=field.default, step=1, **common)
    elif name in ("loss", "gradient_rule"):
        st.selectbox(options=OPTIONS[name], format_func=shown(name), **common)
    elif name == "engine":
        captions = [kind.description for kind in ENGINES.values()]
        st.radio(options=OPTIONS[name], captions=captions, **common)
    elif name == "backend":
        st.text_input(value="", placeholder="least busy", disabled=_idle("ibm"), **common)
    elif name == "side_by_side":
        st.toggle(value=field.default, disabled=_idle("ibm"), **common)
    else:
        disabled = name in NOISE and _idle("noisy")
        value = NONE_WORDS[name] if field.default is None else field.default
        st.select_slider(options=OPTIONS[name], value=value, format_func=shown(name), disabled=disabled, **common)
        if name == "shots":
            st.container(key="shots_meaning").caption(ONE_SHOT)
        elif name == "shift":
            st.container(key="shift_meaning").caption(shift_cost(**_values(("shift", "shots"))))


def _offers(name: str, value: Any) -> bool:
    return name not in OPTIONS or (NONE_WORDS[name] if value is None else value) in OPTIONS[name]


def _keep_two() -> None:
    """Drop the digit chosen first if there are three."""
    if len(st.session_state.get("digits", ())) > 2:
        st.session_state["digits"] = st.session_state["digits"][-2:]


def _note_move() -> None:
    st.session_state["moved"] = True


def _apply_preset() -> None:
    _note_move()
    name = st.session_state["preset"]
    st.session_state["preset"] = None
    for setting, value in RunConfig.preset(name).model_dump().items():
        if setting in LABELS and setting != "seed":
            _set(setting, list(value) if setting == "digits" else value)
    st.toast(f"Settings: {_PRESET_NAMES[name].lower()}.", icon=":material/tune:")


def _apply_noise_preset() -> None:
    _note_move()
    name = st.session_state["noise_preset"]
    st.session_state["noise_preset"] = None
    for setting in NOISE:
        _set(setting, getattr(Noise.preset(name), setting))
    st.session_state["engine"] = "noisy"


def _idle(engine: str) -> bool:
    """Whether an engine's settings have no effect because another engine is chosen.

    Moving a control cannot choose its engine: if server and viewer change the link at once, one change is lost.
    """
    return st.session_state["engine"] != engine


def _set(setting: str, value: Any) -> None:
    st.session_state[setting] = NONE_WORDS[setting] if value is None else value
