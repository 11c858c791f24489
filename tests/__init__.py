"""The tests; where $HQNN_TEST_NUDGE is set, they begin before hqnn is loaded by nudging all initial weights."""

from tests.nudge.sitecustomize import install

install()
