"""Result files: what is written, what a kill leaves of them, and which question they answer."""

import json
from math import pi

import pytest

from hqnn import RunConfig, questions, results
from hqnn.records import EpochRecord, Evaluation
from hqnn.results import Header, Result, Results, ResultsError, shots_an_epoch, usual_path
from hqnn.sweeps import Trained, grid

CONFIG = RunConfig(n_train=10, n_test=5, epochs=2)
VARIED = {"shots": (10, None), "digits": ((3, 7), (0, 1)), "shift": (pi / 2, 0.1)}
HEADER = Header(kind="sweep", config=CONFIG, vary=VARIED, seeds=(0, 1))
CONFIGS = grid(CONFIG, **VARIED, seed=range(2))


def epoch(number: int, accuracy: float = 0.9) -> EpochRecord:
    return EpochRecord(
        epoch=number,
        step=3 * number,
        loss=0.1 * number,
        cross_entropy=0.2,
        published=-0.8,
        train_accuracy=0.7,
        test_accuracy=accuracy,
        test_accuracy_low=accuracy - 0.1,
        test_accuracy_high=1.0,
        test_loss=0.3,
        train_confusion=((10, 0), (6, 4)),
        test_confusion=((5, 0), (1, 4)),
        images_per_second=40.0 * number,
        train_theta=(0.5,) * 20,
        exact_train_loss=0.1 * number + 0.3,
        exact_test_loss=0.6,
        exact_train_accuracy=0.75,
        exact_test_accuracy=(1 + accuracy) / 2,
    )


def evaluation(accuracy: float = 0.9) -> Evaluation:
    return Evaluation(
        n=10,
        seed=3,
        accuracy=accuracy,
        accuracy_low=0.6,
        accuracy_high=0.98,
        loss=0.3,
        cross_entropy=0.3,
        published=-0.8,
        confusion=((5, 0), (1, 4)),
        labels=(0,) * 5 + (1,) * 5,
        predictions=(0,) * 6 + (1,) * 4,
        probabilities=(0.1,) * 10,
    )


def trained(config: RunConfig, error: str | None = None) -> Trained:
    if error:
        return Trained(config, [], [], None, error, 0.1)
    return Trained(config, [], [epoch(1), epoch(2)], evaluation(), None, 1.5)


def test_a_result_keeps_the_figures_and_the_curve_with_the_shots_that_training_took():
    result = Result.of(trained(CONFIG))
    assert result.evaluation is not None
    kept = result.evaluation.model_dump()
    assert kept == {name: getattr(evaluation(), name) for name in kept}
    assert set(kept) == {"n", "accuracy", "accuracy_low", "accuracy_high", "cross_entropy", "published"}
    assert [(point.epoch, point.loss, point.test_accuracy) for point in result.curve] == [(1, 0.1, 0.9), (2, 0.2, 0.9)]
    # 20 images at 40, then at 80 a second; 100 shots at each of three angles of 20 images
    assert [(point.seconds, point.shots) for point in result.curve] == [(0.5, 6000), (0.75, 12000)]
    exact = Result.of(trained(CONFIG.replace(shots=None)))
    assert [point.shots for point in exact.curve] == [None, None]
    assert shots_an_epoch(RunConfig(digits=(0, 1), n_train=None, shots=7)) == 3 * (5923 + 6742) * 7


def test_a_file_has_a_line_for_the_question_and_one_for_each_training(tmp_path):
    results = Results.open(tmp_path / "file", HEADER)
    for config in CONFIGS:
        results.add(Result.of(trained(config)))
    first, *lines = (tmp_path / "file").read_text().splitlines()
    assert json.loads(first)["format"] == "hqnn results 1"
    assert json.loads(first)["vary"]["digits"] == [[3, 7], [0, 1]]
    assert [RunConfig(**json.loads(line)["config"]) for line in lines] == CONFIGS
    again = Results.read(tmp_path / "file")
    assert again.have == results.have
    assert again.missing(CONFIGS) == []


@pytest.mark.parametrize("cut", [1, 40, 2000])
def test_what_a_kill_cut_off_is_trained_again(tmp_path, cut):
    file = tmp_path / "file"
    results = Results.open(file, HEADER)
    for config in CONFIGS[:2]:
        results.add(Result.of(trained(config)))
    whole = file.read_bytes()
    last = len(whole.splitlines()[2])
    file.write_bytes(whole[:-cut] if cut <= last else whole[: -last - 1])
    for reading in (Results.read, lambda file: Results.open(file, HEADER)):
        assert reading(file).missing(CONFIGS[:2]) == CONFIGS[1:2]
    Results.open(file, HEADER).add(Result.of(trained(CONFIGS[1])))
    assert file.read_bytes() == whole


