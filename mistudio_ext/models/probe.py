"""What a layer adds to its stream, found out by trying.

Reading the numbers of an ordinary pass and comparing sums would do in float32. In bfloat16, and deep in a large model,
what a layer adds is smaller than the rounding of the stream, and a wrong module passes as well as the right one. So the
probe does not compare, it acts: it makes the modules that might be the two branches of a layer give random numbers of
our own, as large as the stream, and looks whether the layer's result is the stream plus just these. That holds for the
right modules alone, in any precision, and the factor by which a branch is multiplied falls out.

Which modules may be the branches comes from one ordinary pass: the attention and the MLP, or a norm that is handed just
what they gave (Gemma 2), or their last matrix (Bloom, whose modules add the stream themselves; there the branches are
known, but not at the border of a module).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from ..contract.errors import MiStudioError
from .hooks import given, hooked, returned
from .structure import Block, Structure, has_matrix, is_leaf
from .sums import Attempt, Branch, Sum

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

TEXTS, LENGTH = 2, 8


@dataclass
class Layer:
    """What was found of a layer."""

    # Whether one vector a token goes in and comes out; some families carry several side by side.
    stream: bool = False
    sum: Sum | None = None
    # The attention's last matrix, if the attention gives what that one gave; what goes into it is the heads' output.
    heads: str | None = None
    heads_width: int = 0
    # The branches to try.
    pairs: list[tuple[Branch, Branch]] = field(default_factory=list)


def find_layers(model: Any, structure: Structure) -> list[Layer]:
    ids = _random_ids(model)
    layers = _look_on(model, structure, ids)
    for number in range(max(len(each.pairs) for each in layers)):
        attempts = {
            at: Attempt(model, structure.blocks[at].path, *layer.pairs[number])
            for at, layer in enumerate(layers)
            if layer.sum is None and number < len(layer.pairs)
        }
        if not attempts:
            break
        with hooked(hook for each in attempts.values() for hook in each.hooks()):
            _run(model, ids)
        for at, each in attempts.items():
            layers[at].sum = each.result
    return layers


def _random_ids(model: Any) -> Tensor:
    import torch

    embedding = model.get_input_embeddings().weight
    chance = torch.Generator().manual_seed(0)
    return torch.randint(embedding.shape[0], (TEXTS, LENGTH), generator=chance).to(embedding.device)


def _run(model: Any, ids: torch.Tensor) -> None:
    import torch

    with torch.no_grad():
        model(input_ids=ids, use_cache=False)


# ---- one ordinary pass: which modules might it be ----------------------------


@dataclass
class _Call:
    input: Tensor | None
    output: Tensor | None
    times: int = 1


def _look_on(model: Any, structure: Structure, ids: Tensor) -> list[Layer]:
    layers = [Layer() for _ in structure.blocks]

    def watch(block: Block, layer: Layer) -> Iterator[Any]:
        module = model.get_submodule(block.path)
        calls: dict[str, _Call] = {}

        def record(path: str) -> Any:
            def hook(_: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
                times = calls[path].times + 1 if path in calls else 1
                # Taken out and put in again: the order is that of the last calls.
                calls.pop(path, None)
                calls[path] = _Call(given(args, kwargs), returned(output), times)

            return hook

        def leave(_: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
            layer.stream = all(_is_stream(each, width) for each in (given(args, kwargs), returned(output)))
            if layer.stream:
                _require_numbers(block, returned(output))
                _look(model, block, calls, layer)
            calls.clear()

        for path, each in module.named_modules(prefix=block.path):
            if path != block.path:
                yield each.register_forward_hook(record(path), with_kwargs=True)
        yield module.register_forward_hook(leave, with_kwargs=True)

    width = model.config.get_text_config().hidden_size
    with hooked(hook for block, layer in zip(structure.blocks, layers, strict=True) for hook in watch(block, layer)):
        _run(model, ids)
    return layers


def _require_numbers(block: Block, tensor: Tensor | None) -> None:
    if tensor is not None and not bool(tensor.isfinite().all()):
        raise MiStudioError(
            f"Behind {block.path} the model gives not-a-number or infinity.",
            "Load it in float32 or bfloat16, and look whether its weights are whole.",
            code="not_finite",
        )


def _is_stream(tensor: Tensor | None, width: int) -> bool:
    return tensor is not None and tensor.shape[-1] == width and tensor.numel() == TEXTS * LENGTH * width


def _look(model: Any, block: Block, calls: dict[str, _Call], layer: Layer) -> None:
    if not block.attention or not block.mlp or not {block.attention, *block.mlp} <= set(calls):
        return
    attention = _candidates(model, block, (block.attention,), calls)
    mlp = _candidates(model, block, block.mlp, calls)
    # Borders first, and what is nearer to the module first.
    layer.pairs = sorted(product(attention, mlp), key=lambda pair: pair[0].inside + pair[1].inside)
    last = _last_matrix(model, block.attention, calls)
    if last is not None and _same(calls[last], calls[block.attention]):
        heads = calls[last].input
        layer.heads, layer.heads_width = last, 0 if heads is None else heads.shape[-1]


def _candidates(model: Any, block: Block, paths: tuple[str, ...], calls: dict[str, _Call]) -> list[Branch]:
    """The module (of several, the last), what is handed just what it gave, and the last matrix inside."""
    found = [paths[-1]]
    children = [f"{block.path}.{name}" for name, _ in model.get_submodule(block.path).named_children()]
    while True:
        output = calls[found[-1]].output
        after = [path for path in children if path in calls and path not in found and calls[path].input is output]
        if output is None or len(after) != 1 or has_matrix(model.get_submodule(after[0])):
            break
        found += after
    inside = [_last_matrix(model, path, calls) for path in paths if not is_leaf(model.get_submodule(path))]
    listed = [Branch(path) for path in found] + [Branch(path, inside=True) for path in inside if path]
    # A module that a layer calls twice, such as a dropout that both branches share, is not one place.
    return [each for each in listed if calls[each.path].times == 1]


def _last_matrix(model: Any, path: str, calls: dict[str, _Call]) -> str | None:
    called = [each for each in calls if each.startswith(path + ".")]
    able = [each for each in called if is_leaf(model.get_submodule(each)) and has_matrix(model.get_submodule(each))]
    return able[-1] if able else None


def _same(one: _Call, other: _Call) -> bool:
    if one.output is None or other.output is None or one.output.numel() != other.output.numel():
        return False
    return bool((one.output.reshape(-1) == other.output.reshape(-1)).all())
