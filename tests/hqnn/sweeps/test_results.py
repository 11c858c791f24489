"""Result files: what is written, what a kill leaves of them, and which question they answer."""

import json
import shutil
from math import pi
from pathlib import Path

import pytest

from hqnn import RunConfig
from hqnn.errors import HqnnError
from hqnn.records import EpochRecord, Evaluation
from hqnn.sweeps import experiments, results_folder
from hqnn.sweeps import results_file as results
from hqnn.sweeps.grid import Trained, grid
from hqnn.sweeps.result import Header, Result, shots_an_epoch
from hqnn.sweeps.result_lines import ResultsError
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import own_files, own_results, path_to_write, usual_path
from tests.room import room_for

CONFIG = RunConfig(n_train=10, n_test=5, epochs=2)
VARIED = {"shots": (10, None), "digits": ((3, 7), (0, 1)), "shift": (pi / 2, 0.1)}
HEADER = Header(kind="sweep", config=CONFIG, vary=VARIED, seeds=(0, 1))
CONFIGS = grid(CONFIG, **VARIED, seed=range(2))
ELSEWHERE = HEADER.versions | {"processor": "Another"}

#: Files of hqnn as it was: the first is named after its whole header, the second after its question.
KEPT = Path(__file__).parents[2] / "kept_results"
OLD, NEW = (KEPT / name for name in ("sweep-038efa31e95f.jsonl", "sweep-97855e56b9cf.jsonl"))
KEPT_CONFIG = RunConfig(n_train=10, n_test=10, epochs=1, engine="exact")
KEPT_QUESTION = Header(kind="sweep", config=KEPT_CONFIG, vary={"shots": (10, None)}, seeds=(0, 1))


def epoch(number: int, accuracy: float = 0.9) -> EpochRecord:
    """Of an epoch; 0 has no training."""
    return EpochRecord(
        epoch=number,
        step=3 * number,
        loss=0.1 * number if number else None,
        cross_entropy=0.2 if number else None,
        published=-0.8 if number else None,
        images_per_second=40.0 * number if number else None,
        train_accuracy=0.7,
        test_accuracy=accuracy,
        test_accuracy_low=accuracy - 0.1,
        test_accuracy_high=1.0,
        test_loss=0.3,
        train_confusion=((10, 0), (6, 4)),
        test_confusion=((5, 0), (1, 4)),
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


def test_epoch_0_has_taken_nothing_and_has_no_training_loss(tmp_path):
    result = Result.of(Trained(CONFIG, [], [epoch(0, 0.5), epoch(1), epoch(2)], evaluation(), None, 1.5))
    assert [(point.epoch, point.loss, point.shots, point.seconds) for point in result.curve] == [
        (0, None, 0, 0.0),
        (1, 0.1, 6000, 0.5),
        (2, 0.2, 12000, 0.75),
    ]
    assert result.curve[1:] == Result.of(trained(CONFIG)).curve
    Results.open(tmp_path / "file", HEADER).add(result)
    assert Results.read(tmp_path / "file").have[CONFIG] == result
    assert ([result.after(number) for number in (0, 2)], result.after(3)) == ([result.curve[0], result.curve[2]], None)


def test_a_file_of_before_epoch_0_was_recorded_goes_on_with_runs_that_have_it(tmp_path):
    older, newer = CONFIGS[:2]
    shutil.copy(NEW, tmp_path / NEW.name)
    assert all(result.curve[0].epoch == 1 for result in Results.read(NEW).have.values())
    results = Results.open(tmp_path / "file", HEADER)
    results.add(Result.of(trained(older)))
    records = [epoch(0), epoch(1), epoch(2)]
    Results.open(results.path, HEADER).add(Result.of(Trained(newer, [], records, evaluation(), None, 1.0)))
    found = Results.open(results.path, HEADER)
    assert [[point.epoch for point in found.have[each].curve] for each in (older, newer)] == [[1, 2], [0, 1, 2]]
    assert found.missing(CONFIGS) == CONFIGS[2:]


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
        ("notes of mine", "is no results file of hqnn: Invalid JSON: expected ident at line 1 column 2"),
        ('{"a": 1}\n', "is no results file of hqnn: Field required, at kind"),
        ('{"kind": "sweep"', "is no results file of hqnn: Invalid JSON: EOF while parsing"),
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
        ({"kind": "stuck"}, 'kind is "sweep" in the file and "stuck" here'),
        ({"config": CONFIG.replace(batch_size=4)}, "batch_size is 8 in the file and 4 here"),
        ({"vary": {}}, "vary is {"),
        ({"seeds": (0,)}, "seeds is [0, 1] in the file and [0] here"),
    ],
)
def test_another_question_is_refused(tmp_path, changes, said):
    file = tmp_path / "file"
    Results.open(file, HEADER)
    other = Header(**{name: getattr(HEADER, name) for name in Header.model_fields} | changes)
    with pytest.raises(ResultsError) as refused:
        Results.open(file, other)
    assert str(refused.value).startswith(f"{file} holds results of another experiment: {said}")


