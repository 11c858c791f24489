"""The dashboard in real Chromium, as a user walks through it. Any console or page error fails."""

import re
from time import monotonic
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Route

from tests.browser import DESKTOP, PHONE, PROJECTOR, STYLED, Visit, accessible, fits
from tests.waiting import wait
from ui.frame.page import PAGES
from ui.kit.live import LIVE_SECONDS

#: The training chart's pixels, and a number beside it, in JavaScript.
CHART = "document.querySelector('.st-key-training_chart canvas')?.toDataURL()"
LOSS = "document.querySelector('[data-testid=stMetricValue]').innerText"


def epoch_of(visit) -> int:
    """The epoch in which a training of 100 is."""
    return int(re.findall(r"Epoch (\d+) of 100", visit.page.inner_text("body"))[0])


def until_after(visit, epoch: int) -> None:
    """Wait until a training of 100 epochs is in a later one."""
    later = "epoch => Number((/Epoch (\\d+) of 100/.exec(document.body.innerText) || [])[1]) > epoch"
    visit.until(later, arg=epoch)


def chart_of(visit) -> str:
    """The pixels of the training chart, once it is drawn."""
    visit.by_key("training_chart").locator("canvas").first.wait_for()
    return visit.page.evaluate(CHART)


def set_epochs(visit, epochs: int) -> None:
    field = visit.by_key("epochs").locator("input")
    if not field.is_visible():
        visit.page.get_by_test_id("stExpander").filter(has_text="Training").first.click()
    field.fill(str(epochs))
    field.press("Enter")
    visit.until_said(f"{epochs} epochs")


def test_the_main_job(visit):
    """Choose 3 and 7, train, see the loss move while it trains, walk away and back, stop, see predicted labels."""
    page = visit.open()
    for digit in ("0", "1"):
        visit.by_key("digits").get_by_role("button", name=digit, exact=True).click()
    visit.until_said("Train on 0 vs 1")
    for digit in ("3", "7"):
        visit.by_key("digits").get_by_role("button", name=digit, exact=True).click()
    visit.until_said("Train on 3 vs 7")

    visit.go("Train")
    set_epochs(visit, 100)
    visit.slow_down(20)
    visit.button("train").click()
    visit.button("stop").wait_for()
    visit.until_said(r"Epoch \d+ of 100")
    visit.until_other(LOSS, page.evaluate(LOSS))
    redraws(visit, 1)
    assert visit.button("stop").is_enabled()

    epoch = epoch_of(visit)
    visit.go("Data")
    assert page.locator(".gallery img").count() == 80
    visit.go("Train")
    until_after(visit, epoch)

    visit.button("stop").click()
    visit.button("train").wait_for()
    visit.by_key("run_bar").get_by_text("Stopped in epoch").wait_for()

    visit.go("Test")
    page.locator(".gallery img").first.wait_for()
    assert page.locator(".gallery li").count() == 48
    assert page.get_by_text(re.compile(r"predicted [37]")).count() >= 48
    assert page.locator(".gallery .right").count() > 24


def test_a_training_streams_whatever_slider_is_moved_and_is_whole_after_a_reload(visit):
    """The chart is drawn anew every half second or sooner, and so again and again in one epoch of 50 s."""
    assert LIVE_SECONDS <= 0.5
    page = visit.open("train?n_train=500&epochs=100&batch_size=1&engine=exact")
    visit.slow_down(20)
    visit.button("train").click()
    visit.until_said(r"Epoch 1 of 100")
    visit.settle()  # once it runs, the page is drawn as a whole again
    page.evaluate("() => { document.querySelector('.st-key-training_chart canvas').marked = true }")
    redraws(visit, 6)
    assert epoch_of(visit) == 1
    visit.by_key("shots").get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**shots=200**")
    visit.settle()
    redraws(visit, 2)
    assert page.evaluate("() => document.querySelector('.st-key-training_chart canvas').marked")
    visit.button("pause").click()
    page.get_by_text("Paused in").wait_for()
    before = step_of(visit)
    assert before >= 8
    visit.button("resume").click()
    visit.until_said(r"Epoch \d+ of 100")
    assert re.search(r"run=[\w-]{22}(&|$)", page.url)  # by which it is watched, no more
    page.reload()
    visit.settle()
    visit.until_said(r"Epoch \d+ of 100")
    redraws(visit, 1)
    visit.button("pause").click()
    page.get_by_text("Paused in").wait_for()
    assert step_of(visit) > before
    visit.button("stop").click()
    visit.button("train").wait_for()


