"""Studies on real workers: progress, stopping, taking turns with short questions, and what becomes of failures."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from math import sqrt
from time import monotonic, sleep

import numpy as np
import pytest

from hqnn import shift_study
from hqnn.jobs import Jobs
from hqnn.rules import RULES, measured_slope
from hqnn.study import Study
from tests.dask_cluster import DESK, TRAINER, free_port, scheduler, worker
from tests.waiting import wait


def test_a_study_measures_part_after_part(jobs):
    study = jobs.study("math:pow", [(2.0, n) for n in range(50)])
    wait(lambda: not study.running)
    assert (study.state, study.done, study.total, study.error) == ("finished", 50, 50, None)
    assert study.results == [((2.0, n), 2.0**n) for n in range(50)]
    assert study.seconds_left == 0
    assert study.seconds == study.seconds


def test_progress_and_time_left_are_told_while_it_goes(jobs):
    study = jobs.study("time:sleep", [(0.05,)] * 40)
    assert study.seconds_left is None
    wait(lambda: study.done >= 10)
    assert study.running
    assert 10 <= study.done < study.total
    assert 0 < (study.seconds_left or 0) < 10
    study.stop()


def test_a_stop_is_at_once_and_keeps_what_is_measured(jobs):
    study = jobs.study("math:sqrt", [(float(n),) for n in range(10_000)])
    wait(lambda: study.done >= 5)
    study.stop()
    assert study.state == "stopped"
    kept = study.done
    assert 5 <= kept < study.total
    sleep(0.3)
    assert study.done == kept
    assert study.results == [((float(n),), sqrt(n)) for n in range(kept)]


def test_short_questions_are_answered_between_the_parts_of_several_studies(jobs):
    """Studies take turns, so a question waits for one part and not for one of each."""
    studies = [jobs.study("time:sleep", [(0.2,)] * 200) for _ in range(5)]
    wait(lambda: all(study.done for study in studies))
    waited = []
    for _ in range(5):
        start = monotonic()
        assert jobs.ask("math:sqrt", 16.0) == 4
        waited.append(monotonic() - start)
    assert max(waited) < 0.2 * 2 + 0.3
    done = [study.done for study in studies]
    assert max(done) - min(done) <= 1
    for study in studies:
        study.stop()


def test_what_a_part_raises_fails_the_study_in_one_sentence(jobs):
    study = jobs.study("math:sqrt", [(4.0,), (-1.0,), (9.0,)])
    wait(lambda: not study.running)
    assert (study.state, study.error) == ("failed", "Its worker could not do it (ValueError).")
    assert study.results == [((4.0,), 2.0)]


def test_a_setting_that_is_refused_is_said(jobs):
    study = jobs.study(shift_study.FUNCTION, [(0.0, 1.0, {"shots": 0, "repeats": 1, "seed": 0})])
    wait(lambda: not study.running)
    assert (study.state, study.error) == ("failed", "shots must be between 1 and 100000, got 0")


def test_a_study_that_nobody_looks_at_ends(jobs, monkeypatch):
    monkeypatch.setattr("hqnn.study.ALONE_SECONDS", 0.5)
    looked_at, alone = (jobs.study("time:sleep", [(0.02,)] * 1000) for _ in range(2))

    def look() -> bool:
        looked_at.watch()
        return not alone.running

    wait(look)
    assert (alone.state, alone.alone) == ("stopped", True)
    assert 0 < alone.done < alone.total
    assert looked_at.running
    looked_at.stop()


def test_a_study_of_nothing_is_finished_at_once():
    with ThreadPoolExecutor(1) as turns:
        assert Study(print, "math:sqrt", [], turns).state == "finished"


@pytest.mark.parametrize("name", ["aer", "noisy"])
def test_the_rules_measured_over_all_shifts_lie_within_five_standard_errors(jobs, name):
    """Means and deviations against the sine itself, of independent shots at every shift."""
    theta, shots, repeats = 0.6, 80, 60
    study = jobs.study(shift_study.FUNCTION, shift_study.parts(theta, shots, repeats, (3, 0), {"engine": name}))
    wait(lambda: not study.running)
    assert study.error is None
    found = shift_study.gathered(study.results)
    assert tuple(found) == shift_study.SHIFTS
    assert len({points.tobytes() for points in found.values()}) == len(found)
    for shift, points in found.items():
        assert points.shape == (repeats, 3)
        p = (1 + np.sin(theta + shift * np.array([-1, 0, 1]))) / 2
        for rule in RULES if abs(np.sin(shift)) > 0.01 else RULES[1:]:
            measured = measured_slope(points, theta, shift, shots, rule)
            weight = {
                "parameter-shift": np.array([-1, 0, 1]) / (2 * np.sin(shift)),
                "published": np.array([-1, 0, 1]),
                "forward": np.array([0, -1, 1]) / shift,
                "central": np.array([-1, 0, 1]) / (2 * shift),
            }[rule]
            deviation = sqrt(weight**2 @ (p * (1 - p)) / shots)
            assert measured.mean == pytest.approx(weight @ p, abs=5 * deviation / sqrt(repeats) + 1e-9)
            assert measured.deviation == pytest.approx(deviation, abs=5 * measured.deviation_error + 1e-9)


def test_all_repeats_of_all_shifts_are_in_short_parts_of_seeds_of_their_own():
    parts = shift_study.parts(0.3, 10_000, 200, (7, 2), {"engine": "aer"})
    by_shift = {s: [part for part in parts if part[1] == s] for s in shift_study.SHIFTS}
    assert {sum(part[2]["repeats"] for part in of_one) for of_one in by_shift.values()} == {200}
    assert all(3 * part[2]["repeats"] * 10_000 * shift_study.SHOT_SECONDS <= 0.3 for part in parts)
    assert [part[1] for part in parts[: len(by_shift)]] == list(shift_study.SHIFTS)
    seeds = [part[2]["seed"] for part in parts]
    assert len(set(seeds)) == len(seeds)
    assert parts == shift_study.parts(0.3, 10_000, 200, (7, 2), {"engine": "aer"})
    assert not set(seeds) & {part[2]["seed"] for part in shift_study.parts(0.3, 10_000, 200, (7, 3), {})}


def test_a_scheduler_that_is_lost_is_said(tmp_path):
    with ExitStack() as stack:
        found = stack.enter_context(ExitStack())
        address = found.enter_context(scheduler(free_port()))
        for resource in (TRAINER, DESK):
            found.enter_context(worker(address, resource))
        engine = Jobs(address=address, history=tmp_path)
        stack.callback(engine.close)
        engine.cluster.wait_until_warm()
        study = engine.study("time:sleep", [(0.1,)] * 1000)
        wait(lambda: study.done >= 3)
        found.close()
        wait(lambda: not study.running)
        assert study.state == "failed"
        assert study.error in (
            "The workers' scheduler was lost before they answered.",
            f"The scheduler of the workers is lost; trying to reach it again at {address}.",
            "The workers are not there.",
        )
        assert study.done >= 3
