"""`hqnn compare` as a user calls it."""

import json

import pytest

from hqnn import RunConfig, train
from hqnn.__main__ import main
from hqnn.records import EpochRecord
from hqnn.runs import Run
from hqnn.sweeps.grid import Trained, grid
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results
from hqnn.versions import versions_here

QUICK = ["train", "--engine", "exact", "--n-train", "8", "--n-test", "5", "--epochs", "1"]


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[str]:
    """Two runs that differ in their shots, and one that is the first once more."""
    folder = tmp_path_factory.mktemp("runs")
    paths = [str(folder / f"{name}.safetensors") for name in ("ten", "exact", "again")]
    for path, shots in zip(paths, ("10", "exact", "10"), strict=True):
        main([*QUICK, "--shots", shots, "--save", path])
    return paths


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> str:
    """Results of two seeds with each of two numbers of shots."""
    config = RunConfig(engine="exact", n_train=8, n_test=5, epochs=1)
    header = Header(kind="sweep", config=config, vary={"shots": (10, None)}, seeds=(0, 1))
    results = Results.open(tmp_path_factory.mktemp("sweep") / "sweep.jsonl", header)
    for each in grid(config, shots=(10, None), seed=range(2)):
        records = list(train(each))
        epochs = [record for record in records if isinstance(record, EpochRecord)]
        results.add(Result.of(Trained(each, [], epochs, Run.of(records).evaluation, None, 1.0)))
    return str(results.path)


def test_settings_that_differ_stand_beside_the_figures(files, capsys):
    assert main(["compare", *files[:2]]) == 0
    lines = capsys.readouterr().out.splitlines()
    head = ["file", "shots", "accuracy (95% interval)", "−log p", "−p", "test images", "epochs", "state"]
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == head
    first, second = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:4])
    assert [first[1], second[1]] == ["10", "exact"]
    assert first[5:] == ["10", "1 of 1", "finished"]
    assert "On the same 10 test images" in lines[-1]


def test_the_same_settings_are_the_same(files, capsys):
    assert main(["compare", files[0], files[2]]) == 0
    out = capsys.readouterr().out
    assert "| file | accuracy" in out
    assert "are identical" in out


def test_results_of_many_trainings_have_a_row_for_each_combination(sweep, files, capsys):
    assert main(["compare", sweep, files[0], "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found["differing"] == ["shots", "seed"]
    assert [row["settings"]["shots"] for row in found["rows"]] == [10, None, 10]
    assert [row["trainings"] for row in found["rows"]] == [2, 2, 1]
    assert [row["interval"] for row in found["rows"]] == ["student", "student", "wilson"]
    assert found["paired"] is None
    assert [row["versions"] for row in found["rows"]] == [versions_here()] * 3
    assert main(["compare", sweep]) == 0
    assert "| runs |" in capsys.readouterr().out.splitlines()[0]


def test_two_runs_as_json_are_paired(files, capsys):
    main(["compare", *files[:2], "--json"])
    pair = json.loads(capsys.readouterr().out)["paired"]
    assert pair["both"] + pair["only_a"] + pair["only_b"] + pair["neither"] == pair["n"] == 10
    assert 0 < pair["p"] <= 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a complete safetensors file"),
        (b"no run at all", "not a complete safetensors file"),
        (b'{"format": "other"}\n', "is no results file of hqnn"),
        (None, "No such file"),
    ],
)
def test_a_bad_file_is_one_line_and_status_2(content, said, files, tmp_path, capsys):
    bad = tmp_path / "bad"
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        main(["compare", files[0], str(bad)])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(bad) in line
    assert said in line


def test_results_without_a_training_are_refused(sweep, tmp_path):
    empty = tmp_path / "empty.jsonl"
    with open(sweep) as file:
        empty.write_text(file.readline())
    with pytest.raises(SystemExit):
        main(["compare", str(empty)])
