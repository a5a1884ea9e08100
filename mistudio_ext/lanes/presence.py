"""Servers that are here. The last one to stop in the ordinary way asks the lanes to leave."""

from __future__ import annotations

import secrets
import time

from ..workspace.locks import Lock, is_held
from ..workspace.workspace import Workspace

PATTERN = "server-*.lock"
# A lock file this young may be one that its server is just about to lock.
YOUNG = 60.0


class Presence:
    """Held from a server's start to its end, however it ends."""

    def __init__(self, ws: Workspace):
        self._workspace = ws
        self._lock = Lock(ws.root / "jobs" / "locks" / f"server-{secrets.token_hex(6)}.lock")
        self._lock.acquire()

    def leave(self, *, lanes_go_on: bool) -> None:
        """Go; when nobody else is here, the lanes save what they do and go too."""
        if not lanes_go_on and not self._others():
            ask_to_leave(self._workspace)
        self._lock.path.unlink(missing_ok=True)
        self._lock.release()

    def _others(self) -> bool:
        found = False
        for path in self._lock.path.parent.glob(PATTERN):
            if path == self._lock.path:
                continue
            if is_held(path):
                found = True
            elif time.time() - path.stat().st_mtime > YOUNG:
                path.unlink(missing_ok=True)
        return found


def ask_to_leave(ws: Workspace) -> None:
    with ws.database.change() as connection:
        connection.execute("INSERT OR REPLACE INTO lanes (name, leave_at) VALUES ('*', ?)", (time.time(),))


def asked_to_leave(ws: Workspace, since: float) -> bool:
    """Whether lanes that were there at `since` shall go. One that is started later is not meant."""
    rows = ws.database.rows("SELECT leave_at FROM lanes WHERE name = '*'")
    return bool(rows) and rows[0]["leave_at"] > since
