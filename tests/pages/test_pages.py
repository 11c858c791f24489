"""Every page, found by discovery, run by Streamlit's own test harness with the real job engine."""

import gc
import re
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path
from time import monotonic, sleep

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest

from hqnn.commands.flags import OWNERS
from hqnn.config import NOISE_PRESETS, PRESETS, Noise, RunConfig
from hqnn.inference.whole_test import whole_test
from hqnn.jobs.answer import ClusterError
from hqnn.jobs.job import Job
from hqnn.runs import from_bytes
from hqnn.states import ALLOWED, Action, State
from tests.hqnn.sweeps.test_results import epoch
from tests.waiting import PATIENCE
from ui.frame import page as frame
from ui.frame.run_bar import BUTTONS
from ui.session import cached, setting_options
from ui.session.viewer import PACES, identity_of

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))

pytestmark = pytest.mark.usefixtures("dashboard_here")


def open_page(name: str, secret: str = "", /, **link: str | list[str]) -> AppTest:
    """A page of the browser that has a secret, or of a new one."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    if secret:
        app.session_state["identity"] = secret
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    if name != "home":
        app.switch_page(f"pages/{name}.py").run()
    assert not app.exception
    return app


def training(app: AppTest) -> Job:
    """The training that the page looks at."""
    job = cached.jobs().get(app.session_state["run_id"])
    assert job is not None
    return job


def texts(app: AppTest) -> str:
    return "\n".join(
        str(element.value) for kind in (app.markdown, app.caption, app.warning, app.info) for element in kind
    )


def test_the_frame_knows_every_page():
    assert set(frame.PAGES) == set(PAGES)


def _read_every_page(_viewer: int) -> None:
    cache = ScriptCache()
    for name in PAGES:
        cache.get_bytecode(str(ROOT / "pages" / f"{name}.py"))


def _let_others_run(*_) -> None:
    sleep(0.001)


def test_pages_can_be_opened_for_the_first_time_at_once(quick_switches):
    usual = gc.get_threshold()
    # Dask watches each collection of garbage; while Python runs that, another thread may begin to read a page.
    gc.callbacks.append(_let_others_run)
    gc.set_threshold(50)
    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(_read_every_page, range(30)))
    finally:
        gc.callbacks.remove(_let_others_run)
        gc.set_threshold(*usual)


def test_no_message_counts_on_what_a_browser_has_kept():
    message = ForwardMsg()
    message.delta.new_element.html.body = "x" * 1_000_000
    populate_hash_if_needed(message)
    assert not message.metadata.cacheable


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_its_title_and_its_settings(name):
    app = open_page(name)
    assert "## " in app.main.markdown[0].value
    for key in setting_options.LABELS:
        assert key in app.session_state, key
    for picture in re.findall(r"<(?:img|svg)\b[^>]*>", texts(app) + str([e.proto.body for e in app.get("html")])):
        assert re.search(r" width=\"\d+\" height=\"\d+\"", picture), picture  # its own, not of a style sheet alone


@pytest.mark.parametrize("name", sorted({*PAGES} - {"test"}))
def test_every_page_but_one_says_what_to_do_about_one_digit(name):
    assert "Choose two digits. Chosen so far: 4." in texts(open_page(name, digits=["4"]))


def test_with_one_digit_the_test_page_asks_a_network_that_comes_with_hqnn():
    app = open_page("test", digits=["4"])
    assert app.selectbox(key="network").options == ["0 vs 1, comes with hqnn", "3 vs 7, comes with hqnn"]
    assert "2,115 zeros and ones" in str([e.proto.body for e in app.get("html")])


def test_every_option_of_every_widget_is_a_valid_setting():
    for name, options in setting_options.OPTIONS.items():
        for option in options:
            for digits in ((0, 1), (5, 8)):  # 5 has the fewest images of all
                engine = OWNERS.get(name, option if name == "engine" else "aer")
                value = None if option == setting_options.NONE_WORDS.get(name) else option
                RunConfig(**{"engine": engine, name: value, "digits": digits})


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sets_every_setting_but_the_seed(name):
    app = open_page("train", seed="5")
    app.selectbox(key="preset").set_value(name).run()
    assert not app.exception
    expected = RunConfig.preset(name)
    for setting in setting_options.LABELS:
        chosen, value = app.session_state[setting], getattr(expected, setting)
        value = 5 if setting == "seed" else setting_options.NONE_WORDS[setting] if value is None else value
        assert (tuple(chosen) if setting == "digits" else chosen) == value
    assert app.selectbox(key="preset").value is None


@pytest.mark.parametrize("name", NOISE_PRESETS)
def test_a_devices_noise_sets_the_dials_and_the_engine(name):
    app = open_page("train")
    app.selectbox(key="noise_preset").set_value(name).run()
    assert not app.exception
    assert app.radio(key="engine").value == "noisy"
    for dial in setting_options.NOISE:
        value = getattr(Noise.preset(name), dial)
        assert app.session_state[dial] == (setting_options.NONE_WORDS[dial] if value is None else value)


def test_a_dial_bends_the_curve_once_its_engine_is_chosen():
    app = open_page("train")
    assert app.select_slider(key="readout_e1").disabled
    assert "No noise. P(1) ranges from 0 to 1" in texts(app)
    assert 'class="noisy"' not in texts(app)
    app.radio(key="engine").set_value("noisy").run()
    app.select_slider(key="readout_e1").set_value(0.2).run()
    assert "P(1) stays between **0.000 and 0.800**. Its slope at θ = 0 is **0.400** per radian, 80% of" in texts(app)
    assert 'class="noisy"' in texts(app)
    app.radio(key="engine").set_value("exact").run()
    assert 'class="noisy"' not in texts(app)


def test_noise_in_a_link_trains_with_it_and_is_in_the_record():
    app = open_page("train", engine="noisy", readout_e0="0.1", t1_us="50", n_train="10", n_test="10", epochs="1")
    app.button(key="train").click().run()
    wait_until(app, lambda: _has(app, "train"))
    job = training(app)
    assert from_bytes(cached.jobs().desk.run_file(job)).config.noise == Noise(readout_e0=0.1, t1_us=50)


def test_times_that_cannot_be_are_answered():
    app = open_page("train", engine="noisy", t1_us="10", t2_us="50")
    assert "t2_us must be at most 2 × t1_us = 20, got 50" in texts(app)
    assert app.button(key="train").disabled


def test_a_run_on_a_device_says_what_it_takes_and_asks():
    app = open_page("train", engine="ibm", backend="aer_simulator", n_train="10", n_test="10", epochs="1")
    app.button(key="train").click().run()
    assert "This run sends 5 jobs with" in texts(app)
    assert "run_id" not in app.session_state
    app.button(key="agree").click().run()
    wait_until(app, lambda: _has(app, "train"))
    job = training(app)
    assert (job.state, job.config.backend) == ("finished", "aer_simulator")


def test_without_a_device_the_answer_is_one_sentence():
    app = open_page("train", engine="ibm", backend="fake_moon")
    app.button(key="train").click().run()
    assert "There is no local simulation named fake_moon" in app.error[0].value
    assert "run_id" not in app.session_state


def test_t2_says_that_it_is_twice_t1_where_none_is_given_and_links_of_before_open():
    app = open_page("train", engine="noisy", t1_us="50", t2_us="no decay")
    assert app.select_slider(key="t2_us").value == setting_options.TWICE_T1 == "2 × T1"
    assert app.select_slider(key="t2_us").options[-1] == "2 × T1"
    assert "no decay" in app.select_slider(key="t1_us").options
    assert not any("is not available" in element.proto.body for element in app.get("html"))
    app.button(key="train").click().run()
    assert (training(app).config.t1_us, training(app).config.t2_us) == (50, None)
    wait_until(app, lambda: not training(app).active)


def test_the_help_of_the_presets_leaves_out_the_seed():
    assert open_page("train").selectbox(key="preset").help.startswith("Sets everything below except the seed.")


def test_a_third_digit_takes_the_place_of_the_first():
    app = open_page("data")
    app.pills(key="digits").set_value([3, 7, 0]).run()
    assert app.session_state["digits"] == [7, 0]


def test_of_more_than_two_digits_in_a_link_the_last_two_are_taken():
    app = open_page("data", digits=["3", "7", "5"])
    assert app.session_state["digits"] == [7, 5]
    assert not app.warning
    assert "Two digits: the link’s value “3, 7, 5”" in str([e.proto.body for e in app.get("html")])


def test_a_link_opens_its_experiment():
    app = open_page("home", digits=["0", "1"], n_train="20", n_test="10", shots="exact", shift="π/4", seed="9")
    chosen = {name: app.session_state[name] for name in (*setting_options.DATA, *setting_options.CIRCUIT)}
    assert chosen == {
        "digits": [0, 1],
        "n_train": 20,
        "n_test": 10,
        "shots": "exact",
        "shift": pytest.approx(0.7853981),
        "seed": 9,
    }


def test_a_link_that_asks_for_what_is_not_offered_is_answered():
    app = open_page("home", shots="0", seed="-1", digits=["1", "12"], epochs="![x](https://x.org/y.png)" + 99 * "A")
    notes = next(e.proto.body for e in app.get("html") if 'class="note"' in e.proto.body)
    long = f"![x](https://x.org/y.png){5 * 'A'}…"
    assert f"Epochs: the link’s value “{long}” is not available. Using 10 instead." in notes
    assert "Shots per measurement: the link’s value “0” is not available. Using 100 instead." in notes
    assert "Random seed: the link’s value “-1” is not available. Using 0 instead." in notes
    assert "Two digits: the link’s value “1, 12” is not available. Using 1 instead." in notes
    app.button(key="dismiss_link_notes").click().run()
    assert not any('class="note"' in e.proto.body for e in app.get("html"))


def test_the_data_page_shows_labelled_images_of_both_digits():
    app = open_page("data", digits=["2", "5"])
    galleries = [element.proto.body for element in app.get("html") if 'class="gallery"' in element.proto.body]
    assert len(galleries) == 2
    for label, (digit, html) in enumerate(zip((2, 5), galleries, strict=True)):
        assert html.count("<li>") == 40
        assert html.count(f'alt="handwritten {digit}, number') == 40
        assert f'class="digit digit-{"ab"[label]}"' in html


def wait_until(app: AppTest, condition) -> None:
    """Run a page again and again until a condition holds."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, "waited in vain"
        sleep(0.25)
        app.run()