def test_a_file_that_was_computed_elsewhere_is_left_alone_and_the_sentence_says_what_to_do(tmp_path):
    file = tmp_path / "file"
    Results.open(file, HEADER.model_copy(update={"versions": ELSEWHERE})).add(Result.of(trained(CONFIGS[0])))
    before = file.read_bytes()
    with pytest.raises(ResultsError) as refused:
        Results.open(file, HEADER)
    assert str(refused.value) == (
        f"{file} was computed by another processor (Another instead of {HEADER.versions['processor']}), so it "
        "cannot be continued here: name another file, or remove this one"
    )
    assert file.read_bytes() == before


def test_settings_at_their_default_are_not_written(tmp_path):
    results = Results.open(tmp_path / "file", HEADER)
    results.add(Result.of(trained(CONFIGS[0])))
    first, line = map(json.loads, (tmp_path / "file").read_text().splitlines())
    assert first["config"] == {"n_train": 10, "n_test": 5, "epochs": 2}
    assert line["config"] == first["config"] | {"shots": 10}
    assert "versions" not in line


def test_what_a_worker_elsewhere_computed_says_so(tmp_path):
    def jobs(configs):
        for config, versions in zip(configs, (HEADER.versions, ELSEWHERE, None), strict=False):
            yield Trained(config, [], [epoch(1), epoch(2)], evaluation(), None, 1.5, versions)

    results = Results.open(tmp_path / "file", HEADER)
    found = list(results.complete(CONFIGS[:3], jobs))
    assert [result.versions for result in found] == [None, ELSEWHERE, None]
    assert results.elsewhere == Results.read(tmp_path / "file").elsewhere == [ELSEWHERE]


def test_a_disk_that_fills_up_leaves_whole_lines_and_what_it_did_not_take_is_written_later(tmp_path):
    file = tmp_path / "file"
    results = Results.open(file, HEADER)
    added = [Result.of(trained(config)) for config in CONFIGS[:3]]
    results.add(added[0])
    before = file.read_bytes()
    for number, room in ((1, 0), (2, 50)):  # nothing fits, or half a line
        with room_for(len(before) + room):
            results.add(added[number])
        assert file.read_bytes() == before
        assert results.problem == f"'{file}' cannot be written: File too large"
        assert results.waiting == number
        assert not results.missing(CONFIGS[: number + 1])
    results.flush()
    assert (results.problem, results.waiting) == (None, 0)
    assert set(Results.read(file).have) == set(CONFIGS[:3])


def test_a_file_that_is_removed_meanwhile_does_not_begin_anew_without_its_first_line(tmp_path):
    results = Results.open(tmp_path / "file", HEADER)
    (tmp_path / "file").unlink()
    results.add(Result.of(trained(CONFIGS[0])))
    assert results.problem == f"'{tmp_path}/file' cannot be written: No such file or directory"
    assert not (tmp_path / "file").exists()


def test_a_file_that_cannot_begin_is_refused_in_one_sentence_and_not_begun(own):
    for path, said in (
        (
            own / "file",
            f"the results cannot be written to {own} (File too large); set HQNN_RESULTS to use another folder",
        ),
        (own / "no" / "file", f"'{own}/no/file' cannot be written: there is no folder '{own}/no'"),
        (Path("/dev/null"), "'/dev/null' cannot be written: it is a device, a pipe or a socket"),
    ):
        with room_for(100), pytest.raises(HqnnError) as error:
            Results.open(path, HEADER)
        assert str(error.value) == said
    assert list(own.iterdir()) == []


def test_where_there_is_no_folder_of_results_there_are_none(own, monkeypatch):
    (own / "file").write_text("")
    monkeypatch.setenv("HQNN_RESULTS", str(own / "file"))
    assert own_files(HEADER) == {}
    with pytest.raises(HqnnError, match=r"the results cannot be written to .*; set HQNN_RESULTS to use another folder"):
        path_to_write(HEADER)


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """The folder of the user's files."""
    monkeypatch.setenv("HQNN_RESULTS", str(tmp_path))
    return tmp_path


def test_a_kept_file_of_today_has_the_name_and_the_first_line_of_its_question(own):
    assert usual_path(KEPT_QUESTION).name == NEW.name
    kept = Results.read(NEW)
    Results.open(own / "again", kept.header)
    assert (own / "again").read_text().splitlines() == NEW.read_text().splitlines()[:1]
    assert list(kept.have) == [KEPT_CONFIG.replace(shots=10), KEPT_CONFIG.replace(shots=None)]
    (elsewhere,) = kept.elsewhere
    assert elsewhere["processor"] == "Intel(R) Xeon(R) Platinum (family 6, model 85)"


