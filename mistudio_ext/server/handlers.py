"""One handler for the whole REST face: it finds the route, reads the parameters, and lets the operation answer."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

RESOURCE = "mistudio_ext"
SLOW = 0.1


class ApiHandler(APIHandler):
    auth_resource = RESOURCE

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    @authorized
    async def post(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    @authorized
    async def put(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    @authorized
    async def patch(self, path: str) -> None:
        await self._answer(path)

    @web.authenticated
    @authorized
    async def delete(self, path: str) -> None:
        await self._answer(path)

    async def _answer(self, path: str) -> None:
        # Loaded here, at the first request: a server's start must not wait for it.
        from . import api

        id = uuid.uuid4().hex[:12]
        self.set_header("X-Request-Id", id)
        request = api.Request(self.request.method or "", path, self.request.query, self.request.body, self._content_type())
        studio = self.settings["mistudio"]
        started = time.monotonic()
        answer = await studio.in_thread(api.answer, studio.open, request)
        if (took := time.monotonic() - started) > SLOW:
            self.log.info("miStudio %s %s took %d ms [%s]", request.verb, path, took * 1000, id)
        if answer.trace:
            self.log.error("miStudio failed at %s %s [%s]\n%s", request.verb, path, id, answer.trace)
        self.set_status(answer.status)
        for name, value in answer.headers.items():
            self.set_header(name, value)
        await self.finish(answer.body)

    def _content_type(self) -> str:
        return self.request.headers.get("Content-Type", "").split(";")[0].strip().lower()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Refusals of Jupyter itself (no token, no right, wrong verb) in our one form."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        reason = (getattr(error, "log_message", None) or self._reason or "The request was refused").rstrip(".")
        self.set_header("Content-Type", "application/json")
        hint = "Log in, or send the token." if status_code in (401, 403) else "Look at the REST reference."
        self.finish(json.dumps({"message": f"{reason}.", "error": {"code": f"http_{status_code}", "hint": hint}}))
