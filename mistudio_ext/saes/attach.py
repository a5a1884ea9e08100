"""An SAE hung into a transformers model of the user's own: to read its features, or to let its reconstruction pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest, Conflict
from ..models.hook_points import HookPoint, find_hook_points
from .belongs import require_its_model
from .net import SparseAutoencoder
from .positions import passing
from .slices import in_slices
from .splice import Splice, put

if TYPE_CHECKING:
    from torch import Tensor
    from typing_extensions import Self


class Attached:
    """Works from the moment it is made until `remove()`, or the end of its `with` block."""

    def __init__(self, net: SparseAutoencoder, model: Any, point: HookPoint, out_point: HookPoint, *, splice: bool, first: int):
        self.net, self.model, self.point, self.out_point, self.first = net, model, point, out_point, first
        self._shape: tuple[int, int] | None = None
        self._rows: Tensor | None = None
        self._splice = Splice(model, point, out_point, self._reconstructed) if splice else None
        self._handles = [
            model.register_forward_pre_hook(self._begin, with_kwargs=True),
            put(model, point, self._take),
        ]
        if self._splice is not None:
            self._handles += self._splice.hooks()

    @property
    def inputs(self) -> Tensor:
        """What passed at the hook point in the model's last pass: texts x columns x dimensions."""
        if self._rows is None or self._shape is None:
            raise Conflict("The model has not run since the SAE was attached.", "Call the model, then ask again.")
        return self._rows.reshape(*self._shape, -1)

    @property
    def features(self) -> Tensor:
        """Of the last pass: texts x columns x width."""
        import torch

        rows = self.inputs.reshape(-1, self.point.width).float().to(self.net.encoder.device)
        found = [self.net.encode(each) for each in in_slices(rows, self.net.shape.width)]
        return torch.cat(found).reshape(*self.inputs.shape[:2], -1)

    def remove(self) -> None:
        for each in self._handles:
            each.remove()
        self._handles.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def _begin(self, model: Any, args: Any, kwargs: Any) -> None:
        now = passing(model, args, kwargs)
        self._shape, self._rows = (now.texts, now.columns), None
        if self._splice is not None:
            self._splice.touched = now.places >= self.first

    def _take(self, tensor: Tensor) -> None:
        if self._rows is None:
            self._rows = tensor * self.point.multiplier

    def _reconstructed(self, rows: Tensor) -> Tensor:
        import torch

        there = rows.to(self.net.encoder.device)
        return torch.cat([self.net(each) for each in in_slices(there, self.net.shape.width)])


def attach(
    net: SparseAutoencoder,
    model: Any,
    hook: str | None = None,
    out_hook: str | None = None,
    *,
    splice: bool = False,
    first: int = 1,
) -> Attached:
    """Read the features of each pass of the model, or, with `splice`, let the reconstruction pass in the place of what it
    reconstructs; so many `first` positions of each text and padding stay as they are. Names are as in “layers.2.resid_post”."""
    require_its_model(net, model)
    points = {each.name: each for each in find_hook_points(model)}
    point, out_point = places_of(net, points, hook, out_hook)
    return Attached(net, model, point, out_point, splice=splice, first=first)


def places_of(
    net: SparseAutoencoder, points: dict[str, HookPoint], hook: str | None = None, out_hook: str | None = None
) -> tuple[HookPoint, HookPoint]:
    """Where it reads and where it writes, among a model's hook points; by its own word where no other is given."""
    hook = hook or net.cfg.get("hook")
    if hook is None:
        raise BadRequest(
            "It is not known where this SAE belongs in the model.",
            "Name its hook point, as in “layers.2.resid_post”.",
            field="hook",
        )
    out_hook = out_hook or (net.cfg.get("out_hook") if hook == net.cfg.get("hook") else None) or hook
    point, out_point = (_point(points, name) for name in (hook, out_hook))
    for name, has, wants in (("reads", point, net.shape.d_in), ("writes", out_point, net.shape.d_out)):
        if has.width != wants:
            raise BadRequest(
                f"The SAE {name} vectors of {wants:,} numbers, and at {has.name} the model has {has.width:,}.",
                "Choose the model and hook point that it was trained on.",
                field="hook",
            )
    return point, out_point


def _point(points: dict[str, HookPoint], name: str) -> HookPoint:
    if name not in points:
        there = ", ".join(dict.fromkeys(each.kind for each in points.values()))
        raise BadRequest(f"The model has no hook point {name[:60]}.", f"It has, in some layers: {there}.", field="hook")
    return points[name]