@pytest.mark.parametrize("name", [OLD.name, NEW.name])
def test_a_kept_file_is_found_and_is_never_written_to_elsewhere(own, name):
    copy = Path(shutil.copy(KEPT / name, own))
    assert list(own_files(KEPT_QUESTION)) == [copy]
    path = path_to_write(KEPT_QUESTION.model_copy(update={"versions": ELSEWHERE}))
    assert path.name == (NEW.name if name == OLD.name else f"{NEW.stem}-2.jsonl")
    Results.open(path, KEPT_QUESTION.model_copy(update={"versions": ELSEWHERE}))
    assert copy.read_bytes() == (KEPT / name).read_bytes()
    assert len(own_files(KEPT_QUESTION)) == 2
    assert not own_files(KEPT_QUESTION.model_copy(update={"seeds": (0,)}))


def test_a_setting_that_is_added_later_changes_no_question_at_its_default(own):
    class Later(RunConfig):
        pace: float = 1.0

    later = [HEADER.model_copy(update={"config": Later(**CONFIG.model_dump(), pace=pace)}) for pace in (1.0, 2.0)]
    assert usual_path(later[0]) == usual_path(HEADER) != usual_path(later[1])
    Results.open(usual_path(HEADER), HEADER)
    assert [len(own_files(header)) for header in later] == [1, 0]


def test_a_question_goes_on_in_its_own_file_beside_those_that_were_computed_elsewhere(own):
    others = [HEADER.model_copy(update={"versions": HEADER.versions | {"processor": name}}) for name in "AB"]
    paths = []
    for header in (*others, HEADER):
        paths.append(path_to_write(header))
        Results.open(paths[-1], header)
    usual = usual_path(HEADER)
    assert paths == [usual, usual.with_stem(f"{usual.stem}-2"), usual.with_stem(f"{usual.stem}-3")]
    assert [path_to_write(header) for header in (*others, HEADER)] == paths


def test_a_damaged_file_is_left_out_unless_it_would_be_gone_on_with(own, monkeypatch):
    said = []
    monkeypatch.setattr(results.log, "warning", lambda text, *values: said.append(text % values))
    old = Path(shutil.copy(OLD, own))
    with old.open("a") as file:
        file.write("damaged\n")
    assert own_results(KEPT_QUESTION) == []
    assert said[0].startswith(f"{old} is left out: line 5 of {old} is damaged")
    usual_path(KEPT_QUESTION).write_text("damaged\n")
    with pytest.raises(ResultsError, match="is no results file of hqnn"):
        own_results(KEPT_QUESTION)


def test_an_unchanged_file_is_not_read_again_to_be_found(own, monkeypatch):
    for name in (OLD.name, NEW.name):
        shutil.copy(KEPT / name, own)
    own_files(KEPT_QUESTION)
    monkeypatch.setattr(results_folder, "header_in", None)
    assert len(own_files(KEPT_QUESTION)) == 2


def test_the_usual_file_of_a_question_is_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("HQNN_RESULTS", str(tmp_path))
    again = Header.model_validate_json(HEADER.model_dump_json())
    assert usual_path(HEADER) == usual_path(again)
    assert usual_path(HEADER).parent == tmp_path
    other = Header(kind="sweep", config=CONFIG, vary=VARIED, seeds=(0, 1, 2))
    assert usual_path(HEADER) != usual_path(other)


def test_what_comes_with_hqnn_is_found_by_its_question_whatever_it_was_measured_with(tmp_path, monkeypatch):
    monkeypatch.setattr(results_folder, "BUNDLED", tmp_path)
    old = HEADER.model_copy(update={"versions": {"torch": "1.0"}})
    Results.open(tmp_path / "sweep-old.jsonl", old).add(Result.of(trained(CONFIGS[0])))
    found = results_folder.bundled(HEADER)
    assert found is not None
    assert (list(found.have), found.header) == ([CONFIGS[0]], old)
    assert results_folder.bundled(HEADER.model_copy(update={"seeds": (0, 1, 2)})) is None
    assert results_folder.bundled(HEADER.model_copy(update={"kind": "stuck"})) is None


def test_of_more_seeds_that_come_with_hqnn_those_asked_for_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(results_folder, "BUNDLED", tmp_path)
    kept = Results.open(tmp_path / "sweep-more.jsonl", HEADER)
    for config in CONFIGS:
        kept.add(Result.of(trained(config)))
    asked = HEADER.model_copy(update={"seeds": HEADER.seeds[1:]})
    found = results_folder.bundled(asked)
    assert found is not None
    assert found.header == asked
    assert set(found.have) == set(experiments.configs(asked)) < set(CONFIGS)


def test_every_file_that_comes_with_hqnn_is_whole_and_has_its_questions_trainings_and_no_others():
    files = sorted(results_folder.BUNDLED.glob("*.jsonl"))
    assert files
    for path in files:
        found = Results.read(path)
        assert path.name.startswith(f"{found.header.kind}-")
        assert set(found.have) == set(experiments.configs(found.header))
        assert not found.missing(found.have)
        assert results_folder.bundled(found.header) is not None
