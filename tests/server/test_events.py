"""Every event once and in order, whatever happens to the connection, to the client or to the server."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import websocket

from mistudio_ext.jobs.context import JobContext
from mistudio_ext.server import events as socket_module
from mistudio_ext.workspace import events
from mistudio_ext.workspace.workspace import Workspace
from tests.support import ending, waiting
from tests.support.listening import Listener
from tests.support.server import Server, running
from tests.support.tokenizer import write_text


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One for all: starting a server takes longer than most of these tests."""
    workspace = Workspace.open(tmp_path_factory.mktemp("events") / "workspace")
    yield workspace
    ending.lanes(workspace)
    workspace.close()


@pytest.fixture(scope="module")
def server(ws: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("events-server"), ws.root) as server:
        yield server


@pytest.fixture
def first(ws: Workspace) -> int:
    """The number that was the last one before the test."""
    return events.last_number(ws.database)


def append(ws: Workspace, count: int, text: str = "") -> int:
    """Events in one transaction; the number of the last one."""
    with ws.database.change() as connection:
        for _ in range(count):
            events.append(connection, "jobs", "progress", "jb_00000000", {"text": text} if text else None)
    return events.last_number(ws.database)


def stored(ws: Workspace, after: int) -> list[int]:
    return [row["id"] for row in ws.database.rows("SELECT id FROM events WHERE id > ? ORDER BY id", (after,))]


def handshake(path: str, port: int, token: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: token {token}\r\n\r\n"
    ).encode()


class Busy:
    """A job's progress, as a lane writes it, one event at a time, while the block runs."""

    def __init__(self, ws: Workspace):
        self._workspace = ws
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()

    def _write(self) -> None:
        job = JobContext(self._workspace, "jb_00000000", 1, "ds_00000000")
        done = 0
        while not self._enough.wait(0.002):
            job.progress(done, None, "Working")
            job.flush()
            done += 1
        self._workspace.database.close()


def test_cut_fifty_times_during_a_job(ws: Workspace, server: Server, first: int) -> None:
    listener = Listener(server, first)
    chance = random.Random(1)
    started = server.ask("POST", "datasets", {"path": str(write_text(server.folder / "text.txt", 2000))})
    with Busy(ws):
        for _ in range(50):
            listener.connect()
            for _ in range(chance.randint(1, 6)):
                listener.hear()
            listener.cut()
    job = waiting.for_job(ws, started["job"])
    assert job.state == "succeeded", job
    listener.connect()
    listener.hear_until(stored(ws, first)[-1])
    assert listener.heard == stored(ws, first)
    assert listener.began_anew == 0


def test_polling_takes_over_and_gives_back(ws: Workspace, server: Server, first: int) -> None:
    listener = Listener(server, first)
    with Busy(ws):
        for _ in range(8):
            listener.connect()
            for _ in range(4):
                listener.hear()
            listener.cut()
            for limit in (500, 3, 500):
                listener.poll(limit)
    listener.connect()
    listener.hear_until(stored(ws, first)[-1])
    assert listener.heard == stored(ws, first)
    assert listener.began_anew == 0


def test_nobody_is_sent_back(ws: Workspace, server: Server) -> None:
    """What a client has read can be newer than the server's last look, and older looks can be left over from before."""
    for _ in range(20):
        first = events.last_number(ws.database)
        append(ws, 3)
        listener = Listener(server, first)
        listener.connect()
        listener.hear_until(events.last_number(ws.database))
        append(ws, 1)
        listener.hear_until(events.last_number(ws.database))
        assert listener.began_anew == 0
        assert listener.heard == stored(ws, first)
        listener.cut()
        append(ws, 1)


def test_a_number_from_the_future_begins_anew(ws: Workspace, server: Server) -> None:
    last = append(ws, 5)
    listener = Listener(server, last=10**12)
    listener.connect()
    assert listener.hear() == {"events": [], "last": last}
    assert listener.began_anew == 1
    append(ws, 1)
    listener.hear_until(last + 1)
    assert listener.heard == [last + 1]
    polled = Listener(server, last=10**12)
    assert polled.poll()["last"] == last + 1
    assert polled.began_anew == 1


def test_another_workspace_in_the_same_place_begins_anew(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "workspace")
    last = append(ws, 50)
    with running(tmp_path / "server", ws.root) as server:
        listener = Listener(server, last)
        listener.connect()
        listener.hear()
        ws.root.rename(tmp_path / "moved")
        while not listener.began_anew:
            listener.hear()
        assert listener.last < last
    ws.close()


