"""Steering: parameters. The only place where a default or a bound of theirs is written."""

from __future__ import annotations

from typing import Literal

from ..contract.models import Contract, option

Mode = Literal["add", "multiply", "clamp", "ablate"]
Positions = Literal["all", "prompt", "generated"]


class SteerOptions(Contract):
    mode: Mode = option(
        "add",
        title="Mode",
        help="What becomes of a feature's activation: add: the strength is added to it. multiply: it is multiplied by the "
        "strength. clamp: it is set to the strength. ablate: it is set to 0; there is no strength. 0 changes nothing in add, "
        "nor does 1 in multiply.",
    )
    positions: Positions = option(
        "all",
        title="Positions",
        help="Which tokens are steered, padding never: all, those of the prompt, or those that `generate` writes.",
    )
    first: int = option(
        0, title="First", help="So many tokens at the beginning of each text stay as they are.", unit="tokens", ge=0, le=2**31
    )
