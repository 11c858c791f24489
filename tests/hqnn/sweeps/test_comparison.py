"""Trainings side by side: differences, figures and McNemar's test, against what was computed by hand."""

from math import sqrt
from pickle import dumps, loads

import pytest

from hqnn.config import RunConfig
from hqnn.records import EpochRecord, Evaluation, StepRecord
from hqnn.states import State
from hqnn.statistics.means import Mean
from hqnn.statistics.paired import Paired
from hqnn.sweeps.comparison import Compared, Row, differing, paired, sameness, value_words
from hqnn.sweeps.groups import groups
from hqnn.sweeps.result import Figures, Header, Result
from hqnn.sweeps.results_file import Results
from tests.hqnn.test_versions import HERE, OLD

LABELS = (0, 0, 0, 1, 1, 1)


def evaluation(predictions: tuple[int, ...] = LABELS, **changes) -> Evaluation:
    said = {"n": 6, "seed": 1, "accuracy": 0.5, "accuracy_low": 0.2, "accuracy_high": 0.8, "loss": 0.3}
    said |= {"cross_entropy": 0.3, "published": -0.75, "confusion": ((3, 0), (0, 3)), "labels": LABELS}
    return Evaluation(**(said | {"predictions": predictions, "probabilities": (0.5,) * 6} | changes))


def epoch(number: int, **changes) -> EpochRecord:
    """Of an epoch; 0 has no training."""
    said = {"epoch": number, "step": 2 * number, "train_accuracy": 0.9, "test_accuracy": 0.8}
    said |= {"test_accuracy_low": 0.7, "test_accuracy_high": 0.9, "test_loss": 0.4 / (number or 0.5)}
    said |= {"train_confusion": ((5, 5), (0, 10)), "test_confusion": ((2, 1), (0, 3))}
    if number:
        said |= {"loss": 0.6 / number, "cross_entropy": 0.6 / number, "published": -0.5 - 0.1 * number}
        said |= {"images_per_second": 100.0}
    return EpochRecord(**(said | changes))


def step(number: int, gradient: tuple[float, ...], norms: tuple[float, ...] = ()) -> StepRecord:
    return StepRecord(
        step=number,
        epoch=(number + 1) // 2,
        loss=0.5,
        theta=(0.1,) * len(gradient),
        gradient=gradient,
        images_per_second=1.0,
        gradient_norms=norms,
    )


STEPS = [
    step(1, (0.3, -0.4), (1.0, 2.0, 3.0, 4.0)),
    step(2, (0.0,), (3.0, 2.0, 1.0, 0.0)),
    step(3, (0.1, 0.1)),
    step(4, (0.1,)),
    step(5, (9.0,)),
]


def compared(
    state: State = State.FINISHED,
    *,
    tested: Evaluation | None = None,
    epochs: int = 2,
    first: int = 1,
    versions=HERE,
    **settings,
):
    config = RunConfig(epochs=2, n_test=3).replace(**settings)
    return Compared.of(config, state, STEPS, [epoch(number) for number in range(first, epochs + 1)], tested, versions)


def test_slopes_and_norms_are_those_of_whole_epochs():
    run = compared()
    assert run.slopes == pytest.approx([sqrt((0.09 + 0.16) / 3), 0.1])
    assert run.norms == ((2.0, 2.0, 2.0, 2.0), ())


def test_times_do_not_tell_trainings_apart():
    slow = Compared.of(
        RunConfig(epochs=2, n_test=3), State.FINISHED, STEPS, [epoch(1, images_per_second=9.0), epoch(2)], None, HERE
    )
    assert slow == compared()


