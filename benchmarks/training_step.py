"""One training step: ours against a plain loop in torch, and against the libraries that the field trains with.

    python benchmarks/training_step.py [--widths 2048,4096,16384] [--threads 2] [--rounds 5] [--peers all|none|NAME,NAME]
    python benchmarks/training_step.py --architectures all --widths 2048

Goals: topk at least 1.2 times as fast as the fastest peer at each width, and at most 1.1 times the memory of the plain loop; the
other architectures not slower than the fastest peer that has them. Batch 4096, d 256, k 32, float32.

What a penalty makes sparse has half of all features on at first, and costs what that costs. After some hundred steps it has as
many as it shall have, which is how it is trained from then on: both are measured, "at first" by that name.

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
from contest.peers import PACKAGES, PEERS, PLAIN, has  # noqa: E402

LIMIT = "one encoder product"
PENALIZED = ("standard", "jumprelu", "gated")
ALL = ("topk", "batchtopk", "matryoshka", *PENALIZED)


def entrants(architecture: str, peers: list[str]) -> dict[str, dict[str, object]]:
    """Titles, and what each is asked for; ours first."""
    ours = {"name": "ours", "architecture": architecture, "sparse": False}
    others = [each for each in [PLAIN, *peers] if has(each, architecture)]
    early = {f"{architecture}, at first": ours} if architecture in PENALIZED else {}
    return {
        architecture: ours | {"sparse": architecture in PENALIZED},
        **early,
        **{each: ours | {"name": each} for each in others},
        LIMIT: ours | {"name": LIMIT},
    }


def contest(width: int, architecture: str, peers: list[str], args: argparse.Namespace) -> None:
    settings = {"width": width, "d": args.d, "k": args.k, "batch": args.batch, "threads": args.threads, "rate": 1e-3}
    contestants: dict[str, Contestant] = {}
    for title, own in entrants(architecture, peers).items():
        python = environment(str(own["name"]))
        if python is None:
            continue
        try:
            contestants[title] = Contestant(python, settings | own)
            contestants[title].steps(2, keep=False)
        except RuntimeError as error:
            print(f"Left out: {error}")
    machine = Machine()
    for _ in range(args.rounds):
        for each in contestants.values():
            each.steps(args.steps)
    others = machine.others([*contestants.values()], args.steps)
    rounds = f"{args.rounds} rounds of {args.steps} steps"
    print(f"\n{architecture}, width {width:,}, {args.threads} threads, {rounds}; others took {others:.0%} of the processor")
    print(f"{'':22} {'wall ms':>8} {'CPU ms':>8} {'least':>8} {'MB':>6}   {'CPU, times ours':>15}")
    ours = contestants[architecture]
    for title, each in contestants.items():
        times = median(each.cpus) / median(ours.cpus)
        figures = f"{median(each.walls) * 1e3:8.1f} {median(each.cpus) * 1e3:8.1f} {min(each.cpus) * 1e3:8.1f}"
        print(f"{title:22} {figures} {each.memory / 1e6:6.0f}   {times:15.2f}")
        each.leave()
    goal = 1.2 if architecture == "topk" else 1.0
    libraries = [each for title, each in contestants.items() if title in PEERS]
    if libraries:
        fastest = min(median(each.cpus) for each in libraries)
        for title in (architecture, f"{architecture}, at first"):
            if title in contestants:
                print(f"the fastest other: {fastest / median(contestants[title].cpus):.2f} times {title} (goal {goal})")
        leanest = (
            PLAIN
            if PLAIN in contestants
            else min((each.memory, title) for title, each in contestants.items() if title in PEERS)[1]
        )
        print(
            f"memory: {ours.memory / contestants[leanest].memory:.2f} times that of {leanest} (goal: 1.1 at the most)", flush=True
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--widths", default="2048,4096,16384")
    parser.add_argument("--architectures", default="topk", help="all, or their names with commas")
    parser.add_argument("--peers", default="all")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--d", type=int, default=256)
    parser.add_argument("--k", type=int, default=32)
    args = parser.parse_args()
    peers = {"all": [*PACKAGES], "none": []}.get(args.peers, args.peers.split(","))
    architectures = ALL if args.architectures == "all" else args.architectures.split(",")
    for width in map(int, args.widths.split(",")):
        for architecture in architectures:
            contest(width, architecture, peers, args)


if __name__ == "__main__":
    main()
