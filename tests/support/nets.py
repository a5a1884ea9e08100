"""SAEs with random weights, and what they compute, written out in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from mistudio_ext.saes.net import Form, SparseAutoencoder

Numbers = np.ndarray[Any, np.dtype[Any]]
KINDS = ("relu", "topk", "threshold", "gated")


def make_net(
    kind: Any = "relu", *, d_in: int = 6, d_out: int | None = None, width: int = 20, k: int = 3, seed: int = 0, **form: Any
) -> SparseAutoencoder:
    import torch

    chance = torch.Generator().manual_seed(seed)
    d_out = d_in if d_out is None else d_out

    def some(*shape: int, size: float = 0.3) -> Any:
        return torch.randn(shape, generator=chance) * size

    more: dict[str, Any] = {}
    if kind == "threshold":
        more["threshold"] = some(width).abs()
    if kind == "gated":
        more |= {"b_mag": some(width), "r_mag": some(width)}
    if form.pop("skip", False):
        more["W_skip"] = some(d_out, d_in)
    form = {"k": k if kind == "topk" else None, "centered": d_in == d_out} | form
    return SparseAutoencoder(
        Form(kind, **form), encoder=some(width, d_in), b_enc=some(width, size=0.1), W_dec=some(width, d_out),
        b_dec=some(d_out, size=0.1), **more,
    )  # fmt: skip


def features_by_hand(net: SparseAutoencoder, x: Numbers) -> Numbers:
    """In float64. Without layer norm."""
    w = {name: tensor.double().numpy() for name, tensor in net.tensors().items()}
    x = x.astype(np.float64)
    pre = (x - w["b_dec"] if net.form.centered else x) @ w["encoder"].T
    found = np.maximum(pre + w["b_enc"], 0)
    if net.form.activation == "topk":
        assert net.form.k is not None
        for row in found:
            row[np.argsort(row)[: -net.form.k]] = 0
    elif net.form.activation == "threshold":
        found = np.where(pre + w["b_enc"] > w["threshold"], found, 0)
    elif net.form.activation == "gated":
        found = np.where(pre + w["b_enc"] > 0, np.maximum(pre * np.exp(w["r_mag"]) + w["b_mag"], 0), 0)
    return np.asarray(found)


def decoded_by_hand(net: SparseAutoencoder, features: Numbers, x: Numbers) -> Numbers:
    w = {name: tensor.double().numpy() for name, tensor in net.tensors().items()}
    made = features @ w["W_dec"] + w["b_dec"]
    return made + x.astype(np.float64) @ w["W_skip"].T if "W_skip" in w else made
