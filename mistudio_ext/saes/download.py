"""An SAE's files as one archive, sent as they are read: nothing is packed, and nothing is held in memory."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from ..contract.operations import Download
from ..workspace.workspace import Workspace
from .folder import CHECK, CONFIG, WEIGHTS
from .operations import require_ready

PIECE = 2**20


def download_sae(ws: Workspace, id: str) -> Download:
    """An SAE's folder in an archive, as miStudio and SAELens load it once it is unpacked."""
    require_ready(ws, id)
    folder = ws.folder(id)
    return Download(f"{id}.tar", archived(id, [folder / name for name in (CONFIG, WEIGHTS, CHECK) if (folder / name).exists()]))


def archived(folder: str, files: list[Path]) -> Iterator[bytes]:
    """All are open before the first is sent, so that they are whole though the SAE is deleted meanwhile."""
    with ExitStack() as stack:
        contents = [(each.name, stack.enter_context(open(each, "rb"))) for each in files]
        for name, content in contents:
            about = os.fstat(content.fileno())
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mtime = about.st_size, int(about.st_mtime)
            yield entry.tobuf()
            while piece := content.read(PIECE):
                yield piece
            yield bytes(-entry.size % tarfile.BLOCKSIZE)
        yield bytes(2 * tarfile.BLOCKSIZE)
