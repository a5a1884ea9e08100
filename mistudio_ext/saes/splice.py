"""Something else in the place of what passes at a hook point of a transformers model, or something added to it, at chosen
tokens alone.

What is read is what a capture of that hook point has; what is written comes back under the same meaning: where a family adds
a multiple of what its module gives, it is divided again. Tokens that are not chosen keep what the model computed, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..captures.forward import NothingRead
from ..contract.errors import BadRequest, MiStudioError
from ..models.hook_points import HookPoint
from ..models.hooks import given, returned, with_given, with_returned
from ..models.structure import find_structure

if TYPE_CHECKING:
    from torch import Tensor

# From the rows that were read to the rows that are to pass, or to be added to them; all in float32.
Edit = Callable[["Tensor"], "Tensor"]


class Splice:
    """`touched` (texts x columns) says at which tokens the next pass of the model is changed; none: at all. With `adds` what
    passes stays, and what the edit gives is added."""

    def __init__(self, model: Any, point: HookPoint, out_point: HookPoint, edit: Edit, *, adds: bool = False):
        self.model, self.point, self.out_point, self.edit, self.adds = model, point, out_point, edit, adds
        self.touched: Tensor | None = None
        self._read: Tensor | None = None
        self._added: Tensor | None = None
        self._written = False

    def hooks(self) -> Iterator[Any]:
        """To be put on as they are listed."""
        yield self.model.register_forward_pre_hook(lambda *_: self.begin())
        yield from self.reading()
        yield from self.writing()

    def reading(self) -> Iterator[Any]:
        """Of several splices at a place these come first: what is read must be what the model computed."""
        if self.point != self.out_point:
            yield put(self.model, self.point, self._take)

    def writing(self) -> Iterator[Any]:
        yield put(self.model, self.out_point, self._write)
        if self.out_point.kind == "resid_mid":
            # The stream goes on past the module at which it is read here; it is changed where the layer hands it on.
            block = self.model.get_submodule(find_structure(self.model).blocks[self.out_point.layer].path)
            yield block.register_forward_hook(self._add)

    def require_written(self) -> None:
        if not self._written:
            raise NothingRead(
                f"The model ran, but nothing passed at {self.out_point.name}.",
                "Let the model's hook points be found anew; it may have changed since they were stored.",
            )

    def begin(self) -> None:
        """Before each pass."""
        self._read, self._added, self._written = None, None, False

    def _take(self, tensor: Tensor) -> None:
        # A module that a model calls again, as some that share their weights between layers do, is read the first time.
        if self._read is None:
            self._read = self._rows(tensor) * self.point.multiplier

    def _write(self, tensor: Tensor) -> Tensor | None:
        if self._written:
            return None
        self._written = True
        old = self._rows(tensor)
        if self.point == self.out_point:
            found = old * self.point.multiplier
        elif self._read is None:
            raise BadRequest(
                f"{self.point.name} comes after {self.out_point.name} in the model.",
                "A transcoder reads before it writes; give it its hook points the other way round.",
                field="hook",
            )
        else:
            found = self._read
        if not len(old):
            return None
        new = (self.edit(found) / self.out_point.multiplier).to(old.device)
        if self.adds:
            new = old + new
            self._require_finite(new.to(tensor.dtype))
        if self.out_point.kind == "resid_mid":
            self._added = self._with_rows(tensor.new_zeros(tensor.shape), new - old)
        return self._with_rows(tensor, new)

    def _add(self, _: Any, _args: Any, output: Any) -> Any:
        stream = returned(output)
        if stream is None or self._added is None:
            return None
        added, self._added = self._added, None
        return with_returned(output, stream + added.reshape(stream.shape))

    def _require_finite(self, rows: Tensor) -> None:
        if not rows.isfinite().all():
            raise MiStudioError(
                f"What is added at {self.out_point.name} makes numbers that are infinite or none at all.",
                "Choose smaller strengths, or a precision with a wider range.",
                code="not_finite",
            )

    def _rows(self, tensor: Tensor) -> Tensor:
        flat = tensor.reshape(-1, tensor.shape[-1])
        return (flat if self.touched is None else flat[self._places(flat)]).float()

    def _with_rows(self, tensor: Tensor, rows: Tensor) -> Tensor:
        if self.touched is None:
            return rows.to(tensor.dtype).reshape(tensor.shape)
        # A copy: a family may use the tensor elsewhere, too.
        flat = tensor.reshape(-1, tensor.shape[-1]).clone()
        flat[self._places(flat)] = rows.to(tensor.dtype)
        return flat.reshape(tensor.shape)

    def _places(self, flat: Tensor) -> Tensor:
        assert self.touched is not None
        if self.touched.numel() != len(flat):
            raise NothingRead(
                f"{len(flat):,} tokens passed at a hook point, not {self.touched.numel():,}.",
                "Let the model's hook points be found anew; it may have changed since they were stored.",
            )
        return self.touched.reshape(-1).to(flat.device)


def put(model: Any, point: HookPoint, do: Callable[[Tensor], Tensor | None]) -> Any:
    """A hook that hands on what `do` gives for what passes at a point."""

    def on_input(_: Any, args: Any, kwargs: Any) -> Any:
        tensor = given(args, kwargs)
        new = None if tensor is None else do(_checked(point, tensor))
        return None if new is None else with_given(args, kwargs, new)

    def on_output(_: Any, _args: Any, output: Any) -> Any:
        tensor = returned(output)
        new = None if tensor is None else do(_checked(point, tensor))
        return None if new is None else with_returned(output, new)

    try:
        module = model.get_submodule(point.module)
    except AttributeError:
        raise BadRequest(
            f"The model has no {point.module}, where {point.name} is to be found.",
            "Choose the model that the SAE was trained on.",
            field="model",
        ) from None
    if point.side == "input":
        return module.register_forward_pre_hook(on_input, with_kwargs=True)
    return module.register_forward_hook(on_output)


def _checked(point: HookPoint, tensor: Tensor) -> Tensor:
    if tensor.shape[-1] != point.width:
        raise NothingRead(
            f"{point.name} gave vectors of {tensor.shape[-1]:,} numbers, not {point.width:,}.",
            "Let the model's hook points be found anew; it may have changed since they were stored.",
        )
    return tensor
