"""What can be asked about the workspace."""

from __future__ import annotations

from .._version import __version__
from ..workspace import locks, settings
from ..workspace.workspace import Workspace
from .schema import Lane, System

LOCK = "lane-*.lock"


def get_system(ws: Workspace) -> System:
    """Where everything is, and which workers run."""
    lanes = []
    for path in sorted((ws.root / "jobs" / "locks").glob(LOCK)):
        if locks.is_held(path):
            note = locks.read_note(path)
            name = path.stem.removeprefix("lane-")
            lanes.append(Lane(name=name, pid=note.get("pid"), host=note.get("host"), calls=note.get("calls")))
    return System(
        version=__version__,
        workspace=str(ws.root),
        default_workspace=ws.root == settings.default_root(ws.settings),
        allowed_folders=[str(folder) for folder in ws.allowed_folders or []],
        free_bytes=ws.free_bytes(),
        lanes=lanes,
    )
