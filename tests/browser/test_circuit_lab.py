"""The Circuit lab in real Chromium: the dial moves everything, the link keeps it, and it measures on by itself."""

import re
from itertools import pairwise
from math import dist, pi
from statistics import median

import pytest

from tests.browser import PHONE, fits
from tests.waiting import wait

#: The sphere's camera has not moved for some frames: once let go, it glides a little further.
AT_REST = """() => new Promise((resolve) => {
    const eye = () => JSON.stringify(document.querySelector('.js-plotly-plot')._fullLayout.scene._scene.getCamera())
    let before = eye(), still = 0
    const look = () => {
        const now = eye()
        still = now === before ? still + 1 : 0
        before = now
        still > 10 ? resolve(true) : requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
})"""

#: How far, in pixels, the arrows' ends are from where Plotly's own matrices have the states after H and after RY(θ).
MISSED = """(theta) => {
    const figure = document.querySelector('.js-plotly-plot'), scene = figure._fullLayout.scene._scene
    const { model, view, projection } = scene.glplot.cameraParams, { width, height } = figure.getBoundingClientRect()
    const times = (matrix, vector) => [0, 1, 2, 3].map(
        (row) => vector.reduce((sum, value, column) => sum + matrix[row + 4 * column] * value, 0))
    const place = (state) => {
        const scaled = [...state.map((value, axis) => value * scene.dataScale[axis]), 1]
        const [x, y, , w] = times(projection, times(view, times(model, scaled)))
        return [(1 + x / w) * width / 2, (1 - y / w) * height / 2]
    }
    const heads = [...document.querySelectorAll('.bloch-arrows polygon')]
    const states = [[1, 0, 0], [Math.cos(theta), 0, -Math.sin(theta)]].map(place)
    return Math.max(...heads.map((head, which) => {
        const [x, y] = head.getAttribute('points').split(' ')[0].split(',').map(Number)
        return Math.hypot(x - states[which][0], y - states[which][1])
    }))
}"""

#: Whether the arrows end where Plotly has the states.
ON_THE_STATES = f"(theta) => ({MISSED})(theta) < 0.5"

#: The same distance in each frame until `window.enough`, in `window.misses`.
MISSES = f"""(theta) => {{
    window.enough = false
    window.misses = []
    const look = () => {{
        window.misses.push(({MISSED})(theta))
        if (!window.enough) requestAnimationFrame(look)
    }}
    look()
}}"""


def open_lab(visit, link: str = ""):
    page = visit.open(f"circuit{link}")
    page.locator("img.circuit").wait_for()
    page.locator(".bloch-arrows polygon").first.wait_for()
    visit.settle()
    return page


def dial(visit):
    return visit.by_key("theta").get_by_role("slider")


def camera(page) -> dict[str, float]:
    return page.evaluate("() => document.querySelector('.js-plotly-plot')._fullLayout.scene._scene.getCamera().eye")


def test_the_dial_moves_the_number_the_curve_the_sphere_and_the_drawing_and_arrows_turn_with_the_sphere(visit):
    page = open_lab(visit, "?theta=10")
    turned_arrows_stay(visit)
    for picture in (".st-key-curve canvas", ".js-plotly-plot canvas"):
        page.evaluate("picture => { document.querySelector(picture).marked = true }", picture)
    before = page.locator("img.circuit").get_attribute("src")
    dial(visit).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label(re.compile("Bloch sphere.*x = .0.982, y = 0.000, z = −0.191")).first.wait_for()
    page.get_by_text("0.595", exact=True).wait_for()
    visit.until("before => document.querySelector('img.circuit').src !== before", arg=before)
    for picture in (".st-key-curve canvas", ".js-plotly-plot canvas"):
        assert page.evaluate("picture => document.querySelector(picture).marked", picture)
    assert "theta=11" in page.url


