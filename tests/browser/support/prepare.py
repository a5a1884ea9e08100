"""The files that the browser tests work with, made anew in the folder of a test server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.support.tokenizer import make_tokenizer, write_text

# One sample is 180 bytes on average.
BIG = 110_000
MANY = 20_000


def prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    make_tokenizer(folder / "tokenizer", adds_begin=True)
    write_text(folder / "big.txt", BIG)
    with open(folder / "many.txt", "w") as many:
        many.writelines(f"Sample {row}: the rain fell over the valley.\n" for row in range(MANY))
    with open(folder / "stories.jsonl", "w") as stories:
        for row in range(12):
            text = f"Story {row}. The storm gathered on the horizon, and the fox went home.\nIt rained all night."
            stories.write(json.dumps({"text": text, "author": "nobody", "year": 1900 + row}) + "\n")
    (folder / "table.csv").write_text("text\nno\n")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
