"""Pictures that were damaged on purpose are read, or refused in a sentence; nothing else happens."""

from collections import Counter

import pytest

from benchmarks.mutated_pictures import FORMATS, mutated, outcome, whole


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
def test_whole_pictures_of_every_format_are_read(kind):
    assert Counter(map(outcome, whole()[kind])) == {"read": len(whole()[kind])}


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_pictures_are_read_or_refused(kind, capfd):
    """A few of each format; the benchmark makes 100,000."""
    found = Counter(outcome(content) for of, content in map(mutated, range(8 * 12)) if of == kind)
    assert set(found) <= {"read", "refused"}
    assert found["read"]
    assert found["refused"]
    assert capfd.readouterr().err == ""
