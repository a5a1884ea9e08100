"""The hook points of a model as people see them: what each is, which layers have it, and why others do not."""

from __future__ import annotations

from typing import Any

from .hook_kinds import HELP, TITLES
from .hook_points import points_of
from .probe import Layer, find_layers
from .schema import HookKind, HookPoints, MissingHookPoint, OfferedHookPoint
from .structure import find_structure

NO_STREAM = "What goes into such a layer or comes out of it is not one vector of the hidden size for each token."
NO_PARTS = "Such a layer has no attention and MLP that can be told apart from what else it does."
NO_SUM = "What such a layer gives is not the stream plus what its attention and its MLP give."
INSIDE = "The residual is added inside the attention's or the MLP's module: what these add alone is seen nowhere."
NO_HEADS = "Its attention does not end with one projection of all its heads' outputs, or has no heads."
NO_MIDDLE = "No part of the layer reads the stream between attention and MLP; where both work side by side, there is none."


def offered(model: Any) -> HookPoints:
    """Runs the model, as it is loaded, on a few random tokens."""
    structure = find_structure(model)
    found = find_layers(model, structure)
    # In each kind those of one width together: some families have more heads in some layers than in others.
    having: dict[tuple[HookKind, int], list[int]] = {}
    for point in points_of(model, structure, found):
        having.setdefault((point.kind, point.width), []).append(point.layer)
    lacking: dict[tuple[HookKind, str], list[int]] = {}
    for kind in TITLES:
        there = {layer for (each, _), layers in having.items() if each == kind for layer in layers}
        for number, layer in enumerate(found):
            if number not in there:
                lacking.setdefault((kind, _why(kind, layer)), []).append(number)
    return HookPoints(
        layers=len(structure.blocks),
        points=[
            OfferedHookPoint(kind=kind, title=TITLES[kind], help=HELP[kind], layers=layers, width=width)
            for (kind, width), layers in sorted(having.items(), key=lambda each: [*TITLES].index(each[0][0]))
        ],
        missing=[MissingHookPoint(kind=kind, why=why, layers=layers) for (kind, why), layers in lacking.items()],
    )


def _why(kind: HookKind, layer: Layer) -> str:
    if not layer.stream:
        return NO_STREAM
    if not layer.pairs:
        return NO_PARTS
    if layer.sum is None:
        return NO_SUM
    if kind == "resid_mid":
        return NO_MIDDLE
    if not layer.sum.separate:
        return INSIDE
    assert kind == "attn_z"
    return NO_HEADS
