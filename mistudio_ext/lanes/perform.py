"""What every face does with an operation: call it, let the live lane answer if it asks for that, wake lanes for new jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..contract.operations import LiveRequest
from ..workspace.workspace import Workspace
from . import live_client, start


def perform(ws: Workspace, operation: Callable[..., Any], *arguments: Any) -> Any:
    result = operation(ws, *arguments)
    if isinstance(result, LiveRequest):
        return live_client.call(ws, result)
    start.wake(ws)
    return result
