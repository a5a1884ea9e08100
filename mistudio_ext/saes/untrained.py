"""An SAE that has learned nothing, of the shape of one that has: what of a number is owed to the shape alone."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from .largest import largest
from .net import SparseAutoencoder
from .slices import in_slices
from .start import unit_rows


@torch.no_grad()
def untrained(net: SparseAutoencoder, x: Tensor, y: Tensor, l0: float, seed: int = 0) -> SparseAutoencoder:
    """On rows of the same input and target: random decoder rows of length 1, the encoder as their transpose, everything about
    the means, and as many features on as the trained one has (`l0`): by its k, or by a threshold calibrated on these rows."""
    shape, chance = net.shape, torch.Generator().manual_seed(seed)
    decoder = unit_rows(shape.width, shape.d_out, chance).to(x.device)
    encoder = decoder if shape.d_in == shape.d_out else unit_rows(shape.width, shape.d_in, chance).to(x.device)
    by_k = net.form.activation == "topk"
    form = replace(net.form, activation="topk" if by_k else "threshold", centered=False, layer_norm=False, layer_norm_out=False)
    mean = x.double().mean(0).float()
    made = SparseAutoencoder(
        form,
        encoder=encoder,
        b_enc=-encoder @ mean,
        W_dec=decoder,
        b_dec=y.double().mean(0).float(),
        threshold=None if by_k else torch.zeros((), device=x.device),
        cfg=net.cfg,
    )
    if by_k:
        return made
    smallest = largest(
        lambda: (made.pre_activations(rows) for rows in in_slices(x, shape.width)), max(1, round(l0)), more=1
    ).smallest
    return made if smallest is None else made.changed(threshold=smallest.float())
