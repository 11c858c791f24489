"""What the shot race draws and says, against numbers by hand."""

import re
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import t

from hqnn.sweeps.curves import LINE_STYLES, Against, Line, lines, names
from hqnn.sweeps.grid import Trained, grid
from hqnn.sweeps.groups import Measure, final, groups
from hqnn.sweeps.result import EpochResult, Header, Result
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.summaries import heat_map
from tests.hqnn.sweeps.test_curves import CONFIG, COURSES, FIVE, linear, race
from tests.hqnn.sweeps.test_curves import results as results  # noqa: PLC0414
from tests.hqnn.sweeps.test_results import epoch, evaluation
from ui.explore.shots import axes as shots_axes
from ui.explore.shots import end_figures, figures, words
from ui.explore.shots.standing import Standing


def drawn(results: Results, measure: Measure = "test_accuracy", against: Against = "epochs") -> dict:
    shown = names(results.header)
    axes = shots_axes.axes_of(results.header, measure, against, 40, results.have.values())
    return figures.curves(lines(results, measure, against, shown), axes, shown, "light")


def named(chart: dict) -> dict[str, dict]:
    return {each["name"]: each for each in chart["series"] if "name" in each}


def test_the_curves_are_means_with_bands_in_the_looks_of_their_groups(results):
    chart = drawn(results)
    assert list(named(chart)) == ["10 shots", "1,000 shots", "exact"]
    for (name, line), shots, style in zip(named(chart).items(), (10, 1000, None), LINE_STYLES, strict=False):
        of_seeds = 100 * np.array(COURSES[shots])
        assert line["data"] == [[x, pytest.approx(y, rel=1e-5)] for x, y in enumerate(of_seeds.mean(0), 1)]
        assert line["lineStyle"]["color"] == style.light
        low, width = [each["data"] for each in chart["series"] if each.get("stack") == f"band of {name}"]
        half = t.ppf(0.975, 3) * of_seeds.std(0, ddof=1) / 2
        ends = np.clip([of_seeds.mean(0) - half, of_seeds.mean(0) + half], 40, 100)
        assert [y for _, y in low] == pytest.approx(ends[0], abs=1e-3)
        assert [y for _, y in width] == pytest.approx(ends[1] - ends[0], abs=1e-3)
    assert (
        len({(line["symbol"], line["symbolRotate"], str(line["lineStyle"]["type"])) for line in named(chart).values()})
        == 3
    )


def test_exact_probabilities_are_a_level_where_shots_are_counted(results):
    chart = drawn(results, against="shots")
    assert [x for x, _ in named(chart)["1,000 shots"]["data"]] == [60_000, 120_000, 180_000]
    level = named(chart)["exact"]
    end = 100 * np.mean([course[-1] for course in COURSES[None]])
    assert level["data"] == [[100, pytest.approx(end)], [1_000_000, pytest.approx(end)]]
    assert level["symbol"] == "none"
    assert (chart["xAxis"]["type"], chart["xAxis"]["min"], chart["xAxis"]["max"]) == ("log", 100, 1_000_000)
    assert [point["label"]["formatter"] for point in chart["series"][-1]["data"]] == [
        "100",
        "1,000",
        "10,000",
        "100,000",
        "1 million",
    ]


@pytest.mark.parametrize("against", ["epochs", "shots"])
@pytest.mark.parametrize("measure", ["test_accuracy", "exact_test_accuracy", "exact_test_loss", "exact_train_loss"])
def test_axes_stay_while_trainings_end(results, tmp_path, measure, against):
    part = race(tmp_path / "part", {10: COURSES[10]}, seeds=2)
    part.header = results.header
    none = Results(tmp_path / "none", results.header, {})
    charts = [drawn(each, measure, against) for each in (none, part, results)]
    for axis in ("xAxis", "yAxis", "grid"):
        assert charts[0][axis] == charts[1][axis] == charts[2][axis]


def test_a_loss_that_is_never_above_0_has_its_own_axis_with_a_minus_sign(tmp_path):
    header = Header(kind="sweep", config=CONFIG.replace(loss="published"), vary={"shots": (10, None)}, seeds=(0,))
    chart = drawn(Results(tmp_path / "none", header, {}), "exact_train_loss")
    assert (chart["yAxis"]["min"], chart["yAxis"]["max"]) == (-1, 0)
    assert [point["label"]["formatter"] for point in chart["series"][-1]["data"]] == [
        "−1",
        "−0.8",
        "−0.6",
        "−0.4",
        "−0.2",
        "0",
    ]


