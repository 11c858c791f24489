"""The drawing pad in real Chromium: mouse, finger and keys, pictures that are uploaded, and samples of one's own."""

import re
from math import cos, pi, sin

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload

from hqnn.inference.ink import mnist_like
from hqnn.network.data import pixels
from tests.browser import PROJECTOR, STYLED, Visit, accessible, fits
from tests.hqnn.inference.test_photos import UNKNOWN, dark_on_white, header_of, saved

#: Strokes on a pad that is 280 wide.
ZERO = [(140 - 60 * sin(turn * pi / 7), 140 - 90 * cos(turn * pi / 7)) for turn in range(15)]
ONE = [(150, 50), (146, 110), (142, 170), (138, 230)]
HOOK = [(60, 200), (90, 230), (140, 240), (200, 120)]

#: A picture that would take 400 MB.
VAST = header_of(20_000, 20_000)

#: What is read of the pictures that are; of the others there is no prediction.
READ = {"moves.gif": "0", "deep.png": "1", "clear.png": "1"}

#: The pad itself, from an element in it.
PAD = "element => { while (!element.pad) element = element.parentNode ?? element.host; return element.pad }"

#: What a screen reader says of a drawing.
PREDICTED = re.compile(r"The network predicts \d for your drawing")


def places(visit: Visit, stroke) -> list[tuple[float, float]]:
    """Points of the pad as points of the page."""
    canvas = visit.page.locator("canvas.drawing")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    return [(box["x"] + box["width"] * x / 280, box["y"] + box["height"] * y / 280) for x, y in stroke]


def draw(visit: Visit, stroke) -> None:
    first, *others = places(visit, stroke)
    visit.page.mouse.move(*first)
    visit.page.mouse.down()
    for place in others:
        visit.page.mouse.move(*place)
    visit.page.mouse.up()


def touch(visit: Visit, stroke) -> None:
    """The events that a finger makes."""
    session = visit.context.new_cdp_session(visit.page)
    for number, (x, y) in enumerate(places(visit, stroke)):
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def says(visit: Visit, answer: str) -> None:
    """Wait until it is answered."""
    visit.page.locator(".verdict .answer").get_by_text(answer).wait_for()


def open_pad(visit: Visit, link: str = "digits=0&digits=1") -> None:
    visit.open(f"draw?{link}")
    visit.page.locator("canvas.drawing").wait_for()
    visit.page.get_by_text("The prediction appears here while you draw").wait_for()


def press(visit: Visit, name: str) -> None:
    visit.page.get_by_role("button", name=name, exact=True).click()


def test_a_zero_and_a_one_are_known_and_nothing_that_is_cleared_is_lost(visit):
    open_pad(visit)
    draw(visit, ZERO)
    says(visit, "0")
    press(visit, "Clear")
    says(visit, "–")
    press(visit, "Undo")
    says(visit, "0")
    visit.page.locator("canvas.drawing").press("Delete")
    says(visit, "–")
    draw(visit, ONE)
    says(visit, "1")
    visit.page.locator("canvas.drawing").press("Control+z")
    says(visit, "–")
    visit.page.locator("canvas.drawing").press("Control+z")
    says(visit, "0")
    visit.go("Train")
    visit.go("Draw")
    says(visit, "0")
    accessible(visit)


def test_it_answers_while_the_stroke_goes_on(visit):
    open_pad(visit)
    first, *others = places(visit, ONE * 3)
    visit.page.mouse.move(*first)
    visit.page.mouse.down()
    for place in others[:-1]:
        visit.page.mouse.move(*place)
    says(visit, "1")
    assert visit.page.locator("[role=status]").get_by_text("Drawing.").count()
    visit.page.mouse.up()
    visit.page.locator("[role=status]").get_by_text("The network predicts 1 for your drawing").wait_for()


@pytest.mark.parametrize("visit", [("projector", "light")], indirect=True, ids="-".join)
def test_on_a_projector_pad_and_answer_need_no_scrolling(visit):
    open_pad(visit)
    draw(visit, ZERO)
    says(visit, "0")
    visit.settle()
    for selector in ("canvas.drawing", "canvas.seen", ".verdict", ".st-key-draw_theta", ".st-key-network"):
        part = visit.page.locator(selector)
        part.wait_for()
        box = part.evaluate("(shown) => shown.getBoundingClientRect().toJSON()")
        assert box["top"] >= 0, selector
        assert box["bottom"] <= PROJECTOR[1], selector
        assert box["height"] > 0, selector


