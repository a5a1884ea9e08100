"""How large an SAE is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    d_in: int
    d_out: int
    width: int
