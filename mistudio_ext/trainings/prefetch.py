"""Batches read ahead by a thread, so that the processor does not wait for the disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

from typing_extensions import Self

from .rows import Batch, Feed

AHEAD = 2


class Prefetch:
    """The batches of the steps after `begin` up to `end`, in order. Used in a `with` block, at whose end the thread is gone."""

    def __init__(self, feed: Feed, begin: int, end: int):
        self._feed, self._begin, self._end = feed, begin, end
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
            found = self._ready.get()
            if isinstance(found, BaseException):
                raise found
            yield found

    def _read(self) -> None:
        try:
            for step in range(self._begin + 1, self._end + 1):
                batch = self._feed.next(step)
                if self._enough.is_set():
                    return
                self._ready.put(batch)
        except BaseException as error:
            self._ready.put(error)
