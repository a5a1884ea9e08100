"""Facts of an architecture, counted on the model itself; one without weights, made from its configuration alone, will do."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .remote_code import is_run_for
from .structure import Block, find_structure

if TYPE_CHECKING:
    from torch import nn

# What configurations call the longest text a model was made for. Models without position embeddings name none.
CONTEXT = ("max_position_embeddings", "max_seq_len", "seq_length")
EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts")


@dataclass(frozen=True)
class Architecture:
    family: str
    architecture: str
    layers: int
    hidden_size: int
    heads: int | None
    key_value_heads: int | None
    vocabulary: int
    context: int | None
    # Tied ones counted once.
    parameters: int
    # Of the kind of layer that there is most of.
    layer_parameters: int
    # Width of the MLP by the hidden size; of one expert where there are several.
    mlp_ratio: float | None
    experts: int | None
    tied_embeddings: bool
    # Whether it is made by program code that came along.
    has_code: bool


def empty_model(config: Any) -> Any:
    """The model that this configuration is of, without weights: in a moment, and in no memory."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return AutoModelForCausalLM.from_config(config, trust_remote_code=is_run_for(config)).eval()


def describe(model: Any) -> Architecture:
    """Of a model in full precision or an empty one; a quantized model has fewer numbers than parameters."""
    structure = find_structure(model)
    config = model.config.get_text_config()
    sizes = Counter(count_parameters(model.get_submodule(block.path)) for block in structure.blocks)
    embedding = model.get_input_embeddings().weight
    unembedding = model.get_output_embeddings()
    heads = _number(config, "num_attention_heads")
    experts = next((number for name in EXPERTS if (number := _number(config, name))), None)
    width = _mlp_width(model, structure.blocks[0], experts)
    return Architecture(
        family=model.config.model_type,
        architecture=type(model).__name__,
        layers=len(structure.blocks),
        hidden_size=config.hidden_size,
        heads=heads,
        key_value_heads=_key_value_heads(config) or heads,
        vocabulary=embedding.shape[0],
        context=next((number for name in CONTEXT if (number := _number(config, name))), None),
        parameters=count_parameters(model),
        layer_parameters=sizes.most_common(1)[0][0],
        mlp_ratio=None if width is None else width / config.hidden_size,
        experts=experts,
        tied_embeddings=unembedding is not None and unembedding.weight is embedding,
        has_code=is_run_for(model.config),
    )


def count_parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _number(config: Any, name: str) -> int | None:
    value = getattr(config, name, None)
    return value if isinstance(value, int) and value > 0 else None


def _key_value_heads(config: Any) -> int | None:
    # Falcon's first models say "one for all" by a switch; their later ones have it on, and mean nothing by it.
    if getattr(config, "multi_query", False) and not getattr(config, "new_decoder_architecture", False):
        return 1
    return _number(config, "num_key_value_heads") or _number(config, "num_kv_heads")


def _mlp_width(model: Any, block: Block, experts: int | None) -> int | None:
    """How many numbers go into the last matrix of the MLP, the one that leads back to the stream."""
    config = model.config.get_text_config()
    if width := _number(config, "moe_intermediate_size"):
        return width
    shapes = [parameter.shape for path in block.mlp for parameter in model.get_submodule(path).parameters() if parameter.ndim > 1]
    # Experts may be held in one tensor of three dimensions, and a router has a row for each of them.
    ends = [
        [int(end) for end in shape[-2:]] for shape in shapes if config.hidden_size in shape[-2:] and experts not in shape[-2:]
    ]
    if not ends:
        return None
    last = ends[-1]
    last.remove(config.hidden_size)
    return last[0]
