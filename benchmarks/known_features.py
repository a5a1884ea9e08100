"""How soon the features are found that are known to be there.

    python benchmarks/known_features.py [--architectures topk,batchtopk] [--rate 0.004] [--seeds 3] [--tokens 1000000]

Goal: topk with untouched defaults finds at least 99 % of the features within a million tokens, with every seed, and at
most 1 % of its own are dead in the end.

The data: 1024 random unit directions in 256 dimensions; a token has 8 of them on the average, the i-th with a frequency
that falls as 1 / sqrt(i) (0.13 to 0.004), each as strong as a number between 0.5 and 1.5, and noise of deviation 0.02 on each
dimension. A feature is found when a decoder row has a cosine above 0.9 with its direction. FVU and dead features are those of
65,536 fresh tokens. CPU seconds are those of training steps, without making or judging the data.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from contest.ours import Ours  # noqa: E402

from mistudio_ext.saes.sparse import Entries  # noqa: E402

DIRECTIONS, D, WIDTH, K, BATCH = 1024, 256, 2048, 16, 4096
FOUND, GOAL = 0.9, 0.99


class World:
    """Tokens without end, the same for each seed."""

    def __init__(self, seed: int) -> None:
        # Not the stream of numbers that an SAE of this seed starts from.
        self.chance = torch.Generator().manual_seed(1_000_003 + seed)
        self.directions = torch.nn.functional.normalize(torch.randn(DIRECTIONS, D, generator=self.chance), dim=1)
        falling = (torch.arange(DIRECTIONS) + 1) ** -0.5
        self.frequencies = 8 * falling / falling.sum()

    def tokens(self, count: int) -> Tensor:
        chance = torch.rand(count, DIRECTIONS, generator=self.chance)
        on = chance < self.frequencies
        # Where it is on, the same number over its frequency is anything between 0 and 1.
        strength = 0.5 + (chance / self.frequencies)[on]
        return Entries.of_mask(on).times(strength, self.directions) + 0.02 * torch.randn(count, D, generator=self.chance)

    def found(self, decoder: Tensor) -> float:
        """Share of the directions that some row of the decoder points in."""
        likeness = self.directions @ torch.nn.functional.normalize(decoder, dim=1).t()
        return float((likeness.amax(1) > FOUND).float().mean())


@dataclass
class Result:
    found: float
    fvu: float
    l0: float
    dead: float
    cpu: float
    # Until the goal was reached; None: it was not.
    cpu_to_goal: float | None
    tokens_to_goal: int | None


def run(architecture: str, seed: int, tokens: int, rate: float | None, look_every: int = 10, **options: object) -> Result:
    world = World(seed)
    steps = tokens // BATCH
    ours = Ours(architecture, world.tokens(BATCH), width=WIDTH, k=K, steps=steps, batch=BATCH, seed=seed, rate=rate, **options)
    cpu, reached = 0.0, None
    for step in range(1, steps + 1):
        batch = world.tokens(BATCH)
        began = time.process_time()
        ours.step(batch)
        cpu += time.process_time() - began
        if reached is None and step % look_every == 0 and world.found(ours.decoder()) >= GOAL:
            reached = cpu, step * BATCH
    with torch.no_grad():
        net = ours.net([world.tokens(BATCH) for _ in range(4)])
        x = world.tokens(65536)
        z = net.encode(x)
        fvu = float((net.decode(z) - x).square().sum() / (x - x.mean(0)).square().sum())
        alive = (z > 0).any(0)
        l0 = float((z > 0).sum() / len(x))
    found = world.found(ours.decoder())
    return Result(found, fvu, l0, float(1 - alive.float().mean()), cpu, *(reached or (None, None)))


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architectures", default="topk")
    parser.add_argument("--rate", type=float, help="left out: the automatic one")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], help="name=value: an option of the training")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    more = {name: _value(text) for name, text in (each.split("=") for each in args.set)}
    print(f"{'architecture':12} {'seed':>4} {'found':>7} {'FVU':>7} {'L0':>6} {'dead':>6} {'CPU s':>6}  99 % found after")
    for architecture in args.architectures.split(","):
        for seed in range(args.seeds):
            it = run(architecture, seed, args.tokens, args.rate, **more)
            goal = "never" if it.cpu_to_goal is None else f"{it.cpu_to_goal:.1f} CPU s, {it.tokens_to_goal:,} tokens"
            print(
                f"{architecture:12} {seed:4} {it.found:7.1%} {it.fvu:7.4f} {it.l0:6.1f} {it.dead:6.1%} {it.cpu:6.1f}  {goal}",
                flush=True,
            )


if __name__ == "__main__":
    main()
