"""Two networks on the same images: McNemar's exact test (Dietterich 1998, doi:10.1162/089976698300017197)."""

from dataclasses import dataclass

from scipy.special import bdtr

#: Below this, chance alone seldom explains a difference.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Paired:
    """Two networks' answers to the same test images: numbers of images."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def n(self) -> int:
        """All of them."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def p(self) -> float:
        """McNemar's exact test, two-sided.

        How probable it is that only one of the two is right at least so unevenly, if each is as often the one: of
        b + c fair coins.
        """
        coins = self.only_a + self.only_b
        return min(1.0, 2 * float(bdtr(min(self.only_a, self.only_b), coins, 0.5)))

    def sentence(self, a: str, b: str) -> str:
        """What the numbers say, in words.

        Args:
            a: name of the first.
            b: name of the second.
        """
        said = (
            f"Of the same {self.n} test images both are right on {self.both}, only {a} on {self.only_a}, "
            f"only {b} on {self.only_b}, neither on {self.neither}."
        )
        if self.only_a + self.only_b == 0:
            return f"{said} They are right on the same images: there is nothing to tell them apart by (p = 1)."
        if self.p >= SIGNIFICANT:
            return (
                f"{said} McNemar’s exact test: {self._p()}. Chance alone often does as much, so these images do not "
                "say which of the two networks is better."
            )
        better = a if self.only_a > self.only_b else b
        return (
            f"{said} McNemar’s exact test: {self._p()}. Chance alone seldom does as much: the network of {better} is "
            "better at such images. That is said of these two networks; other seeds may differ."
        )

    def _p(self) -> str:
        return "p < 0.0001" if self.p < 0.0001 else f"p = {self.p:.4f}" if self.p < 0.1 else f"p = {self.p:.2f}"
