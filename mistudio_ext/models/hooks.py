"""What every hook needs: to be taken off again, and the one tensor that matters among a module's arguments and results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def given(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor | None:
    """What a module works on: its first argument with numbers, by place or by name."""
    import torch

    for each in chain(args, kwargs.values()):
        if isinstance(each, torch.Tensor) and each.is_floating_point():
            return each
    return None


def with_given(args: tuple[Any, ...], kwargs: dict[str, Any], tensor: Tensor) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The same arguments with this tensor in the place of the one that is worked on."""
    old = given(args, kwargs)
    for place, each in enumerate(args):
        if each is old:
            return (*args[:place], tensor, *args[place + 1 :]), kwargs
    return args, {name: tensor if each is old else each for name, each in kwargs.items()}


def returned(output: Any) -> Tensor | None:
    """What a module makes: blocks and attention give it alone or first among others, by family and version."""
    import torch

    first = output[0] if isinstance(output, (tuple, list)) and output else output
    return first if isinstance(first, torch.Tensor) and first.is_floating_point() else None


def with_returned(output: Any, tensor: Tensor) -> Any:
    """The same output, in the same form, with this tensor in its place."""
    return type(output)((tensor, *output[1:])) if isinstance(output, (tuple, list)) else tensor


@contextmanager
def hooked(handles: Iterable[Any]) -> Iterator[None]:
    """Hooks that are put on as they are listed, and taken off in any case."""
    held: list[Any] = []
    try:
        for each in handles:
            held.append(each)  # noqa: PERF402 -- what was put on before a failure must be known
        yield
    finally:
        for each in held:
            each.remove()
