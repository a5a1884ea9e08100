"""Rows of whatever source gathered into a dataset: what is stored, counted and remembered of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..workspace.paths import disk_use
from .read_text import Row
from .schema import DatasetFacts
from .shards import ShardWriter

SCHEMA = pa.schema([("text", pa.string()), ("split", pa.string()), ("other", pa.string())])
# Record batches are what tokenizing goes through one by one: small enough to pause between two of them, large enough
# that what is done once a batch does not count.
BATCH_ROWS = 10_000
BATCH_CHARACTERS = 2**19
MAX_EXAMPLES = 5


def beginning(source: Any) -> dict[str, Any]:
    """What is counted, before the first row."""
    return {
        "source": source, "samples": 0, "characters": 0, "splits": {}, "bad_rows": 0, "bad_examples": [],
        "repaired_rows": 0, "fingerprint": hashlib.sha256(b"").hexdigest(),
    }  # fmt: skip


def take(writer: ShardWriter, state: dict[str, Any], rows: list[Row], split: str, where: str = "") -> None:
    """Add the good rows and count the bad ones; `where` they are, if a line alone does not say it."""
    good = [row for row in rows if row.problem is None]
    bad = [row for row in rows if row.problem is not None]
    writer.add({"text": [row.text for row in good], "split": [split] * len(good), "other": [row.other for row in good]})
    chain = bytes.fromhex(state["fingerprint"])
    for row in good:
        # A chain of hashes: unlike one running hash it can be written down and gone on with.
        chain = hashlib.sha256(chain + hashlib.sha256(row.text.encode()).digest()).digest()
    state["fingerprint"] = chain.hex()
    state["samples"] += len(good)
    if good:
        state["splits"][split] = state["splits"].get(split, 0) + len(good)
    state["characters"] += sum(len(row.text) for row in good)
    state["repaired_rows"] += sum(row.repaired for row in good)
    state["bad_rows"] += len(bad)
    room = MAX_EXAMPLES - len(state["bad_examples"])
    state["bad_examples"] += [f"{where}line {row.line:,}: {row.problem}" for row in bad[:room]]


def facts_of(state: dict[str, Any], folder: Path) -> DatasetFacts:
    return DatasetFacts(
        samples=state["samples"],
        characters=state["characters"],
        bytes=disk_use(folder),
        splits=state["splits"],
        bad_rows=state["bad_rows"],
        bad_examples=state["bad_examples"],
        repaired_rows=state["repaired_rows"],
        fingerprint=state["fingerprint"],
    )
