"""The live lane: answers calls one after another, each within its deadline, and keeps what it has loaded for the next.

One thread works, this one listens: a call that does not come back in time is answered with an error, and the process
leaves, because there is no other way to end a thread; whoever waits behind it is sent to the next process.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import re
import signal
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any

import zmq

from ..contract.errors import BadRequest, MiStudioError, TimedOut
from ..workspace.locks import Lock
from ..workspace.workspace import Workspace
from .live_socket import address
from .names import LIVE
from .presence import asked_to_leave
from .worker import note

FUNCTION = re.compile(r"mistudio_ext\.[a-z_]+\.live:[a-z_]+")
LOOK = 200
MAX_WAITING = 100


@dataclass
class Call:
    client: bytes
    id: str
    function: str
    params: dict[str, Any]
    deadline: float


class LiveLane:
    def __init__(self, ws: Workspace):
        self.workspace = ws
        self.started = time.time()
        self.waiting: list[Call] = []
        self.current: Call | None = None
        self.told_to_leave = threading.Event()
        self._to_worker: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._socket: Any = zmq.Context.instance().socket(zmq.ROUTER)
        self._lock = Lock(ws.lane_lock(LIVE))

    def run(self) -> None:
        if not self._lock.try_acquire():
            return
        signal.signal(signal.SIGTERM, lambda *_: self.told_to_leave.set())
        signal.signal(signal.SIGINT, lambda *_: self.told_to_leave.set())
        self._show_queue()
        self._socket.linger = 1000
        self._socket.bind(address(self.workspace))
        # The worker thread hands its answers to this one: a socket belongs to one thread.
        answers: Any = zmq.Context.instance().socket(zmq.PULL)
        answers.bind("inproc://answers")
        threading.Thread(target=self._work, name="calls", daemon=True).start()
        try:
            self._listen(answers)
        finally:
            self._lock.release()
        self._send_away()
        self._socket.close()
        # Not the ordinary way out: it would wait for a call that never comes back.
        os._exit(0)

    def _listen(self, answers: Any) -> None:
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN)
        poller.register(answers, zmq.POLLIN)
        idle_since = time.monotonic()
        while True:
            ready = dict(poller.poll(LOOK))
            if answers in ready:
                id, reply = answers.recv_multipart()
                call, self.current = self.current, None
                if call and call.id == id.decode():
                    self._reply(call, json.loads(reply))
            if self._socket in ready:
                self._accept(self._socket.recv_multipart())
            if self._expire():
                return
            self._next()
            if self.current or self.waiting:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > self.workspace.settings.live_idle:
                return
            if self.told_to_leave.is_set() or not self.workspace.exists or asked_to_leave(self.workspace, self.started):
                return

    def _accept(self, frames: list[bytes]) -> None:
        client, message = frames[0], json.loads(frames[-1])
        call = Call(client, message["call"], message["function"], message["params"], time.monotonic() + message["seconds"])
        if len(self.waiting) >= MAX_WAITING:
            full = MiStudioError("Too many live calls are waiting.", "Try again in a moment.", code="busy")
            self._reply(call, {"error": full.as_dict()})
            return
        self.waiting.append(call)
        self._reply(call, {"place": len(self.waiting)})
        self._show_queue()

    def _expire(self) -> bool:
        """Answer calls whose time is over; true when the one at work is among them, so that this process must go."""
        late = TimedOut("The call took longer than it may.", "Try a smaller text, or try again.")
        for call in [each for each in self.waiting if time.monotonic() > each.deadline]:
            self.waiting.remove(call)
            self._reply(call, {"error": late.as_dict()})
        if self.current and time.monotonic() > self.current.deadline:
            call, self.current = self.current, None
            self._reply(call, {"error": late.as_dict()})
            return True
        return False

    def _next(self) -> None:
        if self.current is None and self.waiting:
            self.current = self.waiting.pop(0)
            self._to_worker.put(self.current)
            self._show_queue()

    def _work(self) -> None:
        answers: Any = zmq.Context.instance().socket(zmq.PUSH)
        answers.connect("inproc://answers")
        while True:
            call = self._to_worker.get()
            answers.send_multipart([call.id.encode(), json.dumps(answer(call), allow_nan=False).encode()])

    def _reply(self, call: Call, reply: dict[str, Any]) -> None:
        self._socket.send_multipart([call.client, json.dumps(reply, allow_nan=False).encode()])
        self._show_queue()

    def _send_away(self) -> None:
        for call in [*([self.current] if self.current else []), *self.waiting]:
            self._reply(call, {"leaving": True})

    def _show_queue(self) -> None:
        """In the lock's note, so that every face can see what the lane does."""
        if self._lock.held:
            waiting = len(self.waiting) + (self.current is not None)
            self._lock.write_note(note() | {"calls": waiting})


def answer(call: Call) -> dict[str, Any]:
    try:
        if not FUNCTION.fullmatch(call.function):
            raise BadRequest(f"“{call.function}” is not a live call of miStudio.", "Look at the REST reference.")
        module, name = call.function.split(":")
        return {"result": getattr(importlib.import_module(module), name)(**call.params).model_dump()}
    except MiStudioError as error:
        return {"error": error.as_dict()}
    except Exception as error:
        traceback.print_exc()
        what = f"Something went wrong in miStudio itself ({type(error).__name__})."
        hint = "The live worker's log in the workspace's jobs/logs has the details; please report them."
        return {"error": MiStudioError(what, hint, code="bug").as_dict()}
