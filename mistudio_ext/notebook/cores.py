"""Open workspaces of this process: handles of one folder share one, with its connection and its parsed catalog."""

from __future__ import annotations

import os
from weakref import WeakValueDictionary

from ..workspace.workspace import Workspace as Core

_open: WeakValueDictionary[str, Core] = WeakValueDictionary()


def core_at(path: str | os.PathLike[str] | None) -> Core:
    known = _open.get(os.path.abspath(os.path.expanduser(path))) if path is not None else None
    if known is None or not known.exists:
        known = Core.open(path)
        _open[str(known.root)] = known
    return known
