"""Our tokenizing job against the tokenizer library alone, over the same texts in the same run; and its memory.

    python benchmarks/tokenizing.py [--mb 20] [--rounds 3] [--memory-mb 100]

The text is what lies in this Python's site-packages: real words, names and numbers. The library's part is
`encode_batch_fast` on lists that are in memory already; ours is the whole job: reading the samples, encoding, packing,
held-out split, writing and syncing blocks, progress. Rounds alternate, so that a busy machine disturbs both alike.
(Not named tokenize.py: run as a script, that would hide Python's own module.)
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mistudio_ext.contract.models import checked  # noqa: E402
from mistudio_ext.datasets.operations import get_dataset, tokenize_dataset  # noqa: E402
from mistudio_ext.datasets.schema import TokenizeDataset  # noqa: E402
from mistudio_ext.jobs.context import JobContext  # noqa: E402
from mistudio_ext.workspace.workspace import Workspace  # noqa: E402
from tests.support import work  # noqa: E402


def corpus() -> Iterator[str]:
    """Paragraphs of the sources and documents around us."""
    folder = Path(json.__file__).parent.parent, Path(os.__file__).parent / "site-packages", Path(sys.prefix) / "lib"
    for root in folder:
        for path in sorted(root.rglob("*.py")):
            yield from (part for part in path.read_text("utf-8", "replace").split("\n\n") if part.strip())


def write_corpus(path: Path, size: int) -> None:
    written = 0
    with open(path, "w", encoding="utf-8") as file:
        while written < size:
            for part in corpus():
                written += file.write(json.dumps({"text": part}) + "\n")
                if written >= size:
                    break


def make_tokenizer(folder: Path) -> Path:
    from itertools import islice

    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=8192, special_tokens=["</s>"], initial_alphabet=alphabet, show_progress=False)
    bpe.train_from_iterator(islice(corpus(), 10_000), trainer)
    PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="</s>").save_pretrained(str(folder))
    return folder


def timed(function: Callable[[], None]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - wall, time.process_time() - cpu


def rates(ws: Workspace, dataset: str, tokenizer: Path, rounds: int) -> None:
    from mistudio_ext.datasets.tokenize import _batches
    from mistudio_ext.datasets.tokenizer import Tokenizer

    facts = get_dataset(ws, dataset).facts
    assert facts is not None
    batches = list(_batches(ws.folder(dataset) / "data", 0))

    def theirs() -> None:
        backend = Tokenizer(tokenizer).backend
        for texts in batches:
            backend.encode_batch_fast(texts, add_special_tokens=False)

    def ours(number: int) -> None:
        work.tokenized(ws, dataset, tokenizer, max_length=512 + number)

    timed(theirs)  # imports, page cache
    found: dict[str, list[tuple[float, float]]] = {"library": [], "job": []}
    for number in range(rounds):
        found["library"].append(timed(theirs))
        found["job"].append(timed(lambda number=number: ours(number)))  # type: ignore[misc]
    megabytes = facts.characters / 1e6
    best_of = {}
    for name, times in found.items():
        wall, cpu = (min(each) for each in zip(*times, strict=True))  # of the least disturbed round
        best_of[name] = wall, cpu
        print(f"{name:8} wall {wall:6.2f} s ({megabytes / wall:5.1f} M characters/s)   CPU {cpu:6.2f} s")
    for index, what in enumerate(("wall", "CPU")):
        ratios = [library[index] / job[index] for library, job in zip(found["library"], found["job"], strict=True)]
        ratio = best_of["library"][index] / best_of["job"][index]
        print(f"ratio in {what}: {ratio:.2f} (single rounds {min(ratios):.2f} to {max(ratios):.2f}; goal 0.90)")


def anonymous() -> float:
    """This process's own memory, in MB; memory-mapped files are the page cache's."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def memory(ws: Workspace, dataset: str, tokenizer: Path) -> None:
    from mistudio_ext.datasets.tokenizer import Tokenizer

    Tokenizer(tokenizer).encode(["what the libraries themselves need"])
    base = anonymous()
    seen: list[tuple[float, float]] = []
    gaps: list[float] = []
    last = time.perf_counter()
    progress = JobContext.progress

    def watched(self: JobContext, done: float, total: float | None = None, *rest: object, **figures: object) -> None:
        nonlocal last
        if total:
            seen.append((done / total, anonymous()))
            gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
        progress(self, done, total, *rest, **figures)  # type: ignore[arg-type]

    JobContext.progress = watched  # type: ignore[method-assign]
    started = tokenize_dataset(ws, dataset, checked(TokenizeDataset, {"tokenizer": str(tokenizer), "max_length": 128}))
    assert work.do_next(ws, "cpu").state == "succeeded"
    JobContext.progress = progress  # type: ignore[method-assign]
    quarter = max(used for share, used in seen if share <= 0.25)
    whole = max(used for _, used in seen)
    print(f"memory: {base:.0f} MB before, at most {quarter:.0f} MB to 25 %, {whole:.0f} MB to 100 % ({started.object})")
    print(f"a pause is looked for every {statistics.median(gaps):.2f} s, at the longest {max(gaps):.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory-mb", type=float, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        ws = Workspace.open(root / "workspace")
        tokenizer = make_tokenizer(root / "tokenizer")
        parts: list[tuple[float, Callable[[str], None]]] = [
            (given.mb, lambda dataset: rates(ws, dataset, tokenizer, given.rounds)),
            (given.memory_mb, lambda dataset: memory(ws, dataset, tokenizer)),
        ]
        for size, measure in parts:
            if not size:
                continue
            write_corpus(root / "text.jsonl", int(size * 1e6))
            made: list[str] = []
            wall, cpu = timed(lambda made=made: made.append(work.read(ws, path=str(root / "text.jsonl"))))  # type: ignore[misc]
            print(f"reading {size:.0f} MB: wall {wall:.2f} s, CPU {cpu:.2f} s ({size / cpu:.0f} MB a CPU second)")
            measure(made[0])
        ws.close()


if __name__ == "__main__":
    main()
