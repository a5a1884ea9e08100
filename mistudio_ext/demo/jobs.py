"""What a lane runs for the demo: no job of its own, only what brings one step after another."""

from __future__ import annotations

from ..workspace.workspace import Workspace
from .operations import make_demo


def go_on(ws: Workspace) -> None:
    """Begin the next step."""
    make_demo(ws)
