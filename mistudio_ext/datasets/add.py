"""Reading text into a dataset's Arrow files, from the first byte or from where the last try got to."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, NotFound
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from .gather import BATCH_CHARACTERS, BATCH_ROWS, SCHEMA, beginning, facts_of, take
from .read_text import Place, Row, read_rows
from .schema import DatasetFacts, ReadText
from .shards import ShardWriter

SPLIT = "train"


def read_into_dataset(job: JobContext, params: ReadText) -> DatasetFacts:
    dataset = job.workspace.folder(job.object)
    target = dataset / "data"
    if not target.exists():
        state = _read(job, params)
        if not state["samples"]:
            raise BadRequest(_nothing_found(params, state), "Look at the file, its text field, and how it is cut into samples.")
        atomic.publish(job.scratch / "data", target)
    facts = facts_of(read_json(target / "index.json")["state"], target)
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
    state = writer.state or beginning(source) | {"byte": 0, "lines": 0}
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
    """Add the rows, and move on to the place after the last."""
    take(writer, state, rows, SPLIT)
    if rows:
        state["byte"], state["lines"] = rows[-1].after


def _nothing_found(params: ReadText, state: dict[str, Any]) -> str:
    bad = f" {state['bad_rows']:,} rows were bad, such as {state['bad_examples'][0]}." if state["bad_rows"] else ""
    return f"There is no usable text in {Path(params.file).name}.{bad}"
