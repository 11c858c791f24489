"""The diagnosis of a training in real Chromium: nothing moves when it speaks, and a remedy is one press away."""

from tests.browser import accessible

#: Steps ten times as large as recommended, by the published loss: little is learned.
HOPELESS = "train?learning_rate=0.01&batch_size=1&loss=published&n_train=50&n_test=10&epochs=12&engine=exact"


def test_a_finding_takes_no_more_room_than_is_kept_and_a_remedy_starts_another_training(visit):
    page = visit.open(HOPELESS)
    box = visit.by_key("diagnosis")
    empty = box.bounding_box()
    visit.button("train").click()
    visit.button("remedy_seed").wait_for()
    visit.settle()
    assert box.bounding_box()["height"] == empty["height"]
    assert "false alarms: " in box.inner_text()
    accessible(visit)
    first = page.url
    visit.button("remedy_seed").click()
    visit.until("link => location.href !== link", arg=first)
    page.get_by_text("Finished:").wait_for()
