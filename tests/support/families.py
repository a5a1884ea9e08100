"""Tiny random language models of every family that we know by name, built from their configurations in an instant."""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass, field
from typing import Any

LAYERS, WIDTH, HEADS, VOCABULARY = 3, 64, 4, 128

_PLAIN = {
    "vocab_size": VOCABULARY,
    "hidden_size": WIDTH,
    "intermediate_size": 128,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 0,
}
_LLAMA = {**_PLAIN, "num_key_value_heads": 2}
_HEADS_APART = {**_LLAMA, "head_dim": 32}


@dataclass(frozen=True)
class Family:
    """How to make one. `model_type` is its name in transformers where that differs from ours."""

    options: dict[str, Any] = field(default_factory=lambda: dict(_LLAMA))
    model_type: str = ""


FAMILIES: dict[str, Family] = {
    "gpt2": Family({"vocab_size": VOCABULARY, "n_embd": WIDTH, "n_layer": LAYERS, "n_head": HEADS, "n_positions": 64}),
    "gpt_neox": Family({**_PLAIN, "use_parallel_residual": True}),
    "gpt_neox_sequential": Family({**_PLAIN, "use_parallel_residual": False}, "gpt_neox"),
    "llama": Family(),
    "mistral": Family({**_HEADS_APART, "sliding_window": 4}),
    "mixtral": Family({**_LLAMA, "num_local_experts": 4, "num_experts_per_tok": 2}),
    "qwen2": Family(),
    "qwen3": Family(_HEADS_APART),
    "qwen3_moe": Family({**_HEADS_APART, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 64}),
    "phi": Family(),
    "phi3": Family(),
    "gemma": Family(_HEADS_APART),
    "gemma2": Family({**_HEADS_APART, "sliding_window": 4}),
    "gemma3_text": Family({**_HEADS_APART, "sliding_window": 4}),
    "olmo2": Family(),
    "stablelm": Family(),
    "stablelm_parallel": Family({**_LLAMA, "use_parallel_residual": True}, "stablelm"),
    "starcoder2": Family(),
    "granite": Family({**_LLAMA, "residual_multiplier": 0.22, "embedding_multiplier": 12.0}),
    "cohere": Family({**_LLAMA, "logit_scale": 0.5}),
    "glm4": Family(_HEADS_APART),
    "smollm3": Family(),
    "gpt_oss": Family({**_HEADS_APART, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": 4}),
    "opt": Family({**_PLAIN, "ffn_dim": 128, "word_embed_proj_dim": WIDTH}),
    "opt_postnorm": Family({**_PLAIN, "ffn_dim": 128, "word_embed_proj_dim": WIDTH, "do_layer_norm_before": False}, "opt"),
    "bloom": Family({"vocab_size": VOCABULARY, "hidden_size": WIDTH, "n_layer": LAYERS, "n_head": HEADS}),
    "falcon": Family({**_PLAIN, "new_decoder_architecture": False, "parallel_attn": True, "multi_query": True}),
    "falcon_new": Family({**_PLAIN, "new_decoder_architecture": True, "num_kv_heads": 2}, "falcon"),
    "falcon_sequential": Family({**_PLAIN, "new_decoder_architecture": False, "parallel_attn": False, "alibi": True}, "falcon"),
    "gptj": Family(
        {"vocab_size": VOCABULARY, "n_embd": WIDTH, "n_layer": LAYERS, "n_head": HEADS, "n_positions": 64, "rotary_dim": 8}
    ),
    "gpt_neo": Family(
        {
            "vocab_size": VOCABULARY,
            "hidden_size": WIDTH,
            "num_layers": LAYERS,
            "num_heads": HEADS,
            "max_position_embeddings": 64,
            "attention_types": [[["global", "local", "global"], 1]],
            "window_size": 4,
        }
    ),
    "mpt": Family({"vocab_size": VOCABULARY, "d_model": WIDTH, "n_layers": LAYERS, "n_heads": HEADS, "max_seq_len": 64}),
    "mamba": Family({"vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "state_size": 8}),
    "rwkv": Family({"vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "attention_hidden_size": WIDTH}),
}


def make_model(name: str, **more: Any) -> Any:
    """A new model of this family: random, float32, in evaluation. No two of its weights are left at what they start with."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    # Threads cost more than they help with so little to do.
    torch.set_num_threads(1)
    family = FAMILIES[name]
    # Token ids beyond our vocabulary stand in some families' defaults.
    tokens = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 0}
    config = AutoConfig.for_model(family.model_type or name, **{**tokens, **family.options, **more})
    with warnings.catch_warnings(), torch.random.fork_rng():
        warnings.simplefilter("ignore")
        torch.manual_seed(7)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
        with torch.no_grad():
            for parameter in model.parameters():
                # Norms start at 0 or 1 and biases at 0, which would hide that one was left out.
                parameter.add_(torch.randn_like(parameter) * 0.05)
    return model


@functools.cache
def get_model(name: str) -> Any:
    """The same, made once; whoever uses it leaves it as it was."""
    return make_model(name)
