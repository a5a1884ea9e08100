"""A hub of our own on this machine: it speaks the hub's protocol to the real libraries, and misbehaves when told to.

    with LocalHub() as hub:
        hub.add("dataset", "org/notes", {"train.jsonl": b"…"})
        hub.trouble("*.jsonl", drop_after=1000, times=2)

It runs in a thread. Large files are given by a redirect to its storage, at another address, as the real one does.
"""

from __future__ import annotations

import asyncio
import threading
from fnmatch import fnmatchcase
from typing import Any

import tornado.httpserver
import tornado.netutil
import tornado.web
from typing_extensions import Self

from .hub_handlers import Interface, Resolve, Storage
from .hub_repository import Repository, Request, Trouble


class LocalHub:
    def __init__(self) -> None:
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.users: dict[str, str] = {}
        self.troubles: list[Trouble] = []
        self.requests: list[Request] = []
        self.sent: dict[str, int] = {}
        self.extra_entries: list[Any] = []
        self.answers: dict[str, bytes] = {}
        self.storage_redirects = True
        self._lock = threading.Lock()

    def add(self, kind: str, id: str, files: dict[str, bytes], **settings: Any) -> Repository:
        repository = Repository(kind, id, {}, {}, **settings)
        repository.commit(files)
        self.repositories[kind, id] = repository
        return repository

    def trouble(self, pattern: str, **what: Any) -> None:
        self.troubles.append(Trouble(pattern, **what))

    def take_trouble(self, method: str, name: str) -> Trouble | None:
        with self._lock:
            for trouble in self.troubles:
                if trouble.times and trouble.method == method and fnmatchcase(name, trouble.pattern):
                    trouble.times -= 1
                    return trouble
        return None

    def forget(self) -> None:
        """Count anew."""
        self.requests, self.sent = [], {}

    @property
    def bytes_sent(self) -> int:
        return sum(self.sent.values())

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="local hub", daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        application = tornado.web.Application(
            [
                (r"/storage/(.*)", Storage, {"hub": self}),
                (r"/api/(.*)", Interface, {"hub": self}),
                (r"/(.*)", Resolve, {"hub": self}),
            ],
            log_function=lambda _handler: None,
        )
        servers = []
        for _ in range(2):
            sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
            server = tornado.httpserver.HTTPServer(application)
            server.add_sockets(sockets)
            servers.append((server, sockets[0].getsockname()[1]))
        self.url, self.storage_url = (f"http://127.0.0.1:{port}" for _, port in servers)
        ready.set()
        await self._end.wait()
        for server, _ in servers:
            server.stop()
            await server.close_all_connections()
