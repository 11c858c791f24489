"""The effect of shots in sentences, and text alternatives of the charts. Nothing here draws."""

from hqnn.config import RunConfig
from hqnn.inference.shot_accuracy import Expected
from hqnn.words import plural
from ui.kit.digits import MARKS, NAMES, one
from ui.kit.words import LOSS_NAMES, Figure, decimal, interval, plus_minus
from ui.testing.shots.figures import Accuracy
from ui.testing.shots.one_image_figure import Again

#: Numbers of shots in the sentences, up to the sufficient number.
NAMED = (1, 10, 100, 1000)


def figures(tested: Accuracy, loss: str) -> list[Figure]:
    """Return the measured results with the chosen shots, and the expectation.

    Args:
        tested: the accuracies.
        loss: the loss that training minimised.
    """
    found = tested.evaluation
    losses = {"cross-entropy": found.cross_entropy, "published": found.published}
    spread = tested.deviation_here
    return [
        Figure(
            "Measured accuracy (95% interval)",
            interval(found.accuracy, found.accuracy_low, found.accuracy_high),
            "Share of correct predictions among all test images. The 95% Wilson interval allows for other images of "
            "the same kind. It is wider than the variation that shots alone cause on these images.",
        ),
        Figure(
            "Expected with these shots",
            f"{tested.accuracy_here:.2%}, exactly"
            if tested.shots is None
            else plus_minus(f"{tested.accuracy_here:.2%}", 100 * spread, 2),
            "Mean accuracy over many tests of the same images, ± one standard deviation between tests. It follows from "
            "the binomial distribution of each image's shots.",
        ),
        *(
            Figure(
                f"Test {LOSS_NAMES[name]}",
                decimal(value),
                "Mean over all test images. In the logarithm, p is never taken smaller than 1/(2N), half the weight of "
                f"one shot.{' Training minimised this loss.' if name == loss else ''}",
            )
            for name, value in losses.items()
        ),
    ]


def on_training(config: RunConfig, step: int | None) -> str:
    """Return the shots and the engine that the network was trained with, and its step."""
    shots = "exact probabilities" if config.shots is None else f"{_shots(config.shots)} per measurement"
    if step is None:
        return f"The network was trained with {shots} on the `{config.engine}` engine."
    return f"The run uses {shots} on the `{config.engine}` engine. This page tests its network after step {step:,}."


def on_shots(tested: Accuracy) -> str:
    """Return how the accuracy depends on the shots, and how many are sufficient, as Markdown."""
    found = tested.expected
    enough = found.enough
    named = [n for n in NAMED if enough is None or n < enough] or [1]
    said = ", ".join(f"**{_accuracy(found, n)}** with {_shots(n) if n == named[0] else f'{n:,}'}" for n in named)
    return f"Expected accuracy: {said} (± one standard deviation between tests). {_on_even(tested)}{_on_enough(found)}"


def _on_even(tested: Accuracy) -> str:
    """Return the effect of even numbers of shots, if it is visible."""
    gained = tested.expected.accuracy[1] - tested.expected.accuracy[0]
    if abs(gained) < 0.0005:
        return ""
    how = "higher" if gained > 0 else "lower"
    return f"Even numbers of shots give a {how} accuracy, because a tie counts as {MARKS[0]} {tested.digits[0]}. "


def _on_enough(found: Expected) -> str:
    it, is_ = ("it", "is") if found.wrong == 1 else ("them", "are")
    left = (
        "No image is on the wrong side of 0.5."
        if not found.wrong
        else f"{found.wrong:,} of {found.n:,} images {is_} on the wrong side of 0.5. More shots cannot correct {it}."
    )
    if found.enough is None:
        return (
            f"Even with {found.shots[-1]:,} shots some images are so close to 0.5 that their predictions flip. {left}"
        )
    return (
        f"From **{_shots(found.enough)}** on, fewer than one prediction on average differs from the one with "
        f"infinitely many shots. {left}"
    )


def on_ties(tested: Accuracy) -> str:
    """Return the effect of ties on the two digits, as Markdown."""
    found, (a, b) = tested.expected, tested.digits
    first, second = found.of_label[0], found.of_label[1]
    gained = 100 * (found.accuracy[1] - found.accuracy[0])
    change = f"{'rises' if gained > 0 else 'falls'} by {abs(gained):.2f} points"
    return (
        f"An even number of shots can end in a tie, which counts as {MARKS[0]} {a}. From 1 shot to 2, the accuracy on "
        f"{NAMES[a]} changes from {first[0]:.1%} to **{second[0]:.1%}**, and on {NAMES[b]} from {first[1]:.1%} to "
        f"**{second[1]:.1%}**. The overall accuracy {'stays the same' if abs(gained) < 0.005 else change}. "
        "If ties were split evenly, the second shot would change nothing."
    )


