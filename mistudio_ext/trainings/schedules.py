"""How the learning rate and the weight of the sparsity penalty move over the steps. Steps are counted from 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from .schema import Schedule

Phase = Literal["warm-up", "full", "decay"]
# What an exponential fall comes down to.
END = 0.01
# How far the weight gives way at once; over which share of a run L0 is compared with itself; how far ahead that is drawn on.
AT_ONCE, LATE, AHEAD = 1.5, 0.04, 2.0


@dataclass(frozen=True)
class Rate:
    """The share of the learning rate at each step. A run that was extended begins anew behind the step `begin`."""

    schedule: Schedule
    steps: int
    warm_up: float
    decay: float
    begin: int = 0

    def at(self, step: int) -> float:
        done, steps = step - self.begin, self.steps - self.begin
        rising, falling = self._parts(steps)
        share = min(1.0, done / rising) if rising else 1.0
        if falling and done > steps - falling:
            # Never down to 0: the last step counts too.
            share *= self._fallen((done - (steps - falling)) / (falling + 1))
        return share

    def phase(self, step: int) -> Phase:
        done, steps = step - self.begin, self.steps - self.begin
        rising, falling = self._parts(steps)
        if rising and done < rising:
            return "warm-up"
        return "decay" if self.schedule != "constant" and falling and done > steps - falling else "full"

    def _parts(self, steps: int) -> tuple[int, int]:
        return round(self.warm_up * steps), round(self.decay * steps)

    def _fallen(self, part: float) -> float:
        if self.schedule == "linear":
            return 1 - part
        if self.schedule == "cosine":
            return (1 + math.cos(math.pi * part)) / 2
        return END**part if self.schedule == "exponential" else 1.0


@dataclass
class Penalty:
    """The weight of the sparsity penalty: it grows over the warm-up and, where an L0 is aimed at, follows what is seen.

    L0 answers to the weight late, and the later the longer a run is made for. So the weight looks ahead: it goes by where L0
    will be if it moves on as it does, and gives way at once where it is off, before that adds up.
    """

    coefficient: float
    # Steps of the warm-up.
    rising: int
    target_l0: float | None
    # Steps of the run that it is made for.
    steps: int
    # Where following the target has led the weight, beside the coefficient; and the L0 seen lately, and before that.
    factor: float = 1.0
    seen: float | None = None
    before: float | None = None

    def at(self, step: int) -> float:
        share = min(1.0, step / self.rising) if self.rising else 1.0
        now = 1.0 if self.target_l0 is None or self.seen is None else math.exp(AT_ONCE * self._off(self.seen))
        return self.coefficient * self.factor * now * share

    def follow(self, step: int, l0: float) -> None:
        """Told of the L0 of each step. The weight grows where more features are on than wished."""
        if self.target_l0 is None:
            return
        late = 1 / max(10.0, LATE * self.steps)
        self.seen = l0 if self.seen is None else self.seen + (l0 - self.seen) / 10
        self.before = l0 if self.before is None else self.before + (l0 - self.before) * late
        if step >= self.rising:
            coming = self.seen + AHEAD * (self.seen - self.before)
            pace = max(0.0015, min(0.05, 30 / self.steps))
            self.factor *= math.exp(pace * self._off(coming))

    def _off(self, l0: float) -> float:
        """As a logarithm, for a tenth and ten times as much are equally wrong; cut off where it says nothing more."""
        assert self.target_l0 is not None
        return max(-1.0, min(1.0, math.log(max(l0, 1e-3) / self.target_l0)))

    def state(self) -> dict[str, float | None]:
        return {"factor": self.factor, "seen": self.seen, "before": self.before}

    def restore(self, state: dict[str, float | None]) -> None:
        self.factor, self.seen, self.before = float(state["factor"] or 0.0), state["seen"], state["before"]
