"""Threads that blocking work runs in. Unlike those of `concurrent.futures`, they never keep a process from ending."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..contract.errors import Busy

# Each waiting request holds its body in memory.
MAX_WAITING = 200


@dataclass(frozen=True)
class Work:
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class Threads:
    """At most `count` at a time; the rest waits in line, and too long a line is refused."""

    def __init__(self, count: int, name: str):
        self._count = count
        self._name = name
        self._started = 0
        self._unfinished = 0
        self._waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if self._unfinished >= self._count + MAX_WAITING:
            raise Busy("Too many requests are waiting.", "Try again in a moment.")
        self._unfinished += 1
        if self._started < min(self._count, self._unfinished):
            self._started += 1
            threading.Thread(target=self._work, name=f"mistudio-{self._name}-{self._started}", daemon=True).start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.put(Work(loop, future, function, arguments))
        return await future

    def _work(self) -> None:
        while True:
            work = self._waiting.get()
            result: Any = None
            error: BaseException | None = None
            if not work.future.cancelled():
                try:
                    result = work.function(*work.arguments)
                except BaseException as raised:
                    error = raised
            try:
                work.loop.call_soon_threadsafe(self._finish, work.future, result, error)
            except RuntimeError:
                return  # the loop has ended, and with it the server

    def _finish(self, future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        self._unfinished -= 1
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