def test_a_stroke_that_the_browser_takes_away_ends_and_the_pen_has_its_width(visit):
    open_pad(visit)
    visit.page.get_by_role("radio", name="Thick pen").check()
    (first, second, *_), canvas = places(visit, ONE), visit.page.locator("canvas.drawing")
    canvas.evaluate("c => c.addEventListener('pointerdown', e => { c.begun = e.pointerId })")
    visit.page.mouse.move(*first)
    visit.page.mouse.down()
    visit.page.mouse.move(*second)
    canvas.evaluate("c => c.releasePointerCapture(c.begun)")
    visit.page.mouse.move(*first)
    visit.page.locator("[role=status]").get_by_text(PREDICTED).wait_for()
    visit.page.mouse.up()
    assert strokes(visit) == [{"kind": "stroke", "width": 30, "points": [150, 50, 146, 110]}]


def strokes(visit: Visit) -> list[dict]:
    """The pad's, their points as whole numbers."""
    entries = visit.page.locator("canvas.drawing").evaluate(f"element => ({PAD})(element).entries")
    return [entry | {"points": [round(place) for place in entry["points"]]} for entry in entries]


@pytest.mark.parametrize("visit", [("phone", "light")], indirect=True, ids="-".join)
def test_a_second_finger_neither_draws_nor_breaks_the_stroke(visit):
    open_pad(visit)
    session = visit.context.new_cdp_session(visit.page)
    drawing = [{"x": x, "y": y, "id": 1} for x, y in places(visit, ONE)]
    ((x, y),) = places(visit, [(30, 30)])
    palm = {"x": x, "y": y, "id": 2}
    for kind, *points in (
        ("touchStart", drawing[0]),
        ("touchMove", drawing[1]),
        ("touchStart", drawing[1], palm),
        ("touchMove", drawing[2], palm),
        ("touchMove", drawing[3], palm),
        ("touchEnd",),
    ):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    says(visit, "1")
    (stroke,) = strokes(visit)
    assert len(stroke["points"]) == 2 * len(ONE)
    assert stroke["points"][-2:] == pytest.approx(ONE[-1], abs=1)


@pytest.mark.parametrize("visit", [("phone", "dark")], indirect=True, ids="-".join)
def test_a_finger_draws_on_a_phone(visit):
    open_pad(visit)
    before = visit.page.locator("canvas.drawing").bounding_box()
    touch(visit, ZERO)
    says(visit, "0")
    assert visit.page.locator("canvas.drawing").bounding_box() == before
    press(visit, "Clear")
    touch(visit, ONE)
    says(visit, "1")
    fits(visit)
    box = visit.page.locator("canvas.drawing").bounding_box()
    assert box["width"] > 300
    assert box["y"] + box["height"] < visit.page.viewport_size["height"]
    accessible(visit)


def test_what_the_network_sees_is_made_in_the_browser_as_here(visit):
    open_pad(visit)
    broad_above = [*([(40, y), (240, y)] for y in (30, 50, 70, 90)), [(140, 90), (140, 260)]]
    drawings = ([ZERO], [ONE], [HOOK, ONE], [[(20, 30), (21, 30)]], broad_above)
    for pen, strokes in [("Medium pen", each) for each in drawings] + [("Thin pen", [ZERO]), ("Thin pen", [HOOK])]:
        visit.page.get_by_role("radio", name=pen).check()
        for stroke in strokes:
            draw(visit, stroke)
        canvas = visit.page.locator("canvas.seen")
        ink, seen = canvas.evaluate(
            f"""element => {{
                const pad = ({PAD})(element), {{ data }} = pad.ink.getContext('2d').getImageData(0, 0, 280, 280)
                const ink = data.filter((_, at) => at % 4 === 3)
                return [Array.from(ink, (value) => String.fromCharCode(value)).join(''), [...pad.pixels]]
            }}"""
        )
        expected = mnist_like(np.frombuffer(ink.encode("latin-1"), np.uint8).reshape(280, 280)).astype(int)
        assert np.abs(expected - np.array(seen).reshape(28, 28)).max() <= 1
        press(visit, "Clear")
        says(visit, "–")


