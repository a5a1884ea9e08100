"""Which architectures there are: those beside this file, those registered in this process, those of installed packages, and
those that their user wrote in a notebook."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint

from ..contract.errors import BadRequest
from . import own_architectures
from .architectures import installed
from .training_form import TrainingSae

BUILT_IN = {
    "topk": ("topk", "TopK"),
    "batchtopk": ("batch_topk", "BatchTopK"),
    "matryoshka": ("matryoshka", "Matryoshka"),
    "standard": ("standard", "Standard"),
    "jumprelu": ("jump_relu", "JumpRelu"),
    "gated": ("gated", "Gated"),
}
_registered: dict[str, type[TrainingSae]] = {}


def register(made: type[TrainingSae]) -> type[TrainingSae]:
    """Make an architecture known by its `architecture` name; can stand over the class as a decorator."""
    name = getattr(made, "architecture", "")
    if not name or not issubclass(made, TrainingSae):
        raise TypeError("An architecture is a TrainingSae with a name in `architecture`")
    if name in BUILT_IN:
        raise ValueError(f"“{name}” is an architecture of miStudio; give yours another name")
    _registered[name] = made
    return made


@cache
def _installed() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in installed()}


def architectures() -> list[str]:
    return [*BUILT_IN, *sorted({*_registered, *_installed(), *own_architectures.names()} - {*BUILT_IN})]


def architecture(name: str) -> type[TrainingSae]:
    if name in BUILT_IN:
        module, attribute = BUILT_IN[name]
        found = getattr(import_module(f".{module}", __package__), attribute)
    elif name in _registered:
        found = _registered[name]
    elif name in _installed():
        found = _installed()[name].load()
    elif name in own_architectures.names():
        found = own_architectures.load(name)
    else:
        raise BadRequest(
            f"There is no architecture “{name}”.",
            f"Choose one of {', '.join(architectures())}, or register yours.",
            field="architecture",
        )
    if not (isinstance(found, type) and issubclass(found, TrainingSae)):
        raise BadRequest(
            f"What is installed as architecture “{name}” is none.", "Ask its makers for a newer version.", field="architecture"
        )
    return found