def tips(page) -> dict[str, tuple[float, float]]:
    """Where the arrows of the states end, pixels from the sphere's centre."""
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('.bloch-arrows polygon')].map((head, place) => {
            const [x, y] = head.getAttribute('points').split(' ')[0].split(',').map(Number)
            const shaft = document.querySelectorAll('.bloch-arrows line')[place]
            return [x - shaft.x1.baseVal.value, y - shaft.y1.baseVal.value]
        })"""
    )
    return dict(zip(("before", "after"), drawn, strict=True))


def test_the_arrows_point_where_plotly_has_the_states(visit):
    """Seen from the front |+⟩ is at the right and |1⟩ at the bottom; half a turn leads to |−⟩, a quarter to |1⟩."""
    page = open_lab(visit, "?theta=90")
    found = tips(page)
    assert found["before"][0] > 50
    assert abs(found["before"][1]) < 0.3 * found["before"][0]
    assert found["after"][1] > 50
    assert abs(found["after"][0]) < 3
    dial(visit).focus()
    visit.button("angle_180").click()
    page.get_by_label(re.compile("After RY.*x = −1.000")).first.wait_for()
    assert tips(page)["after"] == pytest.approx([-value for value in found["before"]], abs=0.5)


def test_the_arrows_end_where_plotly_has_the_states_at_the_start_while_it_is_turned_and_after(visit):
    page, theta = open_lab(visit, "?theta=30"), pi / 6
    assert page.evaluate(MISSED, theta) < 0.5
    box = visit.by_key("sphere_picture").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    first = tips(page)

    def turn() -> bool:
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(30):
            page.mouse.move(x + 2 * step, y + step)
        return dist(tips(page)["before"], first["before"]) > 10

    page.evaluate(MISSES, theta)
    wait(turn)  # it can be turned a moment after it is seen
    misses = page.evaluate("() => { window.enough = true; return window.misses }")
    assert median(misses) < 3
    visit.until(AT_REST)
    visit.until(ON_THE_STATES, arg=theta)  # the button is still held
    page.mouse.up()
    visit.until(AT_REST)
    visit.until(ON_THE_STATES, arg=theta)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=3)
    page.mouse.move(x - 80, y + box["height"], steps=3)  # let go beyond the sphere's picture
    page.mouse.up()
    visit.until(AT_REST)
    visit.until(ON_THE_STATES, arg=theta)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -100)
    visit.until(AT_REST)
    visit.until(ON_THE_STATES, arg=theta)


@pytest.mark.parametrize("visit", [("phone", "light")], indirect=True)
def test_the_arrows_turn_with_the_sphere_under_a_finger(visit):
    page, theta = open_lab(visit, "?theta=30"), pi / 6
    sphere = visit.by_key("sphere_picture")
    sphere.scroll_into_view_if_needed()
    box, first = sphere.bounding_box(), tips(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = visit.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": left, "y": top} for left, top in places]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def turn() -> bool:
        touch("touchStart", (x, y))
        for step in range(1, 20):
            touch("touchMove", (x + 3 * step, y + step))
        visit.until(ON_THE_STATES, arg=theta)
        touch("touchEnd")
        return dist(tips(page)["before"], first["before"]) > 10

    wait(turn)
    visit.until(ON_THE_STATES, arg=theta)


def turned_arrows_stay(visit) -> None:
    """Turn the sphere, and move the dial forth and back."""
    page = visit.page
    box = visit.by_key("sphere_picture").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    first = tips(page)

    def turn() -> bool:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y + 20, steps=4)
        page.mouse.up()
        return dist(tips(page)["before"], first["before"]) > 10

    wait(turn)  # it can be turned a moment after it is seen
    visit.until(AT_REST)
    turned, eye = tips(page), camera(page)
    dial(visit).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label(re.compile("Bloch sphere.*z = −0.191")).first.wait_for()
    wait(lambda: dist(tips(page)["after"], turned["after"]) > 0.5)  # drawn anew
    visit.until(AT_REST)
    assert camera(page) == pytest.approx(eye, abs=1e-6)
    assert tips(page)["before"] == pytest.approx(turned["before"], abs=0.5)
    page.keyboard.press("ArrowLeft")
    page.get_by_label(re.compile("Bloch sphere.*z = −0.174")).first.wait_for()
    visit.settle()


def test_a_preset_a_reload_and_the_code_once_it_is_opened(visit):
    page = open_lab(visit, "?lab_shots=1000&lab_seed=5")
    visit.button("posts_test").click()
    page.wait_for_url("**theta=180**")
    page.get_by_text("100 shots give about 0.5").wait_for()
    visit.settle()
    measured = visit.by_key("figures").inner_text()
    assert "0.500" in measured
    assert {"theta=180", "lab_seed=5"} <= set(page.url.partition("?")[2].split("&"))
    page.reload()
    visit.settle()
    visit.until("said => document.querySelector('.st-key-figures').innerText === said", arg=measured)
    assert not page.locator("[data-testid=stCode]").count()
    page.get_by_text("The circuit as files, Qiskit code, OpenQASM 3 and text").click()
    page.get_by_text("theta = pi").first.wait_for()
    with page.expect_download() as download:
        visit.button("download_qasm").click()
    assert download.value.suggested_filename == "circuit.qasm"
    assert "ry(pi) q[0];" in download.value.path().read_text()


def test_measuring_again_by_a_key_and_on_by_itself(visit):
    page = open_lab(visit)
    page.locator("h2").click()
    visit.press_shortcut("m", "again")
    page.get_by_text("2 estimates: standard deviation").first.wait_for()
    visit.button("measure_on").click()
    page.get_by_text(re.compile(r"200 estimates: standard deviation 0\.0[34]")).first.wait_for()
    visit.button("measure_on").filter(has_text="Repeat up to 200 times").wait_for()
    dial(visit).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("1 estimate: standard deviation not yet known").first.wait_for()


@pytest.mark.parametrize("visit", [("projector", "light")], indirect=True)
def test_with_noise_both_engines_are_compared_beside_pictures_in_a_row_and_the_longest_name_is_the_lowest(visit):
    page = open_lab(visit, "?engine=noisy&readout_e1=0.1&theta=30")
    page.get_by_text("Ideal and noisy, with 95% intervals").wait_for()
    numbers = page.inner_text("table.numbers >> nth=0")
    assert "0.750" in numbers
    assert "0.675" in numbers
    names = page.locator(".bloch-arrows text").all_text_contents()
    assert names == ["after H", "after RY(θ)", "without noise"]
    boxes = [visit.by_key(key).bounding_box() for key in ("curve", "sphere_picture", "counts")]
    dials = visit.by_key("lab_dials").bounding_box()
    for left, right in pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"] + 1
    assert all(box["y"] >= dials["y"] + dials["height"] for box in boxes)


@pytest.mark.parametrize("visit", [("phone", "light")], indirect=True)
def test_on_a_phone_the_picture_comes_before_the_dials(visit):
    open_lab(visit)
    fits(visit)
    tops = [
        visit.by_key(key).bounding_box()["y"]
        for key in ("curve", "lab_dials", "sphere_picture", "counts", "figures", "scatter_card")
    ]
    assert tops == sorted(tops)
    dial = visit.by_key("theta").bounding_box()
    assert dial["y"] + dial["height"] - tops[0] < PHONE[1]
