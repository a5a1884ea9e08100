"""The list of places at which a model can be read, each offered only where it means what its name says.

What each kind means stands in `hook_kinds.py`. Wherever both are offered, resid_post = resid_pre + attn_out + mlp_out. A
layer that is not such a sum at the borders of its modules offers its stream alone. A hook point is a plain record: it can
be stored, and read again from the same model in another precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .probe import Layer, find_layers
from .schema import HookKind
from .structure import Block, Structure, find_structure

Side = Literal["input", "output"]


@dataclass(frozen=True)
class HookPoint:
    layer: int
    kind: HookKind
    module: str
    side: Side
    # How often what the module gives is added: Granite adds 0.22 of it.
    multiplier: float
    width: int

    @property
    def name(self) -> str:
        return f"layers.{self.layer}.{self.kind}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> HookPoint:
        return cls(**data)


def find_hook_points(model: Any, structure: Structure | None = None) -> list[HookPoint]:
    """In the order of the forward pass. Runs the model, as it is loaded, on a few random tokens."""
    structure = structure or find_structure(model)
    return points_of(model, structure, find_layers(model, structure))


def points_of(model: Any, structure: Structure, layers: list[Layer]) -> list[HookPoint]:
    return [
        point
        for number, (block, layer) in enumerate(zip(structure.blocks, layers, strict=True))
        if layer.stream
        for point in _of_layer(model, number, block, layer)
    ]


def _of_layer(model: Any, number: int, block: Block, layer: Layer) -> Iterator[HookPoint]:
    found = layer.sum
    config = model.config.get_text_config()
    width = config.hidden_size

    def point(kind: HookKind, module: str, side: Side, multiplier: float = 1.0, wide: int = width) -> HookPoint:
        return HookPoint(number, kind, module, side, multiplier, wide)

    yield point("resid_pre", block.path, "input")
    if found and found.separate:
        if layer.heads and _are_heads(config, layer.heads_width):
            yield point("attn_z", layer.heads, "input", wide=layer.heads_width)
        yield point("attn_out", found.attention.path, "output", found.attention_multiplier)
    if found and found.middle:
        yield point("resid_mid", found.middle, "input")
    if found and found.separate:
        yield point("mlp_in", block.mlp[0], "input")
        yield point("mlp_out", found.mlp.path, "output", found.mlp_multiplier)
    yield point("resid_post", block.path, "output")


def _are_heads(config: Any, width: int) -> bool:
    """Whether so many numbers are all the heads' outputs side by side."""
    heads = getattr(config, "num_attention_heads", None)
    if not isinstance(heads, int) or not heads or width % heads:
        return False
    sizes = {getattr(config, "head_dim", None), getattr(config, "v_head_dim", None), config.hidden_size // heads}
    return width // heads in sizes
