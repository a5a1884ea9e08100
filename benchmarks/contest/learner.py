"""One contestant that learns known features: reads the same rows as all others, says how much of them it has found.

python learner.py '{"name": "topk", "folder": "/tmp/…", …}'

A line with a number asks for so many steps, the line "judge" for what is reconstructed of the rows that are held out.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

FOUND = 0.9
# Rows that are judged together.
PART = 8192


class Learner:
    def __init__(self, settings: dict[str, Any]) -> None:
        folder = Path(settings["folder"])
        self.batch, self.steps, self.done = settings["batch"], settings["steps"], 0
        self.rows = np.load(folder / "rows.npy", mmap_mode="r")
        self.directions = torch.from_numpy(np.load(folder / "directions.npy"))
        self.trained = self._trained(settings)

    def _part(self, start: int, end: int) -> Tensor:
        return torch.from_numpy(np.array(self.rows[start:end]))

    def _trained(self, settings: dict[str, Any]) -> Any:
        """The first batch is that of the first step; what follows the training's rows is for calibration, then for judging."""
        first = self._part(0, self.batch)
        from contest.peers import PEERS
        from contest.peers.wanted import Trained, Wanted

        if settings["name"] in PEERS:
            wanted = Wanted("topk", settings["width"], settings["k"], self.steps, settings["seed"], settings["rate"])
            return PEERS[settings["name"]](first, wanted)
        from contest.ours import Ours

        sizes = {each: settings[each] for each in ("width", "k", "steps", "batch", "seed", "rate")}
        ours = Ours(settings["name"], first, **sizes, **settings["options"])

        def ready() -> Any:
            net = ours.net([self._part(begin, begin + self.batch) for begin in self._calibration()])
            return lambda x: ((z := net.encode(x)), net.decode(z, x))

        return Trained(ours.step, ours.decoder, ready)

    def _calibration(self) -> range:
        trained_on = self.steps * self.batch
        return range(trained_on, trained_on + 4 * self.batch, self.batch)

    def learn(self, steps: int) -> dict[str, float]:
        wall, cpu = 0.0, 0.0
        for _ in range(steps):
            x = self._part(self.done * self.batch, (self.done + 1) * self.batch)
            wall_began, cpu_began = time.perf_counter(), time.process_time()
            self.trained.step(x)
            wall += time.perf_counter() - wall_began
            cpu += time.process_time() - cpu_began
            self.done += 1
        with torch.no_grad():
            rows = torch.nn.functional.normalize(self.trained.decoder(), dim=1)
            found = float(((self.directions @ rows.t()).amax(1) > FOUND).float().mean())
        return {"wall": wall, "cpu": cpu, "found": found}

    @torch.no_grad()
    def judge(self) -> dict[str, float]:
        begin = self._calibration().stop
        x, use = self._part(begin, len(self.rows)), self.trained.ready()
        squared, counts = 0.0, torch.tensor(0)
        for part in x.split(PART):
            z, y = use(part)
            squared += float((y - part).square().sum(dtype=torch.float64))
            counts = counts + (z > 0).sum(0)
        variance = float((x - x.mean(0)).square().sum(dtype=torch.float64))
        dead = float((counts == 0).float().mean())
        return {"fvu": squared / variance, "l0": float(counts.sum()) / len(x), "dead": dead}


def main() -> None:
    settings = json.loads(sys.argv[1])
    sys.path[:0] = [str(Path(__file__).resolve().parents[level]) for level in (1, 2)]
    # What libraries print must not get between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    torch.set_num_threads(settings["threads"])
    learner = Learner(settings)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        answer = learner.judge() if line.strip() == "judge" else learner.learn(int(line))
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
