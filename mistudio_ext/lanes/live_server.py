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
import secrets
import signal
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any

import zmq

from ..contract.errors import BadRequest, Busy, MiStudioError, TimedOut
from ..workspace.locks import Lock
from ..workspace.workspace import Workspace
from .leaving import must_leave
from .live_socket import make_address
from .names import LIVE
from .worker import note

FUNCTION = re.compile(r"mistudio_ext\.[a-z_]+\.live:[a-z_]+")
LOOK = 200
MAX_WAITING = 100
# How long an ending lane holds its lock at the most, until its last answers are on their way.
LINGER = 1.0


@dataclass
class Call:
    client: bytes
    id: str
    function: str
    params: dict[str, Any]
    deadline: float


class LiveLane:
    """`asked` is how often lanes had been asked to leave when this one was started."""

    def __init__(self, ws: Workspace, asked: int):
        self.workspace = ws
        self.asked = asked
        self.waiting: list[Call] = []
        self.current: Call | None = None
        self.told_to_leave = threading.Event()
        self._to_worker: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._lock = Lock(ws.lane_lock(LIVE))
        self._note = note() | {"token": secrets.token_hex(8)}

    def run(self) -> None:
        # Longer than the one before it may need to leave, who may have sent callers here.
        if not self._lock.try_acquire(patience=2 * LINGER):
            return
        signal.signal(signal.SIGTERM, lambda *_: self.told_to_leave.set())
        signal.signal(signal.SIGINT, lambda *_: self.told_to_leave.set())
        context: Any = zmq.Context()
        self._socket: Any = context.socket(zmq.ROUTER)
        address = make_address(self.workspace)
        self._socket.bind(address)
        self._note["address"] = address
        self._show_queue()
        # The worker thread hands its answers to this one: a socket belongs to one thread.
        answers: Any = zmq.Context.instance().socket(zmq.PULL)
        answers.bind("inproc://answers")
        worker = threading.Thread(target=self._work, name="calls", daemon=True)
        worker.start()
        try:
            self._listen(answers)
        finally:
            self._go(context)
        self._to_worker.put(None)
        worker.join(LINGER)
        if worker.is_alive():
            os._exit(0)  # not the ordinary way out: it would wait for a call that never comes back
        answers.close()

    def _go(self, context: Any) -> None:
        """The lock goes last: whoever takes our place binds the same path, and our callers have their answers by then."""
        del self._note["address"]
        for call in [*([self.current] if self.current else []), *self.waiting]:
            self._reply(call, {"leaving": True})
        self._socket.close(linger=int(1000 * LINGER))
        context.term()
        self._lock.release()

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
            if must_leave(self.workspace, self.asked, self.told_to_leave):
                return

    def _accept(self, frames: list[bytes]) -> None:
        try:
            message = json.loads(frames[-1])
            deadline = time.monotonic() + float(message["seconds"])
            call = Call(frames[0], str(message["call"]), str(message["function"]), dict(message["params"]), deadline)
        except (ValueError, TypeError, KeyError):
            return  # not one of our callers
        for each in [*([self.current] if self.current else []), *self.waiting]:
            if each.id == call.id:
                # Sent again, because we were slow to hear it: answered once, to where it came from last.
                each.client = call.client
                self._reply(each, {"working": True} if each is self.current else {"place": self.waiting.index(each) + 1})
                return
        if len(self.waiting) >= MAX_WAITING:
            full = Busy("Too many live calls are waiting.", "Try again in a moment.")
            self._reply(call, failed(full))
            return
        self.waiting.append(call)
        self._reply(call, {"place": len(self.waiting)})

    def _expire(self) -> bool:
        """Answer calls whose time is over; true when the one at work is among them, so that this process must go."""
        late = TimedOut("The call took longer than it may.", "Try a smaller text, or try again.")
        for call in [each for each in self.waiting if time.monotonic() > each.deadline]:
            self.waiting.remove(call)
            self._reply(call, failed(late))
        if self.current and time.monotonic() > self.current.deadline:
            call, self.current = self.current, None
            self._reply(call, failed(late))
            return True
        return False

    def _next(self) -> None:
        if self.current is None and self.waiting:
            self.current = self.waiting.pop(0)
            self._reply(self.current, {"working": True})
            self._to_worker.put(self.current)

    def _work(self) -> None:
        answers: Any = zmq.Context.instance().socket(zmq.PUSH)
        answers.connect("inproc://answers")
        while call := self._to_worker.get():
            answers.send_multipart([call.id.encode(), answer(call)])
        answers.close(linger=0)

    def _reply(self, call: Call, reply: dict[str, Any]) -> None:
        self._socket.send_multipart([call.client, json.dumps(reply, allow_nan=False).encode()])
        self._show_queue()

    def _show_queue(self) -> None:
        """In the lock's note, so that every face can see what the lane does."""
        self._lock.write_note(self._note | {"calls": len(self.waiting) + (self.current is not None)})


def failed(error: MiStudioError) -> dict[str, Any]:
    return {"error": error.as_dict(), "status": error.status}


def answer(call: Call) -> bytes:
    try:
        return json.dumps({"result": _result(call)}, allow_nan=False).encode()
    except MiStudioError as error:
        return json.dumps(failed(error)).encode()
    except BaseException as error:
        traceback.print_exc()
        what = f"Something went wrong in miStudio itself ({type(error).__name__})."
        hint = "The live worker's log in the workspace's jobs/logs has the details; please report them."
        return json.dumps(failed(MiStudioError(what, hint, code="bug"))).encode()


def _result(call: Call) -> Any:
    if not FUNCTION.fullmatch(call.function):
        raise BadRequest(f"“{call.function}” is not a live call of miStudio.", "Look at the REST reference.")
    module, name = call.function.split(":")
    return getattr(importlib.import_module(module), name)(**call.params).model_dump()
