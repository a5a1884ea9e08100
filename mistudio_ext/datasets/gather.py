"""Rows of whatever source gathered into a dataset: what is stored, counted and remembered of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..contract.errors import BadRequest
from ..workspace.paths import disk_use
from .columns import Row
from .schema import DatasetFacts
from .shards import ShardWriter

SCHEMA = pa.schema([("text", pa.string()), ("split", pa.string()), ("other", pa.string()), ("messages", pa.string())])
# Record batches are what tokenizing goes through one by one: small enough to pause between two of them, large enough
# that what is done once a batch does not count.
BATCH_ROWS = 10_000
BATCH_CHARACTERS = 2**19
MAX_EXAMPLES = 5
MAX_SPLITS = 1000


def beginning(source: Any) -> dict[str, Any]:
    """What is counted, before the first row."""
    return {
        "source": source, "samples": 0, "characters": 0, "splits": {}, "bad_rows": 0, "bad_examples": [],
        "repaired_rows": 0, "conversations": 0, "fingerprint": hashlib.sha256(b"").hexdigest(),
        "rows": None, "columns": [], "files": 1, "warnings": [],
    }  # fmt: skip


def take(writer: ShardWriter, state: dict[str, Any], rows: list[Row], split: str, where: str = "line ") -> None:
    """Add the good rows and count the bad ones; `split` is for rows that name none, `where` leads to a bad one's number."""
    good = [row for row in rows if row.problem is None]
    bad = [row for row in rows if row.problem is not None]
    splits = [row.split or split for row in good]
    writer.add(
        {
            "text": [row.text for row in good],
            "split": splits,
            "other": [row.other for row in good],
            "messages": [row.messages for row in good],
        }
    )
    chain = bytes.fromhex(state["fingerprint"])
    for row in good:
        # A chain of hashes: unlike one running hash it can be written down and gone on with.
        text = row.text if row.messages is None else f"{row.text}\0{row.messages}"
        chain = hashlib.sha256(chain + hashlib.sha256(text.encode()).digest()).digest()
    state["fingerprint"] = chain.hex()
    state["samples"] += len(good)
    for each in splits:
        state["splits"][each] = state["splits"].get(each, 0) + 1
    if len(state["splits"]) > MAX_SPLITS:
        what = f"The split column has more than {MAX_SPLITS:,} different values."
        raise BadRequest(what, "Give a column that says which split a row belongs to.", field="split_column")
    state["characters"] += sum(len(row.text) for row in good)
    state["conversations"] += sum(row.messages is not None for row in good)
    state["repaired_rows"] += sum(row.repaired for row in good)
    state["bad_rows"] += len(bad)
    room = MAX_EXAMPLES - len(state["bad_examples"])
    state["bad_examples"] += [f"{where}{row.line:,}: {row.problem}" for row in bad[:room]]


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
        rows=state["rows"] or "text",
        columns=state["columns"],
        conversations=state["conversations"],
        files=state["files"],
        warnings=[*state.get("warnings", []), *_repaired(state["repaired_rows"])],
    )


def _repaired(rows: int) -> list[str]:
    if not rows:
        return []
    have = "1 row has" if rows == 1 else f"{rows:,} rows have"
    return [f"{have} bytes that are not UTF-8, now each a �: the file may be in another encoding. Save it as UTF-8."]
