"""The diagnosis of a training in real Chromium: it moves nothing above it, and a remedy is one press away."""

import pytest

from tests.browser import accessible

#: Every answer is read out as a coin falls, so nothing can be learned: at the end two rules have spoken for certain,
#: that it does not learn and that its slopes are noise. Each setting that has a remedy is off what is recommended.
HOPELESS = (
    "train?learning_rate=0.01&batch_size=1&loss=published&n_train=50&n_test=10&epochs=3"
    "&engine=noisy&readout_e0=0.5&readout_e1=0.5"
)


#: Room between two things on a page, pixels.
GAP = 16


def test_a_finding_takes_room_only_when_there_is_one_moves_nothing_above_it_and_a_remedy_starts_a_training(visit):
    page = visit.open(HOPELESS)
    box, fold = visit.by_key("diagnosis"), visit.by_key("explanation")
    figures, before = visit.by_key("figures").bounding_box(), box.bounding_box()
    learned = box.locator("p[role=status]").bounding_box()
    assert before["y"] - figures["y"] - figures["height"] == pytest.approx(GAP, abs=1)
    assert before["height"] == pytest.approx(learned["height"], abs=1)  # nothing is kept free for findings
    assert fold.bounding_box()["y"] - before["y"] - before["height"] == pytest.approx(GAP, abs=1)
    visit.button("train").click()
    page.get_by_text("Finished:").wait_for()
    box.get_by_text("Does not learn").wait_for()
    visit.settle()
    assert visit.by_key("figures").bounding_box() == pytest.approx(figures, abs=1)
    after = box.bounding_box()
    assert after["y"] == pytest.approx(before["y"], abs=1)
    assert fold.bounding_box()["y"] - after["y"] - after["height"] == pytest.approx(GAP, abs=1)
    assert box.inner_text().count("false alarms: ") == 2
    assert all(visit.button(f"remedy_{name}").count() for name in ("loss", "batch_size", "learning_rate", "seed"))
    accessible(visit)
    first = page.url
    visit.button("remedy_seed").click()
    visit.until("link => location.href !== link", arg=first)
    page.get_by_text("Finished:").wait_for()
