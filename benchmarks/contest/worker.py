"""One contestant in a process of its own: waits for a line that says how many steps, makes them, says what they took.

python worker.py '{"name": "ours", "architecture": "topk", "width": 2048, …}'
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

BATCHES = 4
# Of the training that the steps are of.
STEPS = 10_000


def ours(settings: dict[str, Any], first: Tensor) -> Callable[[Tensor], Any]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from contest.ours import Ours

    name, k = settings["architecture"], settings["k"]
    more = {"target_l0": k} if name in ("standard", "jumprelu", "gated") else {}
    made = Ours(name, first, width=settings["width"], k=k, steps=STEPS, batch=len(first), rate=settings["rate"], **more)
    if settings["sparse"]:
        made.make_sparse(first, k)
    return made.step


def gemm(settings: dict[str, Any], first: Tensor) -> Callable[[Tensor], Any]:
    weight, out = torch.randn(settings["width"], first.shape[1]), torch.empty(len(first), settings["width"])
    return lambda x: torch.mm(x, weight.t(), out=out)


def make(settings: dict[str, Any], first: Tensor) -> Callable[[Tensor], Any]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    if settings["name"] == "one encoder product":
        return gemm(settings, first)
    if settings["name"] == "ours":
        return ours(settings, first)
    from contest.peers import PEERS
    from contest.peers.wanted import Wanted

    wanted = Wanted(settings["architecture"], settings["width"], settings["k"], STEPS, 0, settings["rate"])
    return PEERS[settings["name"]](first, wanted).step


def most_memory() -> int:
    """Bytes that this process ever had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main() -> None:
    settings = json.loads(sys.argv[1])
    # What libraries print must not get between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    torch.set_num_threads(settings["threads"])
    chance = torch.Generator().manual_seed(1_000_003)
    d, batch = settings["d"], settings["batch"]
    directions = torch.nn.functional.normalize(torch.randn(4 * d, d, generator=chance), dim=1)
    # The same for all: few directions a token, mean norm √d, as most of them are made for.
    rows = [(torch.rand(batch, 4 * d, generator=chance) < 0.01).float() @ directions for _ in range(BATCHES)]
    rows = [x + 0.02 * torch.randn(batch, d, generator=chance) for x in rows]
    rows = [x * (d**0.5 / x.norm(dim=1).mean()) for x in rows]
    before = most_memory()
    step = make(settings, rows[0])
    print(json.dumps({"ready": True}), file=answers, flush=True)
    done = 0
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            step(rows[done % BATCHES])
            done += 1
        took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "memory": most_memory() - before}
        print(json.dumps(took), file=answers, flush=True)


if __name__ == "__main__":
    main()
