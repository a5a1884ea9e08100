"""One training step: ours against a plain loop in torch, and against the libraries that the field trains with.

    python benchmarks/training_step.py [--widths 2048,4096,16384] [--threads 2] [--rounds 5] [--peers all|none|NAME,NAME]
    python benchmarks/training_step.py --architectures topk,batchtopk,matryoshka,standard,jumprelu,gated --peers none

Goals: at least 1.2 times as fast as the fastest peer at each width, and at most 1.1 times the memory of the plain loop. Batch
4096, d 256, k 32, float32.

Each contestant is a process of its own on the same activations; they take turns, a few steps each, so that a busy machine
disturbs all alike. Libraries are installed once in environments of their own. On a busy machine trust CPU seconds, and with one
thread most: threads that wait for one another burn time. Ours is the whole step of a training: normalizing, selecting, losses,
gradients, clipping, Adam, decoder rows, counting who fired. "One encoder product" is the least that any of them must do.
Memory is the most that a process had, less the most that it had before it loaded the library and made the SAE.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from contest.arena import Contestant, Machine, environment  # noqa: E402
from contest.peers import PACKAGES  # noqa: E402

LIMIT, PLAIN = "one encoder product", "plain torch"


def contest(width: int, names: list[str], args: argparse.Namespace) -> None:
    settings = {"width": width, "d": args.d, "k": args.k, "batch": args.batch, "threads": args.threads, "rate": 1e-3}
    contestants: list[Contestant] = []
    for name in names:
        python = environment(name)
        if python is None:
            continue
        try:
            contestants.append(Contestant(python, settings | {"name": name}))
            contestants[-1].steps(2, keep=False)
        except RuntimeError as error:
            print(f"Left out: {error}")
    machine = Machine()
    for _ in range(args.rounds):
        for each in contestants:
            each.steps(args.steps)
    others = machine.others(contestants, args.steps)
    rounds = f"{args.rounds} rounds of {args.steps} steps"
    print(f"\nwidth {width:,}, {args.threads} threads, {rounds}; others took {others:.0%} of the processor")
    print(f"{'':22} {'wall ms':>8} {'CPU ms':>8} {'least':>8} {'MB':>6}   {'CPU, times ours':>15}")
    ours = contestants[0]
    for each in contestants:
        times = median(each.cpus) / median(ours.cpus)
        figures = f"{median(each.walls) * 1e3:8.1f} {median(each.cpus) * 1e3:8.1f} {min(each.cpus) * 1e3:8.1f}"
        print(f"{each.name:22} {figures} {each.memory / 1e6:6.0f}   {times:15.2f}", flush=True)
        each.leave()
    peers = [median(each.cpus) for each in contestants if each.name in PACKAGES or each.name == PLAIN]
    print(f"the fastest other: {min(peers) / median(ours.cpus):.2f} times ours (goal 1.2)")
    plain = next(each for each in contestants if each.name == PLAIN)
    print(f"memory: {ours.memory / plain.memory:.2f} times the plain loop's (goal: 1.1 at the most)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--widths", default="2048,4096,16384")
    parser.add_argument("--architectures", default="topk", help="of ours; the first is what the others are compared with")
    parser.add_argument("--peers", default="all")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--d", type=int, default=256)
    parser.add_argument("--k", type=int, default=32)
    args = parser.parse_args()
    peers = {"all": [*PACKAGES], "none": []}.get(args.peers, args.peers.split(","))
    for width in map(int, args.widths.split(",")):
        contest(width, [*args.architectures.split(","), PLAIN, *peers, LIMIT], args)


if __name__ == "__main__":
    main()
