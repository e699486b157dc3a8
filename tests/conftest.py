"""What holds for all tests."""

import os
import signal
from importlib import import_module

import pytest
from hypothesis import settings

# small products of matrices, of which there are many: threads of numpy's own would wait for a core, at full load
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# tests in the background of a shell that ignores Ctrl-C would start commands that ignore it too
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# events are numbered as their pages are read: here as in a run, whichever page a test would ask for first
import_module("sim.world.course.events")

# examples may be slow on a shared machine; in CI the same ones are tried every time
settings.register_profile("chokepoint", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("chokepoint")

FIRST = "tests/structure/test_contributing.py"
"""What takes longest, a world that is compiled anew, begins first: so no worker ends alone with it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The usual order, but for what begins first."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