def test_names_at_the_ends_never_meet_and_stay_in_the_picture():
    def line(mean: float) -> Line:
        each = np.array([mean])
        return Line("x", LINE_STYLES[0], 2, np.array([1]), each, each, each)

    axes = figures.Axes("epochs", (0, 1), (40, 100), ("", ""))
    pixels = (figures.HEIGHT - 34 - 58) / 60
    for means in ([99, 98.9, 99.2, 98], [41, 40, 30, 40.5], [90, 50]):
        found = figures._spread([line(mean) for mean in means], axes)
        order = sorted(range(len(means)), key=lambda place: -means[place])
        heights = [found[place] for place in order]
        assert all((high - low) * pixels >= 18.9 for high, low in pairwise(heights))
        assert min(found) >= 40
    assert figures._spread([line(90), line(50)], axes) == [90, 50]


def test_names_stand_at_the_ends_only_where_there_is_room(results):
    assert figures.are_named(["10 shots", "exact"], "epochs")
    assert not figures.are_named(["10 shots", "exact"], "shots")
    assert not figures.are_named(["10 shots, s = π/2, aer engine"], "epochs")
    assert not figures.are_named([str(n) for n in range(7)], "epochs")
    labels = next(each for each in drawn(results)["series"] if each.get("symbolOffset"))
    assert [point["label"]["formatter"] for point in labels["data"]] == ["10 shots", "1,000 shots", "exact"]
    html = end_figures.legend([("<b>", LINE_STYLES[0]), ("exact", LINE_STYLES[5])], "dark", named=False)
    assert "&lt;b&gt;" in html
    assert f'stroke="{LINE_STYLES[5].dark}"' in html
    assert "□" in html


def test_the_ends_have_every_seed_the_mean_and_its_interval(results):
    found = [(group, final(group), style) for group, style in zip(groups(results), LINE_STYLES, strict=False)]
    chart = end_figures.ends(found, "light")
    assert chart["yAxis"]["data"] == ["10 shots", "1,000 shots", "exact"]
    assert (chart["xAxis"]["min"], chart["xAxis"]["max"]) == (40, 100)
    for row, shots in enumerate((10, 1000, None)):
        last = 100 * np.array([course[-1] for course in COURSES[shots]])
        of_row = [each for each in chart["series"] if all(y == row for _, y in each["data"])]
        seeds, mean, bar = of_row
        assert [x for x, _ in seeds["data"]] == pytest.approx(last)
        assert [x for x, _ in mean["data"]] == pytest.approx([last.mean()])
        half = t.ppf(0.975, 3) * last.std(ddof=1) / 2
        assert [x for x, _ in bar["data"]] == pytest.approx(
            [last.mean() - half, min(100, last.mean() + half)], abs=1e-3
        )


def test_the_finding_follows_from_the_numbers(tmp_path):
    said = words.finding(Standing(race(tmp_path / "five", FIVE, seeds=5), 15, 15, 0.9))
    last = {shots: np.array([course[-1] for course in courses]) for shots, courses in FIVE.items()}
    half = t.ppf(0.975, 4) * last[1000].std(ddof=1) / 5**0.5
    mean = last[1000].mean()
    interval = f"{100 * (mean - half):.1f}–{100 * min(1, mean + half):.1f}"
    assert said.startswith(
        f"Highest final test accuracy: **1,000 shots** with {mean:.1%} (95% interval {interval}, 5 runs, own shots)."
    )
    # two comparisons at 95 % together: each at 97.5 %
    for shots, name in ((10, "10 shots"), (None, "exact")):
        gaps = last[1000] - last[shots]
        low, high = t.interval(0.975, 4, loc=gaps.mean(), scale=gaps.std(ddof=1) / 5**0.5)
        if low > 0:
            assert (
                f"Significantly lower: {name}, by {100 * gaps.mean():.1f} points ({100 * low:.1f}–{100 * high:.1f})."
                in said
            )
        else:
            even = f"No significant difference from the best at the 95% level: {name}."
            assert even in re.sub(r"10 shots and exact", name, said)
    # 90 % after 3, 2, 2, 2, 2 epochs with 1000 shots; those with 10 never get there
    assert "**1,000 shots** reaches 90% with the fewest shots: 120,000 per run (median)." in said
    assert "1 of 15 runs is stuck (below 70%) and included in every mean." in said