def test_a_row_has_the_test_at_the_end_or_else_the_last_epoch():
    tested = Row.of("A", compared(tested=evaluation(accuracy=0.9, accuracy_low=0.8, accuracy_high=0.95)))
    assert (tested.accuracy, tested.cross_entropy, tested.published) == (Mean(0.9, 0.8, 0.95), 0.3, -0.75)
    assert (tested.n, tested.epochs, tested.of_epochs, tested.state) == (6, 2, 2, "finished")
    running = Row.of("A", compared(State.RUNNING, epochs=1, loss="published"))
    assert (running.accuracy, running.cross_entropy, running.published) == (Mean(0.8, 0.7, 0.9), None, 0.4)
    assert (running.n, running.epochs, running.state) == (6, 1, "running")
    nothing = Row.of("A", compared(State.QUEUED, epochs=0))
    assert (nothing.accuracy, nothing.cross_entropy, nothing.n) == (None, None, 0)


def test_epoch_0_counts_as_no_epoch_and_has_no_slopes():
    run = compared(State.RUNNING, first=0)
    assert [record.epoch for record in run.epochs] == [0, 1, 2]
    assert (run.slopes[0], run.norms[0]) == (None, ())
    assert (run.slopes[1:], run.norms[1:]) == (compared().slopes, compared().norms)
    row = Row.of("A", compared(State.RUNNING, first=0, epochs=0))
    assert (row.epochs, row.accuracy, row.cross_entropy) == (0, Mean(0.8, 0.7, 0.9), 0.8)
    assert Row.of("A", run).epochs == 2


def test_runs_with_and_without_epoch_0_are_paired_by_the_numbers_of_their_epochs():
    older, newer = compared(tested=evaluation()), compared(first=0, tested=evaluation())
    for runs in ([older, newer], [newer, older], [newer, newer]):
        said = sameness(runs, "AB")
        assert "They do: all 2 shared epochs and all test predictions are identical." in said
    records = [epoch(0), epoch(1), epoch(2, loss=0.31)]
    other = Compared.of(newer.config, newer.state, STEPS, records, newer.evaluation, HERE)
    assert "But A and B differ from epoch 2 on" in sameness([older, other], "AB")
    begun = [compared(State.RUNNING, first=0, epochs=0) for _ in range(2)]
    assert "There are no results to compare yet." in sameness(begun, "AB")
    again = loads(dumps(newer))  # noqa: S301 (our own, as a worker sends it)
    assert "differ" not in sameness([newer, again], "AB").partition("bit for bit")[2]


def test_only_settings_that_differ_are_named_in_their_order():
    rows = [Row.of("A", compared()), Row.of("B", compared(shots=10, seed=3)), Row.of("C", compared(shots=None))]
    assert differing(rows) == ["shots", "seed"]
    assert differing(rows[:1]) == []


def test_values_are_in_words():
    assert value_words("shots", None) == "exact"
    assert value_words("exact_evaluation", True) == "yes"
    assert value_words("seed", 12345) == "12345"
    assert value_words("seed", (0, 1, 2)) == "0 to 2"
    assert value_words("seed", (0, 2)) == "0, 2"
    assert value_words("digits", (3, 7)) == "3 vs 7"


@pytest.mark.parametrize(
    ("a", "b", "p"),
    [(1, 5, 14 / 64), (5, 1, 14 / 64), (0, 6, 2 / 64), (1, 9, 22 / 1024), (2, 2, 1.0), (0, 0, 1.0), (0, 1, 1.0)],
)
def test_mcnemars_p_is_that_of_fair_coins(a, b, p):
    assert Paired(50, a, b, 2).p == pytest.approx(p)


def test_two_networks_are_paired_image_by_image():
    a, b = evaluation((0, 0, 1, 1, 1, 0)), evaluation((0, 1, 0, 1, 1, 0))
    assert paired(compared(tested=a), compared(tested=b)) == Paired(both=3, only_a=1, only_b=1, neither=1)


def test_other_images_are_not_paired():
    a = compared(tested=evaluation())
    assert paired(a, compared(tested=evaluation(), digits=(0, 1))) is None
    assert paired(a, compared()) is None
    assert paired(a, compared(tested=evaluation(labels=(*LABELS, 1), predictions=(*LABELS, 1), n=7))) is None