def redraws(visit, times: int) -> None:
    """Wait until the chart shows other pixels, again and again."""
    picture = chart_of(visit)
    for _ in range(times):
        picture = visit.until_other(CHART, picture)


def test_folded_settings_survive_page_switches_and_a_reload(visit):
    visit.open("train")
    set_epochs(visit, 7)
    visit.go("Data")
    visit.go("Test")
    visit.go("Train")
    assert "7 epochs" in visit.page.inner_text(".st-key-run_bar")
    visit.page.reload()
    visit.settle()
    assert "7 epochs" in visit.page.inner_text(".st-key-run_bar")


def open_engine_settings(visit) -> None:
    if visit.page.viewport_size["width"] < 500:
        visit.page.get_by_test_id("stExpandSidebarButton").click()
    visit.page.get_by_test_id("stExpander").filter(has_text="Engine and noise").first.click()
    visit.by_key("engine").get_by_text("noisy", exact=True).wait_for()


@pytest.mark.parametrize("visit", [("desktop", "light"), ("phone", "dark")], indirect=True, ids="-".join)
def test_turning_a_noise_dial_flattens_the_sine_and_the_link_keeps_it(visit):
    page = visit.open("train")
    open_engine_settings(visit)
    assert page.locator(".response polyline.noisy").count() == 0
    visit.by_key("engine").get_by_text("noisy", exact=True).click()
    page.get_by_text("steps, noisy engine").wait_for()  # until then its dials are off
    visit.settle()
    dial = visit.by_key("readout_e1").get_by_role("slider")
    dial.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.locator(".response polyline.noisy").wait_for()
    page.get_by_text("99% of the ideal").wait_for()
    assert {"engine=noisy", "readout_e1=0.0137"} <= set(page.url.partition("?")[2].split("&"))
    accessible(visit)
    page.reload()
    visit.settle()
    page.get_by_text("With this noise, P(1) stays between 0.000 and 0.986.").wait_for()


def test_a_device_is_asked_about_before_it_runs(visit):
    page = visit.open("train?engine=ibm&backend=aer_simulator&n_train=10&n_test=10&epochs=2")
    visit.button("train").click()
    page.get_by_text("This run sends 10 jobs with").wait_for()
    accessible(visit)
    visit.button("disagree").click()
    page.get_by_text("This run sends").wait_for(state="detached")
    assert not visit.button("stop").count()
    visit.go("Home")
    visit.button("start").click()
    page.get_by_text("This run sends 10 jobs with").wait_for()
    visit.button("agree").click()
    page.get_by_role("heading", level=2).filter(has_text="Train").wait_for()
    page.get_by_text("Finished:").wait_for()


def test_starting_with_settings_of_ones_own_shows_the_training_and_keeps_the_link(visit):
    link = "n_train=10&n_test=10&shots=1000&seed=3&epochs=7"
    page = visit.open(f"?{link}")
    visit.button("start").click()
    page.get_by_role("heading", level=2).filter(has_text="Train").wait_for()
    page.get_by_text("Finished:").wait_for()
    visit.settle()
    assert set(link.split("&")) <= set(page.url.partition("?")[2].split("&"))


def test_a_device_that_there_is_not_is_named(visit):
    page = visit.open("train?engine=ibm&backend=fake_moon")
    visit.button("train").click()
    page.get_by_text("There is no local simulation named fake_moon").wait_for()


