"""Some rows that are kept with an SAE, and what it made of them: an SAE that is loaded as something else is found out by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..contract.errors import Unreadable
from .net import Activation, SparseAutoencoder

ROWS = 128
# A row matches where no more than this share of it is off. On another machine a tie among the k largest may go the other way.
NEAR, MATCHED = 1e-3, 0.95
# How near it comes where the scale of the inputs is only known from these rows.
ABOUT = 0.05


@dataclass(frozen=True)
class Check:
    x: Tensor
    made: Tensor

    @classmethod
    def of(cls, net: SparseAutoencoder, x: Tensor) -> Check:
        """From any rows of its input, in the model's own units."""
        with torch.no_grad():
            rows = x[:ROWS].float().to(net.encoder.device)
            return cls(rows.cpu(), net(rows).cpu())

    def require(self, net: SparseAutoencoder) -> None:
        if self._matches(net(self.x)):
            return
        raise Unreadable(
            f"This SAE does not give what it gave when it was kept: {self._why(net)}.",
            "Restore its files, or get it again from where it came.",
            code="not_the_same",
        )

    def _matches(self, made: Tensor, near: float = NEAR) -> bool:
        good = (made - self.made).norm(dim=1) <= near * self.made.norm(dim=1).clamp_min(1e-12)
        return float(good.float().mean()) >= MATCHED

    def _why(self, net: SparseAutoencoder) -> str:
        for words, other in _others(net, self.x):
            if self._matches(other):
                return words
        for words, other in _scaled(net, self.x):
            if self._matches(other, ABOUT):
                return words
        return "its weights are not the same"


def _others(net: SparseAutoencoder, x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """What it would make of the rows if one thing about it were another."""
    form = net.form
    activations: tuple[Activation, ...] = ("relu", "topk", "threshold")
    for activation in activations:
        if activation == form.activation or form.activation == "gated":
            continue
        k = net.cfg.get("k")
        if activation == "topk" and k is None:
            continue
        threshold = (torch.zeros(()) if net.threshold is None else net.threshold) if activation == "threshold" else None
        other = net.changed(form=replace(form, activation=activation, k=k), threshold=threshold)
        yield f"its activation function is {form.activation} and was {activation}", other(x)
    if form.activation == "topk":
        for k in range(1, min(net.shape.width, 4 * (form.k or 1)) + 1):
            if k != form.k:
                yield f"its k is {form.k} and was {k}", net.with_form(k=k)(x)
    if net.shape.d_in == net.shape.d_out:
        words = "its decoder's bias is {} from the input first, and was {}".format
        said = ("taken", "not") if form.centered else ("not taken", "taken")
        yield words(*said), net.with_form(centered=not form.centered)(x)
        turned = net.with_form(layer_norm=not form.layer_norm, layer_norm_out=not form.layer_norm)
        said = ("layer_norm", "another") if form.layer_norm else ("none", "layer_norm")
        yield "its normalization is {} and was {}".format(*said), turned(x)


def _scaled(net: SparseAutoencoder, x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Weights for inputs of norm √d, with inputs that were not scaled, and the other way round."""
    scale = x.shape[1] ** 0.5 / x.norm(dim=1).mean()
    yield "its normalization was folded in, and is not any more", net(x * scale) / scale
    yield "its normalization was not folded in, and is now", net(x / scale) * scale
