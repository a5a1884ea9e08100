"""Where things are in a decoder-only language model: its blocks, their attention and MLP, embedding, final norm, unembedding.

Found by what the modules are, so that a family which transformers gains tomorrow is found too. Names decide one thing
alone: which of a block's children is the attention and which the MLP. What these names promise is not believed either;
`probe` tries it out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest

if TYPE_CHECKING:
    from torch import nn

ATTENTION = re.compile(r"attn|attention", re.IGNORECASE)
MLP = re.compile(r"mlp|ffn|feed_?forward|moe", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """One layer, as paths from the model. `mlp` is one module, or the layer's own matrices where it has no module of its own."""

    path: str
    attention: str | None
    mlp: tuple[str, ...]


@dataclass(frozen=True)
class Structure:
    blocks: tuple[Block, ...]
    embedding: str
    final_norm: str | None
    unembedding: str | None


def find_structure(model: Any) -> Structure:
    """The model may be on the meta device: nothing is computed."""
    if getattr(model.config, "is_encoder_decoder", False):
        raise BadRequest(f"{_name(model)} has an encoder.", "Choose a decoder-only language model.", code="not_decoder_only")
    decoder = model.get_decoder()
    paths = {id(module): path for path, module in model.named_modules()}
    layers = _layers(model, decoder)
    unembedding = model.get_output_embeddings()
    return Structure(
        blocks=tuple(_block(f"{paths[id(layers)]}.{index}", layer) for index, layer in enumerate(layers)),
        embedding=paths[id(model.get_input_embeddings())],
        final_norm=_final_norm(model, layers, paths),
        unembedding=None if unembedding is None else paths[id(unembedding)],
    )


def _layers(model: Any, decoder: nn.Module) -> Any:
    """The list of as many modules as the configuration says there are layers: in the decoder, or else further inside."""
    from torch import nn

    count = getattr(model.config.get_text_config(), "num_hidden_layers", None)
    places = [decoder.children()]
    # Further inside there are encoders, too, which their configuration says are no decoders.
    if getattr(model.config, "is_decoder", True):
        places += [decoder.modules(), model.modules()]
    for place in places:
        lists = [each for each in place if isinstance(each, nn.ModuleList) and len(each) == count]
        if len(lists) == 1:
            return lists[0]
    raise BadRequest(
        f"The layers of {_name(model)} cannot be found.",
        "Choose a decoder-only language model whose layers are one after another.",
        code="unknown_structure",
    )


def _block(path: str, block: nn.Module) -> Block:
    able = {name: child for name, child in block.named_children() if has_matrix(child)}
    attention = _named(able, ATTENTION)
    mlp = _named(able, MLP)
    if not mlp and len(attention) == 1:
        # OPT's layers hold the two matrices of their MLP themselves.
        mlp = [name for name, child in able.items() if name not in attention and is_leaf(child)]
    elif len(mlp) > 1:
        mlp = []
    return Block(
        path=path,
        attention=f"{path}.{attention[0]}" if len(attention) == 1 else None,
        mlp=tuple(f"{path}.{name}" for name in mlp),
    )


def _named(children: dict[str, nn.Module], words: re.Pattern[str]) -> list[str]:
    """Children whose own name says it, else those whose class does."""
    return [name for name in children if words.search(name)] or [
        name for name, child in children.items() if words.search(type(child).__name__)
    ]


def _final_norm(model: nn.Module, layers: nn.Module, paths: dict[int, str]) -> str | None:
    """What stands beside the layers with weights but no matrix; the last, as there may be one for the embedding, too."""
    beside = model.get_submodule(paths[id(layers)].rpartition(".")[0])
    norms = [child for child in beside.children() if not has_matrix(child) and any(True for _ in child.parameters())]
    return paths[id(norms[-1])] if norms else None


def has_matrix(module: nn.Module) -> bool:
    return any(parameter.ndim > 1 for parameter in module.parameters())


def is_leaf(module: nn.Module) -> bool:
    return not any(True for _ in module.children())


def _name(model: Any) -> str:
    return type(model).__name__
