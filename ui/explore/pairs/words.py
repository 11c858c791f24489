"""Sentences of the All 45 pairs tab. Nothing here draws."""

from hqnn.config import RunConfig
from hqnn.statistics.means import Mean
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.pairs import Atlas, Pair
from hqnn.words import plural
from ui.kit.digits import versus
from ui.kit.words import moment


def finding(found: Atlas, total: int) -> str:
    """HTML: the hardest pair first, then the easiest and the mean.

    Args:
        found: results of the pairs.
        total: number of pairs.
    """
    if not found.pairs:
        return (
            "<strong>No pair is finished yet.</strong>"
            "<p>Press the button under the map. Every pair gets its own network, and its cell is filled as soon as the "
            "network has been tested.</p>"
        )
    known, lowest = len(found.pairs), found.lowest
    so_far = "" if known == total else f" of {plural(known, 'pair')} so far"
    stuck = f" Stuck runs (below {STUCK_BELOW:.0%}) are included: {found.stuck}." if found.stuck else ""
    return (
        f"<strong>Hardest{so_far}: {versus(lowest.digits)}, {lowest.accuracy.value:.1%}</strong>"
        f"<p>{spoken(lowest.accuracy)}. Easiest: {versus(found.highest.digits)} with {spoken(found.highest.accuracy)}. "
        f"Mean of {plural(known, 'pair')}: {spoken(found.mean)}.{stuck}</p>"
    )


def spoken(accuracy: Mean) -> str:
    """97.92% (95%: 97.21 to 98.45)."""
    return f"{accuracy.value:.2%} (95%: {100 * accuracy.low:.2f} to {100 * accuracy.high:.2f})"


def on_pair(digits: tuple[int, int], pair: Pair | None, found: Atlas) -> str:
    """HTML: the results of a pair."""
    if pair is None:
        return f"<strong>{versus(digits)}</strong><p>This pair is not finished yet.</p>"
    place = 1 + sum(each.accuracy.value < pair.accuracy.value for each in found.pairs)
    figures = [each.evaluation for each in pair.group.results if each.evaluation is not None]
    return (
        f"<strong>{versus(digits)}, {pair.accuracy.value:.1%}</strong><p>{spoken(pair.accuracy)}, {pair.interval} "
        f"interval. {plural(pair.seeds, 'run')}, {figures[0].n:,} test images. Number {place} of "
        f"{len(found.pairs)}, counted from the hardest pair.</p>"
    )


def question(config: RunConfig, seeds: int) -> str:
    """Return the settings of the experiment."""
    tested = "all test images" if config.n_test is None else f"{config.n_test} test images per digit"
    a_digit = "all" if config.n_train is None else f"{config.n_train:,}"
    shots = "exact probabilities" if config.shots is None else plural(config.shots, "shot")
    return (
        f"Every pair: {plural(seeds, 'seed')}, {a_digit} training images per digit, "
        f"{plural(config.epochs, 'epoch')}, {shots} on the {config.engine} engine. Tested on {tested}."
    )


def map_alt(found: Atlas) -> str:
    """Return the alternative text of the map: the mean, and all pairs from the hardest to the easiest."""
    if not found.pairs:
        return "An empty map of ten by ten digits: no pair is finished yet."
    pairs = sorted(found.pairs, key=lambda pair: pair.accuracy.value)
    each = ", ".join(f"{a} vs {b} {pair.accuracy.value:.1%}" for pair in pairs for a, b in [pair.digits])
    return f"Test accuracy of {len(pairs)} pairs of digits, mean {found.mean.value:.1%}, the hardest first: {each}."


def curve_alt(digits: tuple[int, int], pair: Pair | None) -> str:
    """Return the alternative text of a pair's curve."""
    name = f"{digits[0]} vs {digits[1]}"
    if pair is None or not pair.group.results[0].curve:
        return f"Empty axes of the test accuracy of {name} over epochs."
    curve = pair.group.results[0].curve
    return (
        f"Test accuracy of {name} over epochs: {curve[0].test_accuracy:.1%} {moment(curve[0].epoch)}, "
        f"{curve[-1].test_accuracy:.1%} at the end, seed {pair.group.results[0].config.seed}."
        if pair.seeds == 1
        else f"Test accuracy of {name} over epochs, mean of {pair.seeds} seeds."
    )