def test_a_sentence_says_what_the_numbers_say():
    alike = Paired(9, 0, 0, 1).sentence("A", "B")
    assert alike.startswith(
        "On the same 10 test images, both networks are correct on 9, only A on 0, only B on 0, and neither on 1."
    )
    assert "so no difference is found (p = 1)" in alike
    assert "p = 0.22. Such a difference is common by chance" in Paired(50, 1, 5, 0).sentence("A", "B")
    assert "p = 0.0215. Such a difference is rare by chance, so B is better" in Paired(50, 1, 9, 0).sentence("A", "B")
    assert "p < 0.0001" in Paired(50, 40, 1, 0).sentence("A", "B")


def test_the_same_settings_are_said_to_give_the_same_or_not():
    a = compared(tested=evaluation())
    assert "all 2 shared epochs and all test predictions are identical" in sameness([a, a], "AB")
    assert "all 1 epochs" not in (said := sameness([a, compared(State.RUNNING, epochs=1)], "AB"))
    assert "the one shared epoch" in said
    other = Compared.of(a.config, a.state, STEPS, [epoch(1), epoch(2, loss=0.31)], a.evaluation, HERE)
    assert "But A and B differ from epoch 2 on" in sameness([a, other], "AB")
    answers = compared(tested=evaluation((0, 0, 1, 1, 1, 0)))
    assert "But A and C differ in their test predictions" in sameness([a, a, answers], "ABC")
    assert "should match bit for bit. They do: " in sameness([a, a], "AB")
    assert "There are no results to compare yet." in sameness([a, compared(State.QUEUED, epochs=0)], "AB")


def test_the_same_is_expected_only_with_the_same_processor_and_versions():
    """And with what is recorded of both."""
    a, b = compared(), compared(versions=HERE | {"processor": "Other"})
    said = sameness([a, b], "AB")
    assert "bit for bit" not in said
    assert "But unlike A, B was computed by another processor (Other instead of AMD EPYC" in said
    assert said.endswith(
        ": the same seed may give another result. Only the distribution is the same. "
        "Still: all 2 shared epochs are identical."
    )
    other = Compared.of(a.config, a.state, STEPS, [epoch(1), epoch(2, loss=0.31)], None, b.versions)
    assert sameness([a, other], "AB").endswith("the distribution is the same. A and B differ from epoch 2 on.")
    old = compared(versions=OLD)
    assert "But unlike B, A was computed by a processor that was not recorded" in sameness([old, a], "AB")
    assert "including the seed. But B was computed by a processor that was not recorded:" in sameness([old, old], "AB")
    assert "including the seed. But B was computed by a processor and with versions that" in sameness(
        [old, compared(versions={})], "AB"
    )


def test_a_group_is_a_mean_over_its_seeds(tmp_path):
    config = RunConfig(n_train=10, n_test=10, epochs=1)
    header = Header(kind="sweep", config=config, vary={"shots": (10, 100)}, seeds=(0, 1, 2))
    results = Results.open(tmp_path / "r.jsonl", header)
    for seed, accuracy in ((0, 0.9), (1, 1.0)):
        figures = Figures(
            n=20, accuracy=accuracy, accuracy_low=0, accuracy_high=1, cross_entropy=accuracy, published=-accuracy
        )
        results.add(Result(config=config.replace(shots=10, seed=seed), evaluation=figures, curve=(), seconds=1))
    (group,) = groups(results)
    row = Row.of_group("r.jsonl", group, header)
    assert (row.trainings, row.settings["seed"], row.settings["shots"]) == (2, (0, 1), 10)
    assert row.accuracy is not None
    assert row.accuracy.value == pytest.approx(0.95)
    assert row.accuracy.low == pytest.approx(0.95 - 12.7062047 * 0.05)  # Student's t of one degree of freedom
    assert (row.cross_entropy, row.published, row.n) == (pytest.approx(0.95), pytest.approx(-0.95), 20)
    assert row.state == "2 of 3 seeds"
    assert row.versions == header.versions
