"""What computes here: as torch has it, without torch; and when the same seed promises the same numbers."""

import os
import subprocess
import sys

import pytest
import torch

from hqnn import RunConfig, train, versions
from hqnn.runs import Run, to_bytes
from hqnn.versions import (
    ARITHMETIC,
    caution,
    difference,
    instructions,
    processor,
    same_numbers,
    spoken,
    together,
    versions_here,
    versions_in,
)
from tests.dask_cluster import ROOT

HERE = {
    "python": "3.11.7",
    "torch": "2.14.1",
    "torchvision": "0.29.1",
    "qiskit": "2.6.2",
    "qiskit-aer": "0.18.2",
    "numpy": "2.4.6",
    "processor": "AMD EPYC (family 25, model 17)",
    "instructions": "AVX512",
    "arithmetic": "2",
}
#: As files had it before they named processors.
OLD = {name: value for name, value in HERE.items() if name not in ("processor", "instructions", "arithmetic")}
X86 = pytest.mark.skipif(not versions._first_processor().get("flags"), reason="torch's names of x86 under Linux")

AVX2 = "fpu sse sse2 fma avx avx2"
AVX512 = f"{AVX2} avx512f avx512vl avx512bw avx512dq"


@pytest.fixture
def no_limit(monkeypatch):
    """No instruction set is asked for by the environment."""
    for name in ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(name, raising=False)


def with_flags(monkeypatch, flags: str, **more: str) -> None:
    monkeypatch.setattr(versions, "_first_processor", lambda: {"flags": flags, **more})


def test_all_that_numbers_depend_on_is_named():
    here = versions_here()
    assert set(here) == set(HERE)
    assert here["torch"] == torch.__version__.partition("+")[0]
    assert (here["processor"], here["instructions"]) == (processor(), instructions())
    assert here["arithmetic"] == str(ARITHMETIC)
    assert all(here.values())


@X86
def test_the_instructions_are_those_that_torch_takes(monkeypatch):
    for name in ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(name, raising=False)
    assert instructions() == torch.backends.cpu.get_cpu_capability()


@X86
@pytest.mark.slow
@pytest.mark.parametrize("asked", ["default", "avx2", "nonsense"])
def test_they_are_also_where_the_environment_asks_for_others(asked, no_limit, monkeypatch):
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", asked)
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import torch; print(torch.backends.cpu.get_cpu_capability())"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"ATEN_CPU_CAPABILITY": asked},
    )
    assert instructions() == said.stdout.strip()


@pytest.mark.parametrize(
    ("flags", "asked", "taken"),
    [
        (AVX512, "", "AVX512"),
        (AVX512.replace("avx512dq", ""), "", "AVX2"),
        (AVX512.replace("fma ", ""), "", "DEFAULT"),
        (AVX2, "", "AVX2"),
        ("fpu sse sse2", "", "DEFAULT"),
        (AVX512, "avx2", "AVX2"),
        (AVX512, "default", "DEFAULT"),
        (AVX2, "nonsense", "AVX2"),
    ],
)
def test_they_follow_the_processors_flags_and_the_environment(no_limit, monkeypatch, flags, asked, taken):
    with_flags(monkeypatch, flags)
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", asked)
    assert instructions() == taken


def test_a_limit_of_onednn_is_part_of_them(no_limit, monkeypatch):
    with_flags(monkeypatch, AVX2)
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "sse41")
    assert instructions() == "AVX2, oneDNN at most SSE41"


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"model name": "AMD EPYC", "cpu family": "25", "model": "17"}, "AMD EPYC (family 25, model 17)"),
        ({"model name": "Some Chip"}, "Some Chip"),
        ({"CPU implementer": "0x41", "CPU part": "0xd0c"}, "aarch64 (implementer 0x41, part 0xd0c)"),
        ({}, "aarch64"),
    ],
)
def test_the_processor_is_named_as_the_system_names_it(no_limit, monkeypatch, about, said):
    monkeypatch.setattr(versions, "_first_processor", lambda: about)
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert processor() == said
    assert instructions() == "aarch64"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"processor": "Other"}, "by another processor (Other instead of AMD EPYC (family 25, model 17))"),
        ({"instructions": "AVX2"}, "with other instructions (AVX2 instead of AVX512)"),
        (
            {"torch": "2.0", "numpy": "1.0"},
            "with other versions (torch 2.0 instead of 2.14.1, numpy 1.0 instead of 2.4.6)",
        ),
        ({"arithmetic": "1"}, "with hqnn's arithmetic 1 instead of 2"),
        (
            {"processor": "Other", "torch": "2.0", "arithmetic": "3"},
            "by another processor (Other instead of AMD EPYC (family 25, model 17)), with other versions "
            "(torch 2.0 instead of 2.14.1) and with hqnn's arithmetic 3 instead of 2",
        ),
    ],
)
def test_what_differs_is_named_and_then_nothing_is_promised(changes, why):
    assert difference(HERE, HERE | changes) == why
    assert not same_numbers(HERE, HERE | changes)
    said = f"Computed {why}: the same seed may give another result. Only the distribution is the same."
    assert caution(HERE, HERE | changes) == said


def test_the_same_is_promised_only_where_all_is_recorded_and_the_same():
    assert same_numbers(HERE, dict(HERE))
    assert same_numbers(HERE, HERE | {"hqnn": "of other code, but with the same arithmetic"})
    assert (difference(HERE, HERE), caution(HERE, HERE)) == ("", "")
    assert not same_numbers(OLD, OLD)
    assert difference(OLD, OLD) == "by a processor that was not recorded"
    assert difference(HERE, OLD) == "by a processor that was not recorded and with hqnn's arithmetic 1 instead of 2"
    assert not same_numbers({}, {})
    assert difference(HERE, {}) == "by a processor and with versions that were not recorded"


def test_a_run_that_went_on_elsewhere_is_like_no_other():
    other = HERE | {"processor": "Other"}
    both = together(HERE, other)
    assert both == HERE | {"processor": "AMD EPYC (family 25, model 17), then Other"}
    assert together(both, HERE) == both
    assert together(HERE, HERE) == HERE
    assert not same_numbers(both, both)


def test_a_run_file_says_what_computed_it_without_torch():
    run = Run.of(train(RunConfig(n_train=1, n_test=1, epochs=1, engine="exact")))
    assert versions_in(to_bytes(run)) == run.versions == versions_here()
    for junk in (b"", b"a file", b"\x05\0\0\0\0\0\0\0[1,2]", b"\x02\0\0\0\0\0\0\0{}"):
        assert versions_in(junk) == {}


def test_they_are_spoken_in_one_line():
    assert spoken({"python": "3.11.7", "processor": "Some Chip"}) == "python 3.11.7, processor Some Chip"
