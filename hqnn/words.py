"""Numbers in words, for pages, the command line and figures."""

MINUS = "−"


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: 1 shot, 1,000 shots."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def minus(text: str) -> str:
    """Return a text with minus signs in place of hyphens."""
    return text.replace("-", MINUS)


def percent_range(low: float, high: float) -> str:
    """Return an interval of fractions in percent, without the percent sign: 91.5–99.0."""
    return f"{100 * low:.1f}–{100 * high:.1f}"
