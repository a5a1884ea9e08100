"""Where the live lane listens: a socket with a short path in a folder that only its owner may enter."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from ..contract.errors import Forbidden
from ..workspace.workspace import Workspace

# A socket's path has 107 characters at the most; the kernel cuts no corners for longer ones.
MAX_PATH = 100


def address(ws: Workspace) -> str:
    name = hashlib.sha256(str(ws.root).encode()).hexdigest()[:12] + ".sock"
    folder = Path(jupyter_runtime_dir()) / "mistudio"
    if len(str(folder / name)) > MAX_PATH:
        folder = Path(tempfile.gettempdir()) / f"mistudio-{os.getuid()}"
    if len(str(folder / name)) > MAX_PATH:
        folder = Path("/tmp") / f"mistudio-{os.getuid()}"  # noqa: S108 - checked below
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = os.lstat(folder)
    # In a shared folder somebody else may have made it first, to listen to our calls.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise Forbidden(f"{folder} is not a folder that only you may enter.", "Remove it, or set its rights to 700.")
    return f"ipc://{folder / name}"
