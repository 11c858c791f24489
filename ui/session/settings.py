"""The settings' widgets: the owner of their session-state keys, and of their parts of the link."""

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
    "published-01": "As published, 0 vs 1",
    "published-37": "As published, 3 vs 7",
}
_DEVICE_NAMES = {name: f"IBM {name.capitalize()}" for name in NOISE_PRESETS} | {"none": "No noise"}


def settings(names: Iterable[str]) -> None:
    """Draw the widgets of some settings, in the container at hand."""
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
        help="Sets everything below except the seed. As published: batch size 1, 20 epochs, the published loss and "
        "rule.",
    )


def noise_presets() -> None:
    """Draw the choice of devices whose noise the dials can take."""
    st.selectbox(
        "Noise of a device",
        list(NOISE_PRESETS),
        format_func=_DEVICE_NAMES.__getitem__,
        index=None,
        placeholder="Set the dials as of…",
        key="noise_preset",
        on_change=_apply_noise_preset,
        help="Chooses the engine noisy, and sets its dials to the medians of a device's calibration.",
    )


def noise() -> Noise:
    """The noise of the dials, if the engine has any; else none. Call it after they are drawn.

    Raises:
        ConfigError: in one sentence, if they do not fit together.
    """
    return Noise(**_values(NOISE)) if st.session_state["engine"] == "noisy" else Noise()


def digits() -> tuple[int, ...]:
    """The digits that are chosen, the smaller first; call it after the widgets are drawn."""
    return tuple(sorted(st.session_state["digits"]))


def choose_digits(digits: tuple[int, int]) -> None:
    """Choose two digits; call it before the widgets are drawn, as what a button does."""
    st.session_state["digits"] = list(digits)


def config() -> RunConfig:
    """The settings as the widgets have them; call it after they are drawn.

    Raises:
        ConfigError: in one sentence, if they do not fit together.
    """
    if len(digits()) != 2:
        raise ConfigError(f"Choose two digits; chosen so far: {', '.join(map(str, digits())) or 'none'}.")
    of_engine = {"noisy": NOISE, "ibm": DEVICE}.get(st.session_state["engine"], ())
    values = _values((*DATA, *CIRCUIT, *TRAINING, *ENGINE, *of_engine))
    values["digits"] = digits()
    return RunConfig(**values)


def present() -> RunConfig | None:
    """The settings as the widgets have them; None if they do not fit together."""
    try:
        return config()
    except ConfigError:
        return None


def use(config: RunConfig) -> None:
    """Have all widgets take the settings of a run, the seed among them, when the page is run next."""
    st.session_state["settings_to_use"] = config


def take_up() -> None:
    """Set the widgets as `use` wants them, before they are drawn, and note what none of them offers."""
    wanted: RunConfig | None = st.session_state.pop("settings_to_use", None)
    if wanted is None:
        return
    notes = []
    for name, field in RunConfig.model_fields.items():
        value = getattr(wanted, name)
        if name not in LABELS and value != field.default:
            notes.append(f"{NAMES[name]}: the run has {in_words(name, value)}, for which there is no control here.")
        elif name in LABELS and _offers(name, value):
            _set(name, list(value) if name == "digits" else value)
        elif name in LABELS:
            notes.append(
                f"{LABELS[name]}: the run has {plain(value)}, which is not offered; it stays {in_link(name)[0]}."
            )
    st.session_state["link_notes"] = notes
    st.toast("Settings: those of the run.", icon=":material/tune:")


@contextmanager
def frame_drawn() -> Iterator[None]:
    """Note that a page which runs within runs in its frame."""
    st.session_state["framed"] = True
    try:
        yield
    finally:
        del st.session_state["framed"]


def is_framed() -> bool:
    """Whether the page runs in its frame."""
    return "framed" in st.session_state


def _values(names: Iterable[str]) -> dict[str, Any]:
    chosen = {name: st.session_state[name] for name in names}
    return {name: None if value == NONE_WORDS.get(name) else value for name, value in chosen.items()}


def _widget(name: str) -> None:
    field = RunConfig.model_fields[name]
    common: dict[str, Any] = {"label": LABELS[name], "key": name, "help": field.description, "bind": "query-params"}
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
        if len(st.session_state["digits"]) > 2:  # as a link has them
            st.rerun()
    elif name in ("seed", "epochs"):
        low, high = map(int, RunConfig.bounds(name))
        st.number_input(min_value=low, max_value=high, value=field.default, step=1, **common)
    elif name in ("loss", "gradient_rule"):
        st.selectbox(options=OPTIONS[name], **common)
    elif name == "engine":
        captions = [kind.description for kind in ENGINES.values()]
        st.radio(options=OPTIONS[name], captions=captions, **common)
    elif name == "backend":
        st.text_input(value="", placeholder="the least busy", disabled=_idle("ibm"), **common)
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
    """A third digit takes the place of the one chosen first."""
    if len(st.session_state.get("digits", ())) > 2:
        st.session_state["digits"] = st.session_state["digits"][-2:]


def _apply_preset() -> None:
    name = st.session_state["preset"]
    st.session_state["preset"] = None
    for setting, value in RunConfig.preset(name).model_dump().items():
        if setting in LABELS and setting != "seed":
            _set(setting, list(value) if setting == "digits" else value)
    st.toast(f"Settings: {_PRESET_NAMES[name].lower()}.", icon=":material/tune:")


def _apply_noise_preset() -> None:
    name = st.session_state["noise_preset"]
    st.session_state["noise_preset"] = None
    for setting in NOISE:
        _set(setting, getattr(Noise.preset(name), setting))
    st.session_state["engine"] = "noisy"


def _idle(engine: str) -> bool:
    """Whether the settings of an engine do nothing, since another one is chosen.

    Turning a dial cannot choose its engine: a link whose parts the server and the viewer change at once loses one.
    """
    return st.session_state["engine"] != engine


def _set(setting: str, value: Any) -> None:
    st.session_state[setting] = NONE_WORDS[setting] if value is None else value
