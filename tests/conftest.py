"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["tests.sound"]

# The same examples every time: a run must say of the code what it says, not of the day's draw. A slow machine is no
# failure either.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