def test_train_then_test():
    app = open_page("train", n_train="10", n_test="10")
    assert "Press Train: 20 images, 10 epochs of 3 steps, aer engine." in str([e.proto.body for e in app.get("html")])
    app.number_input(key="epochs").set_value(3).run()
    app.button(key="train").click().run()
    wait_until(app, lambda: _has(app, "train"))
    assert not app.exception
    assert [metric.label for metric in app.metric][:2] == ["Training loss −log p", "Test accuracy (95% interval)"]
    assert all(metric.value != "–" for metric in app.metric)
    job = training(app)
    assert job.evaluation is not None

    app.switch_page("pages/test.py").run()
    assert not app.exception
    found = str([e.proto.body for e in app.get("html")])
    right = sum(whole_test(cached.jobs().desk.run_file(job)).evaluation.confusion[label][label] for label in (0, 1))
    assert f"✓ {right:,} right" in found
    assert "of all 2,038 test images" in found
    assert found.count("● predicted 3") + found.count("◆ predicted 7") == 48
    assert found.count("✓ right") + found.count("✗ wrong") == 48

    app.segmented_control(key="show").set_value("Mistakes").run()
    found = str([e.proto.body for e in app.get("html")])
    assert found.count("✗ wrong") == min(48, 2038 - right)
    assert "✓ right" not in found


