"""Where each family keeps its parts, written down by hand, and a plain pass with hooks put there: what ours is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.families import LAYERS

STREAM = ["resid_pre", "resid_post"]


@dataclass(frozen=True)
class Places:
    """Paths inside a layer. `attn_out` and `mlp_out`: the modules whose results are added; `middle`: what is handed the sum."""

    layers: str = "model.layers"
    attn_z: str | None = "self_attn.o_proj"
    attn_out: str | None = "self_attn"
    middle: str | None = "post_attention_layernorm"
    mlp_in: str | None = "mlp"
    mlp_out: str | None = "mlp"
    times: float = 1.0
    # Layers that are no such sum.
    not_in: tuple[int, ...] = ()

    def kinds(self, layer: int) -> list[str]:
        if layer in self.not_in:
            return STREAM
        there = {
            "resid_pre": True,
            "attn_z": self.attn_z,
            "attn_out": self.attn_out,
            "resid_mid": self.middle,
            "mlp_in": self.mlp_in,
            "mlp_out": self.mlp_out,
            "resid_post": True,
        }
        return [kind for kind, place in there.items() if place]


def _stream_only(layers: str, middle: str | None = None) -> Places:
    return Places(layers, None, None, middle, None, None)


_SANDWICH = Places(attn_out="post_attention_layernorm", middle="pre_feedforward_layernorm", mlp_out="post_feedforward_layernorm")
_OPT = Places("model.decoder.layers", "self_attn.out_proj", middle="final_layer_norm", mlp_in="fc1", mlp_out="fc2")
_NEOX = Places("gpt_neox.layers", "attention.dense", "attention")
_FALCON = Places("transformer.h", "self_attention.dense", "self_attention", middle=None)
_PARALLEL = Places(middle=None)

PLACES: dict[str, Places] = {
    "gpt2": Places("transformer.h", "attn.c_proj", "attn", "ln_2"),
    "gpt_neox": Places("gpt_neox.layers", "attention.dense", "attention", middle=None),
    "gpt_neox_sequential": _NEOX,
    "llama": Places(),
    "mistral": Places(),
    "mixtral": Places(),
    "qwen2": Places(),
    "qwen3": Places(),
    "qwen3_moe": Places(),
    "phi": Places(attn_z="self_attn.dense", middle=None),
    "phi3": Places(),
    "gemma": Places(),
    "gemma2": _SANDWICH,
    "gemma3_text": _SANDWICH,
    "olmo2": Places(attn_out="post_attention_layernorm", middle="mlp", mlp_out="post_feedforward_layernorm"),
    "stablelm": Places(),
    "stablelm_parallel": _PARALLEL,
    "starcoder2": Places(),
    "granite": Places(times=0.22),
    "cohere": _PARALLEL,
    "glm4": Places(attn_out="post_self_attn_layernorm", mlp_out="post_mlp_layernorm"),
    "smollm3": Places(),
    "gpt_oss": Places(),
    "opt": _OPT,
    "opt_postnorm": _stream_only("model.decoder.layers"),
    "bloom": _stream_only("transformer.h", "post_attention_layernorm"),
    "falcon": _FALCON,
    "falcon_new": _FALCON,
    "falcon_sequential": Places("transformer.h", "self_attention.dense", "self_attention"),
    "gptj": Places("transformer.h", "attn.out_proj", "attn", middle=None),
    "gpt_neo": Places("transformer.h", "attn.attention.out_proj", "attn", "ln_2"),
    "mpt": _stream_only("transformer.blocks", "norm_2"),
    "mamba": _stream_only("backbone.layers"),
    # The first layer of RWKV puts a norm on the stream itself. It has no heads.
    "rwkv": Places("rwkv.blocks", None, "attention", "ln2", "feed_forward", "feed_forward", not_in=(0,)),
}


def direct(model: Any, name: str, ids: list[int]) -> dict[str, Any]:
    """One text by itself, without padding or mask, through the whole model: what passes at every hook point."""
    import torch

    places = PLACES[name]
    seen: dict[str, Any] = {}
    handles = []

    def on_input(key: str) -> Any:
        def hook(_: Any, args: Any, kwargs: Any) -> None:
            tensor = args[0] if args else kwargs["hidden_states"]
            seen[key] = tensor.clone().reshape(len(ids), -1)

        return hook

    def on_output(key: str, times: float = 1.0) -> Any:
        def hook(_: Any, _args: Any, output: Any) -> None:
            tensor = output[0] if isinstance(output, tuple) else output
            seen[key] = tensor.clone().reshape(len(ids), -1) * times

        return hook

    for layer in range(LAYERS):
        block = model.get_submodule(f"{places.layers}.{layer}")
        inputs = {"attn_z": places.attn_z, "resid_mid": places.middle, "mlp_in": places.mlp_in}
        outputs = {"attn_out": places.attn_out, "mlp_out": places.mlp_out}
        for kind in places.kinds(layer):
            key = f"layers.{layer}.{kind}"
            if kind == "resid_pre":
                handles.append(block.register_forward_pre_hook(on_input(key), with_kwargs=True))
            elif kind == "resid_post":
                handles.append(block.register_forward_hook(on_output(key)))
            elif kind in inputs:
                module = block.get_submodule(str(inputs[kind]))
                handles.append(module.register_forward_pre_hook(on_input(key), with_kwargs=True))
            else:
                module = block.get_submodule(str(outputs[kind]))
                handles.append(module.register_forward_hook(on_output(key, places.times)))
    with torch.no_grad():
        model(torch.tensor([ids]))
    for handle in handles:
        handle.remove()
    return seen


def assert_close(ours: Any, reference: Any, what: str, relative: float = 2e-5) -> None:
    """Equal but for rounding, measured by the largest number there is."""
    assert ours.shape == reference.shape, what
    allowed = relative * float(reference.abs().max().clamp(min=1e-3))
    worst = float((ours - reference).abs().max())
    assert worst <= allowed, f"{what}: {worst} > {allowed}"
