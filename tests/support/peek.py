"""A server extension for tests: says which modules the server has loaded."""

from __future__ import annotations

import json
import sys
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web


class Peek(APIHandler):
    @web.authenticated
    def get(self) -> None:
        self.finish(json.dumps(sorted(sys.modules)))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tests.support.peek"}]


def _load_jupyter_server_extension(app: Any) -> None:
    app.web_app.add_handlers(".*$", [(rf"{app.base_url}peek", Peek)])
