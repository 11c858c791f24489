"""Shots at prediction time in words: what the numbers mean, and the pictures for who cannot see them."""

from hqnn.config import RunConfig
from hqnn.inference.shot_accuracy import Expected
from hqnn.words import plural
from ui.kit.digits import MARKS, NAMES, one
from ui.kit.words import LOSS_NAMES, Figure, decimal, interval, plus_minus
from ui.testing.shots.figures import Accuracy
from ui.testing.shots.one_image_figure import Again

#: Shots that the words name, where they are not enough already.
NAMED = (1, 10, 100, 1000)


def figures(tested: Accuracy, loss: str) -> list[Figure]:
    """What was measured with the chosen shots, beside what is expected.

    Args:
        tested: what is known.
        loss: the one that the network was trained on.
    """
    found = tested.evaluation
    losses = {"cross-entropy": found.cross_entropy, "published": found.published}
    spread = tested.deviation_here
    return [
        Figure(
            "Measured accuracy (95% interval)",
            interval(found.accuracy, found.accuracy_low, found.accuracy_high),
            "Share of right answers among all test images. Wilson's 95% interval says how far it could be off for "
            "other images of the same kind; that is more than what shots make it scatter on these.",
        ),
        Figure(
            "Expected with these shots",
            f"{tested.accuracy_here:.2%}, exactly"
            if tested.shots is None
            else plus_minus(f"{tested.accuracy_here:.2%}", 100 * spread, 2),
            "Mean over tests of the same images, and the standard deviation from one test to the next: each image's "
            "chance to be answered right is binomial.",
        ),
        *(
            Figure(
                f"Test {LOSS_NAMES[name]}",
                decimal(value),
                "Mean over all test images; a p below half a shot's share counts as that in the logarithm."
                + (" It is the one that was trained on." if name == loss else ""),
            )
            for name, value in losses.items()
        ),
    ]


def on_training(config: RunConfig, step: int | None) -> str:
    """What the network was trained with, and whether it still is."""
    shots = "exact probabilities" if config.shots is None else f"{_shots(config.shots)} an angle"
    if step is None:
        return f"It was trained with {shots} on {config.engine}."
    return f"It trains with {shots} on {config.engine}, and answers as it was after step {step:,}."


def on_shots(tested: Accuracy) -> str:
    """Markdown: how the accuracy goes with the shots, and from where on it does not."""
    found = tested.expected
    enough = found.enough
    named = [n for n in NAMED if enough is None or n < enough] or [1]
    parts = [f"**{_accuracy(found, n)}**" + (" of the images" if n == named[0] else "") for n in named]
    said = ", ".join(
        f"with {_shots(n) if n == named[0] else f'{n:,}'} in {part}" for n, part in zip(named, parts, strict=True)
    )
    return (
        f"On average over tests, {said} are answered right (± is one standard deviation from test to test). "
        f"{_on_even(tested)}{_on_enough(found)}"
    )


def _on_even(tested: Accuracy) -> str:
    """Whether even numbers of shots stand out, where they do."""
    gained = tested.expected.accuracy[1] - tested.expected.accuracy[0]
    if abs(gained) < 0.0005:
        return ""
    how = "stand above their odd neighbours" if gained > 0 else "dip"
    return f"Even numbers {how}: a tie counts as {MARKS[0]} {tested.digits[0]}. "


def _on_enough(found: Expected) -> str:
    wrong = f"{found.wrong:,} of {found.n:,} images"
    left = (
        "no image is on the wrong side of 0.5"
        if not found.wrong
        else f"what is left {'is' if found.wrong == 1 else 'are'} {wrong} on the wrong side of 0.5, which no number of "
        "shots mends"
    )
    if found.enough is None:
        return (
            f"Even {found.shots[-1]:,} shots leave images so near to 0.5 that their answers flip; beyond that, {left}."
        )
    return f"More than **{_shots(found.enough)}** change nothing more, or less than one answer on average: {left}."


