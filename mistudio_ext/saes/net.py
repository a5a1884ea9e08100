"""An SAE as it is used: in the model's own units, without gradients of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor, nn

from .feature import Feature, checked_index
from .shape import Shape

if TYPE_CHECKING:
    from .attach import Attached

Activation = Literal["relu", "topk", "threshold", "gated"]
# As in SAELens, so that what goes either way means the same: on the way in alone, so that no token is divided by 0.
LAYER_NORM_EPS = 1e-5


@dataclass(frozen=True)
class Form:
    """What the weights do not say of how an SAE computes."""

    activation: Activation
    # Of topk.
    k: int | None = None
    # Is the decoder's bias taken from the input first? Not for transcoders.
    centered: bool = True
    # Each token is normalized by itself on its way in; on its way out only where the target is the input.
    layer_norm: bool = False
    layer_norm_out: bool = False


class SparseAutoencoder(nn.Module):
    """Encode, decode, and nothing else.

    `encoder` is (width, d_in), a row a feature, as `W_dec` is (width, d_out). `threshold` is one number, or one a feature. A
    gated one has its gate's bias in `b_enc`, and `b_mag`, `r_mag` beside it.
    """

    encoder: Tensor
    W_dec: Tensor
    b_enc: Tensor
    b_dec: Tensor
    threshold: Tensor | None
    W_skip: Tensor | None
    b_mag: Tensor | None
    r_mag: Tensor | None

    def __init__(
        self,
        form: Form,
        *,
        encoder: Tensor,
        b_enc: Tensor,
        W_dec: Tensor,  # noqa: N803 - the field's own name
        b_dec: Tensor,
        threshold: Tensor | None = None,
        W_skip: Tensor | None = None,  # noqa: N803
        b_mag: Tensor | None = None,
        r_mag: Tensor | None = None,
        cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if form.activation == "topk" and form.k is None:
            raise ValueError("An SAE of top-k needs its k")
        if (form.activation == "threshold") != (threshold is not None):
            raise ValueError("An SAE has a threshold exactly where its activation asks for one")
        if (form.activation == "gated") != (b_mag is not None and r_mag is not None):
            raise ValueError("An SAE has b_mag and r_mag exactly where it is gated")
        self.form = form
        self.shape = Shape(d_in=encoder.shape[1], d_out=W_dec.shape[1], width=encoder.shape[0])
        # What SAELens and SAEBench read of an SAE: the hook point, the model's name …
        self.cfg: dict[str, Any] = cfg or {}
        named = {"encoder": encoder, "b_enc": b_enc, "W_dec": W_dec, "b_dec": b_dec, "threshold": threshold, "W_skip": W_skip}
        for name, tensor in (named | {"b_mag": b_mag, "r_mag": r_mag}).items():
            self.register_buffer(name, None if tensor is None else tensor.detach().to(torch.float32, copy=True))

    def extra_repr(self) -> str:
        k = f", k={self.form.k}" if self.form.k is not None else ""
        return f"{self.shape.d_in}, {self.shape.width}, {self.shape.d_out}, activation={self.form.activation}{k}"

    @property
    def W_enc(self) -> Tensor:  # noqa: N802
        """(d_in, width), as other libraries have it."""
        return self.encoder.t()

    @property
    def b_gate(self) -> Tensor:
        return self.b_enc

    def tensors(self) -> dict[str, Tensor]:
        """All that is there, by name; with `form` and `cfg` it makes the same SAE again."""
        return {name: tensor for name, tensor in self.named_buffers() if tensor is not None}

    def changed(self, *, form: Form | None = None, **tensors: Tensor | None) -> SparseAutoencoder:
        """The same with other tensors; None takes one away."""
        return SparseAutoencoder(form or self.form, **{**self.tensors(), **tensors}, cfg=self.cfg)  # type: ignore[arg-type]

    def scale(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and deviation of each token: what layer norm takes away and gives back."""
        return x.mean(-1, keepdim=True), x.std(-1, keepdim=True)

    def _inside(self, x: Tensor) -> Tensor:
        if self.form.layer_norm:
            mean, deviation = self.scale(x)
            x = (x - mean) / (deviation + LAYER_NORM_EPS)
        return x

    def pre_activations(self, x: Tensor) -> Tensor:
        """Before anything is switched off. Of a gated SAE: those of the gate."""
        x = self._inside(x.to(self.encoder.dtype))
        if self.form.centered:
            x = x - self.b_dec
        return x @ self.encoder.t() + self.b_enc

    def encode(self, x: Tensor) -> Tensor:
        return self.activate(self.pre_activations(x))

    def activate(self, pre: Tensor) -> Tensor:
        match self.form.activation:
            case "relu":
                return pre.relu()
            case "threshold":
                assert self.threshold is not None
                return torch.where(pre > self.threshold, pre, 0.0).relu()
            case "gated":
                assert self.b_mag is not None
                assert self.r_mag is not None
                magnitude = (pre - self.b_enc) * self.r_mag.exp() + self.b_mag
                return torch.where(pre > 0, magnitude, 0.0).relu()
            case "topk":
                values, indices = self._top(pre)
                return torch.zeros_like(pre).scatter_(-1, indices, values)

    def _top(self, pre: Tensor) -> tuple[Tensor, Tensor]:
        assert self.form.k is not None
        values, indices = pre.topk(min(self.form.k, self.shape.width), dim=-1, sorted=False)
        return values.relu(), indices

    def encode_sparse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Of top-k: values and features, each (…, k)."""
        if self.form.activation != "topk":
            raise ValueError("Only SAEs of top-k have as many features on at each token")
        return self._top(self.pre_activations(x))

    def decode(self, z: Tensor, x: Tensor | None = None) -> Tensor:
        """In the target's units. `x` is needed where each token was normalized by itself, or a skip goes past the features."""
        y = z @ self.W_dec + self.b_dec
        if self.W_skip is None and not self.form.layer_norm_out:
            return y
        if x is None:
            raise ValueError("This SAE needs the input beside the features to reconstruct")
        x = x.to(self.encoder.dtype)
        if self.W_skip is not None:
            y = y + self._inside(x) @ self.W_skip.t()
        if self.form.layer_norm_out:
            mean, deviation = self.scale(x)
            y = y * deviation + mean
        return y

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x), x)

    def feature(self, index: int) -> Feature:
        """One of its features: `.direction`, `.encoder`, `.bias`; for `ms.steer`."""
        return Feature(self, checked_index(index, self.shape.width))

    def attach(
        self, model: Any, hook: str | None = None, out_hook: str | None = None, *, splice: bool = False, first: int = 1
    ) -> Attached:
        """Hang it into a transformers model, as a `with` block or until `remove()`: `.features` are those of the model's last
        pass. With `splice` its reconstruction passes in the place of what it reconstructs; so many `first` positions of each
        text, and padding, stay as they are."""
        from .attach import attach

        return attach(self, model, hook, out_hook, splice=splice, first=first)

    def to_saelens(self) -> Any:
        """The same as an SAE of SAELens, which must be installed."""
        from .to_saelens import to_saelens

        return to_saelens(self)

    def only(self, features: Tensor | slice) -> SparseAutoencoder:
        """Some of the features, of an SAE whose features do not compete for places."""
        if self.form.activation == "topk":
            raise ValueError("The features of a top-k SAE compete with each other")
        some = {name: t[features] for name, t in self.tensors().items() if name not in ("b_dec", "W_skip") and t.dim() > 0}
        return SparseAutoencoder(self.form, **(self.tensors() | some), cfg=self.cfg)

    def prefix(self, width: int) -> SparseAutoencoder:
        """Only the first features."""
        return self.only(slice(width))

    def with_form(self, **changes: Any) -> SparseAutoencoder:
        return self.changed(form=replace(self.form, **changes))
