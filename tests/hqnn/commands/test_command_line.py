"""The command line as a user calls it: its lines, its JSON, its refusals."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from platform import python_version
from types import SimpleNamespace
from typing import Any

import pytest

import hqnn
from hqnn.__main__ import command_parser, main
from hqnn.commands.flags import OWNERS
from hqnn.config import Noise, RunConfig
from hqnn.runs import load

QUICK = ["train", "--digits", "3", "7", "--n-train", "8", "--n-test", "4", "--epochs", "2"]


def test_train_prints_a_line_an_epoch_then_the_test_result(capsys):
    assert main(QUICK) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("epoch   0 of 2 (  0%)   cross-entropy        –   accuracy: training ")
    assert lines[0].endswith("%")
    assert lines[1].startswith("epoch   1 of 2 ( 50%)   cross-entropy ")
    assert lines[2].startswith("epoch   2 of 2 (100%)   cross-entropy ")
    assert lines[2].endswith(" images/s")
    assert lines[3] == "on 8 test images of 3 and 7:"
    assert "95% interval" in lines[5]


def test_json_is_one_object_a_record_and_the_last_the_evaluation(capsys):
    assert main([*QUICK, "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["kind"] for record in records] == [
        *("probe", "epoch"),
        *["step", "probe", "step", "probe", "epoch"] * 2,
        "evaluation",
    ]
    assert len(records[0]["theta"]) == 24
    assert {records[1][name] for name in ("loss", "cross_entropy", "published", "images_per_second")} == {None}
    assert {"accuracy", "loss", "n"} <= set(records[-1])
    assert records[-1]["n"] == 8


def test_a_saved_run_can_be_evaluated(capsys, tmp_path):
    file = tmp_path / "run.safetensors"
    main([*QUICK, "--seed", "5", "--save", str(file)])
    printed = capsys.readouterr().out
    assert main(["evaluate", str(file)]) == 0
    assert printed.endswith(capsys.readouterr().out)
    assert main(["evaluate", str(file), "--n-test", "10"]) == 0
    assert "on 20 test images of 3 and 7:" in capsys.readouterr().out


@pytest.mark.parametrize("name", RunConfig.model_fields)
def test_every_setting_is_a_flag_and_every_flag_sets(name, monkeypatch):
    values = {
        "digits": (["0", "1"], (0, 1)),
        "n_train": (["all"], None),
        "n_test": (["7"], 7),
        "head": (["sine"], "sine"),
        "shots": (["exact"], None),
        "shift": (["1.5"], 1.5),
        "gradient_rule": (["published"], "published"),
        "loss": (["published"], "published"),
        "exact_evaluation": ([], True),
        "batch_size": (["3"], 3),
        "epochs": (["4"], 4),
        "learning_rate": (["0.01"], 0.01),
        "engine": (["exact"], "exact"),
        "seed": (["9"], 9),
        "depolarizing_1q": (["0.01"], 0.01),
        "depolarizing_2q": (["0.02"], 0.02),
        "readout_e0": (["0.03"], 0.03),
        "readout_e1": (["0.04"], 0.04),
        "t1_us": (["80"], 80),
        "t2_us": (["60"], 60),
        "gate_time_1q_ns": (["50"], 50),
        "gate_time_2q_ns": (["400"], 400),
        "backend": (["fake_manila"], "fake_manila"),
        "side_by_side": ([], True),
    }
    given, expected = values[name]
    engine = OWNERS.get(name) or (expected if name == "engine" else "aer")
    backend = {"backend": "fake_manila"} if engine == "ibm" else {}
    settings: dict[str, Any] = {"engine": engine} | backend | {name: expected}
    seen = []
    monkeypatch.setattr("hqnn.network.training.train", lambda config, **_: seen.append(config) or [])
    chosen = [f"--{flag}={value}" for flag, value in ({"engine": engine} | backend).items()]
    main(["train", "--yes", *chosen, f"--{name.replace('_', '-')}", *given])
    assert seen == [RunConfig(**settings)]


def test_noise_can_be_a_devices_with_changes(monkeypatch):
    seen = []
    monkeypatch.setattr("hqnn.network.training.train", lambda config, **_: seen.append(config) or [])
    main(["train", "--engine", "noisy", "--noise-preset", "manila", "--readout-e0", "0.2", "--t2-us", "none"])
    assert seen[0].noise == Noise.preset("manila").replace(readout_e0=0.2, t2_us=None)


NO = "hqnn: error: not confirmed: nothing was sent to the device"


def ended() -> str:
    """Ctrl-D."""
    raise EOFError


ON_HARDWARE = [*QUICK[:-1], "1", "--engine", "ibm", "--backend", "aer_simulator"]


def test_a_run_on_hardware_says_what_it_takes_and_asks(capsys, monkeypatch):
    for answer, said in ((None, NO), ("", NO), ("y", "")):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr("builtins.input", lambda _, answer=answer: ended() if answer is None else answer)
        if said:
            with pytest.raises(SystemExit):
                main(ON_HARDWARE)
        else:
            assert main(ON_HARDWARE) == 0
        printed = capsys.readouterr()
        assert "This run sends 4 jobs with " in printed.err
        assert said in printed.err
        assert ("test images of 3 and 7" in printed.out) == (not said)


def test_without_a_terminal_hardware_needs_a_yes(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
    with pytest.raises(SystemExit):
        main(ON_HARDWARE)
    assert "a run on hardware must be confirmed: add --yes" in capsys.readouterr().err
    assert main([*ON_HARDWARE, "--yes", "--save", str(tmp_path / "run")]) == 0
    capsys.readouterr()
    assert main(["evaluate", str(tmp_path / "run"), "--yes"]) == 0
    assert "This run sends 1 jobs with 1 circuits and 100 shots" in capsys.readouterr().err


def test_a_run_whose_device_fails_is_saved_and_ends_with_2(capsys, monkeypatch, tmp_path):
    from qiskit_ibm_runtime.executor_sampler import Sampler

    run, left = Sampler.run, iter(range(1))

    def breaking(self, pubs):
        if next(left, None) is None:
            raise OSError("it broke")
        return run(self, pubs)

    monkeypatch.setattr(Sampler, "run", breaking)
    with pytest.raises(SystemExit) as end:
        main([*ON_HARDWARE, "--batch-size", "8", "--yes", "--save", str(tmp_path / "run")])
    assert end.value.code == 2
    assert "hqnn: error: A job on aer_simulator failed: it broke" in capsys.readouterr().err
    assert [record.kind for record in load(tmp_path / "run").history] == ["probe", "step", "probe"]


def test_a_preset_can_be_changed(monkeypatch):
    seen = []
    monkeypatch.setattr("hqnn.network.training.train", lambda config, **_: seen.append(config) or [])
    main(["train", "--preset", "published-01", "--seed", "3"])
    assert seen == [RunConfig.preset("published-01").replace(seed=3)]


SAVE = "hqnn train: error: argument --save:"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--shots", "0"], "hqnn: error: shots must be between 1 and 100000, got 0"),
        (["train", "--digits", "3", "3"], "hqnn: error: digits must be two different digits, got 3 and 3"),
        (["train", "--digits", "3"], "hqnn train: error: argument --digits: expected 2 arguments"),
        (["train", "--loss", "mse"], "hqnn: error: loss must be 'cross-entropy' or 'published', got 'mse'"),
        (
            ["train", "--save", "/nowhere/run"],
            f"{SAVE} '/nowhere/run' cannot be written: there is no folder '/nowhere'",
        ),
        (["train", "--save", ""], f"{SAVE} '' cannot be written: its name is empty"),
        (["train", "--save", "/dev"], f"{SAVE} '/dev' cannot be written: it is a folder"),
        (["train", "--save", "/dev/null"], f"{SAVE} '/dev/null' cannot be written: it is a device, a pipe or"),
        (["train", "--save", "n" * 256], f"{SAVE} '{'n' * 256}' cannot be written: File name too long"),
        (["train", "--sed", "1"], "hqnn: error: unrecognized arguments: --sed 1"),
        (["evaluate", "/nowhere"], "hqnn: error: /nowhere: No such file or directory"),
        (["evaluate", __file__], "hqnn: error: not a complete safetensors file: "),
        ([], "hqnn: error: the following arguments are required: command"),
    ],
)
def test_bad_values_end_with_2_and_one_line(capsys, arguments, message):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(message)
    assert error.count("\n") == 1


def test_a_damaged_archive_is_one_line(capsys, monkeypatch, tmp_path):
    from hqnn.network import data, mnist_files

    data._mnist.cache_clear()
    monkeypatch.setattr(mnist_files, "ARCHIVES", tmp_path)
    monkeypatch.setenv("HQNN_CACHE", str(tmp_path / "cache"))
    with pytest.raises(SystemExit):
        main(QUICK)
    error = capsys.readouterr().err
    assert (
        "train-images-idx3-ubyte.gz is missing: install hqnn again, or run `git checkout data` in a checkout" in error
    )
    assert error.count("\n") == 1


def test_a_run_that_fits_nowhere_any_more_is_kept_elsewhere(capsys, monkeypatch, tmp_path):
    from hqnn.commands import train

    file, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(elsewhere))
    usual = train.print_record

    def fills_up(*said):
        usual(*said)
        if not file.exists():
            file.mkdir()

    monkeypatch.setattr(train, "print_record", fills_up)
    with pytest.raises(SystemExit):
        main([*QUICK, "--save", str(file)])
    (kept,) = elsewhere.iterdir()
    error = capsys.readouterr().err
    assert error == f"hqnn: error: '{file}' cannot be written: it is a folder; the run was saved to {kept} instead\n"
    assert load(kept).completed


def test_what_cannot_be_printed_is_one_sentence(capsys, monkeypatch, tmp_path):
    file = tmp_path / "run"
    with open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(SystemExit) as end:
            main([*QUICK, "--json", "--save", str(file)])
        monkeypatch.undo()
    assert end.value.code == 2
    assert capsys.readouterr().err.splitlines() == [
        f"no step was finished, so {file} was not written",
        "hqnn: error: standard output cannot be written (No space left on device)",
    ]
    assert not file.exists()


def test_where_nobody_reads_any_more_a_command_ends_without_a_word_of_its_own(capsys, monkeypatch, tmp_path):
    file = tmp_path / "run"
    for more in ([], ["--save", str(file)]):
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as unread:
            monkeypatch.setattr("sys.stdout", unread)
            assert main([*QUICK, "--json", *more]) == 141
            monkeypatch.undo()
    assert capsys.readouterr().err == f"no step was finished, so {file} was not written\n"
    assert not file.exists()


def test_it_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "hqnn", "--help"], capture_output=True, text=True, check=True)
    assert "train a network and test it" in done.stdout


@pytest.mark.parametrize(("earlier", "name"), [("swap", "ablate"), ("atlas", "pairs")])
def test_a_command_with_a_new_name_keeps_its_earlier_one(earlier, name):
    parser = command_parser()
    flags = ["--seeds", "3", "--shots", "50", "--json"]
    assert vars(parser.parse_args([earlier, *flags])) == vars(parser.parse_args([name, *flags]))
    assert f"{name} ({earlier})" in parser.format_help()


def test_the_versions_are_one_line(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == (
        f"hqnn {hqnn.__version__}, Python {python_version()}, torch {version('torch')}, Qiskit {version('qiskit')}\n"
    )