def test_two_servers_tell_the_same(ws: Workspace, server: Server, first: int, tmp_path: Path) -> None:
    with running(tmp_path / "other", ws.root) as other:
        listeners = [Listener(server, first), Listener(other, first), Listener(other, first)]
        for each in listeners:
            each.connect()
        with Busy(ws):
            for _ in range(20):
                for each in listeners:
                    each.hear()
        for each in listeners:
            each.hear_until(stored(ws, first)[-1])
            assert each.heard == stored(ws, first)


def test_a_restarted_server_goes_on_from_the_number(ws: Workspace, server: Server, first: int) -> None:
    listener = Listener(server, first)
    with Busy(ws):
        listener.connect()
        for _ in range(5):
            listener.hear()
        server.kill()
        listener.cut()
        time.sleep(0.5)
        server.start()
        listener.connect()
        for _ in range(5):
            listener.hear()
    listener.hear_until(stored(ws, first)[-1])
    assert listener.heard == stored(ws, first)
    assert listener.began_anew == 0


def test_who_does_not_read_costs_little_and_delays_nobody(ws: Workspace, server: Server, first: int) -> None:
    """About 120 MB wait for a client that takes nothing, while others read them all."""
    assert server.process
    process = psutil.Process(server.process.pid)
    deaf = socket.create_connection(("127.0.0.1", server.port))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.sendall(handshake(f"/mistudio/api/events?since={first}", server.port, server.token))
    assert b"101" in deaf.recv(12)
    listener = Listener(server, first)
    listener.connect()
    listener.hear()
    before = process.memory_info().rss
    noise = random.Random(0)
    for _ in range(40):
        last = append(ws, 500, "".join(noise.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=6000)))
        listener.hear_until(last)
    assert listener.heard == stored(ws, first)
    # One batch on its way for each client, and what its text weighs as objects; not the whole backlog.
    assert process.memory_info().rss - before < 60e6
    deaf.close()


async def test_who_does_not_read_is_let_go(
    tmp_path: Path, http_server: object, jp_serverapp: Any, jp_http_port: int, jp_base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "PATIENCE", 0.5)
    ws = Workspace.open(tmp_path / "workspace")
    studio = jp_serverapp.web_app.settings["mistudio"]
    for _ in range(20):
        append(ws, 500, "".join(random.Random(0).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=3000)))
    _, writer = await asyncio.open_connection("127.0.0.1", jp_http_port, limit=1024)
    token = jp_serverapp.identity_provider.token
    writer.write(handshake(f"{jp_base_url}mistudio/api/events?since=0", jp_http_port, token))
    while not studio.events.listeners:  # noqa: ASYNC110 - nothing tells a test
        await asyncio.sleep(0.02)
    while studio.events.listeners:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    writer.close()
    ws.close()


def test_the_socket_compresses_and_takes_no_long_messages(ws: Workspace, server: Server) -> None:
    url = f"{server.api.replace('http', 'ws', 1)}events"
    client = websocket.create_connection(
        url,
        header=[f"Authorization: token {server.token}", "Sec-WebSocket-Extensions: permessage-deflate"],
        timeout=30,
    )
    assert "permessage-deflate" in client.headers["sec-websocket-extensions"]
    client.shutdown()
    client = websocket.create_connection(url, header=[f"Authorization: token {server.token}"], timeout=30)
    client.send("a word")
    assert json.loads(client.recv())["events"] == []
    client.send("x" * 5000)
    with pytest.raises(websocket.WebSocketException):  # noqa: PT012 - which message meets the end is the network's choice
        while client.recv():
            pass
        raise websocket.WebSocketConnectionClosedException


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "%20", "", "9" * 16, "1&since=2", "%ff", "٣"])
def test_a_malformed_number_is_refused_in_the_one_form(ws: Workspace, server: Server, since: str) -> None:
    url = f"{server.api.replace('http', 'ws', 1)}events?since={since}"
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        websocket.create_connection(url, header=[f"Authorization: token {server.token}"], timeout=30)
    assert caught.value.status_code == 400
    form = json.loads(caught.value.resp_body)
    assert form["error"]["code"] == "http_400"
    assert form["error"]["request_id"] == caught.value.resp_headers["x-request-id"]
    assert server.request("GET", f"events/since?id={since.replace('since', 'id')}").status_code == 400
