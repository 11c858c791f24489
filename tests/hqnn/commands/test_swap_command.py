"""`hqnn ablate`: what it prints, that it continues where it stopped, and what it refuses."""

import json
from types import SimpleNamespace

import pytest

from hqnn import RunConfig, train
from hqnn.__main__ import main
from hqnn.commands.swap import as_json, lines
from hqnn.config import HEADS
from hqnn.network.training import TrainResult
from hqnn.records import EpochRecord, StepRecord
from hqnn.sweeps import experiments
from hqnn.sweeps.ablation import compare, swap_configs
from hqnn.sweeps.grid import Trained
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import usual_path
from hqnn.versions import versions_here
from tests.hqnn.sweeps.test_ablation import BASE, CONFIG, NOISE, results
from tests.hqnn.test_versions import HERE

QUICK = ["ablate", "--digits", "0", "1", "--n-train", "8", "--n-test", "4", "--epochs", "2", "--seeds", "2"]


class JobsHere:
    """Trains one after another in this process."""

    done = 0

    def __init__(self, workers):
        self.cluster = SimpleNamespace(wait_until_warm=lambda stop: None)

    def trained(self, configs, _stop):
        for config in configs:
            *records, result = train(config)
            assert isinstance(result, TrainResult)
            steps = [each for each in records if isinstance(each, StepRecord)]
            epochs = [each for each in records if isinstance(each, EpochRecord)]
            JobsHere.done += 1
            yield Trained(config, steps, epochs, result.evaluation, None, 1.0)

    def close(self):
        pass


@pytest.fixture(autouse=True)
def _jobs_here(monkeypatch):
    monkeypatch.setattr("hqnn.jobs.Jobs", JobsHere)
    monkeypatch.setattr(JobsHere, "done", 0)


def test_it_trains_every_head_with_every_seed_and_says_what_that_amounts_to(capsys, tmp_path):
    file = tmp_path / "swap.jsonl"
    assert main([*QUICK, "--out", str(file)]) == 0
    config = RunConfig(digits=(0, 1), n_train=8, n_test=4, epochs=2)
    have = Results.read(file).have
    assert set(have) == set(swap_configs(config, [0, 1]))
    printed = capsys.readouterr().out.splitlines()
    assert printed == list(lines(compare(have, config, [0, 1])))
    assert printed[-1] == "Too few seeds for a verdict: it needs 5 finished with every head, got 2."


def test_what_is_there_is_not_trained_again_and_json_has_it_all(capsys, tmp_path):
    file = tmp_path / "swap.jsonl"
    main([*QUICK, "--out", str(file)])
    whole = file.read_bytes()
    file.write_bytes(b"".join(whole.splitlines(keepends=True)[:-3]))
    capsys.readouterr()
    assert main([*QUICK, "--out", str(file), "--json"]) == 0
    assert JobsHere.done == 2 * len(HEADS) + 3
    *trainings, found = map(json.loads, capsys.readouterr().out.splitlines())
    assert len(trainings) == 2 * len(HEADS)
    assert found["kind"] == "swap"
    assert [each["head"] for each in found["heads"]] == list(HEADS)
    assert [each["twin"] for each in found["differences"]] == list(HEADS)[1:]
    assert found["verdict"].startswith("Too few seeds for a verdict")
    assert (found["seeds"], found["complete"]) == (2, True)
    assert found["versions"] == trainings[0]["versions"] == versions_here()


def test_a_file_from_elsewhere_is_kept_and_another_is_begun_beside_it(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("HQNN_RESULTS", str(tmp_path))
    header = experiments.swap(RunConfig(digits=(0, 1), n_train=8, n_test=4, epochs=2), (0, 1))
    there = Results.open(usual_path(header), header.model_copy(update={"versions": HERE | {"processor": "Other"}}))
    before = there.path.read_bytes()
    main(QUICK)
    said, where, *_ = capsys.readouterr().err.splitlines()
    assert said.startswith(f"{there.path} has 0 of 8 runs. Computed by another processor (Other instead of ")
    assert said.endswith("Only the distribution is the same. A new file is started beside it.")
    assert where == f"results: {there.path.with_stem(there.path.stem + '-2')}"
    main(QUICK)
    assert capsys.readouterr().err.splitlines()[0] == where
    with pytest.raises(SystemExit):
        main([*QUICK, "--out", str(there.path)])
    assert "here: name another file, or remove this one" in capsys.readouterr().err
    assert there.path.read_bytes() == before


def test_tables_by_hand():
    better = BASE + 0.005 + NOISE
    found = compare(results(circuit=BASE, sigmoid=better, sine=BASE, linear=BASE - NOISE), CONFIG, range(5))
    assert list(lines(found)) == [
        "| head | runs | stuck | accuracy (95% interval) | lowest | accuracy after epoch 1 | training time |",
        "|---|---|---|---|---|---|---|",
        # t(0.975, 4) = 2.776, standard deviations of 1.118, 0.962 and 1.275 points, over √5
        "| circuit | 5 | 0 | 97.50% (96.11% to 98.89%) | 96.00% | 48.75% (48.06% to 49.44%) | 1.00 s |",
        "| sigmoid | 5 | 0 | 98.00% (96.81% to 99.19%) | 96.70% | 49.00% (48.40% to 49.60%) | 1.00 s |",
        "| sine | 5 | 0 | 97.50% (96.11% to 98.89%) | 96.00% | 48.75% (48.06% to 49.44%) | 1.00 s |",
        "| linear | 5 | 0 | 97.50% (95.92% to 99.08%) | 95.80% | 48.75% (47.96% to 49.54%) | 1.00 s |",
        "",
        "| circuit minus | seeds compared | difference in accuracy, percentage points (simultaneous 95% intervals) "
        "| seeds with higher, lower accuracy |",
        "|---|---|---|---|",
        # t(1 − 0.05/6, 4) = 3.961; no interval is narrower than one of 10,000 test images
        "| sigmoid | 5 | −0.50 (−0.78 to −0.22) | 0, 5 |",
        "| sine | 5 | +0.00 (−0.01 to +0.01) | 0, 0 |",
        "| linear | 5 | +0.00 (−0.28 to +0.28) | 2, 2 |",
        "",
        found.verdict,
    ]
    assert json.loads(as_json(found, HERE))["differences"][0]["accuracy"]["value"] == pytest.approx(-0.005)


def test_a_single_seed_has_no_intervals():
    found = compare(results(CONFIG, **dict.fromkeys(HEADS, BASE[:1])), CONFIG, [0])
    said = list(lines(found))
    assert said[2] == "| circuit | 1 | 0 | 97.00% | 97.00% | 48.50% | 1.00 s |"
    assert said[9] == "| sigmoid | 1 | +0.00 | 0, 0 |"
    assert said[-1].startswith("Too few seeds for a verdict")
    assert json.loads(as_json(found, HERE))["heads"][0]["accuracy"] == {"value": 0.97, "low": None, "high": None}


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--head", "sine"], "head must be 'circuit', because only a circuit can be measured, got 'sine'"),
        (
            ["--engine", "ibm"],
            "engine must be a simulator, because the test uses exact probabilities, got 'ibm'",
        ),
        (["--seeds", "2501"], "an experiment must have 1 to 10,000 runs, got 10,004"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(flags, sentence, capsys, tmp_path):
    with pytest.raises(SystemExit) as ended:
        main([*QUICK, "--out", str(tmp_path / "swap.jsonl"), *flags])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"hqnn: error: {sentence}\n"
