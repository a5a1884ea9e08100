"""An SAE out of a kernel's memory: written to the workspace as files like any other's, then taken over by a job.

Nothing is pickled. SAELens is loaded already, or the object would not be one of its SAEs.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest
from ..workspace import atomic
from ..workspace.ids import new_id
from ..workspace.workspace import Workspace
from .files import about_of, write_sae
from .folder import CONFIG
from .net import SparseAutoencoder
from .places import UPLOADED


@contextmanager
def written(ws: Workspace, net: Any) -> Iterator[str]:
    """The id of an upload with the SAE's files; when the block fails, nothing of it is left."""
    id = new_id("up")
    folder = ws.folder(id)
    try:
        with atomic.disk_full_says_so(folder):
            atomic.make_folder(folder / UPLOADED)
            _write(net, folder / UPLOADED)
        yield id
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write(net: Any, folder: Path) -> None:
    if isinstance(net, SparseAutoencoder):
        write_sae(folder, net, about_of(net), None)
        return
    library = sys.modules.get("sae_lens")
    if library is None or not isinstance(net, library.SAE | library.TrainingSAE):
        raise BadRequest(
            f"An object of the class {type(net).__name__} is no SAE that is known here.",
            "Give an SAE of SAELens or one that was loaded here, or the folder where it was saved.",
            field="source",
        )
    # A training's SAE is used in another form than it is trained in.
    save = net.save_inference_model if isinstance(net, library.TrainingSAE) else net.save_model
    save(folder)
    if not (folder / CONFIG).exists():
        raise BadRequest("SAELens has written no configuration.", "Save the SAE, and give the folder.", field="source")
