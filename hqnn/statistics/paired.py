"""Two networks on the same images: McNemar's exact test (Dietterich 1998, doi:10.1162/089976698300017197)."""

from dataclasses import dataclass

from scipy.special import bdtr

#: Below this p, a difference is significant.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Paired:
    """Two networks on the same test images: numbers of images by which networks are correct."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def n(self) -> int:
        """Number of all images."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def p(self) -> float:
        """p of McNemar's exact test, two-sided.

        On b + c images only one network is correct. p is the probability of a split at least as uneven as the observed
        one, if each network is that one with probability ½.
        """
        coins = self.only_a + self.only_b
        return min(1.0, 2 * float(bdtr(min(self.only_a, self.only_b), coins, 0.5)))

    def sentence(self, a: str, b: str) -> str:
        """Return the comparison in words.

        Args:
            a: name of the first network.
            b: name of the second network.
        """
        said = (
            f"On the same {self.n} test images, both networks are correct on {self.both}, only {a} on {self.only_a}, "
            f"only {b} on {self.only_b}, and neither on {self.neither}."
        )
        if self.only_a + self.only_b == 0:
            return f"{said} Both are correct on exactly the same images, so no difference is found (p = 1)."
        if self.p >= SIGNIFICANT:
            return (
                f"{said} McNemar’s exact test: {self._p()}. Such a difference is common by chance, so these images do "
                "not show which network is better."
            )
        better = a if self.only_a > self.only_b else b
        return (
            f"{said} McNemar’s exact test: {self._p()}. Such a difference is rare by chance, so {better} is better on "
            "images like these. This holds for these two networks; other seeds may differ."
        )

    def _p(self) -> str:
        return "p < 0.0001" if self.p < 0.0001 else f"p = {self.p:.4f}" if self.p < 0.1 else f"p = {self.p:.2f}"
