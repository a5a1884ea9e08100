"""Batches read ahead by a thread, so that the processor does not wait for the disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from typing_extensions import Self

from .rows import Batch, Feed

AHEAD = 2
# Seconds between two looks at whether to wait on: where rows are computed, a batch can take long.
LOOK_EVERY = 0.25


class _Left(Exception):
    """Nobody waits for the batch any more."""


class Prefetch:
    """The batches of the steps after `begin` up to `end`, in order; fewer where `waiting`, which is asked while one is not
    ready, says to wait no longer. Used in a `with` block, at whose end the thread is gone."""

    def __init__(self, feed: Feed, begin: int, end: int, waiting: Callable[[], bool] = lambda: False):
        self._feed, self._begin, self._end, self._waiting = feed, begin, end, waiting
        self._ready: queue.Queue[Batch | BaseException] = queue.Queue(AHEAD)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._read, name="prefetch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        while self._thread.is_alive():
            # It may be waiting for room.
            while not self._ready.empty():
                self._ready.get_nowait()
            self._thread.join(0.01)

    def __iter__(self) -> Iterator[Batch]:
        for _ in range(self._begin, self._end):
            found = self._next()
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def _next(self) -> Batch | BaseException | None:
        while True:
            try:
                return self._ready.get(timeout=LOOK_EVERY)
            except queue.Empty:
                if self._waiting():
                    return None

    def _leave_if_enough(self) -> None:
        if self._enough.is_set():
            raise _Left

    def _read(self) -> None:
        try:
            for step in range(self._begin + 1, self._end + 1):
                batch = self._feed.next(step, self._leave_if_enough)
                self._leave_if_enough()
                self._ready.put(batch)
        except _Left:
            return
        except BaseException as error:
            self._ready.put(error)
