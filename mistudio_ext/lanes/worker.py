"""A lane that runs jobs: claims one, runs it, tells what became of it, and leaves when there is nothing to do."""

from __future__ import annotations

import importlib
import os
import platform
import signal
import threading
import time
import traceback
import typing
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .._version import __version__
from ..contract.errors import Busy, DiskFull, MiStudioError
from ..contract.models import Contract, checked
from ..jobs import queue
from ..jobs.context import JobCancelled, JobContext, JobPaused
from ..jobs.queue import FUNCTION, Claimed
from ..jobs.schema import FINAL, JobState
from ..workspace import events
from ..workspace.locks import Lock
from ..workspace.workspace import SCHEMA_VERSION, Workspace
from . import start
from .leaving import LEAVES_WITHIN, is_leaving, must_leave
from .monitor import Monitor, complain
from .names import kind_of

POLL = 0.1
DAY = 86400.0


class Lane:
    """`asked` is how often lanes had been asked to leave when this one was started."""

    def __init__(self, ws: Workspace, name: str, asked: int):
        self.workspace = ws
        self.name = name
        self.kind = kind_of(name)
        self.asked = asked
        self.told_to_leave = threading.Event()
        self._place = Lock(ws.lane_lock(name))

    def run(self) -> None:
        """Work until there is none; at most one process is this lane."""
        signal.signal(signal.SIGTERM, lambda *_: self.told_to_leave.set())
        signal.signal(signal.SIGINT, lambda *_: self.told_to_leave.set())
        self._tidy()
        while self._take_place():
            # Whoever queued a job while we were going saw our lock and started nobody: look once more without it.
            if self._must_leave() or not self._queued():
                return

    def _take_place(self) -> bool:
        """Be this lane for a while; false where another process is."""
        # Patience, because those who look whether it is held share it for a moment; more for one who is about to leave.
        if not self._place.try_acquire(patience=LEAVES_WITHIN if is_leaving(self._place.path) else 0.5):
            return False
        try:
            self._place.write_note(note())
            self._work_until_idle()
        finally:
            self._place.release()
        return True

    def _work_until_idle(self) -> None:
        idle_since = time.monotonic()
        while not self._must_leave():
            claimed = self._claim()
            if claimed:
                self._run(claimed)
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > self.workspace.settings.lane_idle:
                return
            else:
                self.told_to_leave.wait(POLL)

    def _claim(self) -> Claimed | None:
        try:
            return queue.claim(self.workspace, self.kind, self.name, os.getpid())
        except (Busy, DiskFull):
            # The job keeps its place; there may be room again in a moment.
            self.told_to_leave.wait(1)
            return None

    def _must_leave(self) -> bool:
        leaving = must_leave(self.workspace, self.asked, self.told_to_leave)
        if leaving and self._place.held:
            # Before anything else is told: who queues a job from here on must not count on this lane.
            self._place.write_note(note() | {"leaving": True})
        return leaving

    def _tidy(self) -> None:
        """What others left behind. A full disk must not keep a lane from its work."""
        with suppress(MiStudioError):
            queue.bury_the_dead(self.workspace)
            queue.sweep(self.workspace)
            events.thin(self.workspace.database, older_than=self.workspace.settings.event_days * DAY)

    def _queued(self) -> bool:
        return bool(self.workspace.database.rows("SELECT 1 FROM jobs WHERE state = 'queued' AND lane = ? LIMIT 1", (self.kind,)))

    def _run(self, claimed: Claimed) -> None:
        context = JobContext(self.workspace, claimed.id, claimed.attempt, claimed.object)
        try:
            with Monitor(context, self._must_leave):
                outcome = outcome_of(claimed, context)
            told = self._tell(claimed.id, *outcome)
            if told in FINAL:
                # Nothing revives it, so nobody will ever need its lock again.
                claimed.lock.path.unlink(missing_ok=True)
        finally:
            claimed.lock.release()
        if told == "succeeded" and follow_up(context) and not self._must_leave():
            # What follows may need another lane, and nobody else may be looking.
            start.wake(self.workspace, self.asked)

    def _tell(self, job: str, state: JobState, details: dict[str, Any]) -> JobState | None:
        """Write the end down; a full disk may have room again in a moment. If not, the lock's end says the rest."""
        for _ in range(10):
            try:
                return queue.end(self.workspace, job, state, **details)
            except (DiskFull, Busy):
                complain()
                if self._must_leave() or self.told_to_leave.wait(1):
                    return None
        return None


def outcome_of(claimed: Claimed, context: JobContext) -> tuple[JobState, dict[str, Any]]:
    """Run the job's function; whatever happens in it becomes a state with a reason."""
    try:
        result = call(claimed, context)
        context.flush()
        return "succeeded", {"result": result, "stopped_at_step": context.step}
    except JobPaused:
        if context.request == "pause":
            return "paused", {"reason": "Paused."}
        return "interrupted", {"reason": "The worker was asked to leave. Resume goes on from what was saved."}
    except JobCancelled:
        return "cancelled", {"reason": "Cancelled."}
    except DiskFull as error:
        # What was saved is intact and will do once there is room: no failure, a rest.
        return "interrupted", {"error": error, "reason": str(error)}
    except MiStudioError as error:
        note_in_log(context, str(error))
        return "failed", {"error": error}
    except MemoryError:
        return "failed", {
            "error": MiStudioError("The memory did not suffice.", "Close other programs, then retry.", code="memory")
        }
    except Exception as error:
        note_in_log(context, traceback.format_exc())
        what = f"Something went wrong in miStudio itself ({type(error).__name__})."
        return "failed", {"error": MiStudioError(what, "The job's log has the details; please report them.", code="bug")}


def call(claimed: Claimed, context: JobContext) -> dict[str, Any] | None:
    function = _named(claimed.function)
    params = checked(typing.get_type_hints(function)["params"], claimed.params)
    result = function(context, params)
    return result.model_dump() if isinstance(result, Contract) else None


def follow_up(job: JobContext) -> bool:
    """Begin what was to follow a job that has succeeded, if anything was. That it cannot be begun stands in the job's log."""
    name = queue.follow_up(job.workspace, job.id)
    if name is None:
        return False
    try:
        _named(name)(job.workspace)
    except Exception as error:
        why = str(error) if isinstance(error, MiStudioError) else traceback.format_exc()
        note_in_log(job, f"What should follow could not be begun: {why}")
    return True


def _named(name: str) -> Callable[..., Any]:
    if not FUNCTION.fullmatch(name):
        raise MiStudioError(f"“{name}” is not a job of miStudio.", "Cancel it.", code="unknown_job")
    module, function = name.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def note_in_log(context: JobContext, text: str) -> None:
    """The log must not turn one failure into another."""
    try:
        context.log("error", text)
    except MiStudioError:
        complain()


def note() -> dict[str, Any]:
    """What a lane's lock file says of it."""
    return {
        "version": __version__,
        "schema": SCHEMA_VERSION,
        "python": platform.python_version(),
        "host": platform.node(),
        "pid": os.getpid(),
    }
