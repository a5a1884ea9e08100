"""What both handlers say in the same way: the request's id, and every refusal in the one form of errors."""

from __future__ import annotations

import json
import uuid
from http.client import responses
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from ..contract.errors import error_form

RESOURCE = "mistudio_ext"
HINTS = {
    401: "Log in, or send the token.",
    403: "Log in, or send the token; a changing request with a cookie needs the XSRF token too.",
    500: "The server's log has the details under the request's id; please report them.",
}


class Refusals(JupyterHandler):
    def set_default_headers(self) -> None:
        # Here, because Tornado clears all other headers before it tells an error.
        super().set_default_headers()
        if not hasattr(self, "request_id"):
            self.request_id = uuid.uuid4().hex[:12]
        self.set_header("X-Request-Id", self.request_id)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Refusals of Jupyter itself: no token, no right, another origin, a verb that nobody knows."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        said = error.get_message() if isinstance(error, web.HTTPError) else None
        message = said or responses.get(status_code, "The request was refused")
        if status_code == 405:
            self.set_header("Allow", self._verbs())
        form = error_form(
            f"{message.rstrip('.')}.",
            "bug" if status_code == 500 else f"http_{status_code}",
            HINTS.get(status_code, "Look at the REST reference."),
            request_id=self.request_id,
        )
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(form))

    def _verbs(self) -> str:
        return "GET, OPTIONS"
