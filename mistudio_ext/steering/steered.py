"""A transformers model that is steered: what is put into it while a block runs, and taken out again behind it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import torch

from ..contract.errors import BadRequest, Conflict
from ..models.hook_points import HookPoint, find_hook_points
from ..models.hooks import hooked
from ..saes.attach import places_of
from ..saes.belongs import require_its_model
from ..saes.net import SparseAutoencoder
from ..saes.positions import Passing, passing
from ..saes.splice import Splice
from .edit import Change, Edit
from .schema import SteerOptions

if TYPE_CHECKING:
    from torch import Tensor
    from typing_extensions import Self

_steered: WeakSet[torch.nn.Module] = WeakSet()


class Steered:
    """Works in its `with` block alone, which may be entered again."""

    def __init__(self, model: Any, changes: Mapping[SparseAutoencoder, Sequence[Change]], options: SteerOptions):
        self.model, self.options = model, options
        if options.positions != "all" and not callable(getattr(model, "generate", None)):
            raise BadRequest("This model has no `generate`.", "Steer all positions.", field="positions")
        points = {each.name: each for each in find_hook_points(model)}
        edits: dict[tuple[HookPoint, HookPoint], list[Edit]] = {}
        for net, own in changes.items():
            require_its_model(net, model)
            edits.setdefault(places_of(net, points), []).append(Edit(net, own))
        self._splices = [Splice(model, *places, edit=self._sum(own), adds=True) for places, own in edits.items()]
        self._stack = ExitStack()
        # Whether the model is in the middle of a pass, and how many columns the prompt has that `generate` was given.
        self._passes = False
        self._prompt: int | None = None

    def __repr__(self) -> str:
        places = ", ".join(dict.fromkeys(each.out_point.name for each in self._splices))
        return f"<Steering at {places}, for a with block>"

    def __enter__(self) -> Self:
        if self.model in _steered:
            raise Conflict(
                "The model is steered already.",
                "Leave that block first, or put all features into one: each is to see what the model itself computed.",
                code="steered",
            )
        with ExitStack() as stack:
            _steered.add(self.model)
            stack.callback(_steered.discard, self.model)
            stack.enter_context(hooked(self._hooks()))
            if self.options.positions != "all":
                stack.enter_context(_in_place(self.model, "generate", self._generate(self.model.generate)))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _hooks(self) -> Iterator[Any]:
        yield self.model.register_forward_pre_hook(self._begin, with_kwargs=True)
        for each in self._splices:
            yield from each.reading()
        # Those that write where they read stand first there, so that they read what the model computed.
        for each in sorted(self._splices, key=lambda each: each.point != each.out_point):
            yield from each.writing()
        yield self.model.register_forward_hook(self._end)

    def _begin(self, model: Any, args: Any, kwargs: Any) -> None:
        touched = self._touched(passing(model, args, kwargs))
        self._passes = True
        for each in self._splices:
            each.begin()
            each.touched = touched

    def _end(self, *_: Any) -> None:
        self._passes = False
        for each in self._splices:
            each.require_written()
            each.begin()

    def _touched(self, now: Passing) -> Tensor:
        options = self.options
        if options.first and now.texts > 1 and not now.known:
            raise BadRequest(
                "Where each text begins cannot be told: this kind of cache hides which tokens are padding.",
                "Steer one text at a time, or let `first` be 0.",
                field="first",
            )
        touched = now.places >= options.first
        if options.positions == "all":
            return touched
        if self._prompt is None:
            raise Conflict(
                "Only `generate` tells a prompt from what follows it.",
                "Call the model's generate, or steer all positions; `first` leaves tokens out at the beginning.",
                code="no_prompt",
            )
        written = torch.arange(now.before, now.before + now.columns, device=touched.device) >= self._prompt
        return touched & (written if options.positions == "generated" else ~written)

    def _sum(self, edits: list[Edit]) -> Callable[[Tensor], Tensor]:
        def added(rows: Tensor) -> Tensor:
            if not self._passes:
                raise Conflict(
                    "A part of the model was called by itself; which of its tokens are steered is not known there.",
                    "In the block, call the model itself or its generate.",
                    code="part_of_model",
                )
            return functools.reduce(torch.add, (each(rows) for each in edits))

        return added

    def _generate(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(inner)
        def generate(*args: Any, **kwargs: Any) -> Any:
            given = [*args[:1], *(kwargs.get(name) for name in ("inputs", "input_ids", "inputs_embeds"))]
            # Without any, it begins with the begin token.
            self._prompt = max((each.shape[1] for each in given if each is not None), default=1)
            try:
                return inner(*args, **kwargs)
            finally:
                self._prompt = None

        return generate


@contextmanager
def _in_place(model: Any, name: str, value: Any) -> Iterator[None]:
    """An attribute of the object itself, over that of its class, and gone again."""
    before = vars(model).get(name)
    setattr(model, name, value)
    try:
        yield
    finally:
        delattr(model, name)
        if before is not None:
            setattr(model, name, before)
