"""The device that torch computes on: the one that is asked for, if it is here."""

from __future__ import annotations

from ..contract.errors import BadRequest


def require_device(asked: str | None) -> str:
    """Asked for none ("auto" says the same): the GPU, where there is one."""
    import torch

    if asked is None or asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, number = asked.partition(":")
    here = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if int(number or 0) >= here[kind]:
        there = ", ".join(each for each, count in here.items() if count)
        raise BadRequest(f"There is no device {asked} here.", f"Leave it out, or choose one of: {there}.", field="device")
    return asked
