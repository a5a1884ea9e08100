"""The files that the browser tests work with, made anew in the folder of a test server."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mistudio_ext.demo.corpus import documents, write_jsonl
from tests.support.tokenizer import make_tokenizer, write_text

MODEL = Path(__file__).resolve().parents[3] / "mistudio_ext" / "demo" / "demo-llama"
# One sample is 180 bytes on average.
BIG = 110_000
MANY = 20_000
HOSTILE = "<img src=x onerror=document.title='owned'>"


def prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    make_tokenizer(folder / "tokenizer", adds_begin=True)
    shutil.copytree(MODEL, folder / "demo-llama", dirs_exist_ok=True)
    write_text(folder / "big.txt", BIG)
    with open(folder / "many.txt", "w") as many:
        many.writelines(f"Sample {row}: the rain fell over the valley.\n" for row in range(MANY))
    with open(folder / "stories.jsonl", "w") as stories:
        for row in range(12):
            text = f"Story {row}. The storm gathered on the horizon, and the fox went home.\nIt rained all night."
            stories.write(json.dumps({"text": text, "author": "nobody", "year": 1900 + row}) + "\n")
    write_jsonl(folder / "learned.jsonl", documents(200))
    (folder / "picture.png").write_bytes(b"no text")
    sources(folder)


def sources(folder: Path) -> None:
    """What can be read, in forms that leave something to choose."""
    with open(folder / "poems.csv", "w", newline="") as poems:
        csv.writer(poems).writerows(
            [("title", "body", "year"), *((f"Poem {n}", f"Rain, {n} times.", 1900 + n) for n in range(6))]
        )
    with open(folder / "hostile.csv", "w", newline="") as hostile:
        csv.writer(hostile).writerows([(HOSTILE, "__proto__"), *[(f"{HOSTILE} cell", "constructor")] * 3])
    conversations = [
        {"messages": [{"role": "user", "content": f"Is it raining, {n}?"}, {"role": "assistant", "content": "It pours."}]}
        for n in range(4)
    ]
    write_rows(folder / "chat.jsonl", conversations)
    for split, count in (("train", 5), ("test", 2)):
        (folder / "shelf").mkdir(exist_ok=True)
        write_rows(folder / "shelf" / f"{split}.jsonl", [{"text": f"Book {n} of {split}."} for n in range(count)])
    table = pa.table({"story": [f"Tale {n}." for n in range(7)], "note": ["short"] * 7})
    pq.write_table(table, folder / "tales.parquet")
    with pa.CompressedOutputStream(str(folder / "lines.txt.zst"), "zstd") as lines:
        lines.write(b"One line.\nAnother line.\n")


def write_rows(path: Path, rows: Sequence[object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