def test_prices_are_compared_and_what_nobody_reaches_is_said(results):
    said = words.finding(Standing(results, 12, 12, 0.7))
    # 70 % after 3, 2, never, 2 epochs with 10 shots: the lower median is 2; after 2, 1, 1, 1 with 1000
    assert (
        "**10 shots** reaches 70% with the fewest shots: 1,200 per run (median). Next: 1,000 shots with 50.0 times as "
        "many." in said
    )
    assert "No combination reaches 99% in half of its runs." in words.finding(Standing(results, 12, 12, 0.99))


def test_few_seeds_are_not_said_to_tell(results, tmp_path):
    one = race(tmp_path / "one", seeds=1)
    said = words.finding(Standing(one, 3, 3, 0.9))
    assert "Highest final test accuracy: **1,000 shots** with 95.0% (1 run, own shots)." in said
    assert "2 others need more seeds for a comparison." in said
    said = words.finding(Standing(results, 12, 12, 0.9))
    assert "2 others need more seeds for a comparison." in said
    assert "Significantly lower" not in said
    even = dict.fromkeys((10, 1000, None), ((0.9,) * 3, (0.8,) * 3))
    said = words.finding(Standing(race(tmp_path / "even", even, seeds=2), 6, 6, 0.99))
    assert "Highest final test accuracy: **10 shots**, **1,000 shots** and **exact** with 85.0%" in said
    assert ", 2 runs each, own shots)." in said
    assert "No significant difference" not in said
    whole = dict.fromkeys((10, 1000, None), ((0.90002,) * 3,) * 2)
    said = words.finding(Standing(race(tmp_path / "whole", whole, seeds=2), 6, 6, 0.99))
    assert "**exact** with 90.00% (95% interval 90.00–90.01, 2 runs each, own shots)." in said
    none = words.finding(Standing(Results(tmp_path / "none", results.header, {}), 0, 12, 0.9))
    assert none.startswith("No run is finished yet.")


def test_exact_accuracies_are_called_so_and_those_not_recorded_are_said(results, tmp_path):
    found = Standing(results, 12, 12, 0.9, "exact_test_accuracy", True)
    said = words.finding(found)
    assert "**1,000 shots** with 97.1% (95% interval 94.7–99.5, 4 runs, exact probabilities)" in said
    assert "left out" not in words.finding(found)
    older = {
        config: result.model_copy(update={"curve": tuple(map(without_exact, result.curve))})
        for config, result in results.have.items()
    }
    found = Standing(Results(tmp_path / "older", results.header, older), 12, 12, 0.9, "exact_test_accuracy", True)
    assert [entry.name for entry in found.entries] == ["exact"]
    said = "8 runs recorded no exact accuracy: older results and devices have none. Choose “Own shots” to see them."
    assert said in words.finding(found)
    found = Standing(Results(tmp_path / "older", results.header, older), 12, 12, 0.9, "exact_test_loss", True)
    assert "8 runs recorded no exact loss: older results and devices have none. They are left out" in words.finding(
        found
    )
    some = {config: result for config, result in older.items() if config.shots == 10}
    found = Standing(Results(tmp_path / "some", results.header, some), 4, 12, 0.9, "exact_test_accuracy", True)
    assert words.finding(found).startswith("4 runs recorded no exact accuracy")


def without_exact(point: EpochResult) -> EpochResult:
    return point.model_copy(update={name: None for name in EpochResult.model_fields if name.startswith("exact_")})


def test_before_the_end_nothing_is_said_of_a_difference(tmp_path):
    """Whatever the trainings say that have ended: a verdict at every style finds too many differences."""
    said = words.finding(Standing(race(tmp_path / "five", FIVE, seeds=5), 15, 20, 0.9))
    assert said == (
        "So far, 15 of 20 runs are finished. Highest for now: **1,000 shots** with 94.6% (5 runs, own shots). "
        "The comparison appears when all runs are finished. 1 of 15 runs is stuck (below 70%) and included in every "
        "mean."
    )