@pytest.mark.parametrize("visit", [("desktop", "light"), ("desktop", "dark")], indirect=True, ids="-".join)
def test_a_disabled_train_button_can_be_read(visit):
    """It is paler than others, which asks for 4.5, but twice as light or dark as the page behind it."""
    visit.open("train?digits=4")
    button = visit.button("train")
    assert button.is_disabled()
    colours = button.evaluate(
        """button => [button.querySelector('p'), button, document.querySelector('[data-testid=stApp]')].map(
            (part, place) => getComputedStyle(part)[place ? 'backgroundColor' : 'color'])"""
    )
    text, own, page = ([float(value) for value in re.findall(r"[\d.]+", colour)] for colour in colours)
    behind = over(own, page)
    assert contrast(over(text, behind), behind) > 2


def over(colour: list[float], behind: list[float]) -> list[float]:
    """What is seen of a colour, red, green, blue and perhaps its opacity, before another one that is opaque."""
    opacity = colour[3] if len(colour) > 3 else 1.0
    return [opacity * front + (1 - opacity) * back for front, back in zip(colour[:3], behind[:3], strict=True)]


def contrast(one: list[float], other: list[float]) -> float:
    """WCAG's contrast ratio of two opaque colours."""

    def luminance(colour: list[float]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (each / 255 for each in colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_a_link_draws_nothing_but_text(visit):
    asked = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.open("?shots=![x](http://127.0.0.1:9/beacon.png)&seed=<img src=x>&n_train=%0A%23%20hello")
    assert "![x](http://127.0.0.1:9/beaco" in visit.page.inner_text(".note")
    assert not [url for url in asked if not url.startswith((visit.address, "data:", "blob:", "ws:"))]


def test_a_link_opens_the_same_experiment_on_every_page(visit):
    link = "?digits=4&digits=9&n_train=20&n_test=10&shots=1000&shift=π/4&seed=3"
    for path in ("", "data", "train"):
        visit.open(path + link)
        assert "seed=3" in visit.page.url
    assert "40 images" in visit.page.inner_text(".st-key-run_bar")
    visit.go("Test")
    visit.go("Train")
    assert "40 images" in visit.page.inner_text(".st-key-run_bar")
    assert "shots=1000" in visit.page.url
    visit.page.reload()
    visit.settle()
    assert "40 images" in visit.page.inner_text(".st-key-run_bar")


def test_a_link_lives_through_a_walk_over_all_pages(visit):
    """With the loss as an earlier link names it, which the page renames."""
    link = "digits=4&digits=9&n_train=20&n_test=10&shots=1000&shift=π/4&seed=3&epochs=7&loss=−p (original post)"
    visit.open(f"train?{link.replace('−p (original post)', 'published')}")
    for title in ("Data", "Test", "Data", "Train", "Data", "Home", "Test", "Train"):
        visit.go(title)
        assert not set(link.split("&")) - set(unquote_plus(visit.page.url).partition("?")[2].split("&")), title


def test_a_bad_link_is_answered_and_the_page_works(visit):
    page = visit.open("?shots=0&digits=12")
    assert "the link’s value “0” is not available. Using 100 instead." in page.inner_text("body")
    visit.button("dismiss_link_notes").click()
    page.get_by_text("the link’s value").first.wait_for(state="detached")


def test_a_third_digit_replaces_the_first_and_one_alone_is_asked_about(visit):
    page = visit.open("data?digits=0&digits=3&digits=7")
    page.get_by_text("sevens").first.wait_for()
    visit.by_key("digits").get_by_role("button", name="5", exact=True).click()
    page.get_by_text("fives").first.wait_for()
    visit.by_key("digits").get_by_role("button", name="5", exact=True).click()
    page.get_by_text("Choose two digits. Chosen so far: 7.").wait_for()


def train_for_long(visit, link: str = "") -> None:
    """Start, by a key, a training of four minutes that leaves the machine to others: 20 steps a second."""
    visit.open(f"train?n_train=200&epochs=100&engine=exact{link}")
    visit.slow_down(20)
    visit.page.locator("h2").click()
    visit.page.keyboard.press("Control+Enter")
    visit.button("stop").wait_for()
    visit.until_said(r"Epoch \d+ of 100")


def step_of(visit) -> int:
    """The step after which a training is paused."""
    (step,) = re.findall(r"after step (\d+) of", visit.page.inner_text(".st-key-run_words"))
    return int(step)


def shared(visit) -> list[str]:
    """The links that Share gives: one to watch, and one to control."""
    visit.button("share").click()
    visit.button("copilot").click()
    codes = visit.page.locator("[data-testid=stCode]")
    codes.nth(1).wait_for()
    links = codes.all_inner_texts()
    visit.button("share").click()
    codes.first.wait_for(state="detached")
    return links


def test_two_browsers_see_one_training_and_who_only_watches_cannot_stop_it(visit, browser):
    train_for_long(visit)
    watch, control = shared(visit)
    run_id = re.findall(r"run=([\w-]{22})(?:&|$)", visit.page.url)[0]
    assert watch == re.sub(r"\?.*", "", visit.page.url) + f"?run={run_id}"
    assert re.fullmatch(rf"{visit.address}/copilot\?run={run_id}\.[\w-]{{22}}", control)
    watcher, phone = (Visit(browser, visit.address, size) for size in (DESKTOP, PHONE))
    watcher.page.goto(visit.page.url)
    watcher.page.get_by_text("View only").wait_for()
    watcher.until_said(r"Epoch \d+ of 100")
    assert not any(watcher.button(key).count() for key in ("pause", "resume", "step", "stop", "restart"))
    for key in ("p", "n", "Escape"):
        watcher.page.keyboard.press(key)
    accessible(watcher)
    phone.page.goto(control)
    assert phone.page.url == f"{visit.address}/train?run={run_id}"
    phone.button("stop").wait_for()
    assert phone.page.evaluate("history.length") == watcher.page.evaluate("history.length")  # the key is in none
    phone.page.reload()
    phone.button("pause").click()
    for each in (visit, watcher, phone):
        each.page.get_by_text("Paused in").wait_for()
    assert step_of(visit) == step_of(watcher) == step_of(phone) > 0
    visit.press_shortcut("p", "resume")
    for each in (visit, watcher, phone):
        each.until_said(r"Epoch \d+ of 100")
    phone.button("stop").click()
    for each in (visit, watcher, phone):
        each.page.get_by_text("Stopped in epoch").wait_for()
    for other in (watcher, phone):
        other.context.close()
        assert not other.errors


def test_pause_and_step(visit):
    page = visit.page
    train_for_long(visit, "&seed=5")
    assert visit.button("step").is_disabled()
    visit.button("pause").click()
    page.get_by_text("Paused in").wait_for()
    accessible(visit)
    for press in (lambda: visit.button("step").click(), lambda: visit.press_shortcut("n", "step")):
        before, chart = step_of(visit), chart_of(visit)
        press()
        page.get_by_text(f"after step {before + 1} of").wait_for()  # so it had made no other since it was paused
        visit.until_other(CHART, chart)
    visit.button("resume").click()
    visit.until_said(r"Epoch \d+ of 100")
    page.keyboard.press("Escape")  # no key stops a run
    redraws(visit, 3)
    visit.until_said(r"Epoch \d+ of 100")
    visit.button("stop").click()
    page.get_by_text("Stopped in epoch").wait_for()
    accessible(visit)
    visit.button("continue").click()
    visit.until_said(r"Epoch \d+ of 100")
    visit.button("stop").click()
    visit.button("restart").wait_for()
    link = page.url
    visit.button("restart").click()
    visit.until_said(r"Epoch \d+ of 100")
    assert page.url != link
    visit.button("stop").click()
    visit.button("train").wait_for()


def test_slow_motion_goes_at_its_pace_and_back_to_full_speed(visit):
    page = visit.open("train?n_train=500&epochs=100")  # at full speed, too, minutes long
    visit.slow_down(2)
    start = monotonic()
    visit.button("train").click()
    visit.until_said(r"Epoch 1 of 100")
    redraws(visit, 3)
    visit.press_shortcut("p", "pause")
    page.get_by_text("Paused in").wait_for()
    assert 3 <= step_of(visit) <= 2 * (monotonic() - start) + 1  # however slow the machine: never faster than that
    visit.button("resume").click()
    visit.until_said(r"Epoch \d+ of 100")
    page.reload()
    visit.settle()
    visit.until("() => document.querySelector('.st-key-pace input').value === '2 steps/s'")
    visit.by_key("pace").get_by_role("combobox").click()
    page.get_by_role("option", name="Full speed").click()
    visit.until_said(r"Epoch ([5-9]|\d\d) of 100")  # which takes longer than any wait at the slow pace
    visit.button("stop").click()
    visit.button("train").wait_for()


def test_a_link_to_a_training_that_is_not_known_is_answered(visit):
    page = visit.open("train?run=" + "x" * 22)
    page.get_by_text("This link points to a run that is not on this server.").wait_for()
    accessible(visit)
    visit.button("forget_link").click()
    page.get_by_text("This link points to a run").wait_for(state="detached")
    assert "run=" not in page.url


def test_every_page_fits_and_is_accessible(visit):
    """Nothing scrolls sideways; axe finds nothing serious or critical."""
    visit.open()
    for number, (title, _) in enumerate(PAGES.values()):
        if number:
            visit.go(title)
        fits(visit)
        accessible(visit)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("visit", [("phone", "dark")], indirect=True, ids="-".join)
def test_every_page_fits_and_is_accessible_on_a_phone(visit, name):
    visit.open("" if name == "home" else name)
    fits(visit)
    accessible(visit)


@pytest.mark.parametrize("visit", [("desktop", "light"), ("phone", "dark")], indirect=True, ids="-".join)
def test_a_finished_run_is_accessible_on_train_and_test_and_a_click_away_on_the_first_page(visit):
    page = visit.open("train?n_train=10&n_test=10&seed=77")
    visit.button("train").click()
    page.get_by_text("Finished:").wait_for()
    visit.settle()
    accessible(visit)
    link = page.url
    for following in ("Next: the gradients", "Next: test the network"):
        page.get_by_text(following).click()
    page.locator(".gallery img").first.wait_for()
    visit.settle()
    fits(visit)
    accessible(visit)
    page.locator(".gallery a").first.click()
    page.get_by_role("heading", level=2).filter(has_text="Gradients").wait_for()
    visit.settle()
    page.go_back()
    page.locator(".gallery a").first.wait_for()
    visit.settle()
    visit.open("")
    page.get_by_text("seed 77: finished, test accuracy").wait_for()
    visit.by_key("trainings").get_by_role("button", name="Open", exact=True).first.click()
    page.get_by_role("heading", level=2).filter(has_text="Train").wait_for()
    page.get_by_text("Finished:").wait_for()
    assert re.findall(r"run=([\w-]{22})", page.url) == re.findall(r"run=([\w-]{22})", link)
    assert visit.button("restart").count()


@pytest.mark.parametrize("visit", [("projector", "light")], indirect=True)
def test_on_a_projector_the_train_page_needs_no_scrolling(visit):
    page = visit.open("train")
    for selector in (".st-key-digits", ".st-key-shots", ".st-key-run_bar", ".st-key-stage", ".st-key-training_chart"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert box["y"] >= 0, selector
        assert box["y"] + box["height"] <= PROJECTOR[1], selector


def test_nothing_is_drawn_before_its_styles_come(address, browser):
    visit = Visit(browser, address)
    visit.context.add_init_script(
        "new MutationObserver((_, observer) => { if (document.querySelector('#root *')) {"
        f" window.drawnInStyle = {STYLED}; observer.disconnect() }} }})"
        ".observe(document, { childList: true, subtree: true })"
    )
    visit.open()
    assert visit.page.evaluate("window.drawnInStyle")
    first = visit.page.evaluate(
        """() => performance.getEntriesByType('paint')[0].startTime
            - performance.getEntriesByType('resource').find(({ name }) => name.includes('/style.')).responseEnd"""
    )
    assert first > 0
    visit.context.close()
    assert not visit.errors


def test_axes_stand_where_a_chart_is_still_to_come(address, browser):
    visit = Visit(browser, address)
    held: list[Route] = []

    def hold(request: Route) -> None:
        held.append(request)

    visit.page.route("**/EChartsChart*.js", hold)
    visit.page.goto(f"{address}/train")
    axes = visit.by_key("training_chart").get_by_test_id("stSkeleton")
    axes.wait_for()
    shown = axes.evaluate("axes => getComputedStyle(axes).backgroundImage")
    height = axes.evaluate("axes => axes.closest('.st-key-training_chart').clientHeight")
    for request in held:
        request.continue_()
    visit.by_key("training_chart").locator("canvas").first.wait_for()
    assert shown.startswith("repeating-linear-gradient")
    assert visit.by_key("training_chart").evaluate("chart => chart.clientHeight") == pytest.approx(height, abs=1)
    visit.context.close()
    assert not visit.errors


def test_an_address_that_is_no_page_says_so_and_offers_the_pages(visit):
    for address in ("nowhere", "train/again"):
        visit.page.goto(f"{visit.address}/{address}")
        visit.page.get_by_role("heading", name=f"Page “{address}”").wait_for()
        accessible(visit)
        visit.page.get_by_role("link", name="Train", exact=True).click()
        visit.page.get_by_role("heading", level=2).filter(has_text="Train").wait_for()
        visit.settle()
    visit.errors.clear()  # that they were not found


def state(visit) -> tuple[str, str, list[str]]:
    """What is seen: the page, by its title and its link, and the digits that are chosen."""
    visit.settle()
    chosen = visit.by_key("digits").locator("[aria-checked=true], [aria-pressed=true]")
    return visit.page.locator("h2").inner_text(), visit.page.url, chosen.all_inner_texts()


def test_back_and_forward_lead_to_what_one_has_seen_in_one_step_each(address, browser):
    """Whatever the program has changed in the meantime: digits, presets, angles, parts of a page."""
    visit = Visit(browser, address)  # a window keeps 50 entries, which one that is used again may have
    page = visit.open("data")
    entries = page.evaluate("history.length")
    for digit in ("5", "8"):
        visit.by_key("digits").get_by_role("button", name=digit, exact=True).click()
        page.wait_for_url(f"**digits={digit}")
        visit.settle()
    visit.until("() => location.search === '?digits=5&digits=8'")  # each third digit has replaced the first
    wait(lambda: state(visit)[2] == ["5", "8"])
    seen = [state(visit)]
    visit.go("Gradients")
    page.get_by_text("Follow one image", exact=True).click()
    page.wait_for_url("**gradients_part=**")
    seen.append(state(visit))
    visit.go("Circuit")
    visit.button("angle_90").click()
    page.wait_for_url("**theta=90**")
    visit.by_key("preset").get_by_role("combobox").click()
    page.get_by_role("option", name="Original post, 0 vs 1").click()
    page.wait_for_url("**gradient_rule=raw**")
    seen.append(state(visit))
    visit.go("Explore")
    page.get_by_text("Circuit vs classical", exact=True).click()
    page.wait_for_url("**explore_part=**")
    seen.append(state(visit))
    visit.go("Draw")
    assert page.evaluate("history.length") == entries + len(seen)
    seen.append(state(visit))
    for step, states in ((page.go_back, seen[-2::-1]), (page.go_forward, seen[1:])):
        for expected in states:
            step()
            page.get_by_role("heading", level=2).filter(has_text=expected[0]).wait_for()
            wait(lambda expected=expected: state(visit) == expected)
    visit.context.close()
    assert not visit.errors
