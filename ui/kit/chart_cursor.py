"""A vertical line over a chart, which a player in the browser moves."""


def chart_cursor(left: int, right: int, attributes: str = "") -> str:
    """Return the line as HTML. It stands at the share `--at` of the plot's width.

    Args:
        left: pixels from the chart's left edge to the plot.
        right: pixels from the plot to the chart's right edge.
        attributes: more attributes of the element.
    """
    place = f"left: calc({left}px + (100% - {left + right}px) * var(--at, 0))"
    return f'<div class="cursor" style="{place}" {attributes}></div>'
