"""What lives as long as the server: the open workspace, the threads that operations run in, the watch over jobs."""

from __future__ import annotations

import asyncio
import atexit
import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from .event_watch import EventWatch, Position
from .threads import Threads

if TYPE_CHECKING:
    from ..lanes.presence import Presence
    from ..workspace.workspace import Workspace

# Jupyter's first answers come first: to load the house costs them a tenth of a second.
FIRST_WATCH = 1.0
# Somebody who looks wants to see a lane's death at once; otherwise it is enough to start what is queued.
WATCH, IDLE_WATCH = 1.0, 3.0
# Of the 3 s that a server's stop may take; the rest is Jupyter's.
STOP_WITHIN = 1.5


class Studio:
    """Kinds of work that can be slow have threads of their own, so that none waits for another's."""

    def __init__(self, root: str | None, folders: list[Path], *, keep_worker: bool, log: Any, on_busy: Callable[[], None]):
        self.busy = False
        self.threads = Threads(8, "request")
        self.live_threads = Threads(8, "live")
        self.event_threads = Threads(2, "events")
        self.events = EventWatch(lambda: self.event_threads.run(self._position))
        self._watch_thread = Threads(1, "watch")
        self._leave_thread = Threads(1, "leave")
        self._root = root
        self._folders = folders
        self._keep_worker = keep_worker
        self._log: logging.Logger = log
        self._on_busy = on_busy
        self._workspace: Workspace | None = None
        self._opened = 0
        self._presence: Presence | None = None
        self._mutex = Lock()
        self._watcher: asyncio.Task[None] | None = None

    def open(self) -> Workspace:
        """The workspace, opened by the first who asks; its troubles are told to each who does. Runs in a thread."""
        return self._open()[0]

    def _open(self) -> tuple[Workspace, int]:
        from ..lanes.presence import Presence
        from ..workspace.workspace import Workspace

        with self._mutex:
            if self._workspace is None or not self._workspace.exists:
                self._workspace = Workspace.open(self._root, allowed_folders=self._folders)
                self._presence = Presence(self._workspace)
                self._opened += 1
            return self._workspace, self._opened

    def events_after(self, number: int, limit: int) -> list[dict[str, Any]]:
        from ..workspace import events

        return events.since(self.open().database, number, limit=limit)

    def start(self) -> None:
        """Called when the server is up."""
        # Ctrl-C without a terminal ends Jupyter past its extensions' stop.
        atexit.register(self._leave)
        self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Never raises and never hangs: the server could not end."""
        self.events.stop()
        if self._watcher:
            self._watcher.cancel()
        try:
            await asyncio.wait_for(self._leave_thread.run(self._leave), STOP_WITHIN)
        except Exception:
            self._log.warning("miStudio could not tell its workers to leave", exc_info=True)
        atexit.unregister(self._leave)

    def _leave(self) -> None:
        if self._presence is not None:
            self._presence.leave(lanes_go_on=self._keep_worker)

    async def _watch(self) -> None:
        """See to it that queued jobs have lanes and dead ones are told of."""
        await asyncio.sleep(FIRST_WATCH)
        first = True
        while True:
            try:
                self.busy = await self._watch_thread.run(self._look, first)
                first = False
            except Exception as error:
                # A workspace that cannot be opened is told to whoever asks; here it is only noted.
                self._log.debug("miStudio: %s", error)
            if self.busy:
                self._on_busy()
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

    def _position(self) -> Position:
        from ..workspace import events

        ws, opened = self._open()
        return Position(opened, events.last_number(ws.database))

    def _tidy(self, ws: Workspace) -> None:
        from ..datasets.incoming import sweep_uploads
        from ..workspace import atomic, dependencies

        dependencies.finish_deletions(ws)
        sweep_uploads(ws)
        atomic.sweep(ws.root)
