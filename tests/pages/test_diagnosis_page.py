"""What the Train page says of a training that does not learn, and what it offers."""

import pytest
from scipy.stats import binomtest

from hqnn.config import RunConfig
from hqnn.diagnosis import FALSE_ALARMS, HEALTHY, RULES
from hqnn.diagnosis.remedies import remedies
from hqnn.jobs.job import Job
from hqnn.states import State
from tests.hqnn.diagnosis.test_rules import APART, APART_ON_ONE_SIDE, ONE_SIDE, epoch
from tests.hqnn.sweeps.test_results import epoch as some_epoch
from tests.pages.test_pages import looking_at, put_there, training, wait_until
from ui.session import cached

pytestmark = pytest.mark.usefixtures("dashboard_here")

CONFIG = RunConfig(n_train=10, n_test=5, epochs=10, batch_size=1, loss="published")


#: Where findings would stand.
NO_FINDINGS = '<div class="findings" role="status"></div>'


def ended(*angles: tuple[float, ...], config: RunConfig = CONFIG) -> Job:
    """A training that was stopped after epochs with those angles."""
    job = Job(config, state=State.STOPPED)
    for number, theta in enumerate(angles, 1):
        job.append(epoch(number, theta))
    return job


def words(app) -> str:
    return str([element.proto.body for element in app.get("html")])


def offered(app) -> list[str]:
    return [button.label for button in app.button if str(button.key).startswith("remedy_")]


def test_a_training_that_learns_is_offered_nothing_and_nothing_is_said_of_it():
    app = looking_at(ended(APART, APART))
    assert NO_FINDINGS in words(app)
    assert not offered(app)
    assert not any(button.key == "see_why" for button in app.button)


def test_before_the_first_epoch_nothing_is_said():
    untrained = ended()
    untrained.append([some_epoch(0).model_copy(update={"train_theta": ONE_SIDE})])
    for job in (ended(), untrained):
        assert NO_FINDINGS in words(looking_at(job))


def test_findings_are_said_with_their_false_alarms_and_every_change_that_may_help_is_offered():
    app = looking_at(ended(*[APART_ON_ONE_SIDE] * 5))
    found, (low, _) = words(app), binomtest(FALSE_ALARMS["stuck"], HEALTHY).proportion_ci(method="wilson")
    assert "<strong>Does not learn</strong> since epoch 1. For several epochs fewer than 85% of the" in found
    assert "<strong>Same prediction for nearly all images</strong> since epoch 1." in found
    assert NO_FINDINGS not in found
    assert f"(false alarms: {FALSE_ALARMS['stuck']} of {HEALTHY} healthy runs, 95% interval {100 * low:.1f}–" in found
    assert offered(app) == ["Loss −log p", "Batch size 8", "Another seed"]


def test_what_was_found_and_holds_no_more_is_said_and_may_still_be_mended():
    """Whoever is about to press a remedy presses it, though the next epoch be a good one."""
    app = looking_at(ended(APART, ONE_SIDE, ONE_SIDE, APART))
    line = (
        "Diagnosis: no sign of trouble now. Earlier (epochs 2 to 3): <strong>Same prediction for nearly all "
        "images</strong>."
    )
    assert line in words(app)
    assert offered(app) == ["Loss −log p", "Batch size 8", "Another seed"]
    app = looking_at(ended(tuple(20.0 * angle for angle in APART), APART))
    assert "Earlier (epoch 1): <strong>Angles have diverged</strong>." in words(app)


def test_from_the_diagnosis_one_press_leads_to_the_runs_images_on_the_sine():
    job = ended(ONE_SIDE, ONE_SIDE)
    app = looking_at(job)
    put_there(job)
    app.button(key="see_why").click().run()
    cached.jobs().queue.known.pop(job.id, None)
    assert not app.exception
    assert app.session_state["gradients_part"] == "A training's slopes"
    assert any("Gradients" in each.value for each in app.markdown)


@pytest.mark.parametrize("name", ["loss", "batch_size", "seed"])
def test_one_press_trains_anew_with_that_setting_changed_and_no_other(name):
    job = ended(ONE_SIDE, ONE_SIDE)
    app = looking_at(job)
    put_there(job)
    app.button(key=f"remedy_{name}").click().run()
    cached.jobs().queue.known.pop(job.id, None)
    assert not app.exception
    config = training(app).config
    differing = {field for field in RunConfig.model_fields if getattr(config, field) != getattr(CONFIG, field)}
    assert differing == {name}
    wait_until(app, lambda: not training(app).active)


def test_remedies_are_changes_towards_the_recommended_settings_and_another_seed():
    assert [remedy.name for remedy in remedies(RunConfig())] == ["seed"]
    assert [remedy.name for remedy in remedies(RunConfig(learning_rate=0.1, batch_size=16))] == [
        "learning_rate",
        "seed",
    ]
    assert remedies(RunConfig(seed=2**31 - 1))[-1].config.seed == 0


def test_every_rule_has_its_measured_false_alarms():
    assert set(FALSE_ALARMS) == {rule.name for rule in RULES}
    assert all(0 <= wrong <= HEALTHY for wrong in FALSE_ALARMS.values())
