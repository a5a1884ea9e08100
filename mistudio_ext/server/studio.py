"""What lives as long as the server: the open workspace, the threads that operations run in, the watch over jobs."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from .event_watch import EventWatch

if TYPE_CHECKING:
    from ..lanes.presence import Presence
    from ..workspace.workspace import Workspace

# Somebody who looks wants to see a lane's death at once; otherwise it is enough to start what is queued.
WATCH, IDLE_WATCH = 1.0, 5.0
STOP_WITHIN = 3.0


class Studio:
    def __init__(self, root: str | None, folders: list[Path], *, keep_worker: bool, log: Any):
        self.busy = False
        self.threads = ThreadPoolExecutor(8, thread_name_prefix="mistudio")
        self._root = root
        self._folders = folders
        self._keep_worker = keep_worker
        self._log: logging.Logger = log
        self._workspace: Workspace | None = None
        self._presence: Presence | None = None
        self._mutex = Lock()
        self._watcher: asyncio.Task[None] | None = None
        self.events = EventWatch(lambda: self.in_thread(self._last_number))

    def open(self) -> Workspace:
        """The workspace, opened by the first who asks; its troubles are told to each who does. Runs in a thread."""
        from ..lanes.presence import Presence
        from ..workspace.workspace import Workspace

        with self._mutex:
            if self._workspace is None or not self._workspace.exists:
                self._workspace = Workspace.open(self._root, allowed_folders=self._folders)
                self._presence = Presence(self._workspace)
            return self._workspace

    def start(self) -> None:
        """Called when the server is up."""
        self._watcher = asyncio.create_task(self._watch())

    async def in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *arguments)

    async def stop(self) -> None:
        """Never raises and never hangs: the server could not end."""
        self.events.stop()
        if self._watcher:
            self._watcher.cancel()
        try:
            await asyncio.wait_for(self.in_thread(self._leave), STOP_WITHIN)
        except Exception:
            self._log.warning("miStudio could not tell its workers to leave", exc_info=True)
        self.threads.shutdown(wait=False, cancel_futures=True)

    def _leave(self) -> None:
        if self._presence is not None:
            self._presence.leave(lanes_go_on=self._keep_worker)

    async def _watch(self) -> None:
        """See to it that queued jobs have lanes and dead ones are told of."""
        first = True
        while True:
            try:
                self.busy = await self.in_thread(self._look, first)
                first = False
            except asyncio.CancelledError:
                raise
            except Exception as error:
                # A workspace that cannot be opened is told to whoever asks; here it is only noted.
                self._log.debug("miStudio: %s", error)
            await asyncio.sleep(WATCH if self.events.listeners or self.busy else IDLE_WATCH)

    def _look(self, first: bool) -> bool:
        from ..jobs import queue
        from ..lanes import start

        ws = self.open()
        if first:
            self._tidy(ws)
        queue.bury_the_dead(ws)
        start.wake(ws)
        return queue.any_alive(ws)

    def _last_number(self) -> int:
        from ..workspace import events

        return events.last_number(self.open().database)

    def _tidy(self, ws: Workspace) -> None:
        from ..datasets.incoming import sweep_uploads
        from ..workspace import atomic, dependencies

        dependencies.finish_deletions(ws)
        sweep_uploads(ws)
        atomic.sweep(ws.root)
