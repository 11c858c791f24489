"""The program `hqnn` of an installed package: the same as `python -m hqnn`."""

import runpy


def main() -> None:
    """Run the command line as `python -m hqnn` does."""
    runpy.run_module("hqnn", run_name="__main__", alter_sys=True)
