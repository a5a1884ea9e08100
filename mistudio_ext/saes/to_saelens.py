"""An SAE handed to SAELens in the same process: through files, which is how SAELens takes what it did not make."""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest
from .config import OWN, architecture_of
from .files import about_of, config_of, write_sae
from .net import SparseAutoencoder


def to_saelens(net: SparseAutoencoder) -> Any:
    about = about_of(net)
    if architecture_of(config_of(net, about)).startswith(OWN):
        raise BadRequest(
            "SAELens has nothing that computes what this SAE does.",
            "It has no transcoders with top-k or gates, and none with a skip from behind layer norm.",
            code="not_expressible",
        )
    try:
        library = import_module("sae_lens")
    except ModuleNotFoundError:
        raise BadRequest("sae-lens is not installed here.", "Install it: %pip install sae-lens", code="not_installed") from None
    with tempfile.TemporaryDirectory(prefix="mistudio-") as folder:
        write_sae(Path(folder), net, about, None)
        return library.SAE.load_from_disk(folder, device=str(net.encoder.device))
