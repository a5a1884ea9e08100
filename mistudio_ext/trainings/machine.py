"""How fast a run goes, and what it takes of the machine."""

from __future__ import annotations

import time

import psutil
import torch

from .health import Row

COLUMNS = ("tokens_per_second", "memory", "gpu_memory", "gpu_use", "micro_batch", "attempt", "time")


class Machine:
    def __init__(self, device: torch.device):
        self.device = device
        self._process = psutil.Process()
        self._last: tuple[int, float] | None = None

    def row(self, step: int, batch: int, micro: int, attempt: int) -> Row:
        """Since the row before."""
        now = time.monotonic()
        before, self._last = self._last, (step, now)
        return {
            "tokens_per_second": (step - before[0]) * batch / max(now - before[1], 1e-9) if before else None,
            "memory": float(self._process.memory_info().rss),
            "gpu_memory": float(torch.cuda.memory_reserved(self.device)) if self.device.type == "cuda" else None,
            "gpu_use": self._gpu_use(),
            "micro_batch": float(micro),
            "attempt": float(attempt),
            "time": time.time(),
        }

    def _gpu_use(self) -> float | None:
        if self.device.type != "cuda":
            return None
        try:
            return float(torch.cuda.utilization(self.device)) / 100
        except (RuntimeError, ModuleNotFoundError):
            return None
