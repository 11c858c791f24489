"""The drawing on the pad and the controls of the Draw page: the owner of their session-state keys."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.errors import HqnnError
from hqnn.inference import ink as glyphs
from hqnn.jobs import desk_questions
from ui.draw import pad
from ui.draw.pad import Drawing
from ui.kit.digits import data_uri, one
from ui.kit.meanings import ONE_SHOT
from ui.session import cached, lab_controls, setting_options

#: Options of the shots slider, and the option that stands for the network's own shots.
SHOTS = (1, 10, 100, 1000, 10_000, 100_000)
OWN = "as trained"
LABEL = lab_controls.LABELS["lab_shots"]
#: Samples to choose from: number per digit of the pair, and number of other digits with one sample each.
OF_PAIR, OTHERS = 5, 3
#: Pixels of an uploaded picture's longer side on the pad.
SHOWN = 280
#: Largest upload that a browser sends, MB. `hqnn.inference.picture_file` rejects other files and larger ones.
#: If the browser rejected them, the page would not know and would keep the previous prediction.
UPLOAD_MB = 50


def drawing() -> Drawing:
    """Return the drawing on the pad."""
    return st.session_state.get("drawing", Drawing())


def draw_pad(hint: str) -> None:
    """Draw the pad with its drawing."""
    pad.draw(drawing(), hint, _take)


def _take() -> None:
    """Keep the drawing that the browser has sent."""
    before = drawing()
    now = before.changed(st.session_state[pad.KEY].get("drawing"))
    if now is not before:
        _set(now)


def _set(now: Drawing, notes: tuple[str, ...] = ()) -> None:
    st.session_state["drawing"], st.session_state["draw_notes"] = now, notes
    if not now.picture:
        st.session_state["sample"] = None


def notes() -> tuple[str, ...]:
    """Return the notes on the latest upload."""
    return st.session_state.get("draw_notes", ())


def shots(trained: int | None) -> int | None:
    """Draw the slider of the shots. Return the network's own number at first, None for exact probabilities."""
    chosen = st.select_slider(
        LABEL,
        (OWN, *SHOTS, setting_options.EXACT),
        format_func=str,
        key="draw_shots",
        bind="query-params",
        help=f"{ONE_SHOT} The share of ones among these shots gives one prediction.",
    )
    return trained if chosen == OWN else None if chosen == setting_options.EXACT else int(chosen)


def link_notes() -> None:
    """Note values in the link that the slider does not offer. Call it after the slider."""
    lab_controls.link_notes("draw_shots", labels={"draw_shots": LABEL})


def seed() -> int:
    """Return the seed of the shots: the number of repeated measurements."""
    return st.session_state.setdefault("draw_seed", 0)


def falls() -> int:
    """Return a counter that lets the shots fall again: changes of the drawing, and measurements."""
    return drawing().revision + seed()


def measure_again() -> None:
    """Draw the button that measures the same drawing again."""
    st.button(
        "Measure again",
        key="draw_again",
        icon=":material/replay:",
        shortcut="M",
        on_click=lambda: st.session_state.update(draw_seed=seed() + 1),
        disabled=drawing().pixels is None,
        help="Measures the same drawing again with new shots. Key: M.",
    )


def samples(digits: tuple[int, int]) -> None:
    """Draw a row of MNIST test images that a viewer can use instead of a drawing."""
    st.pills(
        "Sample digits from the MNIST test images",
        _offered(digits),
        format_func=_thumbnail,
        key="sample",
        on_change=_show_sample,
        wrap=True,
        help="The network sees the chosen image instead of your drawing. Undo brings the drawing back.",
    )


def _offered(digits: tuple[int, int]) -> list[tuple[int, int]]:
    """Return digit and position among its test images, for every sample."""
    others = [digit for digit in range(10) if digit not in digits]
    return [(digit, place) for digit in digits for place in range(OF_PAIR)] + [
        (digit, 0) for digit in others[:: len(others) // OTHERS][:OTHERS]
    ]


def _thumbnail(sample: tuple[int, int]) -> str:
    return f"![{_name(sample)}]({data_uri(_image(sample))})"


def _image(sample: tuple[int, int]) -> NDArray[np.uint8]:
    digit, place = sample
    return cached.pixels(digit, False)[place]


def _name(sample: tuple[int, int]) -> str:
    return f"{one(sample[0])}, test image {sample[1] + 1}"


def _show_sample() -> None:
    chosen = st.session_state["sample"]
    if chosen is not None:
        _set(drawing().shows(_image(chosen), _name(chosen)))


def upload() -> None:
    """Draw the field for uploading a picture."""
    key = f"draw_upload_{st.session_state.setdefault('draw_uploads', 0)}"
    st.file_uploader(
        "A photo or picture of a digit, up to 5 MB",
        key=key,
        on_change=_show_upload,
        args=(key,),
        max_upload_size=UPLOAD_MB,
        help="PNG, JPEG, WebP, BMP, GIF, TIFF or PPM. Use a picture of a single digit, dark on light or light on dark. "
        "The app crops, scales and centres it like a drawing.",
    )


def _show_upload(key: str) -> None:
    """Show the upload, or the reason why not. The file itself is not kept."""
    content = st.session_state[key]
    if content is None:
        return
    st.session_state["draw_uploads"] += 1
    try:
        found = cached.jobs().desk.ask(desk_questions.read_upload, content.getvalue())
        pixels = glyphs.mnist_like(found.ink)
    except HqnnError as error:
        _set(drawing().cleared(), (f"{content.name[:60]}: {error}",))  # no prediction for the previous drawing
        return
    name = f"your picture {content.name[:60]}"
    _set(drawing().shows(pixels, name, _smaller(found.ink)), tuple(found.notes))


def _smaller(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Reduce a large picture, so that its data URI is small."""
    step = -(-max(ink.shape) // SHOWN)
    return ink[::step, ::step]
