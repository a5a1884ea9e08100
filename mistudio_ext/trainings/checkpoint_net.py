"""From a checkpoint to the SAE in it, as it is used: in its inference form and the model's own units."""

from __future__ import annotations

from pathlib import Path

from ..contract.errors import Conflict
from ..contract.models import checked
from ..saes.net import SparseAutoencoder
from ..saes.normalization import Normalizer
from ..saes.registry import architecture
from ..saes.schema import SaeOptions
from ..saes.shape import Shape
from ..saes.tensor_file import read_tensors
from .checkpoint import checkpoint_folder, read_state, sae_at


def load_net(training: Path, step: int, number: int) -> SparseAutoencoder:
    """The SAE with this number. Nothing but the checkpoint's files is read."""
    folder, state = checkpoint_folder(training, step), read_state(training, step)
    about = sae_at(state, number)
    options = checked(SaeOptions, about["options"])
    sae = architecture(options.architecture)(Shape(about["d_in"], about["d_out"], about["width"]), options, 0)
    if sae.needs_threshold and about["threshold"] is None:
        raise Conflict(
            f"The checkpoint at step {step:,} was saved in haste, without its threshold.",
            "Resume the training and stop or pause it again, or use another checkpoint.",
            code="no_threshold",
        )
    sae.load_state_dict(read_tensors(folder / f"weights-{number}.safetensors"))
    view = f"view.{about['view']}.normalizer."
    shared = read_tensors(folder / "run.safetensors")
    scale = {name.removeprefix(view): each for name, each in shared.items() if name.startswith(view)}
    return Normalizer.restore(options.normalization, scale).fold(sae.inference(about["threshold"]))
