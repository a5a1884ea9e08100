"""One handler for the whole REST face: it finds the route, reads the parameters, and lets the operation answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

from ..contract.errors import Busy
from .refusals import RESOURCE, Refusals

if TYPE_CHECKING:
    from .api import Answer
    from .studio import Studio

PREFIX = "mistudio/api/"
SLOW = 0.1


class ApiHandler(Refusals, APIHandler):
    auth_resource = RESOURCE

    @web.authenticated
    @authorized
    async def get(self) -> None:
        await self._answer()

    @web.authenticated
    @authorized
    async def head(self) -> None:
        await self._answer()

    @web.authenticated
    @authorized
    async def post(self) -> None:
        await self._answer()

    @web.authenticated
    @authorized
    async def put(self) -> None:
        await self._answer()

    @web.authenticated
    @authorized
    async def patch(self) -> None:
        await self._answer()

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        await self._answer()

    async def _answer(self) -> None:
        studio: Studio = self.settings["mistudio"]
        started = time.monotonic()
        try:
            answer = await studio.threads.run(self._in_thread, studio)
            if answer.later:
                answer = await studio.live_threads.run(answer.later)
        except Busy as error:
            self.set_status(error.status)
            await self.finish(error.as_dict(self.request_id))
            return
        if (took := time.monotonic() - started) > SLOW:
            self.log.info("miStudio %s %s took %d ms [%s]", self.request.method, self._tail, took * 1000, self.request_id)
        if answer.trace:
            self.log.error("miStudio failed at %s %s [%s]\n%s", self.request.method, self._tail, self.request_id, answer.trace)
        self.set_status(answer.status)
        for name, value in answer.headers.items():
            self.set_header(name, value)
        if answer.content is not None:
            await self._send(studio, answer.content)
            return
        # Not even an empty body may go with 204.
        await self.finish(answer.body or None)

    async def _send(self, studio: Studio, content: Iterator[bytes]) -> None:
        """Piece by piece, as fast as they are taken; one piece is in memory at a time."""
        try:
            while (piece := await studio.threads.run(next, content, None)) is not None:
                self.write(piece)
                await self.flush()
        except StreamClosedError:
            # Whoever asked has gone.
            return
        except Exception:
            # A part must not look like the whole: the connection breaks off.
            self.log.exception("miStudio failed while it sent %s [%s]", self._tail, self.request_id)
            self.detach().close()
            return
        await self.finish()

    def _in_thread(self, studio: Studio) -> Answer:
        # Loaded here, at the first request and beside the loop: nothing must wait for it.
        from . import api

        type = self.request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        request = api.Request(self.request_id, self.request.method or "", self._tail, self.request.query, self.request.body, type)
        return api.answer(studio.open, request)

    @property
    def _tail(self) -> str:
        """The address below our prefix as it was sent: Tornado's own argument is unquoted, where %2F looks like a slash."""
        return self.request.path[len(self.base_url) + len(PREFIX) :]

    def _verbs(self) -> str:
        from . import routes

        return ", ".join([*routes.verbs(self._tail), "OPTIONS"])

    def update_api_activity(self) -> None:
        """To follow events is what an open tab does by itself; a culler must not take it for a person."""
        if self._tail != "events/since" and "no_track_activity" not in self.request.arguments:
            super().update_api_activity()
