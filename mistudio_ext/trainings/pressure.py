"""Sparsity penalties that are too heavy for what is read: hardly a feature would be on. Nothing heavy here."""

from __future__ import annotations

import math

from .plan import PlannedSae
from .record_schema import Finding

# Found by runs of 400 steps (2,000 for jumprelu, whose thresholds rise step by step) at 64 dimensions and, for standard, 256, of
# widths 4 and 16 times as many, on sparse directions and on noise: about from these coefficients on, where inputs lie √d about
# their mean, next to nothing is explained (FVU of 0.7 and more), or of jumprelu hardly a feature is on (L0 about 1). What a
# feature gains falls with the distance from the mean beside L1, and with its square beside L0. Those of L1 are for one feature a
# dimension, and are divided by √d.
L1 = {"standard": 1.0, "gated": 2.0}
L1_BY_WIDTH = -1 / 4
L0 = 0.3


def too_heavy(sae: PlannedSae, spread: float = 1.0) -> list[Finding]:
    """`spread`: how far the normalized vectors of a batch are from their mean, beside √d; before it is known, that is 1."""
    own, limit = sae.options, heaviest(sae, spread)
    if limit is None:
        return []
    name = "L0" if own.architecture == "jumprelu" else "L1"
    given = own.l0_coefficient if name == "L0" else own.l1_coefficient
    if given < limit:
        return []
    text = f"{sae.title}: an {name} coefficient of {given:g} is heavy here: from about {limit:.2g} on hardly a feature is on."
    remedy = f"Choose {limit / 10:.1g} or less, or give a target L0."
    if name == "L1":
        remedy += " Of a coefficient from SAELens, take that number divided by the dimensions of the input."
    return [Finding(level="warning", text=text, remedy=remedy)]


def heaviest(sae: PlannedSae, spread: float) -> float | None:
    """The coefficient from which on an SAE of this architecture and width is known to collapse; null: nothing is known."""
    if sae.options.architecture == "jumprelu":
        return L0 * spread**2
    if (at_one := L1.get(sae.options.architecture)) is None:
        return None
    by_width: float = (sae.width / sae.d_out) ** L1_BY_WIDTH
    return at_one * by_width * spread / math.sqrt(sae.d_out)
