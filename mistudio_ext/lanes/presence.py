"""Servers that are here. The last one to stop in the ordinary way asks the lanes to leave."""

from __future__ import annotations

import secrets

from ..workspace.locks import Lock, is_held
from ..workspace.workspace import Workspace
from . import start
from .leaving import ask_to_leave

__all__ = ["Presence", "ask_to_leave"]

PATTERN = "server-*.lock"


class Presence:
    """Held from a server's start to its end, however it ends."""

    def __init__(self, ws: Workspace):
        self._workspace = ws
        locks = ws.root / "jobs" / "locks"
        # Servers come and go one at a time: of two that leave together, one must see that it is the last.
        self._door = Lock(locks / "door.lock")
        self._lock = Lock(locks / f"server-{secrets.token_hex(6)}.lock")
        with self._door:
            self._lock.acquire()
        start.allow(ws)

    def leave(self, *, lanes_go_on: bool) -> None:
        """Go; when nobody else is here, the lanes save what they do and go too."""
        if not self._lock.held:
            return
        # What this process still does, such as a call that waits for its answer, must not start what was told to leave.
        start.forbid(self._workspace)
        try:
            if not self._workspace.exists:
                return
            with self._door:
                self._lock.path.unlink(missing_ok=True)
                if not lanes_go_on and not self._others():
                    ask_to_leave(self._workspace)
        finally:
            self._lock.release()

    def _others(self) -> bool:
        found = False
        for path in self._lock.path.parent.glob(PATTERN):
            if is_held(path):
                found = True
            else:
                path.unlink(missing_ok=True)  # of a server that was killed
        return found
