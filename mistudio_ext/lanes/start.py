"""Starting lanes: any face that sees work for one starts it; a lane that finds its place taken leaves at once."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass

from ..contract.errors import Busy, MiStudioError
from ..jobs.schema import ALIVE
from ..workspace import atomic
from ..workspace.locks import is_held
from ..workspace.workspace import Workspace
from .leaving import is_leaving, times_asked
from .names import LANES, LIVE

# A lane that ended badly is not started again at once: the reason seldom goes away within a second.
REST = 5.0

_mutex = threading.Lock()
# For each lane of each workspace the process that this one has started last.
_started: dict[tuple[str, str], _Started] = {}
_later: set[tuple[str, str]] = set()
_servers: Counter[str] = Counter()
_forbidden: set[str] = set()


@dataclass
class _Started:
    process: subprocess.Popen[bytes]
    when: float
    failures_before: int
    ended: float | None = None

    def wait(self) -> None:
        """Somebody has to take note of its end, or the system keeps its entry as a zombie's."""
        self.process.wait()
        self.ended = time.monotonic()

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
            return time.monotonic() - self.when < REST
        return self.failures > 1 and time.monotonic() - self.ended < REST


def wake(ws: Workspace) -> None:
    """Start as many lanes as the queued jobs need and may have. That it cannot is no fault of whoever queued them."""
    try:
        asked = times_asked(ws)
        for name in _missing(ws):
            start(ws, name, asked)
    except (MiStudioError, OSError) as error:
        logging.getLogger("mistudio").warning("No worker could be started: %s", error)


def _missing(ws: Workspace) -> list[str]:
    rows = ws.database.rows(f"SELECT lane, state = 'queued' AS waits FROM jobs WHERE state IN {(*ALIVE, 'queued')}")
    found: list[str] = []
    for kind, names in LANES.items():
        waiting = sum(1 for row in rows if row["lane"] == kind and row["waits"])
        if not waiting:
            continue
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
        if last and last.must_rest and not is_leaving(ws.lane_lock(name)):
            _try_later(ws, key)
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
                env=os.environ | {"MISTUDIO_WORKSPACE": str(ws.root)},
            )
        started = _started[key] = _Started(process, time.monotonic(), last.failures if last else 0)
        threading.Thread(target=started.wait, name=f"wait-{name}", daemon=True).start()


def _try_later(ws: Workspace, key: tuple[str, str]) -> None:
    """A script may never look again by itself."""
    if key in _later or key[1] == LIVE:
        return

    def look_again() -> None:
        with _mutex:
            _later.discard(key)
        wake(ws)
        ws.database.close()  # this thread's own connection

    _later.add(key)
    timer = threading.Timer(REST, look_again)
    timer.daemon = True
    timer.start()


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
        _servers[str(ws.root)] += 1
        _forbidden.discard(str(ws.root))


def forbid(ws: Workspace) -> None:
    """It goes: with the last of them this process starts no more lanes."""
    with _mutex:
        _servers[str(ws.root)] -= 1
        if not _servers[str(ws.root)]:
            _forbidden.add(str(ws.root))
