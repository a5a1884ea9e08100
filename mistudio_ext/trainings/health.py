"""What goes wrong in a run, said once, with the likely cause and what to do: looked for in each row of the metrics."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from .plan import PlannedSae
from .record_schema import RunFinding

Row = dict[str, float | None]
# Rows that a jump is measured against, and how many there must be.
LATEST, ENOUGH = 50, 20
DEAD, SPIKE, DRIFT, NOTHING, GROWN = 0.2, 3.0, 0.25, 0.95, 1.5
# A share of the run after which what is said is meant for good.
SETTLED = 0.25


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
            RunFinding(level="warning", text=text, remedy=remedy, step=step, sae=self.sae.number)
            for code, text, remedy in (*self._dead(step, row), *self._loss(step, row, warm), *self._sparsity(step, row, warm))
            if not (code in self.said or self.said.add(code))  # type: ignore[func-returns-value]
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

    def _dead(self, step: int, row: Row) -> list[tuple[str, str, str]]:
        dead, after = row.get("dead"), self.sae.options.dead_after or 0
        if dead is None or dead <= DEAD or step * self.batch_size < 2 * after:
            return []
        remedy = "Lower the learning rate or the width, or normalize by whitening."
        if self.sae.options.dead_features == "none":
            remedy = "Choose a treatment of dead features, such as aux_k."
        return [("dead", f"{dead:.0%} of the features are dead.", remedy)]

    def _loss(self, step: int, row: Row, warm: bool) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        loss, fvu = row.get("loss"), row.get("fvu")
        if loss is not None and warm and len(self.losses) >= ENOUGH and loss > SPIKE * (usual := median(self.losses)) > 0:
            remedy = "Lower the learning rate, clip the gradient, or look for texts with vectors of unusual length."
            found.append(("spike", f"The loss jumped to {loss / usual:.1f} times its usual value at step {step:,}.", remedy))
        if fvu is not None:
            self.lowest = min(self.lowest, fvu)
            self.above = self.above + 1 if warm and fvu > GROWN * self.lowest and fvu > self.lowest + 0.05 else 0
            if self.above >= ENOUGH:
                text = f"The share of unexplained variance grew from {self.lowest:.2f} to {fvu:.2f}."
                found.append(("grown", text, "The learning rate is too high, or the sparsity penalty too heavy: lower it."))
            if fvu > NOTHING and warm and step > SETTLED * self.steps:
                text = f"Next to nothing is explained (FVU {fvu:.2f})."
                remedy = "Lower the sparsity penalty or allow more active features; look at the norms of the vectors."
                found.append(("nothing", text, remedy))
        return found

    def _sparsity(self, step: int, row: Row, warm: bool) -> list[tuple[str, str, str]]:
        l0, wished = row.get("l0"), self.sae.options.target_l0
        if l0 is None or not warm:
            return []
        if l0 < 0.5 and step > SETTLED * self.steps:
            return [("collapse", f"Hardly a feature is on (L0 {l0:.2f}).", "Lower the sparsity penalty or the learning rate.")]
        if self.sae.k is not None:
            return []
        if wished is not None and step > self.steps / 2 and abs(l0 / wished - 1) > DRIFT:
            remedy = "Give it more steps, or a coefficient nearer to what is needed to begin with."
            return [("drift", f"{l0:.0f} features are on, {wished:g} were wished.", remedy)]
        if wished is None and step > SETTLED * self.steps and l0 > self.sae.d_in / 2:
            text = f"{l0:.0f} features are on at each token, of {self.sae.d_in:,} dimensions: that is not sparse."
            return [("dense", text, "Raise the coefficient, or give a target L0.")]
        return []
