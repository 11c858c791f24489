"""Train on change: a moved slider trains, the run before stays as a labelled curve, and a link trains nothing."""

import json
import re

#: The labels of earlier runs are on a canvas. The buttons below it name the same runs.
EARLIER = """[...document.querySelectorAll('[class*=st-key-front_] button')].filter(each => each.offsetParent)
    .map(each => each.innerText.trim()).join()"""


def run_in(url: str) -> str:
    found = re.search(r"run=([\w-]{22})", url)
    return found[1] if found else ""


def test_a_moved_slider_trains_and_the_run_before_stays_as_a_curve(visit):
    page = visit.open("train?n_train=20&n_test=10&train_on_change=true")
    assert page.get_by_text("Press Train:").is_visible()
    slider = visit.by_key("shots").get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**run=**")
    page.get_by_text("Finished:").wait_for()
    first = run_in(page.url)
    assert page.evaluate(EARLIER) == ""

    slider.focus()
    page.keyboard.press("ArrowLeft")
    visit.until(f"() => !location.href.includes('{first}')")
    visit.until(f"() => {EARLIER} === {json.dumps('▲ 50 shots')}")
    page.get_by_text("Finished:").wait_for()
    visit.settle()
    second = run_in(page.url)

    visit.button(f"front_{first}").click()
    visit.until(f"() => {EARLIER} === {json.dumps('■ 20 shots')}")
    visit.until(f"() => location.href.includes('{first}')")
    visit.button("clear_earlier").click()
    visit.until(f"() => {EARLIER} === ''")

    page.goto(f"{visit.address}/train?n_train=20&n_test=10&shots=5&train_on_change=true&run={second}")
    visit.settle()
    assert visit.by_key("train_on_change").get_by_role("switch").is_checked()
    page.reload()
    visit.settle()
    assert run_in(page.url) == second
    assert page.get_by_text("Finished:").is_visible()
