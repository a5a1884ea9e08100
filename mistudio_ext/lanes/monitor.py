"""Beside a running job: hears what is asked of it, shows that its lane lives, and sees to it that it ends when it must."""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType

from typing_extensions import Self

from ..contract.errors import MiStudioError
from ..jobs import queue
from ..jobs.context import JobContext
from .memory import own_memory
from .presence import asked_to_leave

LOOK = 0.2
HEARTBEAT = 2.0
# A lane must be gone 10 s after the last server's stop; a cancelled job gets as long to let go by itself.
PATIENCE = 8.0


class Monitor:
    """A thread of its own, so that a job that is busy, or stuck, cannot hide what happens."""

    def __init__(self, context: JobContext, lane_started: float, told_to_leave: threading.Event):
        self._context = context
        self._lane_started = lane_started
        self._told_to_leave = told_to_leave
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="monitor", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        try:
            self._look_and_listen()
        finally:
            self._context.workspace.database.close()  # this thread's own connection

    def _look_and_listen(self) -> None:
        impatient_since: float | None = None
        last_beat = 0.0
        while not self._done.wait(LOOK):
            try:
                if time.monotonic() - last_beat > HEARTBEAT:
                    last_beat = time.monotonic()
                    self._beat()
                self._listen()
            except MiStudioError:
                continue  # a full disk or a busy file: the next look may do better
            if self._context.request == "cancel" or self._context.leaving.is_set():
                impatient_since = impatient_since or time.monotonic()
                if time.monotonic() - impatient_since > PATIENCE:
                    self._end_the_process()
            else:
                impatient_since = None

    def _listen(self) -> None:
        wishes = self._context.wishes()
        self._context.request = wishes["request"]
        ws = self._context.workspace
        if self._told_to_leave.is_set() or not ws.exists or asked_to_leave(ws, self._lane_started):
            self._context.leaving.set()

    def _beat(self) -> None:
        with self._context.workspace.database.change() as connection:
            connection.execute(
                "UPDATE jobs SET heartbeat = ?, memory = ? WHERE id = ?", (time.time(), own_memory(), self._context.id)
            )

    def _end_the_process(self) -> None:
        """The job does not let go. What it saved stays; the lock goes with the process."""
        try:
            if self._context.request == "cancel":
                queue.end(self._context.workspace, self._context.id, "cancelled", reason="Cancelled; its worker had to be ended.")
            else:
                reason = "The worker had to leave before the job could save. Resume goes on from what was saved earlier."
                queue.end(self._context.workspace, self._context.id, "interrupted", reason=reason)
        finally:
            os._exit(1)
