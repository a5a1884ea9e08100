"""Which worker processes there can be: a job asks for a kind of lane, a process is one lane of that kind."""

from __future__ import annotations

import re

from . import gpus

# Two for downloads and imports, which mostly wait; one for what keeps every core busy by itself.
FIXED = {"io": ("io-1", "io-2"), "cpu": ("cpu",)}
# Whatever runs a language model: one lane a GPU, named by it; on a machine without one, a lane on the CPU.
GPU = "gpu"
MAIN = "main"
LIVE = "live"
_NAME = re.compile(r"gpu-GPU-[0-9a-f-]{8,40}")


def names_of(kind: str) -> tuple[str, ...]:
    """The lanes of a kind on this machine."""
    return FIXED.get(kind) or tuple(f"{GPU}-{uuid}" for uuid in gpus.uuids()) or (MAIN,)


def is_name(name: str) -> bool:
    return name in (*(each for names in FIXED.values() for each in names), MAIN, LIVE) or _NAME.fullmatch(name) is not None


def kind_of(name: str) -> str:
    return next((kind for kind, names in FIXED.items() if name in names), GPU)


def environment(name: str) -> dict[str, str]:
    """What a lane's process is told of the machine: a GPU's lane sees that GPU alone, the one on the CPU none."""
    if name.startswith(f"{GPU}-"):
        return {"CUDA_VISIBLE_DEVICES": name.removeprefix(f"{GPU}-")}
    return {}
