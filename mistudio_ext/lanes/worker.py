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
from typing import Any

from .._version import __version__
from ..contract.errors import DiskFull, MiStudioError
from ..contract.models import Contract, checked
from ..jobs import queue
from ..jobs.context import JobCancelled, JobContext, JobPaused
from ..jobs.queue import FUNCTION, Claimed
from ..jobs.schema import JobState
from ..workspace import events
from ..workspace.locks import Lock
from ..workspace.workspace import SCHEMA_VERSION, Workspace
from .monitor import Monitor
from .names import kind_of
from .presence import asked_to_leave

POLL = 0.1
DAY = 86400.0


class Lane:
    def __init__(self, ws: Workspace, name: str):
        self.workspace = ws
        self.name = name
        self.kind = kind_of(name)
        self.started = time.time()
        self.told_to_leave = threading.Event()

    def run(self) -> None:
        """Work until there is none; at most one process is this lane."""
        signal.signal(signal.SIGTERM, lambda *_: self.told_to_leave.set())
        signal.signal(signal.SIGINT, lambda *_: self.told_to_leave.set())
        events.thin(self.workspace.database, older_than=self.workspace.settings.event_days * DAY)
        while self._take_place():
            # Whoever queued a job while we were going saw our lock and started nobody: look once more without it.
            if self._must_leave() or not self._queued():
                return

    def _take_place(self) -> bool:
        """Be this lane for a while; false where another process is."""
        lock = Lock(self.workspace.lane_lock(self.name))
        if not lock.try_acquire():
            return False
        try:
            lock.write_note(note())
            self._work_until_idle()
        finally:
            lock.release()
        return True

    def _work_until_idle(self) -> None:
        idle_since = time.monotonic()
        while not self._must_leave():
            claimed = queue.claim(self.workspace, self.kind, self.name, os.getpid())
            if claimed:
                self._run(claimed)
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > self.workspace.settings.lane_idle:
                return
            else:
                self.told_to_leave.wait(POLL)

    def _must_leave(self) -> bool:
        if not self.workspace.exists:
            return True
        return self.told_to_leave.is_set() or asked_to_leave(self.workspace, self.started)

    def _queued(self) -> bool:
        return bool(self.workspace.database.rows("SELECT 1 FROM jobs WHERE state = 'queued' AND lane = ? LIMIT 1", (self.kind,)))

    def _run(self, claimed: Claimed) -> None:
        context = JobContext(self.workspace, claimed.id, claimed.attempt, claimed.object)
        try:
            with Monitor(context, self.started, self.told_to_leave):
                outcome = outcome_of(claimed, context)
            self._tell(claimed.id, *outcome)
            if outcome[0] in ("succeeded", "failed", "cancelled"):
                claimed.lock.path.unlink(missing_ok=True)
        finally:
            claimed.lock.release()

    def _tell(self, job: str, state: JobState, details: dict[str, Any]) -> None:
        """Write the end down; a full disk may have room again in a moment. If not, the lock's end says the rest."""
        for attempt in range(10):
            try:
                queue.end(self.workspace, job, state, **details)
                return
            except DiskFull:
                if attempt == 9:
                    traceback.print_exc()
                time.sleep(1)


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
    if not FUNCTION.fullmatch(claimed.function):
        raise MiStudioError(f"“{claimed.function}” is not a job of miStudio.", "Cancel it.", code="unknown_job")
    module, name = claimed.function.split(":")
    function = getattr(importlib.import_module(module), name)
    params = checked(typing.get_type_hints(function)["params"], claimed.params)
    result = function(context, params)
    return result.model_dump() if isinstance(result, Contract) else None


def note_in_log(context: JobContext, text: str) -> None:
    """The log must not turn one failure into another."""
    try:
        context.log("error", text)
    except MiStudioError:
        traceback.print_exc()


def note() -> dict[str, Any]:
    """What a lane's lock file says of it."""
    return {
        "version": __version__,
        "schema": SCHEMA_VERSION,
        "python": platform.python_version(),
        "host": platform.node(),
        "pid": os.getpid(),
    }
