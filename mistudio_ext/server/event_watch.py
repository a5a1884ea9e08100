"""One look for new events for all who listen to this server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

EVERY = 0.05


class Position(NamedTuple):
    """Where somebody stands in the events. Later ones are greater: a workspace opened anew begins above the one before."""

    opened: int
    number: int


class EventWatch:
    """Looks for the newest position while there are listeners, and wakes those who stand before it."""

    def __init__(self, look: Callable[[], Awaitable[Position]]):
        self.listeners = 0
        self._look = look
        self._newest = Position(0, 0)
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self) -> None:
        self.listeners += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_looking())

    def leave(self) -> None:
        self.listeners -= 1

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def now(self) -> Position:
        """The newest position, looked at now."""
        found = await self._look()
        self._note(found)
        return found

    async def beyond(self, known: Position) -> Position:
        """The newest position, as soon as it is later than `known`.

        What was read from the file can be ahead of the last look, so this must not return for being merely different.
        """
        while self._newest <= known:
            await self._changed.wait()
        return self._newest

    async def _keep_looking(self) -> None:
        while self.listeners:
            try:
                self._note(await self._look())
            except Exception:
                # The workspace is out of reach for now; requests say why, and clients poll meanwhile.
                await asyncio.sleep(1)
                continue
            await asyncio.sleep(EVERY)

    def _note(self, found: Position) -> None:
        if found > self._newest:
            self._newest = found
            self._changed.set()
            self._changed = asyncio.Event()
