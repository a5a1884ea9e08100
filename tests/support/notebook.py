"""A workspace that a whole test module shares: its lanes start once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mistudio_ext.lanes.presence import ask_to_leave
from mistudio_ext.workspace.workspace import Workspace
from tests.support import waiting


def shared_workspace(root: Path) -> Iterator[Workspace]:
    ws = Workspace.open(root)
    yield ws
    ask_to_leave(ws)
    waiting.until(lambda: not waiting.lanes(ws), "lanes to leave", seconds=20)
    ws.close()
