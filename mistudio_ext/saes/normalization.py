"""Inputs and targets on a common scale while training, and that scale folded into the weights afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .net import LAYER_NORM_EPS, SparseAutoencoder
from .schema import Normalization

# Directions with less than this share of the mean variance are not blown up any further when whitening.
RIDGE = 1e-6


@dataclass
class Side:
    """normalized = (x - shift) scaled by `scale`, a number or a matrix (rows are multiplied from the right)."""

    shift: Tensor
    scale: Tensor
    inverse: Tensor

    @classmethod
    def plain(cls, rows: Tensor) -> Side:
        one = torch.tensor(1.0, device=rows.device)
        return cls(torch.zeros(rows.shape[1], device=rows.device), one, one)

    @classmethod
    def to_norm(cls, rows: Tensor) -> Side:
        """All rows alike, to a mean norm of √d."""
        mean = rows.double().norm(dim=1).mean().clamp_min(torch.finfo(torch.float32).tiny)
        scale = math.sqrt(rows.shape[1]) / mean
        return cls(torch.zeros(rows.shape[1], device=rows.device), scale.float(), (1 / scale).float())

    @classmethod
    def whitened(cls, rows: Tensor) -> Side:
        rows = rows.double()
        shift = rows.mean(0)
        covariance = (rows - shift).t() @ (rows - shift) / max(1, len(rows) - 1)
        variances, directions = torch.linalg.eigh(covariance)
        variances = variances.clamp_min(0) + RIDGE * variances.clamp_min(0).mean().clamp_min(torch.finfo(torch.float32).tiny)
        scale = directions * variances.rsqrt() @ directions.t()
        return cls(shift.float(), scale.float(), (directions * variances.sqrt() @ directions.t()).float())

    def apply(self, x: Tensor) -> Tensor:
        if self.scale.dim() == 0:
            return (x - self.shift) * self.scale if self.shift.any() else x * self.scale
        return (x - self.shift) @ self.scale

    def undo(self, x: Tensor) -> Tensor:
        return times(x, self.inverse) + self.shift

    def to(self, device: torch.device | str) -> Side:
        return Side(self.shift.to(device), self.scale.to(device), self.inverse.to(device))


def times(rows: Tensor, scale: Tensor) -> Tensor:
    """Rows by a number or by a matrix. The matrices here are symmetric, so that side does not matter."""
    return rows * scale if scale.dim() == 0 else rows @ scale


class Normalizer:
    """The input's and the target's scale. For an autoencoder they are one."""

    def __init__(self, kind: Normalization, input: Side, target: Side | None = None) -> None:
        self.kind = kind
        self.input = input
        # None: the target is the input.
        self.own_target = target

    @classmethod
    def fit(cls, kind: Normalization, x: Tensor, y: Tensor | None = None) -> Normalizer:
        """From rows (at least a few thousand) in the model's units; `y` only where the target is not the input."""
        makers: dict[str, Callable[[Tensor], Side]] = {"expected_norm": Side.to_norm, "whitening": Side.whitened}
        make = makers.get(kind, Side.plain)
        if y is None:
            return cls(kind, make(x))
        # What a transcoder writes has no token's own scale to be known from: its mean norm is taken.
        return cls(kind, make(x), Side.to_norm(y) if kind == "layer_norm" else make(y))

    def _layer_norm(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x.mean(-1, keepdim=True), x.std(-1, keepdim=True)

    def apply(self, x: Tensor) -> Tensor:
        """An input, normalized."""
        if self.kind == "layer_norm":
            mean, deviation = self._layer_norm(x)
            return (x - mean) / (deviation + LAYER_NORM_EPS)
        return self.input.apply(x)

    def apply_target(self, y: Tensor) -> Tensor:
        """A target, normalized; for an autoencoder this is `apply`."""
        return self.apply(y) if self.own_target is None else self.own_target.apply(y)

    def undo(self, y: Tensor, x: Tensor) -> Tensor:
        """A normalized reconstruction of the token with input `x`, in the model's units."""
        if self.own_target is not None:
            return self.own_target.undo(y)
        if self.kind == "layer_norm":
            mean, deviation = self._layer_norm(x)
            return y * deviation + mean
        return self.input.undo(y)

    def fold(self, sae: SparseAutoencoder) -> SparseAutoencoder:
        """The same SAE in the model's units. Features keep their values; only layer norm stays a step."""
        source, target = self.input, self.own_target or self.input
        encoder = times(sae.encoder, source.scale)
        b_enc, b_mag = sae.b_enc, sae.b_mag
        b_dec = target.undo(sae.b_dec)
        skip = sae.W_skip
        if skip is not None:
            skip = times(times(skip, source.scale).t(), target.inverse).t()
            b_dec = b_dec - skip @ source.shift
        if not sae.form.centered:
            moved = encoder @ source.shift
            b_enc = b_enc - moved
            if b_mag is not None and sae.r_mag is not None:
                b_mag = b_mag - moved * sae.r_mag.exp()
        layer_norm = self.kind == "layer_norm"
        form = replace(sae.form, layer_norm=layer_norm, layer_norm_out=layer_norm and self.own_target is None)
        return sae.changed(
            form=form, encoder=encoder, b_enc=b_enc, b_mag=b_mag, W_dec=times(sae.W_dec, target.inverse), b_dec=b_dec, W_skip=skip
        )

    def unfold(self, sae: SparseAutoencoder) -> SparseAutoencoder:
        """What `fold` would make this of: the start of a training from an SAE in the model's units."""
        if sae.form.layer_norm != (self.kind == "layer_norm"):
            raise ValueError("An SAE with layer norm is trained on with layer norm, and no other")
        return (
            self._turned()
            .fold(sae.with_form(layer_norm=False, layer_norm_out=False))
            .with_form(layer_norm=False, layer_norm_out=False)
        )

    def _turned(self) -> Normalizer:
        def turned(side: Side) -> Side:
            return Side(-times(side.shift, side.scale), side.inverse, side.scale)

        return Normalizer(self.kind, turned(self.input), None if self.own_target is None else turned(self.own_target))

    def state(self) -> dict[str, Tensor]:
        """For a checkpoint; `restore` takes it back."""
        sides = {"input": self.input} | ({} if self.own_target is None else {"target": self.own_target})
        return {f"{name}.{part}": getattr(side, part) for name, side in sides.items() for part in ("shift", "scale", "inverse")}

    @classmethod
    def restore(cls, kind: Normalization, state: dict[str, Tensor]) -> Normalizer:
        def side(name: str) -> Side | None:
            return (
                Side(*(state[f"{name}.{part}"] for part in ("shift", "scale", "inverse"))) if f"{name}.shift" in state else None
            )

        input = side("input")
        if input is None:
            raise ValueError("These are no tensors of a normalizer")
        return cls(kind, input, side("target"))

    def to(self, device: torch.device | str) -> Normalizer:
        return Normalizer(self.kind, self.input.to(device), None if self.own_target is None else self.own_target.to(device))
