"""Asking all lanes to leave: a number that grows. A lane that was started before it grew is meant, a later one is not.

A number and no time: clocks go back, and a lane that is just starting must hear what was asked meanwhile.
"""

from __future__ import annotations

import os
import platform
import signal
import threading
from contextlib import suppress
from pathlib import Path

from ..contract.errors import Busy, DiskFull
from ..workspace.locks import is_held, read_note
from ..workspace.workspace import Workspace

# A lane that must leave is gone after this, whatever its job does.
LEAVES_WITHIN = 10.0


def times_asked(ws: Workspace) -> int:
    rows = ws.database.rows("SELECT times FROM leave")
    return int(rows[0]["times"]) if rows else 0


def must_leave(ws: Workspace, asked: int, told: threading.Event) -> bool:
    """For a lane that was started when lanes had been asked this many times."""
    if told.is_set() or not ws.exists:
        return True
    try:
        return times_asked(ws) != asked
    except Busy:
        return False


def is_leaving(lane: Path) -> bool:
    """Whether the lane that holds this lock is still here but takes no more jobs."""
    return is_held(lane) and read_note(lane).get("leaving") is True


def ask_to_leave(ws: Workspace) -> None:
    try:
        with ws.database.change() as connection:
            connection.execute("INSERT INTO leave VALUES (1, 1) ON CONFLICT (one) DO UPDATE SET times = times + 1")
    except (DiskFull, Busy):
        # What cannot be written down can still be said to the lanes on this machine.
        for path in (ws.root / "jobs" / "locks").glob("lane-*.lock"):
            note = read_note(path)
            if is_held(path) and note.get("host") == platform.node() and isinstance(note.get("pid"), int):
                with suppress(ProcessLookupError):
                    os.kill(note["pid"], signal.SIGTERM)
