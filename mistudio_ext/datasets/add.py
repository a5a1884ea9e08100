"""Reading text into a dataset's Arrow files, from the first byte or from where the last try got to."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..contract.errors import BadRequest, NotFound
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.paths import disk_use
from ..workspace.workspace import read_json
from .read_text import Place, Row, read_rows
from .schema import DatasetFacts, ReadText
from .shards import ShardWriter

SCHEMA = pa.schema([("text", pa.string()), ("split", pa.string()), ("other", pa.string())])
# Record batches are what tokenizing goes through one by one: small enough to pause between two of them, large enough
# that what is done once a batch does not count.
BATCH_ROWS = 10_000
BATCH_CHARACTERS = 2**19
MAX_EXAMPLES = 5
SPLIT = "train"


def read_into_dataset(job: JobContext, params: ReadText) -> DatasetFacts:
    dataset = job.workspace.folder(job.object)
    target = dataset / "data"
    if not target.exists():
        state = _read(job, params)
        if not state["samples"]:
            raise BadRequest(_nothing_found(params, state), "Look at the file, its text field, and how it is cut into samples.")
        atomic.publish(job.scratch / "data", target)
    facts = _facts(read_json(target / "index.json")["state"], target)
    job.workspace.catalog.update(job.object, {"facts": facts.model_dump()})
    if params.owned:
        shutil.rmtree(dataset / "incoming", ignore_errors=True)
    return facts


def _read(job: JobContext, params: ReadText) -> dict[str, Any]:
    source = _look_at(Path(params.file))
    writer = ShardWriter(job.scratch / "data", SCHEMA)
    if writer.state is not None and writer.state["source"] != source:
        job.log("warning", "The file has changed since the last try; it is read from its beginning.")
        writer.start_over()
    state = writer.state or {
        "source": source, "byte": 0, "lines": 0, "samples": 0, "characters": 0, "bad_rows": 0, "bad_examples": [],
        "repaired_rows": 0, "fingerprint": hashlib.sha256(b"").hexdigest(),
    }  # fmt: skip
    pending: list[Row] = []
    characters = 0
    for row in read_rows(params, Place(state["byte"], state["lines"])):
        pending.append(row)
        characters += len(row.text)
        if len(pending) < BATCH_ROWS and characters < BATCH_CHARACTERS:
            continue
        _take(writer, state, pending)
        pending, characters = [], 0
        job.progress(state["byte"], source[0], "Reading", "bytes", samples=state["samples"], bad_rows=state["bad_rows"])
        if writer.full or job.should_pause:
            writer.save(state)
        if job.should_pause:
            job.rest()
    _take(writer, state, pending)
    writer.save(state)
    if _look_at(Path(params.file)) != source:
        job.log("warning", "The file changed while it was being read; what was read may be of both versions.")
    job.progress(source[0], source[0], "Reading", "bytes", samples=state["samples"], bad_rows=state["bad_rows"])
    return state


def _look_at(path: Path) -> list[int]:
    """What tells that the file is still the same one: its size and time."""
    try:
        stat = path.stat()
        with open(path, "rb"):
            pass
    except FileNotFoundError:
        raise NotFound(f"{path} is not there any more.", "Put it back and retry, or delete the dataset.") from None
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}.", "Correct its rights, then retry.") from None
    return [stat.st_size, stat.st_mtime_ns]


def _take(writer: ShardWriter, state: dict[str, Any], rows: list[Row]) -> None:
    """Add the good rows, count the bad ones, and move on to the place after the last."""
    good = [row for row in rows if row.problem is None]
    bad = [row for row in rows if row.problem is not None]
    writer.add({"text": [row.text for row in good], "split": [SPLIT] * len(good), "other": [row.other for row in good]})
    chain = bytes.fromhex(state["fingerprint"])
    for row in good:
        # A chain of hashes: unlike one running hash it can be written down and gone on with.
        chain = hashlib.sha256(chain + hashlib.sha256(row.text.encode()).digest()).digest()
    state["fingerprint"] = chain.hex()
    state["samples"] += len(good)
    state["characters"] += sum(len(row.text) for row in good)
    state["repaired_rows"] += sum(row.repaired for row in good)
    state["bad_rows"] += len(bad)
    room = MAX_EXAMPLES - len(state["bad_examples"])
    state["bad_examples"] += [f"line {row.line:,}: {row.problem}" for row in bad[:room]]
    if rows:
        state["byte"], state["lines"] = rows[-1].after


def _facts(state: dict[str, Any], folder: Path) -> DatasetFacts:
    return DatasetFacts(
        samples=state["samples"],
        characters=state["characters"],
        bytes=disk_use(folder),
        splits={SPLIT: state["samples"]},
        bad_rows=state["bad_rows"],
        bad_examples=state["bad_examples"],
        repaired_rows=state["repaired_rows"],
        fingerprint=state["fingerprint"],
    )


def _nothing_found(params: ReadText, state: dict[str, Any]) -> str:
    bad = f" {state['bad_rows']:,} rows were bad, such as {state['bad_examples'][0]}." if state["bad_rows"] else ""
    return f"There is no usable text in {Path(params.file).name}.{bad}"
