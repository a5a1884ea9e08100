"""One look for new events for all who listen to this server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

EVERY = 0.05


class EventWatch:
    """Looks for the newest event's number while there are listeners, and wakes those who know an older one."""

    def __init__(self, last_number: Callable[[], Awaitable[int]]):
        self.listeners = 0
        self._last_number = last_number
        self._last = -1
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self) -> None:
        self.listeners += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())

    def leave(self) -> None:
        self.listeners -= 1

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def other_than(self, known: int) -> int:
        """The newest number, as soon as it is not `known` (a smaller one means: another workspace)."""
        while self._last in (known, -1):
            await self._changed.wait()
        return self._last

    async def _look(self) -> None:
        while self.listeners:
            try:
                last = await self._last_number()
            except Exception:
                # The workspace is out of reach for now; requests say why, and clients poll meanwhile.
                await asyncio.sleep(1)
                continue
            if last != self._last:
                self._last = last
                self._changed.set()
                self._changed = asyncio.Event()
            await asyncio.sleep(EVERY)
