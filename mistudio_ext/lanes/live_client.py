"""Asking the live lane: start it where it is not there, send the call, wait for the answer within its deadline."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from ..contract.errors import TimedOut, error_from
from ..contract.models import Model, checked
from ..contract.operations import LiveRequest
from ..workspace.locks import is_held
from ..workspace.workspace import Workspace
from . import start
from .live_socket import address
from .names import LIVE

# A fresh lane has to start Python before it can answer; the call's own deadline begins when it is heard.
START_ALLOWANCE = 30.0
HEARD_WITHIN = 2.0


def call(ws: Workspace, request: LiveRequest[Model]) -> Model:
    import zmq

    message = {
        "call": secrets.token_hex(8),
        "function": request.function,
        "params": request.params,
        "seconds": request.seconds,
    }
    deadline = time.monotonic() + request.seconds + START_ALLOWANCE
    context: Any = zmq.Context.instance()
    while time.monotonic() < deadline:
        if not is_held(ws.lane_lock(LIVE)):
            start.start(ws, LIVE)
        # A new socket for each try: what an ended lane left in an old one is not for us.
        with context.socket(zmq.DEALER) as socket:
            socket.linger = 0
            socket.connect(address(ws))
            socket.send(json.dumps(message).encode())
            answer = _answer(ws, socket, deadline)
        if answer is None:
            continue
        if "error" in answer:
            raise error_from(answer["error"])
        return checked(request.result, answer["result"])
    raise TimedOut("The live worker did not answer in time.", "Try again; the worker's log is in the workspace's jobs/logs.")


def _answer(ws: Workspace, socket: Any, deadline: float) -> dict[str, Any] | None:
    """The answer to the one call on this socket; None when the lane is gone and the call must be sent anew."""
    heard = False
    silent_since = time.monotonic()
    while time.monotonic() < deadline:
        if socket.poll(200):
            reply: dict[str, Any] = json.loads(socket.recv())
            if "result" in reply or "error" in reply:
                return reply
            if "leaving" in reply:
                return None
            heard = True
        elif not is_held(ws.lane_lock(LIVE)):
            # Starting lanes take their lock late: only a lane that has heard us, or long silence, means a new try.
            if heard or time.monotonic() - silent_since > HEARD_WITHIN:
                return None
    return None