def test_a_file_whose_first_line_was_cut_begins_anew(tmp_path):
    file = tmp_path / "file"
    Results.open(file, HEADER)
    whole = file.read_bytes()
    for cut in (0, 1, 50, len(whole) - 1):
        file.write_bytes(whole[:cut])
        assert Results.open(file, HEADER).have == {}
        assert file.read_bytes() == whole


def test_one_that_failed_is_tried_again(tmp_path):
    results = Results.open(tmp_path / "file", HEADER)
    results.add(Result.of(trained(CONFIG, "no worker")))
    assert results.missing([CONFIG, CONFIG]) == [CONFIG]
    results.add(Result.of(trained(CONFIG)))
    assert Results.read(tmp_path / "file").missing([CONFIG]) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("notes of mine", "holds no results of hqnn: Invalid JSON: expected ident at line 1 column 2"),
        ('{"a": 1}\n', "holds no results of hqnn: Field required, at kind"),
        ('{"kind": "sweep"', "holds no results of hqnn: Invalid JSON: EOF while parsing"),
    ],
)
def test_a_file_that_holds_something_else_is_left_alone(tmp_path, content, message):
    file = tmp_path / "file"
    file.write_text(content)
    for reading in (Results.read, lambda file: Results.open(file, HEADER)):
        with pytest.raises(ResultsError) as refused:
            reading(file)
        assert str(refused.value).startswith(f"{file} {message}")
    assert file.read_text() == content


def test_a_damaged_line_is_named(tmp_path):
    file = tmp_path / "file"
    Results.open(file, HEADER)
    with file.open("a") as damaged:
        damaged.write('{"config": {"shots": 0}}\n')
    with pytest.raises(ResultsError, match=r"line 2 of .* is damaged: Value error, shots must be between 1 and 100000"):
        Results.open(file, HEADER)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "stuck"}, 'kind is "sweep" there, and "stuck" here'),
        ({"config": CONFIG.replace(batch_size=4)}, "batch_size is 8 there, and 4 here"),
        ({"vary": {}}, "vary is {"),
        ({"seeds": (0,)}, "seeds is [0, 1] there, and [0] here"),
        ({"versions": HEADER.versions | {"torch": "0.1"}}, "torch is "),
    ],
)
def test_another_question_is_refused(tmp_path, changes, said):
    file = tmp_path / "file"
    Results.open(file, HEADER)
    other = Header(**{name: getattr(HEADER, name) for name in Header.model_fields} | changes)
    with pytest.raises(ResultsError) as refused:
        Results.open(file, other)
    assert str(refused.value).startswith(f"{file} holds results of another question: {said}")


def test_the_usual_file_of_a_question_is_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("HQNN_RESULTS", str(tmp_path))
    again = Header.model_validate_json(HEADER.model_dump_json())
    assert usual_path(HEADER) == usual_path(again)
    assert usual_path(HEADER).parent == tmp_path
    other = Header(kind="sweep", config=CONFIG, vary=VARIED, seeds=(0, 1, 2))
    assert usual_path(HEADER) != usual_path(other)


def test_what_comes_with_hqnn_is_found_by_its_question_whatever_it_was_measured_with(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "BUNDLED", tmp_path)
    old = HEADER.model_copy(update={"versions": {"torch": "1.0"}})
    Results.open(tmp_path / "sweep-old.jsonl", old).add(Result.of(trained(CONFIGS[0])))
    found = results.bundled(HEADER)
    assert found is not None
    assert (list(found.have), found.header) == ([CONFIGS[0]], old)
    assert results.bundled(HEADER.model_copy(update={"seeds": (0, 1, 2)})) is None
    assert results.bundled(HEADER.model_copy(update={"kind": "stuck"})) is None


def test_of_more_seeds_that_come_with_hqnn_those_asked_for_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "BUNDLED", tmp_path)
    kept = Results.open(tmp_path / "sweep-more.jsonl", HEADER)
    for config in CONFIGS:
        kept.add(Result.of(trained(config)))
    asked = HEADER.model_copy(update={"seeds": HEADER.seeds[1:]})
    found = results.bundled(asked)
    assert found is not None
    assert found.header == asked
    assert set(found.have) == set(questions.configs(asked)) < set(CONFIGS)


def test_every_file_that_comes_with_hqnn_is_whole_and_has_its_questions_trainings_and_no_others():
    files = sorted(results.BUNDLED.glob("*.jsonl"))
    assert files
    for path in files:
        found = Results.read(path)
        assert path.name.startswith(f"{found.header.kind}-")
        assert set(found.have) == set(questions.configs(found.header))
        assert not found.missing(found.have)
        assert results.bundled(found.header) is not None
