"""Rules that say why a training does not learn: what each sees, when it speaks, and when it falls silent again."""

from itertools import chain
from math import pi

import numpy as np
import pytest

from hqnn import RunConfig, train
from hqnn.diagnosis import RULES, STUCK, Diagnosis
from hqnn.records import EpochRecord, StepRecord
from tests.hqnn.sweeps.test_results import epoch as some_epoch

CONFIG = RunConfig(n_train=10, n_test=5, epochs=10, batch_size=10, shots=100)
#: θ of ten images of each digit, told apart, and all on one side.
APART = (-1.0,) * 10 + (1.0,) * 10
ONE_SIDE = (1.0,) * 20
APART_ON_ONE_SIDE = (1.0,) * 10 + (2.0,) * 10


def epoch(number: int, theta: tuple[float, ...], *, slopes: float = 0.3, seen: tuple[float, ...] = APART) -> list:
    """Two steps of ten images, and the epoch that they end; accuracy as θ has it."""
    right = float(np.mean((np.sin(theta) > 0) == (np.arange(20) >= 10)))
    steps = [
        StepRecord(
            step=2 * (number - 1) + part + 1,
            epoch=number,
            loss=0.5,
            theta=seen[10 * part :][:10],
            gradient=(slopes,) * 10,
            images_per_second=100.0,
            images=tuple(range(10 * part, 10 * part + 10)),
        )
        for part in range(2)
    ]
    record = some_epoch(number).model_copy(update={"step": 2 * number, "train_theta": theta, "train_accuracy": right})
    return [*steps, record]


def told(*epochs: list, config: RunConfig = CONFIG) -> Diagnosis:
    diagnosis = Diagnosis(config)
    for record in chain(*epochs):
        diagnosis.add(record)
    return diagnosis


def names(diagnosis: Diagnosis) -> set[str]:
    return {finding.rule.name for finding in diagnosis.findings}


def test_nothing_is_said_of_images_that_are_told_apart():
    assert not told(*(epoch(number, APART) for number in range(1, 11))).first


def test_one_answer_for_all_is_said_after_two_epochs_with_its_numbers_and_no_longer_once_it_is_over():
    assert not told(epoch(1, ONE_SIDE)).findings
    diagnosis = told(epoch(1, APART), epoch(2, ONE_SIDE), epoch(3, ONE_SIDE))
    (finding,) = [each for each in diagnosis.findings if each.rule.name == "one-side"]
    assert finding.sentence == "The network predicts 7 for 20 of 20 training images."
    assert (finding.since, finding.epoch, diagnosis.first["one-side"]) == (2, 3, 6)
    first = diagnosis.findings[0]
    for record in epoch(4, APART):
        diagnosis.add(record)
    assert not diagnosis.findings
    assert diagnosis.last_said == first
    assert diagnosis.first["one-side"] == 6


@pytest.mark.parametrize(("epochs", "spoken"), [(10, 4), (20, 9), (4, 4), (1, None)])
def test_the_verdict_is_given_before_half_of_a_usual_run_and_no_earlier(epochs, spoken):
    config = CONFIG.replace(epochs=epochs)
    bad = [epoch(number, APART_ON_ONE_SIDE) for number in range(1, epochs + 1)]
    if spoken is not None:
        assert STUCK.name not in told(*bad[: spoken - 1], config=config).first
    assert told(*bad, config=config).first.get(STUCK.name) == (None if spoken is None else 2 * spoken)


def test_one_good_epoch_withdraws_the_verdict_until_the_runs_end():
    bad = [epoch(number, APART_ON_ONE_SIDE) for number in range(1, 11)]
    diagnosis = told(*bad[:4])
    assert STUCK.name in names(diagnosis)
    for record in [*bad[4], *epoch(6, APART)]:
        diagnosis.add(record)
    assert STUCK.name not in names(diagnosis)
    for record in chain(*bad[6:9]):
        diagnosis.add(record)
    assert STUCK.name not in names(diagnosis)
    for record in bad[9]:
        diagnosis.add(record)
    assert STUCK.name in names(diagnosis)


@pytest.mark.parametrize(("spread", "spoken"), [(0.24, 10), (0.26, 4)])
def test_no_verdict_is_given_before_the_end_where_all_angles_are_close_together(spread, spoken):
    gathered = (1.0,) * 10 + (1.0 + spread,) * 10
    assert told(*(epoch(number, gathered) for number in range(1, 11))).first[STUCK.name] == 2 * spoken


