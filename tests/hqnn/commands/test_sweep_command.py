"""`hqnn sweep` as a user calls it: the same start for every seed, a stop, and going on."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import psutil
import pytest
import torch

from hqnn import RunConfig, train
from hqnn.__main__ import main
from hqnn.network.training import Training
from hqnn.records import EpochRecord, StepRecord
from hqnn.runs import Run
from hqnn.sweeps import csv_table, print_figure
from hqnn.sweeps.grid import Trained, grid
from hqnn.sweeps.result import Figures, Header, Result
from hqnn.sweeps.results_file import Results
from tests.dask_cluster import ROOT
from tests.hqnn.sweeps.test_results import epoch, evaluation
from tests.room import room_for
from tests.waiting import wait

QUICK = ["sweep", "--digits", "3", "7", "--n-train", "8", "--n-test", "4", "--epochs", "2", "--workers", "1"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 5])
def test_all_trainings_of_a_seed_begin_with_the_same_weights_and_see_the_images_in_the_same_order(seed):
    config = RunConfig(n_train=20, n_test=5, epochs=2, batch_size=4, seed=seed)
    varied = [
        *grid(config, shots=(1, 10, 1000, None)),
        *grid(config, shift=(0.3, 2.0), gradient_rule=("parameter-shift", "published"), engine=("aer", "exact")),
        config.replace(engine="noisy", readout_e0=0.1),
        *grid(config.replace(engine="noisy"), depolarizing_1q=(0.01, 0.2)),
        config.replace(loss="published"),
    ]
    starts = [Training(each).fit for each in varied]
    for fit in starts[1:]:
        for name, tensor in starts[0].model.named_parameters():
            assert torch.equal(fit.model.get_parameter(name), tensor)
    # with the same dropout, too: so the first batch has the same angles, whatever measures them
    runs = [[record for record in train(each) if isinstance(record, StepRecord)] for each in varied]
    assert {steps[0].theta for steps in runs} == {runs[0][0].theta}
    assert {tuple(step.images for step in steps) for steps in runs} == {tuple(step.images for step in runs[0])}
    assert len({steps[-1].theta for steps in runs}) == len(runs)
    other = Training(config.replace(seed=seed + 1)).fit.model
    assert not torch.equal(other.conv1.weight, starts[0].model.conv1.weight)


@pytest.mark.workers
def test_a_sweep_writes_its_file_prints_a_table_and_trains_nothing_twice(tmp_path, capsys):
    file = tmp_path / "results"
    command = [*QUICK, "--vary", "shots=10,exact", "--vary", "shift=0.5,1.5", "--seeds", "2", "--out", str(file)]
    assert main(command) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0] == (
        "| shots | shift | runs | mean accuracy as tested (95% interval) | with exact probabilities (95% interval) "
        "| lowest | stuck | reached 0.95 | epochs | shots |"
    )
    assert [line.split(" | ")[:3] for line in lines[2:]] == [
        [f"| {shots}", shift, "2"] for shots in ("10", "exact") for shift in ("0.5", "1.5")
    ]
    said = printed.err.splitlines()
    assert said[0] == f"results: {file}"
    assert said[1].startswith("  1 of 8: shots 10, shift 0.5, seed 0: accuracy ")
    assert " left" in said[1]
    assert len(said) == 9
    there = Results.read(file)
    exact = [result.curve[-1].exact_test_accuracy or 0 for result in there.have.values() if result.config.shots]
    assert {line.split(" | ")[4][:6] for line in lines[2:4]} <= {f"{(a + b) / 2:.2%}"[:6] for a in exact for b in exact}
    for config, result in list(there.have.items())[::4]:
        expected = Run.of(train(config)).evaluation
        assert result.evaluation is not None
        assert expected is not None
        assert result.evaluation.model_dump() == {name: getattr(expected, name) for name in Figures.model_fields}
    before = file.read_bytes()
    assert main([*command, "--json"]) == 0
    printed = capsys.readouterr()
    records = [json.loads(line) for line in printed.out.splitlines()]
    assert Counter((record["config"]["shots"], record["config"]["seed"]) for record in records) == Counter(
        {(shots, seed): 2 for shots in (10, None) for seed in (0, 1)}
    )
    assert printed.err.splitlines() == said[:1]
    assert file.read_bytes() == before


@pytest.mark.workers
@pytest.mark.parametrize("lines", [1, 3], ids=["while the workers start", "while it trains"])
def test_an_interrupted_sweep_says_so_in_its_own_words_alone_and_leaves_no_process(tmp_path, lines):
    """Ctrl-C goes to every process of a terminal; more seeds are asked for than can be trained until it comes."""
    file = tmp_path / "results"
    command = [sys.executable, "-m", "hqnn", *QUICK, "--seeds", "5000", "--out", str(file)]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as going:
        assert going.stderr is not None
        said = [going.stderr.readline() for _ in range(lines)]
        os.killpg(going.pid, signal.SIGINT)
        out, rest = going.communicate()
    wait(lambda: not session_of(going.pid))
    there = Results.read(file).have
    assert lines - 1 <= len(there) < 5000
    first, *trained, last = [*said, *rest.splitlines(keepends=True)]
    assert first == f"results: {file}\n"
    assert last == f"stopped: {len(there)} of 5000 runs are finished; the same command continues with the rest\n"
    assert len(trained) == len(there)
    for number, line in enumerate(trained, 1):
        assert re.fullmatch(rf" *{number} of 5000: seed \d+: accuracy [\d.]+% after [\d.]+ s, about .* left\n", line)
    head, _, *rows = out.splitlines()
    assert head.startswith("| runs | mean accuracy")
    assert [row.split(" | ")[0] for row in rows] == ([f"| {len(there)}"] if there else [])
    assert going.returncode == 130


def session_of(process: int) -> list[int]:
    """The processes that a process and its children have started, as long as they live."""
    found = []
    for each in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError):
            if os.getsid(each.pid) == process and each.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(each.pid)
    return found


class Here:
    """Trains in this process, two at most before an interrupt comes; stands for the job engine."""

    asked: ClassVar[list[list[RunConfig]]] = []

    def __init__(self, _workers: int) -> None:
        self.cluster = SimpleNamespace(wait_until_warm=lambda stop: None)

    def trained(self, configs, stop):
        self.asked.append(configs)
        for config in configs[:2]:
            records = list(train(config))
            run = Run.of(records)
            epochs = [record for record in records if isinstance(record, EpochRecord)]
            yield Trained(config, [], epochs, run.evaluation, None, 1.0)
        assert not stop()
        if len(configs) > 2:
            signal.raise_signal(signal.SIGINT)
            assert stop()

    def close(self) -> None:
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler  # another one changes nothing


def test_a_sweep_that_is_interrupted_goes_on_with_the_same_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("hqnn.jobs.Jobs", Here)
    monkeypatch.setattr(Here, "asked", [])
    file = tmp_path / "results"
    command = [*QUICK, "--seeds", "5", "--out", str(file)]
    ends = [main(command) for _ in range(4)]
    assert ends == [130, 130, 0, 0]
    assert [[config.seed for config in configs] for configs in Here.asked] == [[0, 1, 2, 3, 4], [2, 3, 4], [4]]
    assert sorted(config.seed for config in Results.read(file).have) == list(range(5))
    stopped = [line for line in capsys.readouterr().err.splitlines() if line.startswith("stopped")]
    assert stopped == [f"stopped: {n} of 5 runs are finished; the same command continues with the rest" for n in (2, 4)]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("room", [True, False], ids=["until there is room", "in vain"])
def test_a_sweep_goes_on_where_its_file_takes_no_more(tmp_path, monkeypatch, capsys, room):
    file, table = tmp_path / "results", tmp_path / "table.csv"

    class Full(Here):
        def trained(self, configs, stop):
            for number, each in enumerate(super().trained(configs, stop)):
                with room_for(file.stat().st_size + (1_000_000 if room and number else 50)):
                    yield each

        def close(self):
            if not room:
                file.unlink()

    monkeypatch.setattr("hqnn.jobs.Jobs", Full)
    status = main([*QUICK, "--seeds", "2", "--out", str(file), "--csv", str(table)])
    said = capsys.readouterr()
    assert [line for line in said.err.splitlines() if "cannot be written" in line] == [
        f"runs continue, and will be saved as soon as possible: '{file}' cannot be written: File too large",
        *(
            []
            if room
            else [f"2 runs could not be saved and are lost: '{file}' cannot be written: No such file or directory"]
        ),
    ]
    assert status == (0 if room else 2)
    assert said.out.splitlines()[-1].startswith("| 2 | ")
    assert table.read_text().count("\n") == 7  # its heads, and epochs 0, 1 and 2 of each
    if room:
        assert len(Results.read(file).have) == 2


def test_the_usual_file_is_found_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HQNN_RESULTS", str(tmp_path))
    seen = []
    monkeypatch.setattr(
        "hqnn.commands.trainings._complete", lambda results, configs, **_: seen.append(results.path) or 0
    )
    for more in ([], [], ["--vary", "batch-size=1,2"]):
        assert main([*QUICK, *more]) == 0
    assert seen[0] == seen[1] != seen[2]
    assert {path.parent for path in seen} == {tmp_path}
    assert capsys.readouterr().err.splitlines()[0] == f"results: {seen[0]}"


def test_the_table_has_means_stuck_runs_and_what_it_took_to_get_there(tmp_path, capsys):
    """Of trainings that are all in the file already."""
    config = RunConfig(n_train=10, n_test=5, epochs=2)
    header = Header(kind="sweep", config=config, vary={"shots": (10, None)}, seeds=(0, 1, 2))
    results = Results.open(tmp_path / "file", header)
    for each in grid(config, shots=(10, None), seed=range(3)):
        course = [(0.9, 0.95), (0.5, 0.9), (0.5, 0.5)][each.seed]
        epochs = [epoch(number, accuracy) for number, accuracy in enumerate(course, 1)]
        results.add(Result.of(Trained(each, [], epochs, evaluation(course[-1]), None, 1.0)))
    settings = ["--n-train", "10", "--n-test", "5", "--epochs", "2", "--vary", "shots=10,exact", "--seeds", "3"]
    table, figure = tmp_path / "table.csv", tmp_path / "figure.svg"
    files = ["--csv", str(table), "--figure", str(figure)]
    assert main(["sweep", *settings, "--out", str(results.path), "--reach", "0.9", *files]) == 0
    assert table.read_text() == csv_table.race(Results.read(results.path))
    assert figure.read_bytes() == print_figure.of_results(results, "svg")
    # the mean of 0.95, 0.9 and 0.5 is 0.7833, their standard deviation 0.2466, t(2) is 4.3027: ± 0.6126, cut at 1
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| 10 | 3 | 78.33% (17.06% to 100.00%) | 89.17% (58.53% to 100.00%) | 50.00% | 1 | 2 of 3 | 2 | 1,200 |",
        "| exact | 3 | 78.33% (17.06% to 100.00%) | 89.17% (58.53% to 100.00%) | 50.00% | 1 | 2 of 3 | 2 | – |",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--vary", "shots"], "hqnn: error: --vary must be SETTING=A,B,…, got 'shots'"),
        (["--vary", "shts=1"], "hqnn: error: there is no setting 'shts'; did you mean 'shots'?"),
        (["--vary", "shots=10,0"], "hqnn: error: shots must be between 1 and 100000, got 0"),
        (["--vary", "seed=1"], "hqnn: error: --vary must not name the seed: use --seeds for the number of seeds"),
        (["--vary", "shots=1", "--vary", "shots=2"], "hqnn: error: --vary must name a setting once, got shots twice"),
        (["--vary", "digits=37"], "hqnn: error: digits must be two digits such as 3-7, got '37'"),
        (["--seeds", "0"], "hqnn sweep: error: argument --seeds: must be a whole number between 1 and 10000, got '0'"),
        (["--reach", "95"], "hqnn sweep: error: argument --reach: must be a number between 0 and 1, got '95'"),
        (
            ["--seeds", "6000", "--vary", "shots=1,2"],
            "hqnn: error: an experiment must have 1 to 10,000 runs, got 12,000",
        ),
        (["--engine", "ibm"], "hqnn: error: many runs on hardware need the name of a device: add --backend"),
        (["--csv", "table"], "hqnn sweep: error: argument --csv: must end with .csv, got 'table'"),
        (["--figure", "a.gif"], "hqnn sweep: error: argument --figure: must end with .png or .svg, got 'a.gif'"),
        (
            ["--csv", "/no/a.csv"],
            "hqnn sweep: error: argument --csv: '/no/a.csv' cannot be written: there is no folder '/no'",
        ),
        (
            ["--out", "/no/file"],
            "hqnn sweep: error: argument --out: '/no/file' cannot be written: there is no folder '/no'",
        ),
        (["--out", "/dev/null"], "hqnn sweep: error: argument --out: '/dev/null' cannot be written: it is a device, a"),
        (["--figure", "/no/a.svg"], "hqnn sweep: error: argument --figure: '/no/a.svg' cannot be written: there is no"),
        (["--out", __file__], f"hqnn: error: {__file__} is no results file of hqnn: Invalid JSON"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(capsys, arguments, message):
    before = Path(__file__).read_bytes()
    with pytest.raises(SystemExit) as end:
        main(["sweep", *arguments])
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(message)
    assert error.count("\n") == 1
    assert Path(__file__).read_bytes() == before


def test_on_hardware_all_trainings_are_asked_about_at_once(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    on_hardware = [*QUICK, "--engine", "ibm", "--backend", "aer_simulator", "--vary", "shots=10,20", "--seeds", "3"]
    with pytest.raises(SystemExit):
        main(on_hardware)
    said = capsys.readouterr().err.splitlines()
    assert [line.split(" sends ")[0] for line in said[:2]] == ["This run", "This run"]
    assert said[2:] == [
        "6 runs on hardware in total.",
        "hqnn: error: runs on hardware must be confirmed: add --yes",
    ]
