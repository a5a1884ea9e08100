"""Starting lanes: any face that sees work for one starts it; a lane that finds its place taken leaves at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from ..jobs.schema import ALIVE
from ..workspace.locks import is_held
from ..workspace.workspace import Workspace
from .names import LANES

# A lane that ended badly is not started again at once: the reason seldom goes away within a second.
REST = 5.0

_mutex = threading.Lock()
_started: dict[tuple[str, str], tuple[subprocess.Popen[bytes], float]] = {}


def wake(ws: Workspace) -> None:
    """Start as many lanes as the queued jobs need and may have."""
    rows = ws.database.rows(f"SELECT lane, state = 'queued' AS waits FROM jobs WHERE state IN {(*ALIVE, 'queued')}")
    for kind, names in LANES.items():
        waiting = sum(1 for row in rows if row["lane"] == kind and row["waits"])
        if not waiting:
            continue
        here = [name for name in names if is_held(ws.lane_lock(name))]
        busy = sum(1 for row in rows if row["lane"] == kind and not row["waits"])
        missing = waiting - max(0, len(here) - busy)
        for name in [name for name in names if name not in here][: max(0, missing)]:
            start(ws, name)


def start(ws: Workspace, name: str) -> None:
    """Start one lane, unless this process did so a moment ago."""
    key = (str(ws.root), name)
    with _mutex:
        if key in _started:
            process, when = _started[key]
            if process.poll() is None and time.monotonic() - when < REST:
                return
            if process.returncode not in (0, None) and time.monotonic() - when < REST:
                return
        output = ws.root / "jobs" / "logs" / f"lane-{name}.txt"
        with open(output, "ab") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "mistudio_ext.lanes", name, "--workspace", str(ws.root)],
                # A group of its own: Ctrl-C in the server's terminal is not for the lanes.
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=ws.root,
                env=os.environ | {"MISTUDIO_WORKSPACE": str(ws.root)},
            )
        _started[key] = (process, time.monotonic())
        # Somebody has to take note of its end, or the system keeps its entry as a zombie's.
        threading.Thread(target=process.wait, name=f"wait-{name}", daemon=True).start()

