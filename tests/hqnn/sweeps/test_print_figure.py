"""Figures for print: they are what they say, with names, units and settings in them."""

from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from hqnn.sweeps import print_figure
from hqnn.sweeps.curves import lines, names
from hqnn.versions import processor
from tests.hqnn.sweeps.test_curves import COURSES, race
from tests.hqnn.sweeps.test_curves import results as results  # noqa: PLC0414


def test_a_png_is_wide_and_says_its_settings(results):
    with Image.open(BytesIO(print_figure.of_results(results, "png"))) as image:
        assert image.format == "PNG"
        assert image.size == (2400, 1500)
        assert "10 training and 5 test images per digit, 3 epochs" in image.info["Description"]
        assert f"processor {processor()}" in image.info["Description"]
        assert image.info["Title"] == "3 vs 7: means over 4 seeds with 95% intervals"
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    for color in ((0x00, 0x79, 0x5A), (0x8A, 0x3F, 0xB0), (0x1B, 0x24, 0x21)):
        assert (pixels == color).all(1).sum() > 500


@pytest.mark.parametrize("against", ["epochs", "shots"])
def test_an_svg_has_a_line_for_each_group_with_its_name(results, against):
    drawn = lines(results, "exact_test_loss", against, names(results.header))
    content = print_figure.race(results.header, drawn, "exact_test_loss", against, "svg")
    ElementTree.fromstring(content)  # noqa: S314 (made here)
    said = content.decode()
    exact = "exact, after the last epoch (n = 4)" if against == "shots" else "exact (n = 4)"
    for text in ("10 shots (n = 4)", "1,000 shots (n = 4)", exact, "exact test loss −log p"):
        assert f"<!-- {text} -->" in said
    assert ("total shots per run (log axis)" if against == "shots" else "<!-- epoch -->") in said
    assert "10 training and 5 test images per digit" in said
    assert print_figure.race(results.header, drawn, "exact_test_loss", against, "svg") == content


def test_one_seed_has_no_band_and_nothing_at_all_has_empty_axes(results, tmp_path):
    alone = race(tmp_path / "file", {10: COURSES[10]}, seeds=1)
    said = print_figure.of_results(alone, "svg").decode()
    assert "FillBetween" not in said
    assert "FillBetween" in print_figure.of_results(results, "svg").decode()
    assert "<!-- epoch -->" in print_figure.of_results(race(tmp_path / "none", {}), "svg").decode()
