"""Starting lanes: any face that sees work for one starts it; a lane that finds its place taken leaves at once."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..contract.errors import Busy, MiStudioError
from ..jobs.schema import ALIVE
from ..workspace import atomic
from ..workspace.locks import is_held, read_note
from ..workspace.workspace import Workspace
from .leaving import is_leaving, times_asked
from .names import LIVE, environment, names_of

# A lane that ended badly is not started again at once: the reason seldom goes away within a second.
REST = 5.0

_mutex = threading.Lock()
# For each lane of each workspace the process that this one has started last.
_started: dict[tuple[str, str], _Started] = {}
# Workspaces whose server in this process has left.
_forbidden: set[str] = set()


@dataclass
class _Started:
    process: subprocess.Popen[bytes]
    lock: Path
    when: float
    failures_before: int
    ended: float | None = None

    @property
    def failures(self) -> int:
        """How many in a row have ended badly soon after their start. One alone may have been killed by somebody."""
        if self.ended is None or self.process.returncode == 0 or self.ended - self.when > REST:
            return 0
        return self.failures_before + 1

    @property
    def must_rest(self) -> bool:
        """Whether it is starting still, or has just shown that it cannot."""
        if self.ended is None:
            # Once it has been here it may be on its way out; another that comes too early finds its place taken.
            return time.monotonic() - self.when < REST and read_note(self.lock).get("pid") != self.process.pid
        return self.failures > 1 and time.monotonic() - self.ended < REST


def wake(ws: Workspace, asked: int | None = None) -> None:
    """Start as many lanes as the queued jobs need and may have. That it cannot is no fault of whoever queued them."""
    try:
        asked = times_asked(ws) if asked is None else asked
        for name in _missing(ws):
            start(ws, name, asked)
    except (MiStudioError, OSError) as error:
        logging.getLogger("mistudio").warning("No worker could be started: %s", error)


def _missing(ws: Workspace) -> list[str]:
    rows = ws.database.rows(f"SELECT lane, state = 'queued' AS waits FROM jobs WHERE state IN {(*ALIVE, 'queued')}")
    found: list[str] = []
    for kind in sorted({row["lane"] for row in rows if row["waits"]}):
        names = names_of(kind)
        waiting = sum(1 for row in rows if row["lane"] == kind and row["waits"])
        here = [name for name in names if is_held(ws.lane_lock(name)) and not is_leaving(ws.lane_lock(name))]
        busy = sum(1 for row in rows if row["lane"] == kind and not row["waits"])
        missing = waiting - max(0, len(here) - busy)
        found += [name for name in names if name not in here][: max(0, missing)]
    return found


def start(ws: Workspace, name: str, asked: int) -> None:
    """Start one lane, unless this process did so a moment ago. `asked` is `times_asked` of the time when it was wanted."""
    key = (str(ws.root), name)
    with _mutex:
        if key[0] in _forbidden:
            raise Busy("The server is stopping.", "Try again when it is back.")
        last = _started.get(key)
        if last and last.must_rest:
            return
        with open(ws.root / "jobs" / "logs" / f"lane-{name}.txt", "ab", opener=atomic.private) as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "mistudio_ext.lanes", name, "--workspace", str(ws.root), "--asked", str(asked)],
                # A group of its own: Ctrl-C in the server's terminal is not for the lanes.
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ws.root,
                env=os.environ | {"MISTUDIO_WORKSPACE": str(ws.root)} | environment(name),
            )
        started = _started[key] = _Started(process, ws.lane_lock(name), time.monotonic(), last.failures if last else 0)
        threading.Thread(target=_see_off, args=(ws, name, asked, started), name=f"wait-{name}", daemon=True).start()


def _see_off(ws: Workspace, name: str, asked: int, started: _Started) -> None:
    """Take note of its end, or the system keeps its entry as a zombie's; one that ended badly may have left jobs in the queue."""
    code = started.process.wait()
    started.ended = time.monotonic()
    if code == 0 or name == LIVE:
        return
    # A server looks again by itself; a script may not.
    time.sleep(REST)
    with suppress(MiStudioError):
        if ws.exists and times_asked(ws) == asked:
            wake(ws)
        ws.database.close()  # this thread's own connection


def cannot_start(ws: Workspace, name: str) -> str | None:
    """What a lane said that this process has started in vain more than once; None where there is still hope."""
    last = _started.get((str(ws.root), name))
    # A lane that was killed is none that cannot start.
    if last is None or last.failures < 2 or last.process.returncode < 0:
        return None
    try:
        said = (ws.root / "jobs" / "logs" / f"lane-{name}.txt").read_text(errors="replace").strip()
    except OSError:
        said = ""
    return said.rsplit("\n", 1)[-1][-500:]


def allow(ws: Workspace) -> None:
    """A server is here in this process."""
    with _mutex:
        _forbidden.discard(str(ws.root))


def forbid(ws: Workspace) -> None:
    """It goes, and starts no more lanes."""
    with _mutex:
        _forbidden.add(str(ws.root))
