"""Notices from the parts: each said once, from whatever thread, held back until the session runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

Tell = Callable[[str, str], None]
"""Takes a sentence and a hint, in the session's loop."""


class Notices:
    """Collects what parts have to say to the user before and while the session runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: set[str] = set()
        self._held: list[tuple[str, str]] = []
        self._tell: Tell | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, text: str, hint: str = "") -> None:
        """Say something once; the same sentence again is passed over."""
        with self._lock:
            if text in self._said:
                return
            self._said.add(text)
            tell, loop = self._tell, self._loop
            if tell is None or loop is None:
                self._held.append((text, hint))
                return
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, text, hint)

    def attach(self, tell: Tell, loop: asyncio.AbstractEventLoop) -> None:
        """Say what was held back, and everything from now on, through `tell`."""
        with self._lock:
            self._tell, self._loop = tell, loop
            held, self._held = self._held, []
        for text, hint in held:
            tell(text, hint)