def accuracy_alt(tested: Accuracy, *, each_digit: bool) -> str:
    """Return a text alternative of the large chart."""
    found = tested.expected
    lines = ", ".join(f"{n:,}: {_of(found, n, each_digit, tested)}" for n in (1, 2, 10, 100, 1000, 10_000))
    measured = "; ".join(
        f"{n:,}: {plus_minus(f'{mean:.2%}', 100 * error, 2)}, {plural(tests, 'test')}"
        for n, mean, error, tests in tested.measured()
    )
    here = "exact probabilities" if tested.shots is None else _shots(tested.shots)
    return (
        f"Accuracy over shots per measurement, on a log axis. Expected with {lines}; with infinitely many "
        f"{found.limit:.2%}. Measured with {here}: {tested.evaluation.accuracy:.2%}."
        + (f" Measured by shots: {measured}." if measured else "")
    )


def measured_table(tested: Accuracy) -> str:
    """Return a table of measured and expected accuracy by shots, as HTML."""
    wanted = dict(
        zip(tested.of_study.shots, zip(tested.of_study.accuracy, tested.of_study.deviation, strict=True), strict=True)
    )
    rows = ""
    for shots, mean, error, tests in tested.measured():
        accuracy, deviation = wanted[shots]
        scatter = tested.study[shots].sum(1).std(ddof=1) / tested.counts.sum() if tests > 1 else None
        found = "–" if scatter is None else f"{100 * scatter:.2f}"
        rows += (
            f"<tr><th scope=row>{shots:,}</th><td>{tests}</td><td>{plus_minus(f'{mean:.2%}', 100 * error, 2)}</td>"
            f"<td>{accuracy:.2%}</td><td>{found}</td><td>{100 * deviation:.2f}</td></tr>"
        )
    return (
        '<table class="numbers"><caption>Every test uses all images. ± is one standard error of the mean. '
        "SD is the standard deviation between tests, in percentage points.</caption><thead><tr>"
        "<th scope=col>shots</th><th scope=col>tests</th><th scope=col>mean accuracy</th><th scope=col>expected</th>"
        "<th scope=col>SD</th><th scope=col>expected SD</th>"
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def on_image(again: Again) -> str:
    """Return the image, and its measured and expected prediction flips, as Markdown."""
    said, (article, digit) = again.digits[again.said], one(again.digits[again.label]).capitalize().split()
    verdict = "right" if again.said == again.label else "wrong"
    beginning = (
        f"{article} **{digit}**, number {again.number:,} among the test images of this digit. P(1) is "
        f"**{again.exact:.4f}**, so infinitely many shots predict {MARKS[again.said]} {said}, which is {verdict}."
    )
    if again.shots is None:
        return f"{beginning} Exact probabilities never vary. Choose a number of shots to see the prediction flip."
    n = len(again.shares)
    wanted, error = n * again.flip, (n * again.flip * (1 - again.flip)) ** 0.5
    return (
        f"{beginning} In {n} measurements with {_shots(again.shots)} each, the prediction was the other digit "
        f"**{again.flips} of {n} times**. The expected number is {plus_minus(f'{wanted:.1f}', error, 1)} (binomial, "
        "± one standard deviation)."
    )


def image_alt(again: Again) -> str:
    """Return a text alternative of the chart of one image."""
    shares = again.shares
    scatter = f"mean {shares.mean():.4f}, standard deviation {shares.std(ddof=1):.4f}"
    expected = "" if again.shots is None else f", expected {(again.exact * (1 - again.exact) / again.shots) ** 0.5:.4f}"
    below = int((again.answers == 0).sum())
    return (
        f"Histogram of {len(shares)} measurements of one image's P(1): {scatter}{expected}. {below} predict "
        f"{again.digits[0]}, {len(shares) - below} predict {again.digits[1]}."
    )


def _of(found: Expected, shots: int, each_digit: bool, tested: Accuracy) -> str:
    place = found.shots.index(min(found.shots, key=lambda n: abs(n - shots)))
    if not each_digit:
        return f"{found.accuracy[place]:.2%}"
    pairs = zip(tested.digits, found.of_label[place], strict=True)
    return " and ".join(f"{NAMES[digit]} {share:.2%}" for digit, share in pairs)


def _accuracy(found: Expected, shots: int) -> str:
    place = found.shots.index(shots)
    return plus_minus(f"{found.accuracy[place]:.1%}", 100 * found.deviation[place], 1)


def _shots(number: int) -> str:
    return plural(number, "shot")