def test_samples_of_mnist_by_key_and_a_digit_of_neither_kind(visit):
    open_pad(visit)
    row = visit.by_key("sample").locator("button:has(img)")
    row.first.focus()
    visit.page.keyboard.press("Enter")
    says(visit, "0")
    visit.page.locator("[role=status]").get_by_text("The network predicts 0 for a 0, test image 1").wait_for()
    row.last.click()
    visit.page.get_by_text("This looks like neither a 0 nor a 1.").first.wait_for()


def upload(visit: Visit, name: str, content: bytes) -> None:
    kinds = {"gif": "image/gif", "jpg": "image/jpeg", "txt": "text/plain"}
    file: FilePayload = {"name": name, "mimeType": kinds.get(name[-3:], "image/png"), "buffer": content}
    visit.settle()
    visit.page.locator("[data-testid=stFileUploaderDropzone] input").set_input_files(file)


def test_pictures_are_read_or_refused_in_a_sentence(visit):
    open_pad(visit)
    one = dark_on_white(pixels(1, False)[0])
    upload(visit, "one.png", saved(one))
    says(visit, "1")
    transparent = Image.new("RGBA", (280, 280), "black")
    transparent.putalpha(one.point(lambda grey: 255 - grey))
    frames = [dark_on_white(pixels(digit, False)[0]) for digit in (0, 1)]
    deep = Image.fromarray(np.asarray(one, dtype=np.uint16) * 257)
    for name, content, sentence in (
        (
            "text.png",
            b"no picture",
            UNKNOWN,
        ),
        ("dot.png", saved(Image.new("L", (1, 1))), "The picture must have at least 8 × 8 pixels, but it has 1 × 1."),
        ("vast.png", VAST, "The picture must have at most 25 million pixels, but it has 400.0 million."),
        ("moves.gif", saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), "The picture is animated"),
        ("deep.png", saved(deep), "The picture was reduced to 8-bit grey."),
        ("clear.png", saved(transparent), "Transparent areas were filled with white."),
        ("words.txt", b"no picture", "words.txt: Cannot read this file."),
        ("huge.png", bytes(6_000_000), "The picture file must have at most 5 MB, but it has 6.0 MB."),
    ):
        upload(visit, name, content)
        visit.page.get_by_text(sentence).first.wait_for()
        says(visit, READ.get(name, "–"))
    press(visit, "Undo")
    says(visit, READ["clear.png"])
    upload(visit, "one.png", saved(one))
    visit.page.get_by_text(sentence).first.wait_for(state="detached")


def test_drawings_become_a_test_set_of_ones_own(visit):
    open_pad(visit)
    visit.page.get_by_test_id("stExpander").filter(has_text="My samples").click()
    visit.page.get_by_text("No samples yet. Draw a digit").wait_for()
    for stroke, save in ((ZERO, "save_0"), (ONE, "save_1"), (ONE, "save_0")):
        draw(visit, stroke)
        visit.page.locator("[role=status]").get_by_text(
            re.compile(r"The network predicts \d for your drawing")
        ).wait_for()
        visit.button(save).click()
        visit.page.get_by_test_id("stToast").filter(has_text="Saved as a").first.wait_for()
        assert visit.page.evaluate(STYLED)
        press(visit, "Clear")
        says(visit, "–")
    said = visit.by_key("draw_own").get_by_role("status")
    said.get_by_text("3 samples. The network gets 2 of 3 samples of its two digits right").wait_for()
    assert re.search(r"66\.\d%", said.inner_text())
    visit.button("delete_3").click()
    said.get_by_text("2 samples. The network gets 2 of 2 samples of its two digits right").wait_for()
    visit.button("samples_undo").click()
    said.get_by_text("3 samples").wait_for()
    visit.page.get_by_test_id("stToast").first.wait_for(state="detached")
    accessible(visit)
