"""The Parameter shift tab in real Chromium: sliders, the study, a shift without a rule; phone, dark mode and axe."""

import pytest

from tests.browser import PROJECTOR, STILL, accessible, fits

#: How many parts are measured, in JavaScript.
MEASURED = "Number((/Measuring: (\\d+) of/.exec(document.body.innerText) || [])[1])"


def pixels(key: str) -> str:
    """Those of a picture, in JavaScript."""
    return f"document.querySelector('.st-key-{key} canvas').toDataURL()"


def picture_of(visit, key: str) -> str:
    """A picture's pixels, once it is drawn."""
    visit.by_key(key).locator("canvas").first.wait_for()
    visit.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    return visit.page.evaluate(pixels(key))


def turn(visit, key: str, arrow: str, times: int = 1) -> None:
    visit.by_key(key).get_by_role("slider").focus()
    for _ in range(times):
        visit.page.keyboard.press(arrow)


def test_dials_change_the_table_the_words_and_the_pictures_without_a_remount(visit):
    page = visit.open("gradients")
    page.get_by_text("1.41 times").wait_for()
    keys = ("shift_curve", "rules_chart", "slopes_over_shifts", "noise_over_shifts")
    before = {key: picture_of(visit, key) for key in keys}
    table = page.inner_text("table.rules")
    for key in keys:
        page.evaluate(f"() => {{ document.querySelector('.st-key-{key} canvas').marked = true }}")
    turn(visit, "lab_shift", "ArrowLeft", 4)
    page.get_by_text("2.00 times").wait_for()
    visit.settle()
    assert "lab_shift=%CF%80%2F2" in page.url or "lab_shift=π/2" in page.url
    assert page.inner_text("table.rules") != table
    for key in keys:
        visit.until_other(pixels(key), before[key])
        assert page.evaluate(f"() => document.querySelector('.st-key-{key} canvas').marked"), key
    measured = page.inner_text("table.rules")
    visit.button("measure_slopes").click()
    visit.until("before => document.querySelector('table.rules').innerText !== before", arg=measured)


def test_a_study_runs_is_stopped_and_keeps_what_it_has(visit):
    page = visit.open("gradients?lab_shots=10000&repeats=1000")
    empty = picture_of(visit, "slopes_over_shifts")
    visit.button("start_study").click()
    visit.until_said(r"Measuring: [1-9]\d* of [\d,]+ parts, about \d+ (s|min) left")
    first = visit.until_other(MEASURED, page.evaluate(MEASURED))
    visit.until_other(pixels("slopes_over_shifts"), empty)
    turn(visit, "theta", "ArrowRight")
    page.get_by_text("It used other control settings").wait_for()
    turn(visit, "theta", "ArrowLeft")
    page.get_by_text("It used other control settings").wait_for(state="detached")
    visit.go("Data")
    visit.go("Gradients")
    page.get_by_text("Measuring:").wait_for()
    assert page.evaluate(MEASURED) > first
    assert not page.get_by_text("It used other control settings").count()
    assert not page.get_by_text("Nothing has been measured yet").count()
    visit.button("stop_study").click()
    page.get_by_text("The parts measured so far are kept").wait_for()
    kept = page.get_by_text("Stopped after").inner_text()
    measured = page.inner_text("table.rules")
    visit.button("measure_slopes").click()
    visit.until_other("document.querySelector('table.rules').innerText", measured)
    assert page.get_by_text("Stopped after").inner_text() == kept
    assert picture_of(visit, "slopes_over_shifts") != empty


def test_a_shift_without_a_sine_is_refused_with_the_reason(visit):
    page = visit.open("gradients?lab_shift=π")
    page.get_by_text(
        "The parameter-shift rule is undefined here: shift must have |sin(shift)| of at least 0.01"
    ).wait_for()
    assert page.locator("table.rules tbody tr").count() == 5
    accessible(visit)


@pytest.mark.parametrize("visit", [("projector", "light")], indirect=True)
def test_picture_and_dials_need_no_scrolling_on_a_projector_and_a_finished_study_fits_there_and_on_a_phone(visit):
    page = visit.open("gradients?repeats=10")
    for key in ("theta", "lab_shift", "lab_shots", "repeats", "lab_seed", "measure_slopes", "shift_curve"):
        box = page.locator(f".st-key-{key}").first.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= box["y"] + box["height"] <= PROJECTOR[1], key
    visit.button("start_study").click()
    page.get_by_text("Measured in").wait_for()
    visit.settle()
    page.get_by_text("What am I looking at?").click()
    page.locator(".katex").first.wait_for()
    finished_study_fits(visit)
    visit.dress_anew("phone", "dark")
    tops = [page.locator(f".st-key-{key}").bounding_box() for key in ("shift_curve", "theta")]
    assert all(tops)
    assert tops[0]["y"] < tops[1]["y"]
    finished_study_fits(visit)


def finished_study_fits(visit) -> None:
    """With the fold open nothing is too wide, and axe finds nothing."""
    visit.until(STILL)
    fits(visit)
    wide = "e => e.closest('table.rules, [data-testid=stHtml]') && e.scrollWidth > e.clientWidth + 1"
    wider = visit.page.evaluate(f"() => [...document.querySelectorAll('[data-testid=stMain] *')].filter({wide}).length")
    assert wider == 0
    accessible(visit)
