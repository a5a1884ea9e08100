"""What goes wrong in a run, said once, with the likely cause and what to do: looked for in each row of the metrics."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NamedTuple

from .plan import PlannedSae
from .record_schema import RunFinding

Row = dict[str, float | None]
# Rows that a jump is measured against, and how many there must be.
LATEST, ENOUGH = 50, 20
DEAD, SPIKE, DRIFT, NOTHING, GROWN = 0.2, 3.0, 0.25, 0.95, 1.5
# A share of the run after which what is said is meant for good.
SETTLED = 0.25


class Said(NamedTuple):
    """`changes`: parameters of a new training that would follow the remedy."""

    code: str
    text: str
    remedy: str
    changes: dict[str, Any]


@dataclass
class Watch:
    """Over one SAE. `state` goes into checkpoints, so that a resumed run says the same."""

    sae: PlannedSae
    steps: int
    batch_size: int
    losses: deque[float] = field(default_factory=lambda: deque(maxlen=LATEST))
    lowest: float = float("inf")
    above: int = 0
    said: set[str] = field(default_factory=set)

    def look(self, step: int, row: Row, *, warm: bool) -> list[RunFinding]:
        """`warm`: the warm-ups are over."""
        found = [
            RunFinding(level="warning", text=each.text, remedy=each.remedy, changes=each.changes, step=step, sae=self.sae.number)
            for each in (*self._dead(step, row), *self._loss(step, row, warm), *self._sparsity(step, row, warm))
            if not (each.code in self.said or self.said.add(each.code))  # type: ignore[func-returns-value]
        ]
        if (loss := row.get("loss")) is not None:
            self.losses.append(loss)
        return found

    def state(self) -> dict[str, Any]:
        lowest = None if self.lowest == float("inf") else self.lowest
        return {"losses": list(self.losses), "lowest": lowest, "above": self.above, "said": sorted(self.said)}

    def restore(self, state: dict[str, Any]) -> None:
        self.losses.extend(state["losses"])
        self.lowest = float("inf") if state["lowest"] is None else state["lowest"]
        self.above, self.said = state["above"], set(state["said"])

    def _dead(self, step: int, row: Row) -> list[Said]:
        dead, after = row.get("dead"), self.sae.options.dead_after or 0
        if dead is None or dead <= DEAD or step * self.batch_size < 2 * after:
            return []
        text = f"{dead:.0%} of the features are dead."
        if self.sae.options.dead_features == "none":
            return [Said("dead", text, "Choose a treatment of dead features, such as aux_k.", {"dead_features": "aux_k"})]
        return [Said("dead", text, "Lower the learning rate or the width, or normalize by whitening.", self._slower)]

    def _loss(self, step: int, row: Row, warm: bool) -> list[Said]:
        found: list[Said] = []
        loss, fvu = row.get("loss"), row.get("fvu")
        if loss is not None and warm and len(self.losses) >= ENOUGH and loss > SPIKE * (usual := median(self.losses)) > 0:
            text = f"The loss jumped to {loss / usual:.1f} times its usual value at step {step:,}."
            remedy = "Lower the learning rate, clip the gradient, or look for texts with vectors of unusual length."
            found.append(Said("spike", text, remedy, self._slower))
        if fvu is not None:
            self.lowest = min(self.lowest, fvu)
            self.above = self.above + 1 if warm and fvu > GROWN * self.lowest and fvu > self.lowest + 0.05 else 0
            if self.above >= ENOUGH:
                text = f"The share of unexplained variance grew from {self.lowest:.2f} to {fvu:.2f}."
                remedy = "The learning rate is too high, or the sparsity penalty too heavy: lower it."
                found.append(Said("grown", text, remedy, self._slower))
            if fvu > NOTHING and warm and step > SETTLED * self.steps:
                text = f"Next to nothing is explained (FVU {fvu:.2f})."
                remedy = "Lower the sparsity penalty or allow more active features; look at the norms of the vectors."
                found.append(Said("nothing", text, remedy, self._sparser(1 / 2)))
        return found

    def _sparsity(self, step: int, row: Row, warm: bool) -> list[Said]:
        l0, wished = row.get("l0"), self.sae.options.target_l0
        if l0 is None or not warm:
            return []
        if l0 < 0.5 and step > SETTLED * self.steps:
            text = f"Hardly a feature is on (L0 {l0:.2f})."
            return [Said("collapse", text, "Lower the sparsity penalty or the learning rate.", self._sparser(1 / 2))]
        if self.sae.k is not None:
            return []
        if wished is not None and step > self.steps / 2 and abs(l0 / wished - 1) > DRIFT:
            text = f"{l0:.0f} features are on, {wished:g} were wished."
            remedy = "Give it more steps, or a coefficient nearer to what is needed to begin with."
            return [Said("drift", text, remedy, {"steps": min(2 * self.steps, 10_000_000), "tokens": None})]
        if wished is None and step > SETTLED * self.steps and l0 > self.sae.d_in / 2:
            text = f"{l0:.0f} features are on at each token, of {self.sae.d_in:,} dimensions: that is not sparse."
            return [Said("dense", text, "Raise the coefficient, or give a target L0.", self._sparser(2))]
        return []

    @property
    def _slower(self) -> dict[str, Any]:
        return {"learning_rate": _short(max(self.sae.learning_rate / 2, 1e-6))}

    def _sparser(self, times: float) -> dict[str, Any]:
        """Of what decides how many features are on, so many times as much pressure; none for what is registered by others."""
        options = self.sae.options
        if self.sae.k is not None:
            return {"k": min(self.sae.width, max(1, round(self.sae.k / times)))}
        if options.target_l0 is not None:
            return {"target_l0": max(1.0, _short(options.target_l0 / times))}
        if options.architecture == "jumprelu":
            return {"l0_coefficient": _short(min(10.0, max(1e-6, options.l0_coefficient * times)))}
        if options.architecture in ("standard", "gated"):
            return {"l1_coefficient": _short(min(0.1, max(1e-5, options.l1_coefficient * times)))}
        return {}


def _short(value: float) -> float:
    return float(f"{value:.3g}")
