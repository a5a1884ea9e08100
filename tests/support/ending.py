"""Seeing to it that a test leaves no process behind."""

from __future__ import annotations

from mistudio_ext.lanes.presence import ask_to_leave
from mistudio_ext.workspace.workspace import Workspace
from tests.support import waiting


def lanes(ws: Workspace, *, seconds: float = 20) -> None:
    """Ask all lanes to leave, and wait until they have."""
    ask_to_leave(ws)
    waiting.until(lambda: not waiting.lanes(ws), "lanes to leave", seconds=seconds)
