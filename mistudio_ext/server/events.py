"""The one websocket: every event from a number on, once and in order, at the pace of whoever reads."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .handlers import RESOURCE

BATCH = 500
# A client that takes nothing for this long is let go; it comes back with its number and has missed nothing.
PATIENCE = 30.0


class EventsHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    auth_resource = RESOURCE

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        allowed = await ensure_async(self.authorizer.is_authorized(self, self.current_user, "read", self.auth_resource))
        if not allowed:
            raise web.HTTPError(403)
        since = self.get_query_argument("since", None)
        if since is not None and not (since.isascii() and since.isdecimal() and len(since) < 16):
            raise web.HTTPError(400, "since must be the number of an event")
        self._since = None if since is None else int(since)
        await super().get(*args, **kwargs)

    def get_compression_options(self) -> dict[str, Any]:
        return {}

    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open(*args, **kwargs)
        self._studio = self.settings["mistudio"]
        self._studio.events.join()
        self._sender = asyncio.create_task(self._send_events())

    def on_message(self, message: str | bytes) -> None:
        """There is nothing to say to this socket."""

    def on_close(self) -> None:
        super().on_close()
        self._studio.events.leave()
        self._sender.cancel()

    async def _send_events(self) -> None:
        """No queue stands between the file and the client: what is not yet sent is not yet read, so memory is bounded."""
        try:
            known = await self._send_first()
            while True:
                last = await self._studio.events.other_than(known)
                if last < known:
                    await self._send([], last)
                    known = last
                    continue
                events = await self._studio.in_thread(self._read, known)
                if events:
                    known = events[-1]["id"]
                    await self._send(events, known)
                else:
                    # Numbers without events: they were thinned meanwhile.
                    known = last
        except (WebSocketClosedError, asyncio.CancelledError):
            pass
        except Exception as error:
            if not isinstance(error, asyncio.TimeoutError):
                self.log.warning("miStudio's events socket ends: %s", error)
            self.close(1011, "Come back with your last number.")

    async def _send_first(self) -> int:
        """Something at once, so that the client knows where it stands."""
        last = await self._studio.in_thread(self._last_number)
        if self._since is None or self._since > last:
            await self._send([], last)
            return int(last)
        events = await self._studio.in_thread(self._read, self._since)
        await self._send(events, events[-1]["id"] if events else self._since)
        return int(events[-1]["id"]) if events else self._since

    async def _send(self, events: list[dict[str, Any]], last: int) -> None:
        text = json.dumps({"events": events, "last": last}, allow_nan=False)
        await asyncio.wait_for(self.write_message(text), PATIENCE)

    def _last_number(self) -> int:
        from ..workspace import events

        return events.last_number(self._studio.open().database)

    def _read(self, known: int) -> list[dict[str, Any]]:
        from ..workspace import events

        return events.since(self._studio.open().database, known, limit=BATCH)
