"""The settings' widgets: the owner of their session-state keys, and of their parts of the link."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import pi
from typing import Any, get_args

import streamlit as st

from hqnn.config import ENGINES, NOISE_PRESETS, PRESETS, GradientRule, Loss, Noise, RunConfig
from hqnn.errors import ConfigError
from ui.kit.meanings import ONE_SHOT, shift_cost

#: The settings of one group; the data page shows the first group on the page itself.
DATA = ("digits", "n_train", "n_test")
CIRCUIT = ("shots", "shift", "seed")
TRAINING = ("epochs", "batch_size", "learning_rate", "loss", "gradient_rule")
ENGINE = ("engine",)
NOISE = ("depolarizing_1q", "readout_e0", "readout_e1", "t1_us", "t2_us", "gate_time_1q_ns")
DEVICE = ("backend", "side_by_side")

LABELS = {
    "digits": "Two digits",
    "n_train": "Training images per digit",
    "n_test": "Test images per digit",
    "shots": "Shots per angle",
    "shift": "Shift s (radians)",
    "seed": "Seed",
    "epochs": "Epochs",
    "batch_size": "Batch size (images)",
    "learning_rate": "Learning rate",
    "loss": "Loss",
    "gradient_rule": "Gradient rule",
    "engine": "Engine",
    "depolarizing_1q": "Depolarizing rate of a gate",
    "readout_e0": "Readout error e0 (0 read as 1)",
    "readout_e1": "Readout error e1 (1 read as 0)",
    "t1_us": "Relaxation time T1 (µs)",
    "t2_us": "Dephasing time T2 (µs)",
    "gate_time_1q_ns": "Duration of a gate (ns)",
    "backend": "Device",
    "side_by_side": "Copies side by side on the chip",
}

#: Those without a widget among them.
NAMES = LABELS | {
    "head": "In the circuit’s place",
    "exact_evaluation": "Tested with exact probabilities",
    "depolarizing_2q": "Depolarizing rate of a two-qubit gate",
    "gate_time_2q_ns": "Duration of a two-qubit gate (ns)",
}


ALL, EXACT, NEVER, TWICE_T1 = "all", "exact", "no decay", "2 × T1"

#: What stands for None in a widget, by setting.
NONE_WORDS = {"n_train": ALL, "n_test": ALL, "shots": EXACT, "t1_us": NEVER, "t2_us": TWICE_T1, "backend": ""}


def _dial(name: str, *values: float) -> tuple[float, ...]:
    """A dial's values, those of the devices among them."""
    return tuple(sorted({*values, *(preset[name] for preset in NOISE_PRESETS.values() if name in preset)}))


_RATES = (0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
_TIMES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

OPTIONS: dict[str, tuple[Any, ...]] = {
    "n_train": (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, ALL),
    "n_test": (10, 20, 50, 100, 200, 500, ALL),
    "shots": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, EXACT),
    "shift": tuple(pi * eighths / 8 for eighths in range(1, 8)),
    "batch_size": (1, 2, 4, 8, 16, 32, 64),
    "learning_rate": (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2),
    "loss": get_args(Loss),
    "gradient_rule": get_args(GradientRule),
    "engine": tuple(ENGINES),
    "depolarizing_1q": _dial("depolarizing_1q", *_RATES, 0.7, 1),
    "readout_e0": _dial("readout_e0", *_RATES),
    "readout_e1": _dial("readout_e1", *_RATES),
    "t1_us": (*_dial("t1_us", *_TIMES), NEVER),
    "t2_us": (*_dial("t2_us", *_TIMES), TWICE_T1),
    "gate_time_1q_ns": _dial("gate_time_1q_ns", 10, 20, 35, 50, 100, 200, 500, 1000, 2000, 5000, 10_000),
}

_SHIFTS = dict(zip(OPTIONS["shift"], ("π/8", "π/4", "3π/8", "π/2", "5π/8", "3π/4", "7π/8"), strict=True))
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


def in_words(name: str, value: Any) -> str:
    """A setting's value as its widget has it, and likewise where it has none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return NONE_WORDS[name] or "the least busy"
    return _SHIFTS.get(value, f"{value:.4g}") if name == "shift" else _shown(name)(value)


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
                f"{LABELS[name]}: the run has {_plain(value)}, which is not offered; it stays {_in_link(name)[0]}."
            )
    st.session_state["link_notes"] = notes
    st.toast("Settings: those of the run.", icon=":material/tune:")


def remember_link() -> None:
    """Keep what the link asked for, at a session's first run, before the widgets drop what they do not offer."""
    if "link" not in st.session_state:
        if st.query_params.get("t2_us") == NEVER:  # the default's name in links of before
            del st.query_params["t2_us"]
        st.session_state["link"] = {name: st.query_params.get_all(name) for name in st.query_params}


def linked(name: str) -> list[str]:
    """What the link said of something when the session began."""
    return st.session_state["link"].get(name, [])


def link_notes() -> list[str]:
    """One sentence for each value in the link that no widget offers, as plain text; call it after they are drawn."""
    if "link_notes" not in st.session_state:
        st.session_state["link_notes"] = [
            f"{LABELS[name]}: the link asks for “{_short(', '.join(asked))}”, which is not offered; "
            f"it is {', '.join(_in_link(name)) or 'empty'}."
            for name, asked in st.session_state["link"].items()
            if name in LABELS and asked != _in_link(name)
        ]
    return st.session_state["link_notes"]


def dismiss_link_notes() -> None:
    """Show no more what the link asked for in vain."""
    st.session_state["link_notes"] = []


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
        st.select_slider(options=OPTIONS[name], value=value, format_func=_shown(name), disabled=disabled, **common)
        if name == "shots":
            st.container(key="shots_meaning").caption(ONE_SHOT)
        elif name == "shift":
            st.container(key="shift_meaning").caption(shift_cost(**_values(("shift", "shots"))))


def _shown(name: str) -> Any:
    return {"shift": _SHIFTS.__getitem__, "learning_rate": "{:g}".format}.get(name, _plain)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _in_link(name: str) -> list[str]:
    value = st.session_state[name]
    return [str(digit) for digit in value] if name == "digits" else [_shown(name)(value)]


def _offers(name: str, value: Any) -> bool:
    return name not in OPTIONS or (NONE_WORDS[name] if value is None else value) in OPTIONS[name]


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"


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
