"""Architectures of one's own, written in a notebook."""

from __future__ import annotations

import importlib
import linecache
import sys
from typing import Any, TypeVar

from ..contract.errors import BadRequest
from ..saes import own_architectures

Made = TypeVar("Made", bound=type)


def register_architecture(made: Made) -> Made:
    """Stands over a class in a cell: a `TrainingSae`, or one of miStudio's architectures changed, with a name of its own.

        from mistudio_ext.saes.topk import TopK

        @ms.register_architecture
        class Sparser(TopK):
            architecture = "sparser"
            …

    From then on `ws.train(…, architecture="sparser")` and the form know it, in this and in every later notebook of yours. The
    cell must hold all that the class uses, imports too: the class is made again in the processes that train.
    """
    name: Any = getattr(made, "architecture", "")
    registry = importlib.import_module("mistudio_ext.saes.registry")
    registry.register(made)
    cell = "".join(linecache.getlines(sys._getframe(1).f_code.co_filename))  # noqa: SLF001
    if not cell:
        what = "What this class was written in cannot be read."
        raise BadRequest(what, "Write it in a cell of a notebook, or in a file.", field="architecture")
    own_architectures.keep(str(name), made.__name__, cell)
    return made


def forget_architecture(name: str) -> None:
    """Trainings that use it can no longer be gone on with."""
    own_architectures.forget(name)
