"""From a lane's commit of an event to a websocket client; and 10,000 events a minute without loss.

    python benchmarks/event_latency.py [--events 200] [--minutes 1]

The event's own time is taken just before its transaction commits, by the same clock, so the figure includes the disk's
sync. Goal: median under 100 ms.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import websocket

from mistudio_ext.workspace.events import append
from mistudio_ext.workspace.workspace import Workspace
from tests.support.server import running

# Ten transactions a second: more would measure how often this disk can sync, which is three times a transaction.
RATE, TOGETHER = 10_000, 17


class Client(threading.Thread):
    """Notes how late each event was."""

    def __init__(self, url: str, token: str):
        super().__init__(daemon=True)
        self.socket = websocket.create_connection(url, header=[f"Authorization: token {token}"], timeout=600)
        self.numbers: list[int] = []
        self.late: list[float] = []
        self.last = json.loads(self.socket.recv())["last"]

    def run(self) -> None:
        while text := self._next():
            page = json.loads(text)
            now = time.time()
            self.numbers += [each["id"] for each in page["events"]]
            self.late += [now - each["time"] for each in page["events"]]

    def _next(self) -> str | bytes:
        try:
            return self.socket.recv()
        except websocket.WebSocketException:
            return ""  # the server has ended


def tell(ws: Workspace, events: int, together: int, interval: float) -> float:
    """Transactions of so many events at this distance, as lanes commit them; how long it took."""
    chance = random.Random(0)
    begun = time.perf_counter()
    for done in range(0, events, together):
        with ws.database.change() as connection:
            for _ in range(together):
                append(connection, "jobs", "progress", "jb_00000000", {"done": done, "total": events})
        left = begun + (done / together + chance.random()) * interval - time.perf_counter()
        if left > 0:
            time.sleep(left)
    return time.perf_counter() - begun


def measure(ws: Workspace, url: str, token: str, events: int, together: int) -> None:
    client = Client(url, token)
    client.start()
    took = tell(ws, events, together, 0.1)
    expected = list(range(client.last + 1, client.last + events + 1))
    deadline = time.monotonic() + 30
    while len(client.numbers) < events and time.monotonic() < deadline:
        time.sleep(0.05)
    whole = "each once, in order" if client.numbers == expected else f"WRONG: {len(client.numbers)} of {events}"
    late = sorted(each * 1000 for each in client.late)
    print(
        f"{events} events in {took:.0f} s ({events / took * 60:,.0f} a minute): median {statistics.median(late):.0f} ms,"
        f" p99 {late[int(len(late) * 0.99)]:.0f} ms, largest {late[-1]:.0f} ms; {whole}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=1.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace.open(Path(folder) / "workspace")
        with running(Path(folder) / "server", ws.root) as server:
            url = f"{server.api.replace('http', 'ws', 1)}events"
            measure(ws, url, server.token, given.events, 1)
            measure(ws, url, server.token, int(given.minutes * RATE) // TOGETHER * TOGETHER, TOGETHER)


if __name__ == "__main__":
    main()
