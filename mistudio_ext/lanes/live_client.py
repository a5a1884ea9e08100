"""Asking the live lane: start it where it is not there, send the call, wait for the answer within its deadline."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from ..contract.errors import MiStudioError, TimedOut, error_from
from ..contract.models import Model, checked
from ..contract.operations import LiveRequest
from ..workspace.workspace import Workspace
from . import start
from .leaving import times_asked
from .live_socket import Listener, is_gone, listener
from .names import LIVE

# A fresh lane has to start Python before it can answer; the call's own deadline begins when it is heard.
START_ALLOWANCE = 30.0
HEARD_WITHIN = 2.0
LOOK = 200
# A call whose lane was lost may have been the reason; it gets one more.
LANES_A_CALL = 2


def call(ws: Workspace, request: LiveRequest[Model]) -> Model:
    message = {
        "call": secrets.token_hex(8),
        "function": request.function,
        "params": request.params,
        "seconds": request.seconds,
    }
    deadline = time.monotonic() + request.seconds + START_ALLOWANCE
    lost = 0
    while time.monotonic() < deadline:
        lane = listener(ws)
        if lane is None:
            _start(ws)
            time.sleep(0.05)
            continue
        reply = _ask(ws, lane, message, deadline)
        if "result" in reply:
            return checked(request.result, reply["result"])
        if "error" in reply:
            raise error_from(reply["error"], reply.get("status"))
        lost += "lost" in reply
        if lost == LANES_A_CALL:
            raise MiStudioError("The live worker ended while it worked on this.", "Try something smaller.", code="worker_lost")
    raise TimedOut("The live worker did not answer in time.", "Try again; the worker's log is in the workspace's jobs/logs.")


def _start(ws: Workspace) -> None:
    try:
        start.start(ws, LIVE, times_asked(ws))
    except OSError as error:
        said: str | None = str(error)
    else:
        said = start.cannot_start(ws, LIVE)
    if said is not None:
        hint = "Its log is in the workspace's folder jobs/logs."
        raise MiStudioError(f"The live worker cannot start: {said}", hint, code="worker_start")


def _ask(ws: Workspace, lane: Listener, message: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Its result or error; else why it must be sent anew: unheard, leaving or lost."""
    import zmq

    context: Any = zmq.Context.instance()
    heard = working = False
    since = time.monotonic()
    # A new socket for each try: what an ended lane left in an old one is not for us.
    with context.socket(zmq.DEALER) as socket:
        socket.linger = 0
        socket.connect(lane.address)
        socket.send(json.dumps(message).encode())
        while time.monotonic() < deadline:
            # Asked before the last poll: a lane's answers are on their way before it lets its lock go.
            gone = is_gone(ws, lane)
            if socket.poll(LOOK):
                reply: dict[str, Any] = json.loads(socket.recv())
                if reply.keys() & {"result", "error", "leaving"}:
                    return reply
                heard, working = True, working or "working" in reply
            elif gone:
                return {"lost": True} if working else {"leaving": True}
            elif not heard and time.monotonic() - since > HEARD_WITHIN:
                return {"unheard": True}
    return {}
