"""The one websocket: every event from a number on, once and in order, at the pace of whoever reads.

Each message is `{"events": [...], "last": n}`: `n` is where the client stands now. It is smaller than where the client
stood only if the workspace is another one, and then the client begins anew.
"""

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

from .event_watch import Position
from .refusals import RESOURCE, Refusals

BATCH = 500
# A client that takes nothing for this long is let go; it comes back with its number and has missed nothing.
PATIENCE = 30.0


class EventsHandler(Refusals, WebSocketMixin, WebSocketHandler, JupyterHandler):
    auth_resource = RESOURCE
    # Nobody says anything to this socket.
    max_message_size = 1024

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        allowed = await ensure_async(self.authorizer.is_authorized(self, self.current_user, "read", self.auth_resource))
        if not allowed:
            raise web.HTTPError(403)
        self._since = self._number(self.request.arguments.get("since", []))
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise web.HTTPError(400, "This address speaks websocket; events/since answers plain requests")
        if not self.check_origin():
            raise web.HTTPError(403, "Websockets from another origin are not allowed")
        await super().get(*args, **kwargs)

    def _number(self, given: list[bytes]) -> int | None:
        if not given:
            return None
        text = given[0]
        if len(given) > 1 or not text.isdigit() or len(text) > 15:
            raise web.HTTPError(400, "“since” must be the number of an event, once")
        return int(text)

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
            newest = await self._studio.events.now()
            known = newest
            if self._since is not None and self._since <= newest.number:
                known = Position(newest.opened, self._since)
            # Something at once, so that the client knows where it stands.
            await self._send([], known.number)
            while True:
                newest = await self._studio.events.beyond(known)
                if newest.opened != known.opened:
                    known = newest
                    await self._send([], known.number)
                    continue
                events = await self._studio.event_threads.run(self._studio.events_after, known.number, BATCH)
                # Numbers without events were thinned meanwhile.
                known = Position(known.opened, events[-1]["id"] if events else newest.number)
                if events:
                    await self._send(events, known.number)
        except (WebSocketClosedError, asyncio.CancelledError):
            pass
        except asyncio.TimeoutError:
            self._let_go()
        except Exception as error:
            self.log.warning("miStudio's events socket ends: %s [%s]", error, self.request_id)
            self.close(1011, "Come back with your last number.")

    async def _send(self, events: list[dict[str, Any]], last: int) -> None:
        text = json.dumps({"events": events, "last": last}, allow_nan=False)
        await asyncio.wait_for(self.write_message(text), PATIENCE)

    def _let_go(self) -> None:
        """Not with a closing frame: it would wait behind all that the client does not take."""
        self.log.info("miStudio lets go of a client that took no events for %d s [%s]", PATIENCE, self.request_id)
        if self.ws_connection is not None:
            self.ws_connection._abort()  # noqa: SLF001 - tornado has no public word for it