def _has(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def test_a_stop_is_offered_only_while_it_trains():
    app = open_page("train", epochs="100")
    app.selectbox(key="pace").set_value(20).run()
    app.button(key="train").click().run()
    assert _has(app, "stop")
    assert not _has(app, "train")
    app.switch_page("pages/data.py").run()
    assert _has(app, "stop")
    app.button(key="stop").click().run()
    wait_until(app, lambda: not _has(app, "stop"))
    assert "Stopped " in str([e.proto.body for e in app.get("html")])


def test_the_test_page_without_a_training_asks_a_network_that_comes_with_hqnn():
    app = open_page("test", digits=["0", "1"])
    assert app.selectbox(key="network").value == "0-1"
    assert "of all 2,115 test images" in str([e.proto.body for e in app.get("html")])


@pytest.mark.parametrize("page", ["draw", "test"])
def test_without_a_network_for_the_chosen_digits_the_page_says_so_and_offers_to_train_one(page):
    app = open_page(page, digits=["4", "9"])
    (said,) = [info.value for info in app.info if "4 vs 9" in info.value]
    assert said == (
        "There is no network for 4 vs 9 yet, so this page uses “0 vs 1, comes with hqnn”. The networks for 0 vs 1 and "
        "3 vs 7 come with hqnn."
    )
    assert re.fullmatch(r"Train 4 vs 9 now, about \d+ (s|min)", app.button(key="train_pair").label)
    app.button(key="use_3-7").click().run()
    assert app.selectbox(key="network").value == "3-7"
    assert "so this page uses “3 vs 7, comes with hqnn”." in texts(app)
    app.button(key="train_pair").click().run()
    assert not app.exception
    assert training(app).config == RunConfig(digits=(4, 9))
    wait_until(app, lambda: not training(app).active)
    app.switch_page(f"pages/{page}.py").run()
    assert app.selectbox(key="network").value == training(app).id
    assert "There is no network" not in texts(app)


def test_the_network_follows_the_chosen_digits_where_there_is_one():
    app = open_page("draw", digits=["3", "7"])
    assert app.selectbox(key="network").value == "3-7"
    app.session_state["digits"] = [0, 1]
    app.run()
    assert app.selectbox(key="network").value == "0-1"
    assert "There is no network" not in texts(app)


def put_there(job: Job) -> None:
    """Have the dashboard know a training that no worker has, as one that goes on when nobody watches."""
    job.stay = True
    cached.jobs().queue.known[job.id] = job


def looking_at(job: Job) -> AppTest:
    """The Train page of whoever controls a training that is put there as it is."""
    job.viewer = identity_of("mine")
    put_there(job)
    app = open_page("train", "mine", run=job.id)
    del cached.jobs().queue.known[job.id]
    return app


@pytest.mark.parametrize("state_of_it", State)
def test_buttons_offer_what_the_state_allows_and_nothing_else(state_of_it):
    job = Job(RunConfig(), state=state_of_it)
    offered = {button.key for button in looking_at(job).button if button.key in set(Action) and not button.disabled}
    buttons = set(Action) - {Action.REPLACE}  # which a changed setting does
    assert offered == {action for action in buttons if state_of_it in ALLOWED[action]}


def test_no_key_ends_a_run_and_the_button_that_does_says_that_it_can_be_undone():
    _, _, key, meaning = BUTTONS[Action.STOP]
    assert key is None
    assert "You can continue the run later." in meaning
    assert "Escape" not in {keys for _, _, keys, _ in BUTTONS.values()}


def test_a_stop_is_undone_with_one_press():
    app = open_page("train", epochs="100")
    app.selectbox(key="pace").set_value(20).run()
    app.button(key="train").click().run()
    wait_until(app, lambda: training(app).steps)
    app.button(key="stop").click().run()
    wait_until(app, lambda: _has(app, "continue"))
    job, seen = training(app), len(training(app).steps)
    app.button(key="continue").click().run()
    assert not app.exception
    wait_until(app, lambda: len(job.steps) > seen)
    assert training(app) is job
    assert _has(app, "stop")
    app.button(key="stop").click().run()
    wait_until(app, lambda: not job.active)


def test_a_watcher_is_offered_nothing():
    job = Job(RunConfig(), state=State.PAUSED)
    put_there(job)
    app = open_page("train", run=job.id)
    del cached.jobs().queue.known[job.id]
    assert not {button.key for button in app.button} & set(Action)
    assert _has(app, "train")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": State.FAILED, "error": "The device is gone."}, "Failed: The device is gone"),
        ({"state": State.INTERRUPTED}, "Interrupted in the queue, because the server stopped"),
        (
            {"state": State.STOPPED, "note": "Nobody had watched it."},
            "Stopped before it started. Nobody had watched it.",
        ),
        ({"state": State.PAUSED, "note": "It was paused because nobody watched it."}, "because nobody watched it."),
        ({"state": State.RUNNING, "stop_asked": True}, "Stopping"),
        ({"state": State.RUNNING, "elsewhere": True}, "on another server"),
        ({"state": State.STOPPED, "epochs": [epoch(0)]}, "Stopped before its first step"),
        ({"state": State.PAUSED, "epochs": [epoch(0)]}, "Paused in epoch 1 of 10, after step 0 of 250"),
        (
            {"state": State.INTERRUPTED, "epochs": [epoch(0)]},
            "Interrupted in epoch 1 of 10, because the server stopped",
        ),
        ({"state": State.RUNNING, "epochs": [epoch(0)], "heard": inf}, "Epoch 1 of 10, "),
        ({"state": State.RUNNING, "epochs": [epoch(0, 0.49)]}, "<strong>49.0%</strong>"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_happened_is_said(changes, said):
    assert said in str([element.proto.body for element in looking_at(Job(RunConfig(), **changes)).get("html")])


def test_an_error_that_nobody_foresaw_has_its_details_in_a_fold():
    app = looking_at(Job(RunConfig(), state=State.FAILED, error="It broke.", details="ValueError: 3"))
    assert [code.value for code in app.code if code.value.startswith("ValueError")] == ["ValueError: 3"]
    assert any(fold.label == "Details" for fold in app.expander)


def test_too_many_trainings_are_refused_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr("hqnn.jobs.queue.MAX_ACTIVE", 0)
    app = open_page("train")
    app.button(key="train").click().run()
    assert "This server has 0 unfinished runs, which is the limit. Try again later." in app.toast[0].value
    assert "run_id" not in app.session_state


def test_a_page_that_fails_says_so_without_a_detail():
    def page() -> None:
        from ui.frame.server import on_script_error

        on_script_error(ValueError("/a/secret/path"))

    app = AppTest.from_function(page).run()
    assert "Unexpected error. Your runs are safe." in app.error[0].value
    assert "secret" not in app.error[0].value


def test_workers_that_are_not_there_are_said_in_place_of_the_page(monkeypatch):
    def lost(*_arguments):
        raise ClusterError("The scheduler of the workers is lost.")

    monkeypatch.setattr(cached.jobs().cluster, "ask", lost)
    app = open_page("data", digits=["8", "9"])
    assert app.error[0].value == "The scheduler of the workers is lost."


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_the_circuit_page_measures_what_its_dials_and_its_link_say():
    app = open_page("circuit")
    assert metrics(app)["P(1) exact"] == "0.854"
    app.slider(key="theta").set_value(-30).run()
    assert not app.exception
    assert metrics(app)["P(1) exact"] == "0.250"
    app.select_slider(key="lab_shots").set_value(100_000).run()
    measured, low, high = map(float, re.findall(r"[\d.]+", metrics(app)["P(1) measured (95% interval)"]))
    assert high - low == pytest.approx(2 * 1.96 * (0.25 * 0.75 / 100_000) ** 0.5, abs=1.1e-3)
    assert abs(measured - 0.25) < 5 * (0.25 * 0.75 / 100_000) ** 0.5 + 5e-4
    app.button(key="angle_90").click().run()
    assert metrics(app) == {
        "P(1) measured (95% interval)": "1.000 (1.000–1.000)",
        "P(1) exact": "1.000",
        "⟨Z⟩ = 1 − 2 P(1)": "−1.000 (−1.000 to −1.000)",
    }
    app.button(key="posts_test").click().run()
    assert (app.slider(key="theta").value, app.select_slider(key="lab_shots").value) == (180, 100)
    assert "100 shots give about 0.5" in str([e.proto.body for e in app.get("html")])


def test_the_circuit_page_measures_again_with_other_shots_and_anew_with_the_same():
    app = open_page("circuit")
    app.number_input(key="lab_seed").set_value(4).run()
    app.select_slider(key="lab_shots").set_value(10_000).run()
    first = metrics(app)["P(1) measured (95% interval)"]
    app.button(key="again").click().run()
    assert "2 estimates: standard deviation" in str([e.proto.body for e in app.get("html")])
    assert metrics(app)["P(1) measured (95% interval)"] != first
    app.number_input(key="lab_seed").set_value(5).run()
    assert metrics(app)["P(1) measured (95% interval)"] != first
    app.number_input(key="lab_seed").set_value(4).run()
    assert metrics(app)["P(1) measured (95% interval)"] == first


def test_the_circuit_page_shows_the_noisy_engine_beside_the_ideal_one():
    app = open_page("circuit", engine="noisy", readout_e1="0.1")
    tables = [e.proto.body for e in app.get("html") if "Ideal and noisy, with" in e.proto.body]
    assert len(tables) == 1
    assert metrics(app)["P(1) exact"] == "0.768"
    assert "<td>0.854</td><td>0.768</td>" in tables[0]
    assert "With this noise P(1) = 0.768." in str([e.proto.body for e in app.get("html")])


def test_the_circuit_page_measures_nothing_with_times_that_cannot_be_and_works_on():
    app = open_page("circuit", engine="noisy", t1_us="10", t2_us="50")
    assert "t2_us must be at most 2 × t1_us = 20, got 50" in texts(app)
    assert not metrics(app)
    app.radio(key="engine").set_value("aer").run()
    assert metrics(app)["P(1) exact"] == "0.854"


def test_the_circuit_page_answers_a_link_to_what_its_dials_do_not_offer():
    app = open_page("circuit", theta="999", lab_shots="3", lab_seed="<b>")
    notes = [e.proto.body for e in app.get("html") if 'class="note"' in e.proto.body]
    assert len(notes) == 3
    assert "Angle θ: the link’s value “999” is not available. Using 45 instead." in notes[0]
    assert "Random seed of the shots: the link’s value “&lt;b&gt;”" in notes[2]
    app.slider(key="theta").set_value(46).run()
    assert not any('class="note"' in e.proto.body for e in app.get("html"))


def test_what_a_browser_falls_back_to_is_the_speed_that_the_run_has():
    job = Job(RunConfig(), state=State.RUNNING, pace=2.0)
    assert looking_at(job).selectbox(key="pace").proto.default == PACES.index(2)