def on_ties(tested: Accuracy) -> str:
    """Markdown: what a tie does to the two digits."""
    found, (a, b) = tested.expected, tested.digits
    first, second = found.of_label[0], found.of_label[1]
    gained = 100 * (found.accuracy[1] - found.accuracy[0])
    together = "the same" if abs(gained) < 0.005 else f"{abs(gained):.2f} points {'more' if gained > 0 else 'less'}"
    return (
        f"An even number of shots can tie, and a tie counts as {MARKS[0]} {a}: with 2 shots in place of 1, "
        f"{NAMES[a]} go from {first[0]:.1%} to **{second[0]:.1%}** and {NAMES[b]} from {first[1]:.1%} to "
        f"**{second[1]:.1%}**, together {together}. If ties were fair, a second shot would change nothing."
    )


def accuracy_alt(tested: Accuracy, *, each_digit: bool) -> str:
    """The large picture in words."""
    found = tested.expected
    lines = ", ".join(f"{n:,}: {_of(found, n, each_digit, tested)}" for n in (1, 2, 10, 100, 1000, 10_000))
    measured = "; ".join(
        f"{n:,}: {plus_minus(f'{mean:.2%}', 100 * error, 2)}, {plural(tests, 'test')}"
        for n, mean, error, tests in tested.measured()
    )
    here = "exact probabilities" if tested.shots is None else _shots(tested.shots)
    return (
        f"Accuracy against shots an image, on a log axis. Expected with {lines}; with infinitely many "
        f"{found.limit:.2%}. Measured with {here}: {tested.evaluation.accuracy:.2%}."
        + (f" Measured by shots: {measured}." if measured else "")
    )


def measured_table(tested: Accuracy) -> str:
    """HTML: what was measured in the study beside what is expected, by shots."""
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
        '<table class="numbers"><caption>Every test is of all the images; ± is one standard error of the mean. '
        "Scatter is the standard deviation from test to test, in points of a percent.</caption><thead><tr>"
        "<th scope=col>shots</th><th scope=col>tests</th><th scope=col>right, measured</th><th scope=col>expected</th>"
        "<th scope=col>scatter, measured</th><th scope=col>expected</th>"
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def on_image(again: Again) -> str:
    """Markdown: which image it is, how its answers flip, and how they should."""
    said, (article, digit) = again.digits[again.said], one(again.digits[again.label]).capitalize().split()
    verdict = "right" if again.said == again.label else "wrong"
    beginning = (
        f"{article} **{digit}**, number {again.number:,} of its digit among the test images. P(1) is "
        f"**{again.exact:.4f}**, so infinitely many shots say {MARKS[again.said]} {said}, which is {verdict}."
    )
    if again.shots is None:
        return f"{beginning} Exact probabilities do not scatter: choose a number of shots to see the answer flip."
    n = len(again.shares)
    wanted, error = n * again.flip, (n * again.flip * (1 - again.flip)) ** 0.5
    times = f"{again.flips} of {n} times"
    return (
        f"{beginning} Measured {n} times with {_shots(again.shots)} each, the answer was the other one "
        f"**{times}**; expected {plus_minus(f'{wanted:.1f}', error, 1)} (binomial, one standard error)."
    )


def image_alt(again: Again) -> str:
    """The picture of one image's estimates in words."""
    shares = again.shares
    scatter = f"mean {shares.mean():.4f}, standard deviation {shares.std(ddof=1):.4f}"
    expected = "" if again.shots is None else f", expected {(again.exact * (1 - again.exact) / again.shots) ** 0.5:.4f}"
    below = int((again.answers == 0).sum())
    return (
        f"Histogram of {len(shares)} measurements of one image's P(1): {scatter}{expected}; {below} say "
        f"{again.digits[0]}, {len(shares) - below} say {again.digits[1]}."
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
