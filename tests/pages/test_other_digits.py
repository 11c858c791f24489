"""Digits that the network never learned: what is counted, drawn and said of them, and the part of the Test page."""

import re

import numpy as np
import pytest
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from hqnn.circuit.response import IDEAL, Response
from hqnn.config import TEST_COUNTS, Noise
from hqnn.inference.neither import likeness, stopped
from hqnn.network.data import pixels
from tests.pages.test_pages import open_page, texts
from ui.kit.digits import NAMES
from ui.session import cached, network_choice
from ui.testing.other_digits import figures, words
from ui.testing.other_digits.figures import BINS, HEIGHT, Row

pytestmark = pytest.mark.usefixtures("dashboard_here")

#: P(1) of images of a nine, as a network of 3 and 7 sees them: the tie is read as a 3.
NINES = (0.02, 0.5, 0.51, 0.93, 0.95, 0.99, 1.0)


def row(digit: int, probabilities: tuple[float, ...], sure: float = 0.95) -> Row:
    return Row(digit, (3, 7), np.array(probabilities), sure)


def rows() -> list[Row]:
    """Nines and threes as said, of every other digit one image that is a sure 3."""
    of = {9: NINES, 3: (0.01, 0.3), 7: (0.96, 0.9, 0.4)}
    return [row(digit, of.get(digit, (0.04,))) for digit in range(10)]


def wilson(successes: int, n: int) -> str:
    found = binomtest(successes, n).proportion_ci(method="wilson")
    return f"{successes / n:.1%} ({100 * found.low:.1f}–{100 * found.high:.1f})"


def in_a_cell(successes: int, n: int) -> str:
    share, interval = wilson(successes, n).split(" ")
    return f"{share}<small>{interval}</small>"


def test_an_answer_is_the_digit_with_more_than_half_and_sure_from_a_probability_on():
    found = row(9, NINES)
    assert found.counts == (2, 5)
    assert found.favourite == 1
    assert found.sure_ones == 4
    assert row(9, NINES, 0.99).sure_ones == 2
    assert found.certainty == pytest.approx([0.98, 0.5, 0.51, 0.93, 0.95, 0.99, 1.0])
    assert (found.is_known, row(3, NINES).is_known, row(7, NINES).is_known) == (False, True, True)


def test_angles_become_probabilities_as_the_networks_noise_leaves_them():
    theta = np.array([-0.3, 0.02, 1.2])
    assert Row.of(9, (3, 7), theta, IDEAL, 0.9).probabilities == pytest.approx((1 + np.sin(theta)) / 2)
    noisy = Row.of(9, (3, 7), theta, Response.of(Noise(readout_e1=0.2)), 0.9)
    assert noisy.probabilities == pytest.approx(0.8 * (1 + np.sin(theta)) / 2)
    assert noisy.counts == (2, 1)


