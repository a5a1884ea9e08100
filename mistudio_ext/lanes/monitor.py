"""Beside a running job: hears what is asked of it, shows that its lane lives, and sees to it that it ends when it must."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from typing_extensions import Self

from ..jobs import queue
from ..jobs.context import JobContext
from .memory import own_memory

LOOK = 0.2
HEARTBEAT = 2.0
# A lane must be gone 10 s after the last server's stop; a cancelled job gets as long to let go by itself.
PATIENCE = 8.0
LAST_WORDS = 1.0


class Monitor:
    """A thread of its own, so that a job that is busy, or stuck, cannot hide what happens."""

    def __init__(self, context: JobContext, must_leave: Callable[[], bool]):
        self._context = context
        self._must_leave = must_leave
        self._complained_of = ""
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
                self._listen()
                if time.monotonic() - last_beat > HEARTBEAT:
                    last_beat = time.monotonic()
                    self._beat()
            except Exception as error:
                # A full disk, a busy file: the next look may do better, and must come.
                if str(error) != self._complained_of:
                    self._complained_of = str(error)
                    complain()
            if self._context.request == "cancel" or self._context.leaving.is_set():
                impatient_since = impatient_since or time.monotonic()
                if time.monotonic() - impatient_since > PATIENCE:
                    self._end_the_process()
            else:
                impatient_since = None

    def _listen(self) -> None:
        if self._must_leave():
            self._context.leaving.set()
        self._context.hear()

    def _beat(self) -> None:
        with self._context.workspace.database.change() as connection:
            connection.execute(
                "UPDATE jobs SET heartbeat = ?, memory = ? WHERE id = ?", (time.time(), own_memory(), self._context.id)
            )

    def _end_the_process(self) -> None:
        """The job does not let go. What it saved stays; the lock goes with the process."""
        if not self._context.leaving.is_set():
            # Cancelled: this process becomes a fresh lane, which has the jobs behind this one to do. It finds the lock free
            # and ends the job; doing that here, the job's thread could still write into what is being removed.
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
        # The job may be stuck while it writes to the same database: not even that may keep the process.
        last_words = threading.Thread(target=self._interrupted, daemon=True)
        last_words.start()
        last_words.join(LAST_WORDS)
        os._exit(1)

    def _interrupted(self) -> None:
        reason = "The worker had to leave before the job could save. Resume goes on from what was saved earlier."
        queue.end(self._context.workspace, self._context.id, "interrupted", reason=reason)


def complain() -> None:
    """Into the lane's own log, if there is room for that."""
    with suppress(OSError):
        traceback.print_exc()
