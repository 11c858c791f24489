"""MNIST pairs: real images, and clear words for every damage."""

import gzip
import os
from pathlib import Path

import pytest
import torch

from hqnn import load_pair
from hqnn.config import TEST_COUNTS, TRAIN_COUNTS
from hqnn.errors import ConfigError
from hqnn.network import data, mnist_files
from hqnn.network.mnist_files import ARCHIVES, CHECKSUMS, DataError
from tests.room import room_for

LABELS = "t10k-labels-idx1-ubyte"


def test_counts_are_those_that_the_config_knows():
    for train, counts in ((True, TRAIN_COUNTS), (False, TEST_COUNTS)):
        assert tuple(torch.bincount(data._mnist(train).targets).tolist()) == counts


def test_a_pair_is_the_first_images_of_each_digit_as_in_the_post(small_pair):
    mnist = data._mnist(True)
    for label, digit in enumerate((3, 7)):
        expected = mnist.data[mnist.targets == digit][:20].float()[:, None] / 255
        torch.testing.assert_close(small_pair.train.images[20 * label : 20 * (label + 1)], expected)
    assert small_pair.train.labels.tolist() == [0] * 20 + [1] * 20
    assert len(small_pair.test) == 20
    assert small_pair.decode(torch.tensor([0, 1, 1])).tolist() == [3, 7, 7]
    assert (small_pair.train.images.min(), small_pair.train.images.max()) == (0, 1)


def test_none_means_all_there_are():
    pair = load_pair((0, 1), n_train=1, n_test=None)
    assert len(pair.test) == 2115


def test_pixels_are_as_stored():
    threes, whole = data.pixels(3, False), load_pair((3, 7), 1, None).test
    assert threes.shape == (1010, 28, 28)
    assert threes.dtype == "uint8"
    torch.testing.assert_close(torch.tensor(threes / 255, dtype=torch.float32), whole.images[:1010, 0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"digits": (3, 3)}, "digits must be two different digits"),
        ({"digits": (3, 7), "n_train": 0}, "n_train must be at least 1, got 0"),
        ({"digits": (3, 7), "n_test": 2000}, "because MNIST has 1010 images of 3 and 1028 of 7, got 2000"),
        ({"digits": (5, 7), "n_train": 5422}, "because MNIST has 5421 images of 5 and 6265 of 7, got 5422"),
    ],
)
def test_impossible_pairs_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        load_pair(**options)


def archives_with(tmp_path: Path, name: str, content: bytes | None) -> Path:
    for file in CHECKSUMS:
        (tmp_path / f"{file}.gz").symlink_to(ARCHIVES / f"{file}.gz")
    (tmp_path / f"{name}.gz").unlink()
    if content is not None:
        (tmp_path / f"{name}.gz").write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: None, "t10k-labels-idx1-ubyte.gz is missing: install hqnn again"),
        (lambda content: content[: len(content) // 2], r"is damaged \(Compressed file ended"),
        (lambda content: b"no gzip" + content, r"is damaged \(Not a gzipped file"),
        (lambda content: content[:2000] + b"\0\0\0" + content[2003:], "is damaged"),
        (lambda content: gzip.compress(b"something else"), "another checksum than MNIST's"),
    ],
)
def test_a_damaged_archive_is_named(tmp_path, damage, message):
    damaged = archives_with(tmp_path, LABELS, damage((ARCHIVES / f"{LABELS}.gz").read_bytes()))
    with pytest.raises(DataError, match=message):
        mnist_files.unpack(damaged, tmp_path / "cache")


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_a_damaged_cache_mends_itself(tmp_path, damage):
    raw = mnist_files.unpack(ARCHIVES, tmp_path) / "MNIST" / "raw" / LABELS
    whole = raw.read_bytes()
    if damage is None:
        raw.unlink()
    else:
        raw.write_bytes(damage)
    mnist_files.unpack(ARCHIVES, tmp_path)
    assert raw.read_bytes() == whole
    assert sorted(file.name for file in raw.parent.iterdir()) == sorted(CHECKSUMS)


@pytest.fixture
def labels_alone(monkeypatch):
    """The smallest of the files, so that unpacking takes no time."""
    monkeypatch.setattr(mnist_files, "CHECKSUMS", {LABELS: CHECKSUMS[LABELS]})


def test_where_the_cache_has_no_room_that_is_one_sentence_with_its_folder_and_its_variable(
    tmp_path, monkeypatch, labels_alone
):
    monkeypatch.setenv("HQNN_CACHE", str(tmp_path))
    with room_for(1000), pytest.raises(DataError) as error:
        mnist_files.unpacked()
    assert str(error.value) == (
        f"the unpacked images cannot be written to {tmp_path} (File too large); set HQNN_CACHE to use another folder"
    )
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
    assert mnist_files.unpacked() == tmp_path


def test_where_the_users_own_cache_takes_nothing_a_temporary_folder_does(tmp_path, monkeypatch, labels_alone):
    monkeypatch.delenv("HQNN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    (tmp_path / "hqnn").mkdir()
    (tmp_path / "hqnn" / "MNIST").write_text("no folder can be made in a file")
    assert mnist_files.unpacked() == tmp_path / "temporary" / f"hqnn-{os.getuid()}"
    (tmp_path / "temporary").rename(tmp_path / "gone")
    (tmp_path / "temporary").write_text("")
    message = f"the unpacked images cannot be written to {tmp_path}/hqnn .*; set HQNN_CACHE to use another folder"
    with pytest.raises(DataError, match=message):
        mnist_files.unpacked()


def test_nothing_is_written_beside_the_code(tmp_path, monkeypatch):
    """What unpacks the data with its cache elsewhere leaves the install folder as it was."""

    def installed() -> set[Path]:
        files = (path for folder in ("hqnn", "data") for path in (ARCHIVES.parent / folder).rglob("*"))
        return {path for path in files if "__pycache__" not in path.parts}

    before = installed()
    monkeypatch.setenv("HQNN_CACHE", str(tmp_path))
    monkeypatch.setattr(data, "_mnist", data._mnist.__wrapped__)
    load_pair((3, 7), 1, 1)
    assert installed() == before
    assert (tmp_path / "MNIST" / "raw" / LABELS).exists()
