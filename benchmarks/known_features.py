"""How soon the features are found that are known to be there: ours, and the libraries that the field trains with.

    python benchmarks/known_features.py [--seeds 3] [--tokens 1000000] [--law steep] [--peers all|none|NAME,NAME]
    python benchmarks/known_features.py --peers none --architectures topk,batchtopk [--rate 0.004] [--set dead_features=none]

Goals: topk with untouched defaults finds at least 99 % of the features within a million tokens, with every seed, and at most 1 %
of its own are dead in the end; it takes at most 0.8 times the processor time of the best peer to come there, and its FVU is at
most 1.15 times that of the peer with the lowest.

The data: 1024 random unit directions in 256 dimensions; a token has 8 of them on the average, the i-th with a frequency
that falls as 1 / sqrt(i) (0.13 to 0.004; steep: as 1 / (i + 10), 0.17 to 0.002), each as strong as a number between 0.5 and 1.5,
and noise of deviation 0.02 on each dimension. A feature is found when a decoder row has a cosine above 0.9 with its direction.

Each contestant is a process of its own that reads the same rows; they take turns, some steps each. Peers come twice: with their
defaults, and at the rate that is best here. FVU, L0 and dead features are those of 65,536 other tokens, as each library itself
encodes and decodes them. CPU seconds are those of training steps, without reading or judging; they say most with one thread.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from contest.arena import Contestant, environment  # noqa: E402
from contest.peers import PACKAGES  # noqa: E402

from mistudio_ext.saes.sparse import Entries  # noqa: E402

DIRECTIONS, D, WIDTH, K, BATCH = 1024, 256, 2048, 16, 4096
JUDGED, CALIBRATION = 65536, 4 * BATCH
GOAL = 0.99
# Steps that are made in one go, after which it is asked how much was found.
TURN = 10
# The rate at which each finds most within a million tokens.
BEST = 4e-3
# Those that a penalty makes sparse come this close to the features that there are.
TARGETS = {"standard": 8, "jumprelu": 8, "gated": 8}


class World:
    """Tokens without end, the same for each seed."""

    def __init__(self, seed: int, law: str) -> None:
        # Not the stream of numbers that an SAE of this seed starts from.
        self.chance = torch.Generator().manual_seed(1_000_003 + seed)
        self.directions = torch.nn.functional.normalize(torch.randn(DIRECTIONS, D, generator=self.chance), dim=1)
        places = torch.arange(DIRECTIONS)
        falling = 1 / (places + 10) if law == "steep" else (places + 1) ** -0.5
        self.frequencies = 8 * falling / falling.sum()

    def tokens(self, count: int) -> Tensor:
        chance = torch.rand(count, DIRECTIONS, generator=self.chance)
        on = chance < self.frequencies
        # Where it is on, the same number over its frequency is anything between 0 and 1.
        strength = 0.5 + (chance / self.frequencies)[on]
        return Entries.of_mask(on).times(strength, self.directions) + 0.02 * torch.randn(count, D, generator=self.chance)

    def write(self, folder: Path, count: int) -> None:
        np.save(folder / "directions.npy", self.directions.numpy())
        rows = np.lib.format.open_memmap(folder / "rows.npy", mode="w+", dtype=np.float32, shape=(count, D))
        for start in range(0, count, BATCH):
            rows[start : start + BATCH] = self.tokens(BATCH).numpy()[: count - start]
        rows.flush()


@dataclass
class Entrant:
    name: str
    title: str
    # None: its own default.
    rate: float | None
    peer: bool = False


@dataclass
class Result:
    entrant: Entrant
    found: float = 0.0
    cpu: float = 0.0
    # Until the goal was reached; None: it was not.
    cpu_to_goal: float | None = None
    tokens_to_goal: int | None = None
    fvu: float = 0.0
    l0: float = 0.0
    dead: float = 0.0


def contest(entrants: list[Entrant], seed: int, args: argparse.Namespace, options: dict[str, Any]) -> list[Result]:
    steps = args.tokens // BATCH
    with tempfile.TemporaryDirectory() as folder:
        World(seed, args.law).write(Path(folder), steps * BATCH + CALIBRATION + JUDGED)
        common = {"folder": folder, "width": WIDTH, "k": K, "batch": BATCH, "steps": steps, "seed": seed, "threads": args.threads}
        running: list[tuple[Contestant, Result]] = []
        for each in entrants:
            if (python := environment(each.name)) is None:
                continue
            own = options | ({"target_l0": TARGETS[each.name]} if each.name in TARGETS else {})
            settings = common | {"name": each.name, "rate": each.rate, "options": {} if each.peer else own}
            try:
                running.append((Contestant(python, settings, "learner.py"), Result(each)))
            except RuntimeError as error:
                print(f"Left out: {error}")
        for start in range(0, steps, TURN):
            for contestant, result in running:
                took = contestant.ask(str(min(TURN, steps - start)))
                result.cpu += took["cpu"]
                result.found = took["found"]
                if result.cpu_to_goal is None and result.found >= GOAL:
                    result.cpu_to_goal, result.tokens_to_goal = result.cpu, min(start + TURN, steps) * BATCH
        for contestant, result in running:
            judged = contestant.ask("judge")
            result.fvu, result.l0, result.dead = judged["fvu"], judged["l0"], judged["dead"]
            contestant.leave()
    return [result for _, result in running]


def show(seed: int, results: list[Result]) -> None:
    for it in results:
        goal = "never"
        if it.cpu_to_goal is not None:
            goal = f"{it.cpu_to_goal:.1f} CPU s, {it.tokens_to_goal:,} tokens"
        figures = f"{it.found:7.1%} {it.fvu:7.4f} {it.l0:6.1f} {it.dead:6.1%} {it.cpu:6.1f}"
        print(f"{it.entrant.title:32} {seed:4} {figures}  {goal}", flush=True)
    peers = [it for it in results if it.entrant.peer]
    if not peers:
        return
    ours, lowest = results[0], min(peers, key=lambda it: it.fvu)
    print(f"    FVU {ours.fvu / lowest.fvu:.2f} times that of {lowest.entrant.title} (goal: 1.15 at the most)")
    there = [it for it in peers if it.cpu_to_goal is not None]
    if there and ours.cpu_to_goal is not None:
        first = min(there, key=lambda it: it.cpu_to_goal or 0.0)
        assert first.cpu_to_goal is not None
        ratio = ours.cpu_to_goal / first.cpu_to_goal
        print(f"    time to {GOAL:.0%} {ratio:.2f} times that of {first.entrant.title} (goal: 0.8 at the most)", flush=True)


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architectures", default="topk", help="of ours; the first is compared with the peers")
    parser.add_argument("--peers", default="all")
    parser.add_argument("--rate", type=float, help="of ours; left out: the automatic one")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--law", choices=["flat", "steep"], default="flat")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], help="name=value: an option of our training")
    args = parser.parse_args()
    options = {name: _value(text) for name, text in (each.split("=") for each in args.set)}
    peers = {"all": [*PACKAGES], "none": []}.get(args.peers, args.peers.split(","))
    entrants = [Entrant(name, name, args.rate) for name in args.architectures.split(",")]
    for name in peers:
        entrants += [Entrant(name, name, None, peer=True), Entrant(name, f"{name}, rate {BEST:g}", BEST, peer=True)]
    print(f"{'':32} {'seed':>4} {'found':>7} {'FVU':>7} {'L0':>6} {'dead':>6} {'CPU s':>6}  {GOAL:.0%} found after")
    for seed in range(args.seeds):
        show(seed, contest(entrants, seed, args, options))


if __name__ == "__main__":
    main()
