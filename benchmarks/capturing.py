"""Capturing against the bare forward pass, reading against NumPy, and the memory of a capture of a million tokens.

    python benchmarks/capturing.py [--model demo|100m|both] [--rounds 3]
    python benchmarks/capturing.py --memory 1000000

Goals: capturing two hook points at the middle layer takes at most 1.15 times as long as the bare forward pass up to that
layer on the same batches; shuffled batches of 4096 rows are read at half the rate or better of a NumPy memmap that is asked
for the same rows; with `--memory`, a capture of a million tokens holds no more memory at its end than at a quarter of it.

Capturing is all that a job does once the model is loaded: planning, forward pass, checks, statistics, index, writing and
syncing shards, progress. Rounds alternate, so that a busy machine disturbs both alike; CPU seconds are then the figure to
trust, and one thread is used.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mistudio_ext.captures.capture import Capturing, beginning  # noqa: E402
from mistudio_ext.captures.loading import choose  # noqa: E402
from mistudio_ext.captures.plan import Plan  # noqa: E402
from mistudio_ext.captures.run import Reader  # noqa: E402
from mistudio_ext.captures.schema import CaptureOptions  # noqa: E402
from mistudio_ext.captures.vectors import Stored  # noqa: E402
from mistudio_ext.datasets.tokenizer import Tokenizer  # noqa: E402
from mistudio_ext.demo import corpus, material  # noqa: E402
from mistudio_ext.jobs.context import JobContext  # noqa: E402
from mistudio_ext.lanes.memory import own_memory  # noqa: E402
from mistudio_ext.models.hook_points import HookPoint, find_hook_points  # noqa: E402
from mistudio_ext.models.load import load_model  # noqa: E402
from mistudio_ext.workspace.workspace import Workspace  # noqa: E402
from tests.support import work  # noqa: E402

BATCH, LENGTH = 8, 128
TOKENS = {"demo": 50_000, "100m": 3_000}


def make_100m() -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=16_000, hidden_size=768, intermediate_size=2048, num_hidden_layers=12, num_attention_heads=12,
        max_position_embeddings=LENGTH,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def prepare(ws: Workspace, documents: int) -> Path:
    """The folder of a tokenization."""
    text = ws.root / "text.jsonl"
    corpus.write_jsonl(text, corpus.documents(documents, seed=5))
    dataset = work.read(ws, path=str(text))
    id = work.tokenized(ws, dataset, material.MODEL_FOLDER, max_length=LENGTH)
    return ws.folder_of(ws.catalog.get(id))


class Bench:
    def __init__(self, ws: Workspace, tokenization: Path, model: Any, tokens: int):
        layer = model.config.num_hidden_layers // 2
        self.ws, self.model, self.layer = ws, model, layer
        self.points: list[HookPoint] = choose(find_hook_points(model), [f"layers.{layer}.mlp_out", f"layers.{layer}.resid_post"])
        self.options = CaptureOptions(max_tokens=tokens, batch_size=BATCH)
        special = Tokenizer(tokenization / "tokenizer").special
        self.plan = lambda: Plan(tokenization / "blocks", self.options, special, 0, tokens)

    def capture(self, job: JobContext | None = None) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self.ws.root))
        hooks = {point.name: point.width for point in self.points}
        manifest = beginning(hooks, BATCH, {"dtype": "float16"})
        job = job or JobContext(self.ws, "jb_00000000", 1, "cp_00000000")
        Capturing(job, folder, manifest, self.plan()).run(Reader(self.model, self.points, BATCH))
        return folder

    def batches(self) -> list[Any]:
        import torch

        made = []
        for batch in self.plan().batches(BATCH):
            longest = max(len(block.ids) for block in batch.blocks)
            ids, mask = np.zeros((2, len(batch.blocks), longest), np.int64)
            for row, block in enumerate(batch.blocks):
                ids[row, : len(block.ids)], mask[row, : len(block.ids)] = block.ids, 1
            made.append((torch.from_numpy(ids), torch.from_numpy(mask)))
        return made

    def bare(self, batches: list[Any]) -> None:
        import torch

        class Stop(Exception):
            pass

        def stop(*_: object) -> None:
            raise Stop

        block = self.model.get_submodule(self.points[-1].module)
        handle = block.register_forward_hook(stop)
        with torch.no_grad():
            for ids, mask in batches:
                try:
                    self.model(input_ids=ids, attention_mask=mask, use_cache=False)
                except Stop:
                    continue
        handle.remove()


def timed(what: Callable[[], Any]) -> tuple[float, float]:
    began = time.process_time(), time.perf_counter()
    what()
    return time.process_time() - began[0], time.perf_counter() - began[1]


def compare(name: str, bench: Bench, rounds: int) -> None:
    batches = bench.batches()
    bench.bare(batches[:2])
    ratios = []
    for _ in range(rounds):
        bare, ours = timed(lambda: bench.bare(batches)), timed(bench.capture)
        ratios.append([o / b for o, b in zip(ours, bare, strict=True)])
        print(f"  bare {bare[0]:6.2f} CPU-s {bare[1]:6.2f} s   capture {ours[0]:6.2f} CPU-s {ours[1]:6.2f} s")
    cpu, wall = (statistics.median(each) for each in zip(*ratios, strict=True))
    print(f"{name}: capture / bare forward pass = {cpu:.3f} by CPU time, {wall:.3f} by wall time (goal: 1.15)")


def read(folder: Path) -> None:
    stored = Stored(folder)
    vectors = stored[next(iter(stored.hooks))]
    np.save(folder / "plain.npy", vectors.read(slice(None)))
    plain = np.load(folder / "plain.npy", mmap_mode="r")
    order = np.random.default_rng(0).permutation(len(vectors))
    parts = [order[start : start + 4096] for start in range(0, len(order) - 4096, 4096)]
    best = {"ours": 1e9, "numpy": 1e9}
    for _ in range(5):
        best["numpy"] = min(best["numpy"], timed(lambda: [plain[part] for part in parts])[0])
        best["ours"] = min(best["ours"], timed(lambda: [vectors.read(part) for part in parts])[0])
    print(f"shuffled batches of 4096: {best['numpy'] / best['ours']:.2f} of NumPy's rate (goal: 0.5), {len(parts)} batches")


class Watched(JobContext):
    """Looks at the memory while it is told of progress."""

    def __init__(self, ws: Workspace):
        super().__init__(ws, "jb_00000000", 1, "cp_00000000")
        self.seen: dict[int, int] = {}

    def progress(self, done: float, total: float | None = None, stage: str = "", unit: str = "", **figures: float | None) -> None:
        super().progress(done, total, stage, unit, **figures)
        if total:
            quarter = int(4 * done / total)
            self.seen[quarter] = max(self.seen.get(quarter, 0), own_memory())


def memory(ws: Workspace, tokens: int) -> None:
    tokenization = prepare(ws, tokens // 80)
    model = load_model(material.MODEL_FOLDER, "float32")
    bench = Bench(ws, tokenization, model, tokens)
    watched = Watched(ws)
    cpu, wall = timed(lambda: bench.capture(watched))
    quarters = ", ".join(f"{watched.seen[each] / 1e6:.0f}" for each in sorted(watched.seen))
    print(f"{tokens:,} tokens: {wall:.0f} s ({cpu:.0f} CPU-s); MB in each quarter of the work: {quarters}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=("demo", "100m", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, help="capture so many tokens instead, and watch the memory")
    given = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace.open(Path(folder) / "workspace")
        if given.memory:
            memory(ws, given.memory)
            return
        tokenization = prepare(ws, 600)
        if given.model != "100m":
            bench = Bench(ws, tokenization, load_model(material.MODEL_FOLDER, "float32"), TOKENS["demo"])
            compare("demo model", bench, given.rounds)
            read(bench.capture())
        if given.model != "demo":
            compare("Llama of 100 M parameters", Bench(ws, tokenization, make_100m(), TOKENS["100m"]), given.rounds)


if __name__ == "__main__":
    main()