def test_the_table_has_intervals_and_what_it_took(results):
    html = words.table(Standing(results, 12, 12, 0.9))
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in html.split("<tbody>")[1].split("</tr>")[:-1]]
    assert [row[0] for row in rows] == ["10 shots", "1,000 shots", "exact"]
    assert rows[0][1:] == ["4", "71.2% (46.6–95.9)", "50.0% to 85.0%", "1 of 4", "0 of 4 (0%–49%)", "–", "–", "–"]
    # images a second: 40, 80, so 20 / 40 + 20 / 80 s
    assert rows[1][4:] == ["0 of 4", "4 of 4 (51%–100%)", "2", "120,000", "0.8"]
    assert rows[2][-2:] == ["none: exact", "0.8"]
    assert "scroll" not in html


def test_the_heat_map_has_the_mean_and_the_runs_of_every_cell(tmp_path):
    vary = {"shots": (10, None), "gradient_rule": ("parameter-shift", "published")}
    header = Header(kind="sweep", config=CONFIG, vary=vary, seeds=(0, 1))
    results = Results.open(tmp_path / "file", header)
    for config in grid(CONFIG, **vary, seed=(0, 1)):
        if (config.shots, config.gradient_rule) != (None, "published"):
            accuracy = 0.9 if config.gradient_rule == "published" else 0.8 + 0.1 * config.seed
            results.add(Result.of(Trained(config, [], [epoch(1)], evaluation(accuracy), None, 1.0)))
    found = heat_map(results, "shots", "gradient_rule")
    html = end_figures.heat_table(found, "shots", "gradient_rule", ("shots", "gradient rule"), "light")
    assert re.findall(r"<th scope=\w+>(.*?)</th>", html) == ["parameter-shift", "raw difference", "10 shots", "exact"]
    assert re.findall(r"<td[^>]*>([\d.]+%|–)(?:<small>(\d+)</small>)?", html) == [
        ("85.0%", "2"),
        ("90.0%", "2"),
        ("85.0%", "2"),
        ("–", ""),
    ]
    assert "Rows: shots. Columns: gradient rule. The colour starts at 80%." in html
    for theme in ("light", "dark"):
        html = end_figures.heat_table(found, "shots", "gradient_rule", ("", ""), theme)
        for *color, ink in re.findall(r"rgb\((\d+), (\d+), (\d+)\);color:(#\w+)", html):
            ground = "#" + "".join(f"{int(value):02X}" for value in color)
            bright, dark = sorted((0.2126, 0.7152, 0.0722) @ linear(each) + 0.05 for each in (ground, ink))[::-1]
            assert bright / dark >= 4.5


def test_an_axis_of_accuracies_begins_as_high_as_the_mean_curves_allow(results):
    drawn = lines(results, "test_accuracy", "epochs", names(results.header))
    lowest = min(100 * np.mean(courses, axis=0).min() for courses in COURSES.values())
    assert shots_axes.floor_of(drawn, (0, 40, 80)) == max(floor for floor in (0, 40, 80) if floor <= lowest)
    exact = [line for line in drawn if line.name == "exact"]
    assert shots_axes.floor_of(exact, (0, round(exact[0].mean.min()) - 1, 100)) == round(exact[0].mean.min()) - 1
    assert shots_axes.floor_of([], (0, 40, 80)) == 40


def test_pictures_say_their_numbers(results):
    shown = names(results.header)
    axes = shots_axes.axes_of(results.header, "test_accuracy", "epochs", 40, results.have.values())
    said = words.curves_alt(lines(results, "test_accuracy", "epochs", shown), axes)
    assert "test accuracy (%), own shots over epoch" in said
    assert "10 shots: 71.2% (46.6 to 95.9), 4 runs" in said
    assert words.curves_alt([], axes) == f"Empty axes: {axes.names[1]} over epoch."
    said = words.ends_alt(Standing(results, 12, 12, 0.9).entries)
    assert "10 shots: 71.25% (46.62% to 95.88%), 4 runs" in said
