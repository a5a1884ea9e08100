"""Our tokenizing job against the tokenizer library alone, over the same texts in the same batches; and its memory.

    python benchmarks/tokenizing.py [--size 100MB] [--rounds 2]

Goals: at least 90 % of the library's own batch rate on the same cores; at 25 % and at 100 % of the work the
job's own memory differs by less than 50 MB, and is less than 1 GB. `--size 1GB` shows that the size does not matter.

The library's part is `encode_batch_fast` on texts that are in memory already. Ours is the whole job as a lane does it:
loading the tokenizer, reading the samples, encoding, packing, held-out split, writing and syncing blocks, progress. Each
runs in a process of its own; rounds alternate, so that a busy machine disturbs both alike. On a busy machine CPU seconds
are the figure to trust. (Not named tokenize.py: run as a script, that would hide Python's own module.)
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mistudio_ext.contract.models import checked  # noqa: E402
from mistudio_ext.datasets.tokenizations import tokenize_dataset  # noqa: E402
from mistudio_ext.datasets.tokenizing_schema import TokenizeDataset  # noqa: E402
from mistudio_ext.jobs.context import JobContext  # noqa: E402
from mistudio_ext.workspace.workspace import Workspace  # noqa: E402
from tests.support import work  # noqa: E402

VOCABULARY = 32_000
TRAINED_ON = 10_000_000
QUARTERS = (0.25, 0.5, 0.75, 1.0)
SIZES = {"20MB": 20_000_000, "100MB": 100_000_000, "1GB": 1_000_000_000}
# Letters of several scripts, and signs of up to four bytes.
SCRIPTS = [
    range(0x61, 0x7B),
    range(0xE0, 0xFF),
    range(0x3B1, 0x3CA),
    range(0x430, 0x450),
    range(0x4E00, 0x5000),
    range(0x1F600, 0x1F640),
]


def samples(seed: int = 0) -> Iterator[str]:
    """Without end: paragraphs of the sources around us, some of them joined to long samples, and words of many scripts."""
    chance = random.Random(seed)
    paths = sorted(path for root in {Path(os.__file__).parent, Path(sys.prefix) / "lib"} for path in root.rglob("*.py"))
    while True:
        chance.shuffle(paths)
        for path in paths:
            text = path.read_text("utf-8", "replace")
            if chance.random() < 0.1:
                yield text[:200_000]
                continue
            for part in text.split("\n\n"):
                if part.strip():
                    yield part
                if chance.random() < 0.05:
                    yield " ".join(foreign_word(chance) for _ in range(chance.choice([1, 5, 40, 400])))


def foreign_word(chance: random.Random) -> str:
    return "".join(map(chr, chance.choices(chance.choice(SCRIPTS), k=chance.randint(1, 9))))


def write_corpus(path: Path, size: int) -> None:
    written = 0
    with open(path, "wb") as file:
        for text in samples():
            written += file.write(json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            if written >= size:
                return


def trained_tokenizer() -> Path:
    """Byte-level BPE of a usual size; kept for the next run."""
    folder = Path(tempfile.gettempdir()) / f"mistudio-bench-tokenizer-{VOCABULARY}"
    if (folder / "tokenizer_config.json").exists():
        return folder
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    def some() -> Iterator[str]:
        read = 0
        for text in samples(seed=1):
            read += len(text)
            yield text
            if read > TRAINED_ON:
                return

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=["</s>"], initial_alphabet=alphabet, show_progress=False)
    bpe.train_from_iterator(some(), trainer)
    PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="</s>").save_pretrained(str(folder))
    return folder


class Clock:
    """Wall and CPU time of a process and its threads, summed over what is done inside `with`."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._began[0]
        self.cpu += time.process_time() - self._began[1]


def library_alone(ws: Workspace, dataset: str, tokenizer: Path) -> dict[str, Any]:
    from mistudio_ext.datasets.encode import stored_batches
    from mistudio_ext.datasets.tokenizer import Tokenizer

    backend = Tokenizer(tokenizer).backend
    clock, characters = Clock(), 0
    for batch in stored_batches(ws.folder(dataset) / "data"):
        texts = batch.column("text").to_pylist()
        characters += sum(map(len, texts))
        with clock:
            backend.encode_batch_fast(texts, add_special_tokens=False)
    return {"wall": clock.wall, "cpu": clock.cpu, "characters": characters}


def whole_job(ws: Workspace, dataset: str, tokenizer: Path, length: int) -> dict[str, Any]:
    from mistudio_ext.datasets.tokenizer import Tokenizer

    Tokenizer(tokenizer).encode(["what the libraries themselves need"])
    used: dict[float, float] = {}
    gaps: list[float] = []
    last = time.perf_counter()
    progress = JobContext.progress

    def watched(self: JobContext, done: float, total: float | None = None, *rest: object, **figures: object) -> None:
        nonlocal last
        if total:
            for quarter in QUARTERS:
                if done / total <= quarter:
                    used[quarter] = max(used.get(quarter, 0.0), anonymous())
            gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
        progress(self, done, total, *rest, **figures)  # type: ignore[arg-type]

    before = anonymous()
    JobContext.progress = watched  # type: ignore[method-assign]
    tokenize_dataset(ws, dataset, checked(TokenizeDataset, {"tokenizer": str(tokenizer), "max_length": length}))
    clock = Clock()
    with clock:
        assert work.do_next(ws, "cpu").state == "succeeded"
    return {"wall": clock.wall, "cpu": clock.cpu, "before": before, "used": list(used.values()), "gap": max(gaps)}


def anonymous() -> float:
    """This process's own memory, in MB; memory-mapped files are the page cache's."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def in_a_process(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, __file__, "--measure", *map(str, arguments)]
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return result


def measure(what: str, root: str, dataset: str, tokenizer: str, length: str) -> None:
    ws = Workspace.open(Path(root))
    if what == "library":
        print(json.dumps(library_alone(ws, dataset, Path(tokenizer))))
    else:
        print(json.dumps(whole_job(ws, dataset, Path(tokenizer), int(length))))
    ws.close()


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    characters = found["library"][0]["characters"]
    for number, (library, job) in enumerate(zip(found["library"], found["job"], strict=True), 1):
        for name, each in (("library", library), ("job", job)):
            rate = f"{characters / each['wall'] / 1e6:5.2f} M characters/s"
            print(f"round {number} {name:8} wall {each['wall']:7.2f} s ({rate})   CPU {each['cpu']:7.2f} s")
        wall, cpu = library["wall"] / job["wall"], library["cpu"] / job["cpu"]
        print(f"round {number} the job's rate is {wall:.3f} of the library's in wall time, {cpu:.3f} in CPU seconds (goal 0.90)")
        shares = "  ".join(f"{quarter:.0%} {used:.0f}" for quarter, used in zip(QUARTERS, job["used"], strict=True))
        print(f"round {number} RssAnon in MB: before {job['before']:.0f}  {shares}")
        print(f"round {number} the longest time without a look whether to pause: {job['gap']:.2f} s")


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="100MB")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    tokenizer = trained_tokenizer()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        ws = Workspace.open(root / "workspace")
        write_corpus(root / "text.jsonl", SIZES[given.size])
        dataset = work.read(ws, path=str(root / "text.jsonl"))
        ws.close()
        (root / "text.jsonl").unlink()
        found: dict[str, list[dict[str, Any]]] = {"library": [], "job": []}
        for number in range(given.rounds):
            for what, results in found.items():
                # Another length: an equal tokenization would not be made again.
                results.append(in_a_process(what, root / "workspace", dataset, tokenizer, 512 + number))
        show(found)


if __name__ == "__main__":
    main()
