"""Listening to a server's events the way the browser does: from a number on, again after each cut, or by asking."""

from __future__ import annotations

import json
from typing import Any

import websocket

from tests.support.server import Server


class Listener:
    """Knows the numbers that it has heard, and its place among them."""

    def __init__(self, server: Server, last: int = 0):
        self.server = server
        self.last = last
        self.heard: list[int] = []
        self.began_anew = 0
        self._socket: websocket.WebSocket | None = None

    def connect(self) -> None:
        url = f"{self.server.api.replace('http', 'ws', 1)}events?since={self.last}"
        self._socket = websocket.create_connection(
            url,
            header=[f"Authorization: token {self.server.token}"],
            timeout=60,
            # Byte by byte in Python: minutes for what one test hears. What is no UTF-8 cannot be decoded anyway.
            skip_utf8_validation=True,
        )

    def hear(self) -> dict[str, Any]:
        """The next message."""
        assert self._socket
        page: dict[str, Any] = json.loads(self._socket.recv())
        self._take(page)
        return page

    def cut(self) -> None:
        """Without a word, as a train in a tunnel does."""
        if self._socket:
            self._socket.shutdown()
            self._socket = None

    def poll(self, limit: int = 500) -> dict[str, Any]:
        page: dict[str, Any] = self.server.ask("GET", "events/since", id=self.last, limit=limit)
        self._take(page, polled=True)
        return page

    def hear_until(self, number: int) -> None:
        while self.last < number:
            self.hear()

    def _take(self, page: dict[str, Any], *, polled: bool = False) -> None:
        numbers = [each["id"] for each in page["events"]]
        if page["last"] < self.last:
            self.began_anew += 1
            self.last = page["last"]
            return
        self.heard += numbers
        if numbers:
            self.last = numbers[-1]
        elif not polled:
            self.last = page["last"]
