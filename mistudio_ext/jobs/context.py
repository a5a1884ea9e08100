"""What a job function is given. Nothing else reaches out of a job."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import NoReturn

from ..workspace import atomic, events
from ..workspace.workspace import Workspace
from .log import append_line
from .schema import LogLevel, Progress

# Ten events a second tell an eye everything; each is one synced transaction.
MIN_INTERVAL = 0.1
RATE_WINDOW = 5.0


class JobCancelled(BaseException):
    """Not an `Exception`, so that no job function catches it by accident."""


class JobPaused(BaseException):
    """The job has saved what it needs to go on, and lets its lane go."""


class JobContext:
    """The lane's monitor thread calls `hear`; the job's own thread acts on what was heard where it can."""

    def __init__(self, ws: Workspace, id: str, attempt: int, object: str):
        self.workspace = ws
        self.id = id
        self.attempt = attempt
        self.object = object
        self.request: str | None = None
        # Keep what there is by now, whatever else is asked; `saved` says that it was done.
        self.should_save = False
        self._saves = 0
        self._hearing = threading.Lock()
        self.leaving = threading.Event()
        self.step: int | None = None
        self._last = 0.0
        self._pending: Progress | None = None
        self._history: list[tuple[float, float]] = []
        self._stage = ""

    @property
    def should_stop(self) -> bool:
        """End early and keep what there is."""
        return self.request == "stop"

    @property
    def should_pause(self) -> bool:
        """Save what is needed to go on and call `rest`: asked by the user, or because the lane must leave."""
        return self.request == "pause" or self.leaving.is_set()

    def saved(self) -> None:
        with self.workspace.database.change() as connection:
            connection.execute("DELETE FROM saves WHERE job = ?", (self.id,))
        with self._hearing:
            self._saves += 1
            self.should_save = False

    def needs_no_more(self, id: str) -> None:
        """What the job only began with may be deleted from now on, and it goes on all the same."""
        with self.workspace.database.change() as connection:
            (row,) = connection.execute("SELECT uses FROM jobs WHERE id = ?", (self.id,))
            uses = json.loads(row["uses"])
            if id in uses:
                left = json.dumps([each for each in uses if each != id])
                connection.execute("UPDATE jobs SET uses = ? WHERE id = ?", (left, self.id))

    @property
    def scratch(self) -> Path:
        """A folder of the job's own that outlives a crash; it goes when the job has succeeded or was cancelled."""
        folder = self.workspace.scratch(self.id)
        atomic.make_folder(folder)
        return folder

    def rest(self) -> NoReturn:
        self.flush()
        raise JobPaused

    def check(self) -> None:
        """Leave at once if the job was cancelled. `progress` does this too."""
        if self.request == "cancel":
            raise JobCancelled

    def progress(self, done: float, total: float | None = None, stage: str = "", unit: str = "", **figures: float | None) -> None:
        self.check()
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._history, self._last = stage, [], 0.0
        if not self._history or now - self._history[-1][0] >= MIN_INTERVAL:
            # Not each step: there may be thousands a second.
            self._history = [*(each for each in self._history if now - each[0] < RATE_WINDOW), (now, done)]
        first = self._history[0]
        # What was done can turn out to be undone (a damaged download): that is no speed.
        rate = max(0.0, done - first[1]) / (now - first[0]) if now - first[0] > 0.5 else None
        left = (total - done) / rate if rate and total is not None else None
        self._pending = Progress(done=done, total=total, unit=unit, stage=stage, rate=rate, seconds_left=left, figures=figures)
        if now - self._last >= MIN_INTERVAL:
            self.flush()
            # On a slow disk a write costs more than its place in the rhythm: leave nine tenths of the time to the work.
            self._last = max(now, time.monotonic() + 9 * (time.monotonic() - now) - MIN_INTERVAL)

    def flush(self) -> None:
        """Write the last progress, whatever the rhythm."""
        if self._pending is None:
            return
        data = self._pending.model_dump()
        self._pending = None
        with self.workspace.database.change() as connection:
            connection.execute("UPDATE jobs SET progress = ? WHERE id = ?", (json.dumps(data, allow_nan=False), self.id))
            events.append(connection, "jobs", "progress", self.id, data)

    def log(self, level: LogLevel, text: str) -> None:
        append_line(self.workspace.job_log(self.id), level, text)
        with self.workspace.database.change() as connection:
            connection.execute("UPDATE jobs SET log_lines = log_lines + 1 WHERE id = ?", (self.id,))
            events.append(connection, "jobs", "log", self.id)

    def hear(self) -> None:
        """What was asked of the job by now."""
        saves = self._saves
        wishes = "SELECT request, EXISTS (SELECT 1 FROM saves WHERE job = jobs.id) AS save FROM jobs WHERE id = ?"
        rows = self.workspace.database.rows(wishes, (self.id,))
        request, save = (rows[0]["request"], bool(rows[0]["save"])) if rows else ("cancel", False)
        with self._hearing:
            self.request = request
            # What was read may be older than a saving that came between; the next look tells.
            if saves == self._saves:
                self.should_save = save
