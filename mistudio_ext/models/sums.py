"""One try: are these two modules what a layer adds to its stream?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .hooks import given, returned, with_returned

if TYPE_CHECKING:
    from torch import Tensor, nn

# Rounding steps that lie between the branches and the layer's result.
ROUNDINGS = 8


@dataclass(frozen=True)
class Branch:
    path: str
    # Not at the border of the attention or MLP, but inside.
    inside: bool = False


@dataclass(frozen=True)
class Sum:
    """A layer whose result is its stream plus what these two modules give, each so many times."""

    attention: Branch
    attention_multiplier: float
    mlp: Branch
    mlp_multiplier: float
    # The module that is handed the stream between the two.
    middle: str | None

    @property
    def separate(self) -> bool:
        return not self.attention.inside and not self.mlp.inside


class Attempt:
    """Hooks for one pass in which the two modules give numbers of ours; `result` is the sum, if it was one."""

    def __init__(self, model: Any, block: str, attention: Branch, mlp: Branch):
        self.model, self.block = model, block
        self.attention, self.mlp = attention, mlp
        self.result: Sum | None = None
        self.stream: Tensor | None = None
        self.given: dict[str, Tensor] = {}
        self.ours: dict[str, Tensor] = {}

    def hooks(self) -> Iterator[Any]:
        module = self.model.get_submodule(self.block)
        yield module.register_forward_pre_hook(self._enter, with_kwargs=True)
        for name, child in module.named_children():
            yield child.register_forward_pre_hook(self._note(f"{self.block}.{name}"), with_kwargs=True)
        for seed, each in enumerate((self.attention, self.mlp)):
            yield self.model.get_submodule(each.path).register_forward_hook(self._replace(each.path, seed))
        yield module.register_forward_hook(self._leave)

    def _enter(self, _: nn.Module, args: Any, kwargs: Any) -> None:
        stream = given(args, kwargs)
        # A copy: a layer may write into what it was given.
        self.stream = None if stream is None else stream.clone()

    def _note(self, path: str) -> Any:
        def hook(_: nn.Module, args: Any, kwargs: Any) -> None:
            tensor = given(args, kwargs)
            if tensor is not None and path not in self.given:
                self.given[path] = tensor.clone()

        return hook

    def _replace(self, path: str, seed: int) -> Any:
        def hook(_: nn.Module, _args: Any, output: Any) -> Any:
            import torch

            theirs = returned(output)
            if theirs is None or self.stream is None:
                return None
            size = self.stream.float().square().mean().sqrt().item() or 1.0
            chance = torch.Generator().manual_seed(seed)
            ours = (torch.randn(theirs.shape, generator=chance) * size).to(theirs)
            self.ours[path] = ours.clone()
            return with_returned(output, ours)

        return hook

    def _leave(self, module: nn.Module, _args: Any, output: Any) -> Any:
        result = returned(output)
        if result is None or self.stream is None:
            return None
        if len(self.ours) == 2:
            self.result = self._judge(module, result)
        # The next layer gets what this one got, or the random numbers would grow from layer to layer.
        return with_returned(output, self.stream.to(result))

    def _judge(self, block: nn.Module, result: Tensor) -> Sum | None:
        import torch

        assert self.stream is not None
        tensors = (self.stream, *(self.ours[each.path] for each in (self.attention, self.mlp)), result)
        if len({each.numel() for each in tensors}) != 1:
            return None
        # The coarsest of the types that the numbers went through.
        step = max(torch.finfo(each.dtype).eps for each in tensors)
        before, attention, mlp, after = (_flat(each) for each in tensors)
        rounding = ROUNDINGS * step
        factors = torch.linalg.lstsq(torch.stack([attention, mlp], 1), (after - before)[:, None]).solution.flatten()
        of_attention, of_mlp = (_nearest(float(each), _multipliers(block)) for each in factors)
        if not _is_sum(after, (before, of_attention * attention, of_mlp * mlp), rounding):
            return None
        middle = (before, of_attention * attention)
        return Sum(
            attention=self.attention,
            attention_multiplier=of_attention,
            mlp=self.mlp,
            mlp_multiplier=of_mlp,
            middle=next((path for path, each in self.given.items() if _is_sum(_flat(each), middle, rounding)), None),
        )


def _flat(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().double().reshape(-1)


def _is_sum(whole: Tensor, parts: Sequence[Tensor], rounding: float) -> bool:
    import torch

    if whole.numel() != parts[0].numel():
        return False
    stacked = torch.stack(tuple(parts))
    return bool(((whole - stacked.sum(0)).abs() <= rounding * stacked.abs().sum(0)).all())


def _multipliers(block: nn.Module) -> list[float]:
    """1, or a number that the layer keeps for itself."""
    return [1.0, *(value for value in vars(block).values() if isinstance(value, float) and value)]


def _nearest(factor: float, known: list[float]) -> float:
    return min(known, key=lambda each: abs(each - factor))