def test_bins_hold_every_image_on_the_side_of_its_answer():
    found = row(9, NINES).histogram()
    assert found.sum() == len(NINES)
    assert found[: BINS // 2].sum() == 2
    assert (found[0], found[9], found[10], found[18], found[19]) == (1, 1, 1, 2, 2)
    assert row(9, (0.0, 1.0)).histogram()[[0, -1]].tolist() == [1, 1]


def test_the_table_has_a_row_for_each_digit_the_pair_first_with_wilsons_intervals():
    images = {digit: np.full((2, 28, 28), digit, np.uint8) for digit in range(10)}
    html = figures.table(rows(), images, {})
    body = re.findall(r"<tr class=\"(\w+)\">(.*?)</tr>", html)
    assert [kind for kind, _ in body] == ["known"] * 2 + ["other"] * 8
    names = [next(name for name in NAMES if f"{name}<" in cells) for _, cells in body]
    assert names == ["threes", "sevens", *(NAMES[digit] for digit in (0, 1, 2, 4, 5, 6, 8, 9))]
    nines = body[-1][1]
    assert "● 3</span> 2 · 28.6%" in nines
    assert "◆ 7</span> 5 · 71.4%" in nines
    assert f'<td data-head="confident, p ≥ 0.95">{in_a_cell(4, 7)}</td>' in nines
    assert "median 0.930, half of them between 0.505 and 0.970" in nines
    assert nines.count("<img") == 2
    assert "rejected" not in html
    bars = re.findall(r'<rect class="read-(\w)" x="([\d.]+)" width="[\d.]+" y="[\d.]+" height="([\d.]+)"', nines)
    assert [side for side, _, _ in bars] == ["a", "a", "b", "b", "b"]
    assert [float(tall) for _, _, tall in bars] == pytest.approx(
        [HEIGHT * (n / 7) ** 0.5 for n in (1, 1, 1, 2, 2)], abs=0.06
    )
    asked = figures.table(rows(), images, dict.fromkeys(range(10), 1))
    assert asked.count('data-head="rejected as neither"') == 10
    assert f'<td data-head="rejected as neither">{in_a_cell(1, 7)}</td>' in asked


def test_the_words_say_what_the_numbers_are():
    said = words.meaning([row(digit, (0.4,)) if digit not in (3, 7, 9) else of for digit, of in enumerate(rows())])
    assert "It predicts 7 for 71.4% of the 7 nines. For 57.1% of them its confidence p is 0.95 or more." in said
    assert (
        f"about **{wilson(4, 14)}** of all 14 images of the eight digits that it never learned, and always wrong"
        in said
    )
    assert f"On its own two digits it is that confident about **{wilson(2, 5)}** of 5 images." in said
    assert words.most_deceived(rows()).digit == 0
    said = words.on_neither(rows(), {digit: int(digit in (9, 3)) for digit in range(10)})
    assert f"rejects **{wilson(1, 14)}** of the images of the other eight digits" in said
    assert f"By mistake it also rejects **{wilson(1, 5)}** of the images of the pair" in said


def test_the_rule_is_counted_image_by_image(monkeypatch):
    few = pixels(9, train=False)[:60]
    monkeypatch.setattr(
        "hqnn.inference.neither.pixels",
        lambda digit, train: pixels(digit, train)[:60] if not train else pixels(digit, train),
    )
    one_by_one = [likeness(image, (3, 7)) for image in few]
    expected = sum(distance > limit for distance, limit in one_by_one)
    assert stopped(9, (3, 7)) == expected
    assert 0 < expected < 60


def table_of(app: AppTest) -> str:
    return next(e.value for e in app.markdown if 'class="readings"' in e.value)


def test_the_part_shows_all_test_images_of_all_ten_digits():
    app = open_page("test", test_part="Other digits")
    assert not app.exception
    html = table_of(app)
    for digit, count in enumerate(TEST_COUNTS):
        assert f"{NAMES[digit]}" in html
        assert f"<small>{count:,} images</small>" in html
    numbers = re.findall(r"[●◆] \d</span> ([\d,]+) · ", html)
    assert sum(int(number.replace(",", "")) for number in numbers) == sum(TEST_COUNTS) == 10_000
    angles = cached.angles("3-7", tuple(range(10)), network_choice.network("3-7").run_file)
    p = [(1 + np.sin(theta)) / 2 for theta in angles]
    for digit in (3, 7, 9):
        assert f"◆ 7</span> {(p[digit] > 0.5).sum():,} · {(p[digit] > 0.5).mean():.1%}" in html
    sure = sum(int((np.abs(each - 0.5) >= 0.45).sum()) for digit, each in enumerate(p) if digit not in (3, 7))
    n = 10_000 - TEST_COUNTS[3] - TEST_COUNTS[7]
    assert (
        f"that confident about **{wilson(sure, n)}** of all {n:,} images of the eight digits that it never learned"
        in texts(app)
    )
    galleries = [e.proto.body for e in app.get("html") if 'class="gallery"' in e.proto.body]
    assert galleries[0].count("✗ wrong") == 8


def test_how_sure_is_sure_is_chosen_and_the_rule_is_asked():
    app = open_page("test", test_part="Other digits", other_sure="0.6")
    assert "p ≥ 0.6" in table_of(app)
    app.select_slider(key="other_sure").set_value(0.99).run()
    assert "its confidence p is 0.99 or more" in texts(app)
    assert "rejected as neither" not in table_of(app)
    app.toggle(key="other_neither").set_value(True).run()
    assert not app.exception
    count = cached.stopped(9, (3, 7))
    assert f'<td data-head="rejected as neither">{in_a_cell(count, TEST_COUNTS[9])}</td>' in table_of(app)
    assert "The “neither digit” check of the Draw page" in texts(app)


def test_a_link_that_asks_for_what_is_not_offered_is_answered():
    app = open_page("test", test_part="Other digits", other_sure="0.5", other_neither="perhaps")
    said = "".join(e.proto.body for e in app.get("html"))
    assert "Confidence threshold p: the link’s value “0.5” is not available. Using 0.95 instead." in said
    assert (
        "Also show the “neither digit” check: the link’s value “perhaps” is not available. Using false instead." in said
    )
