"""What each architecture comes to on the demo's capture, by ordinary trainings.

    python benchmarks/architectures.py [--architectures topk,gated] [--seeds 2] [--rounds 8] [--workspace FOLDER] [--set N=V]

Width 256, k or target L0 8, and all else at its default. FVU, L0, dead features and loss recovered are those of the held-out
text; the last column is the same for an untrained SAE of that shape. A workspace that is named is kept, with the demo in it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import mistudio_ext  # noqa: E402
from mistudio_ext.cli import main as cli  # noqa: E402
from mistudio_ext.saes.registry import BUILT_IN, architecture  # noqa: E402

WIDTH, K = 256, 8


def contest(ws: Any, name: str, seed: int, rounds: int, options: dict[str, Any]) -> None:
    capture = ws.captures()[0]
    sparsity = {"target_l0": K} if architecture(name).penalized else {"k": K}
    tokens = rounds * capture.facts.tokens
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        training = ws.train(capture, architecture=name, width=WIDTH, tokens=tokens, seed=seed, **(sparsity | options))
    seconds = time.perf_counter() - began
    found = training.facts.saes[0].evaluation
    control = found.control
    figures = f"{found.fvu:6.3f} {found.l0:6.2f} {found.dead:6.1%} {found.loss_recovered:9.2%} {seconds:8.0f}"
    print(f"{name:12} {seed:4} {figures}   {control.fvu:6.3f} {control.loss_recovered:9.2%}", flush=True)


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architectures", default=",".join(BUILT_IN))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=8, help="how often the capture is gone through")
    parser.add_argument("--workspace", help="left out: one that is deleted in the end")
    parser.add_argument("--set", action="append", default=[], help="name=value: an option of the trainings")
    args = parser.parse_args()
    options = {name: _value(text) for name, text in (each.split("=") for each in args.set)}
    with contextlib.ExitStack() as stack:
        folder = args.workspace or stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        with contextlib.redirect_stdout(io.StringIO()):
            cli(["demo", "--workspace", folder])
        ws = mistudio_ext.open(folder)
        print(f"{'':12} {'seed':>4} {'FVU':>6} {'L0':>6} {'dead':>6} {'recovered':>9} {'seconds':>8}   {'control':>6}")
        for name in args.architectures.split(","):
            for seed in range(args.seeds):
                contest(ws, name, seed, args.rounds, options)


if __name__ == "__main__":
    main()
