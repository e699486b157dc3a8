"""What holds for all tests."""

import os

from hypothesis import settings

# examples may be slow on a shared machine; in CI the same ones are tried every time
settings.register_profile("chokepoint", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("chokepoint")
