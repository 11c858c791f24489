"""Results as CSV: what is in the file is in the table, row by row."""

import csv
from io import StringIO
from math import pi

from hqnn import RunConfig
from hqnn.sweeps import csv_table
from hqnn.sweeps.grid import Trained, grid
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results
from tests.hqnn.sweeps.test_curves import COURSES, SHOTS, race
from tests.hqnn.sweeps.test_curves import results as results  # noqa: PLC0414
from tests.hqnn.sweeps.test_results import epoch, evaluation


def test_a_race_is_a_row_for_each_training_and_epoch(results):
    rows = list(csv.DictReader(StringIO(csv_table.race(results))))
    assert len(rows) == 3 * 4 * 3
    assert [(row["shots"], row["seed"], row["epoch"]) for row in rows] == [
        ("exact" if shots is None else str(shots), str(seed), str(number))
        for shots in SHOTS
        for seed in range(4)
        for number in (1, 2, 3)
    ]
    for row in rows:
        shots = None if row["shots"] == "exact" else int(row["shots"])
        course, number = COURSES[shots][int(row["seed"])], int(row["epoch"])
        assert row["shots_so_far"] == ("" if shots is None else str(3 * 20 * shots * number))
        # 20 images at 40, then at 80, then at 120 a second
        assert abs(float(row["seconds_so_far"]) - sum(20 / (40 * each) for each in range(1, number + 1))) < 1e-9
        assert float(row["loss"]) == 0.1 * number
        assert (float(row["test_loss"]), float(row["train_accuracy"])) == (0.3, 0.7)
        assert float(row["test_accuracy"]) == course[number - 1]
        assert float(row["test_accuracy_low"]) == course[number - 1] - 0.1
        assert float(row["test_accuracy_high"]) == 1
        assert (float(row["exact_test_loss"]), float(row["exact_train_accuracy"])) == (0.6, 0.75)
        assert float(row["final_accuracy"]) == course[-1]
        assert (float(row["final_accuracy_low"]), float(row["final_accuracy_high"])) == (0.6, 0.98)


def test_each_line_says_by_itself_what_it_is_of(results):
    content = csv_table.race(results)
    for row in csv.DictReader(StringIO(content)):
        assert (row["kind"], row["digits"], row["seed"]) == ("sweep", "3-7", row["seed"])
        values = {name: row["loss_trained_on" if name == "loss" else name] for name in RunConfig.model_fields}
        assert (values["n_train"], values["loss"], values["engine"]) == ("10", "cross-entropy", "aer")
        for name, value in results.header.versions.items():
            assert row[f"version_{name}"] == value
    heads = content.splitlines()[0].split(",")
    assert heads[:4] == ["digits", "shots", "seed", "epoch"]
    assert len(heads) == len(set(heads))


def test_a_table_without_a_line_has_the_same_columns(results):
    empty = Results(results.path, results.header, {})
    assert csv_table.race(empty).splitlines() == csv_table.race(results).splitlines()[:1]


def test_lines_that_were_computed_elsewhere_say_so(results):
    first, *others = results.have.values()
    there = first.model_copy(update={"versions": {"processor": "another, one", "new": "part"}})
    mixed = Results(results.path, results.header, {each.config: each for each in (there, *others)})
    rows = list(csv.DictReader(StringIO(csv_table.race(mixed))))
    assert {(row["version_processor"], row["version_new"], row["version_torch"]) for row in rows} == {
        ("another, one", "part", ""),
        (results.header.versions["processor"], "", results.header.versions["torch"]),
    }


def test_the_loss_that_is_trained_on_and_its_value_are_two_columns(tmp_path):
    config = RunConfig(n_train=10, n_test=5, epochs=1)
    header = Header(kind="sweep", config=config, vary={"loss": ("cross-entropy", "published")}, seeds=(0,))
    results = Results.open(tmp_path / "file", header)
    for each in grid(config, **header.vary):
        results.add(Result.of(Trained(each, [], [epoch(1)], evaluation(), None, 1.0)))
    rows = list(csv.DictReader(StringIO(csv_table.race(results))))
    assert [(row["loss_trained_on"], row["loss"]) for row in rows] == [("cross-entropy", "0.1"), ("published", "0.1")]


def test_epoch_0_is_a_row_without_a_training_loss(tmp_path):
    results = race(tmp_path / "file", {10: [(0.5, *course) for course in COURSES[10]]}, first=0)
    rows = list(csv.DictReader(StringIO(csv_table.race(results))))
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3"] * 4
    for row in rows[::4]:
        assert (row["loss"], row["shots_so_far"], row["seconds_so_far"]) == ("", "0", "0.0")
        assert (row["test_accuracy"], row["test_loss"], row["exact_test_loss"]) == ("0.5", "0.3", "0.6")


def test_settings_are_written_as_the_command_line_takes_them_and_failed_trainings_are_left_out(tmp_path):
    config = RunConfig(n_train=10, n_test=5, epochs=1)
    vary = {"digits": ((3, 7), (0, 1)), "shift": (pi / 2, 0.1), "n_test": (5, None)}
    results = Results.open(tmp_path / "file", Header(kind="sweep", config=config, vary=vary, seeds=(0,)))
    for each in grid(config, **vary):
        ended = evaluation() if each.shift == 0.1 else None
        results.add(Result.of(Trained(each, [], [epoch(1)], ended, None if ended else "it broke", 1.0)))
    rows = list(csv.DictReader(StringIO(csv_table.race(Results.read(results.path)))))
    assert [(row["digits"], row["shift"], row["n_test"]) for row in rows] == [
        (digits, "0.1", n) for digits in ("3-7", "0-1") for n in ("5", "all")
    ]
