"""The Circuit lab in real Chromium: the dial moves everything, the link keeps it, and it measures on by itself."""

import re

import pytest

from tests.browser import DESKTOP, PHONE, Visit, chromium, serving


@pytest.fixture(scope="module")
def address():
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def visit(browser, address, request):
    visit = Visit(browser, address, getattr(request, "param", DESKTOP))
    yield visit
    visit.context.close()
    assert not visit.errors


def open_lab(visit, link: str = ""):
    page = visit.open(f"circuit{link}")
    page.locator("img.circuit").wait_for()
    page.locator(".js-plotly-plot canvas").first.wait_for()
    visit.settle()
    return page


def dial(visit):
    return visit.by_key("theta").get_by_role("slider")


def camera(page) -> dict[str, float]:
    return page.evaluate("() => document.querySelector('.js-plotly-plot').layout.scene.camera.eye")


def test_the_dial_moves_the_number_the_curve_the_sphere_and_the_drawing(visit):
    page = open_lab(visit, "?theta=10")
    page.evaluate("() => { document.querySelector('.st-key-curve canvas').marked = true }")
    before = page.locator("img.circuit").get_attribute("src")
    dial(visit).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("θ = 11° = 0.192 rad").wait_for()
    page.get_by_label(re.compile("Bloch sphere.*x = .0.982, y = 0.000, z = −0.191")).first.wait_for()
    page.get_by_text("0.595", exact=True).wait_for()
    page.wait_for_function("before => document.querySelector('img.circuit').src !== before", arg=before)
    assert page.evaluate("() => document.querySelector('.st-key-curve canvas').marked")
    assert "theta=11" in page.url


def test_the_sphere_stays_turned_when_the_dial_is_moved(visit):
    page = open_lab(visit, "?theta=10")
    visit.by_key("sphere_card").scroll_into_view_if_needed()
    box = visit.by_key("sphere_card").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.wait_for_timeout(500)
    first = camera(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "x => Math.abs(document.querySelector('.js-plotly-plot').layout.scene.camera.eye.x - x) > 0.1", arg=first["x"]
    )
    page.wait_for_timeout(1000)
    turned = camera(page)
    dial(visit).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label(re.compile("Bloch sphere.*z = −0.191")).first.wait_for()
    page.wait_for_timeout(500)
    assert camera(page) == pytest.approx(turned, abs=1e-6)


def test_a_preset_and_a_reload(visit):
    page = open_lab(visit, "?lab_shots=1000&lab_seed=5")
    visit.button("posts_test").click()
    page.get_by_text("θ = 180° = 3.142 rad = π").wait_for()
    page.get_by_text("100 shots give about 0.5").wait_for()
    visit.settle()
    measured = visit.by_key("figures").inner_text()
    assert "0.500" in measured
    assert {"theta=180", "lab_seed=5"} <= set(page.url.partition("?")[2].split("&"))
    page.reload()
    visit.settle()
    page.get_by_text("θ = 180° = 3.142 rad = π").wait_for()
    page.wait_for_function("said => document.querySelector('.st-key-figures').innerText === said", arg=measured)


def test_measuring_again_by_a_key_and_on_by_itself(visit):
    page = open_lab(visit)
    page.locator("h2").click()
    page.keyboard.press("m")
    page.get_by_text("2 estimates: standard deviation").first.wait_for()
    visit.button("measure_on").click()
    page.get_by_text(re.compile(r"200 estimates: standard deviation 0\.0[34]")).first.wait_for(timeout=60_000)
    visit.button("measure_on").filter(has_text="Measure on").wait_for()
    dial(visit).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("1 estimate: standard deviation not yet known").first.wait_for()


def test_with_noise_both_engines_stand_side_by_side(visit):
    page = open_lab(visit, "?engine=noisy&readout_e1=0.1&theta=30")
    page.get_by_text("Ideal and noisy side by side").wait_for()
    numbers = page.inner_text("table.numbers >> nth=0")
    assert "0.750" in numbers
    assert "0.675" in numbers


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_on_a_phone_the_picture_comes_before_the_dials(visit):
    page = open_lab(visit)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    tops = [visit.by_key(key).bounding_box()["y"] for key in ("curve", "figures", "lab_dials", "sphere_card")]
    assert tops == sorted(tops)


def test_the_code_is_there_once_it_is_opened(visit):
    page = open_lab(visit, "?theta=90")
    assert not page.locator("[data-testid=stCode]").count()
    page.get_by_text("Circuit as text, OpenQASM 3 and Qiskit code").click()
    page.get_by_text("theta = pi/2").wait_for()
    with page.expect_download() as download:
        visit.button("download_qasm").click()
    assert download.value.suggested_filename == "circuit.qasm"
    assert "ry(pi/2) q[0];" in download.value.path().read_text()
