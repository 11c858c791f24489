"""What is on the drawing pad, and its dials: the owner of their session-state keys."""

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

#: Shots that the dial offers, and what stands for those that the network was trained with.
SHOTS = (1, 10, 100, 1000, 10_000, 100_000)
OWN = "as trained"
#: Samples to choose from: of each digit of the pair, and how many other digits, one of each.
OF_PAIR, OTHERS = 5, 3
#: Pixels of an uploaded picture's longer side on the pad.
SHOWN = 280
#: Bytes that a browser sends, in MB. What is larger than a picture may be is refused here
#: (`hqnn.inference.picture_file`), as is what is none: when the browser refuses a file, nobody hears of it, and the
#: prediction before it would stay.
UPLOAD_MB = 50


def drawing() -> Drawing:
    """What is on the pad."""
    return st.session_state.get("drawing", Drawing())


def draw_pad(hint: str) -> None:
    """Draw the pad, with its drawing as it is now."""
    pad.draw(drawing(), hint, _take)


def _take() -> None:
    """Keep what the browser says is on the pad."""
    before = drawing()
    now = before.changed(st.session_state[pad.KEY].get("drawing"))
    if now is not before:
        _set(now)


def _set(now: Drawing, notes: tuple[str, ...] = ()) -> None:
    st.session_state["drawing"], st.session_state["draw_notes"] = now, notes
    if not now.picture:
        st.session_state["sample"] = None


def notes() -> tuple[str, ...]:
    """What there is to say of the picture that was uploaded last."""
    return st.session_state.get("draw_notes", ())


def shots(trained: int | None) -> int | None:
    """Draw the dial of the shots; gives as many as the network was trained with at first, None for exact ones."""
    chosen = st.select_slider(
        "Shots",
        (OWN, *SHOTS, setting_options.EXACT),
        format_func=str,
        key="draw_shots",
        bind="query-params",
        help=f"{ONE_SHOT} How many of them make one answer.",
    )
    return trained if chosen == OWN else None if chosen == setting_options.EXACT else int(chosen)


def link_notes() -> None:
    """Say what the link asks for that the dial does not offer; call it after it is drawn."""
    lab_controls.link_notes("draw_shots", labels={"draw_shots": "Shots"})


def seed() -> int:
    """Seed of the shots: how often it has been measured again."""
    return st.session_state.setdefault("draw_seed", 0)


def falls() -> int:
    """Counts what lets shots fall: changes of the drawing, and measurements of it."""
    return drawing().revision + seed()


def measure_again() -> None:
    """Draw the button of another measurement of the same drawing."""
    st.button(
        "Measure again",
        key="draw_again",
        icon=":material/replay:",
        shortcut="M",
        on_click=lambda: st.session_state.update(draw_seed=seed() + 1),
        disabled=drawing().pixels is None,
        help="The same drawing with other shots. Key: M.",
    )


def samples(digits: tuple[int, int]) -> None:
    """Draw the row of MNIST's test images that can be shown in the place of a drawing."""
    st.pills(
        "Sample digits from MNIST's test images",
        _offered(digits),
        format_func=_thumbnail,
        key="sample",
        on_change=_show_sample,
        wrap=True,
        help="Each is shown to the network in the place of a drawing; Undo brings the drawing back.",
    )


def _offered(digits: tuple[int, int]) -> list[tuple[int, int]]:
    """Digit and place among its test images of every sample."""
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
    """Draw the field in which a picture can be uploaded."""
    key = f"draw_upload_{st.session_state.setdefault('draw_uploads', 0)}"
    st.file_uploader(
        "A photo or a picture of a digit, 5 MB at most",
        key=key,
        on_change=_show_upload,
        args=(key,),
        max_upload_size=UPLOAD_MB,
        help="PNG, JPEG, WebP, BMP, GIF, TIFF or PPM. One digit, dark on light or light on dark. The app crops, scales "
        "and centres it like a drawing.",
    )


def _show_upload(key: str) -> None:
    """Show what was uploaded, or say why not; the file itself is not kept."""
    content = st.session_state[key]
    if content is None:
        return
    st.session_state["draw_uploads"] += 1
    try:
        found = cached.jobs().desk.ask(desk_questions.read_upload, content.getvalue())
        pixels = glyphs.mnist_like(found.ink)
    except HqnnError as error:
        _set(drawing().cleared(), (f"{content.name[:60]}: {error}",))  # no prediction of what was on the pad before
        return
    name = f"your picture {content.name[:60]}"
    _set(drawing().shows(pixels, name, _smaller(found.ink)), tuple(found.notes))


def _smaller(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every so many pixels of a large picture, so that it is small in a link."""
    step = -(-max(ink.shape) // SHOWN)
    return ink[::step, ::step]
