"""Where the live lane listens: a socket with a short path in a folder that only its owner may enter."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from ..contract.errors import Forbidden
from ..workspace.locks import is_held, read_note
from ..workspace.workspace import Workspace
from .names import LIVE

# A socket's path has 107 characters at the most; the kernel cuts no corners for longer ones.
MAX_PATH = 100
SCHEME = "ipc://"


@dataclass(frozen=True)
class Listener:
    """A live lane that listens. `token` tells it from the one that was there before it."""

    address: str
    token: str


def make_address(ws: Workspace) -> str:
    """For the lane. Callers find it in the lane's lock file: their environment may be another one."""
    name = hashlib.sha256(str(ws.root).encode()).hexdigest()[:12] + ".sock"
    folder = Path(jupyter_runtime_dir()) / "mistudio"
    if len(str(folder / name)) > MAX_PATH:
        folder = Path(tempfile.gettempdir()) / f"mistudio-{os.getuid()}"
    if len(str(folder / name)) > MAX_PATH:
        folder = Path("/tmp") / f"mistudio-{os.getuid()}"  # noqa: S108 - checked below
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _only_ours(folder)
    return f"{SCHEME}{folder / name}"


def listener(ws: Workspace) -> Listener | None:
    """The live lane of this workspace, if it listens."""
    if not is_held(ws.lane_lock(LIVE)):
        return None
    note = read_note(ws.lane_lock(LIVE))
    if not isinstance(note.get("address"), str):
        return None
    _only_ours(Path(note["address"].removeprefix(SCHEME)).parent)
    return Listener(note["address"], note["token"])


def is_gone(ws: Workspace, lane: Listener) -> bool:
    return not is_held(ws.lane_lock(LIVE)) or read_note(ws.lane_lock(LIVE)).get("token") not in (lane.token, None)


def _only_ours(folder: Path) -> None:
    # In a shared folder somebody else may have made it first, to listen to our calls.
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        return  # it went with its lane
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise Forbidden(f"{folder} is not a folder that only you may enter.", "Remove it, or set its rights to 700.")