@pytest.mark.parametrize(("wrong", "speaks"), [(2, False), (4, True)])
def test_the_verdict_counts_what_is_right(wrong, speaks):
    """Of 20 images 18 or 16 are right: 90% or 80%."""
    theta = (1.0,) * wrong + APART[wrong:]
    assert (STUCK.name in told(*(epoch(number, theta) for number in range(1, 11))).first) is speaks


@pytest.mark.parametrize(("past", "speaks"), [(20, True), (19, True), (18, False)])
def test_images_past_the_turning_point_are_counted(past, speaks):
    theta = tuple(np.sign(angle) * (pi - 1 if place < past else 1) for place, angle in enumerate(APART))
    assert ("wrapped" in names(told(epoch(1, theta), epoch(2, theta)))) is speaks


def test_angles_that_have_run_away_are_said_at_once():
    theta = tuple(angle * 20 for angle in APART[:10]) + APART[10:]
    (finding,) = [each for each in told(epoch(1, theta)).findings if each.rule.name == "far"]
    assert finding.sentence == "50% of the training images are more than two turns from θ = 0."


def test_a_network_that_is_right_only_with_dropout_is_told_from_one_that_is_never_right():
    assert "dropout" in names(told(epoch(1, ONE_SIDE), epoch(2, ONE_SIDE)))
    never = [epoch(number, ONE_SIDE, seen=ONE_SIDE) for number in (1, 2)]
    assert "dropout" not in names(told(*never))
    assert "one-side" in names(told(*never))


def test_slopes_are_compared_with_their_shot_noise_while_images_are_wrong():
    """At s = π/2 and θ = ±1 their SD is √(2 sin² 1 / (16 · 100)) = 0.0298; a signal as large makes √2 of it."""
    weak = 0.0298 * 1.3
    assert "noise" in names(told(*(epoch(number, ONE_SIDE, slopes=weak) for number in (1, 2))))
    assert "noise" not in names(told(*(epoch(number, ONE_SIDE, slopes=0.0298 * 1.5) for number in (1, 2))))
    assert "noise" not in names(told(*(epoch(number, APART, slopes=weak) for number in (1, 2))))
    exact = CONFIG.replace(shots=None)
    assert "noise" not in names(told(*(epoch(number, ONE_SIDE, slopes=weak) for number in (1, 2)), config=exact))


def test_records_in_two_lists_say_the_same_as_in_one():
    records = [*epoch(1, ONE_SIDE), *epoch(2, ONE_SIDE), *epoch(3, APART)]
    steps = [record for record in records if isinstance(record, StepRecord)]
    epochs = [record for record in records if isinstance(record, EpochRecord)]
    assert Diagnosis.of(CONFIG, steps, epochs).first == told(records).first


def test_trainings_recorded_without_angles_are_not_judged():
    assert not told([some_epoch(number).model_copy(update={"train_theta": ()}) for number in range(1, 11)]).first


def test_epoch_0_is_not_looked_at():
    """An untrained network that gives one answer is no finding, nor the first of two epochs in a row."""
    beginning = some_epoch(0).model_copy(update={"train_theta": ONE_SIDE, "train_accuracy": 0.5})
    far = some_epoch(0).model_copy(update={"train_theta": (99.0,) * 20, "train_accuracy": 0.5})
    for untrained in (beginning, far):
        assert not told([untrained]).first
        assert told([untrained], epoch(1, ONE_SIDE)).first == told(epoch(1, ONE_SIDE)).first
    found, expected = (
        told(*first, *(epoch(number, APART_ON_ONE_SIDE) for number in range(1, 11))) for first in ([[beginning]], [])
    )
    assert (found.first, found.findings) == (expected.first, expected.findings)


@pytest.mark.slow
def test_a_training_that_learns_is_never_called_stuck():
    diagnosis = Diagnosis(CONFIG.replace(n_train=50, batch_size=8, engine="exact"))
    for record in train(diagnosis.config):
        if isinstance(record, StepRecord | EpochRecord):
            diagnosis.add(record)
    assert STUCK.name not in diagnosis.first


def test_every_rule_has_its_own_name_and_says_when_it_holds():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.statement.endswith(".") for rule in RULES)
