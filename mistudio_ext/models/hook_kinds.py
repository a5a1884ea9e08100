"""What the hook points of a layer mean to a researcher, in the order of the forward pass."""

from __future__ import annotations

from .schema import HookKind

TITLES: dict[HookKind, str] = {
    "resid_pre": "Stream before the layer",
    "attn_z": "Heads' output",
    "attn_out": "Attention's output",
    "resid_mid": "Stream after attention",
    "mlp_in": "MLP's input",
    "mlp_out": "MLP's output",
    "resid_post": "Stream after the layer",
}
HELP: dict[HookKind, str] = {
    "resid_pre": "The residual stream as it enters the layer: all that the embedding and the layers before have written.",
    "attn_z": "The outputs of all attention heads side by side, before the projection mixes them: which head carries what.",
    "attn_out": "What attention adds to the residual stream, after any norm and multiplier: what the layer brings from other "
    "tokens.",
    "resid_mid": "The residual stream between attention and MLP: what the MLP has to work with, before its norm.",
    "mlp_in": "What the MLP reads, after its norm: the place to begin when an MLP is replaced by a transcoder.",
    "mlp_out": "What the MLP adds to the residual stream, after any norm and multiplier: what the layer computes at the token "
    "itself.",
    "resid_post": "The residual stream as it leaves the layer, with all that was written so far: where most SAEs are trained, "
    "and where steering adds.",
}
