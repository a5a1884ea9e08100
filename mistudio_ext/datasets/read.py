"""All files of a dataset read row by row into its Arrow files, from the first row or from where the last try got to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ..contract.errors import BadRequest
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from .cells import shown
from .columns import Chosen, Row, choose, plain_row, row_of
from .gather import BATCH_CHARACTERS, BATCH_ROWS, SCHEMA, beginning, facts_of, take
from .read_files import OneFile
from .read_text import BEGINNING, Place, Raw
from .reading_schema import ReadOptions
from .schema import DatasetFacts
from .shards import ShardWriter

# How much of a file is looked at to decide which columns hold its text.
FIRST_ROWS = 20
FIRST_BYTES = 4 * 2**20
MAX_COLUMNS = 50
MAX_WARNINGS = 5


class Planned(NamedTuple):
    """A file that is to be read."""

    name: str
    split: str
    size: int


class Plan(NamedTuple):
    """`source` tells whether the files are still the same ones; `place` brings a file, by its number, and says where it is."""

    source: Any
    files: list[Planned]
    place: Callable[[int], Path]
    named: bool = True  # whether a bad row is told with its file's name
    called: str = ""  # where the files' names are none that the user gave
    limit: int | None = None


def into_dataset(job: JobContext, name: str, read: Callable[[], dict[str, Any]]) -> DatasetFacts:
    """What was read becomes the dataset's data, and the facts are noted. A resumed job may have got so far before."""
    target = job.workspace.folder(job.object) / "data"
    if not target.exists():
        state = read()
        if not state["samples"]:
            bad = ""
            if state["bad_rows"]:
                count = "1 row was" if state["bad_rows"] == 1 else f"{state['bad_rows']:,} rows were"
                bad = f" {count} bad, such as {state['bad_examples'][0].rstrip('.')}."
            hint = "Look at its first rows, which columns hold the text, and how it is cut into samples."
            raise BadRequest(f"There is no usable text in {name}.{bad}", hint, field="columns")
        atomic.publish(job.scratch / "data", target)
    facts = facts_of(read_json(target / "index.json")["state"], target)
    job.workspace.catalog.update(job.object, {"facts": facts.model_dump()})
    return facts


def read_files(job: JobContext, options: ReadOptions, plan: Plan) -> dict[str, Any]:
    return _Reader(job, options, plan).read()


class _Reader:
    """`state` holds what is needed to go on: the file, its row and place, and how its rows are read."""

    def __init__(self, job: JobContext, options: ReadOptions, plan: Plan):
        self.job, self.options, self.plan = job, options, plan
        self.writer = ShardWriter(job.scratch / "data", SCHEMA)
        if self.writer.state is not None and self.writer.state["source"] != plan.source:
            job.log("warning", "The files have changed since the last try; they are read from the beginning.")
            self.writer.start_over()
        self.state = self.writer.state or beginning(plan.source) | {"file": 0, "read": 0} | self._new_file()
        self.total = sum(file.size for file in plan.files)

    def read(self) -> dict[str, Any]:
        state = self.state
        state["files"] = len(self.plan.files)
        for number, planned in enumerate(self.plan.files):
            if number < state["file"]:
                continue
            if self._left() <= 0:
                state["files"] = number
                break
            file = OneFile(self.plan.place(number), planned.name, self.options.sample_by, self.job.scratch)
            self._read(file, planned)
            state |= {"file": number + 1, "read": state["read"] + planned.size} | self._new_file()
        self.writer.save(state)
        return state

    def _read(self, file: OneFile, planned: Planned) -> None:
        pending: list[Row] = []
        characters = good = 0
        left = self._left()
        with closing(file.rows(Place(*self.state["place"]), self.state["row"])) as rows:
            for row in self._samples(file, rows):
                pending.append(row)
                characters += size_of(row)
                good += row.problem is None
                if good >= left:
                    break
                if len(pending) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
                    self._settle(file, planned, pending)
                    pending, characters = [], 0
        self._settle(file, planned, pending)

    def _samples(self, file: OneFile, rows: Iterator[Raw]) -> Iterator[Row]:
        if file.form == ".txt":
            yield from map(plain_row, rows)
            return
        if self.state["chosen"] is None:
            first = list(first_rows(rows))
            self._choose(choose(self.options, file.header, first, self.plan.called or file.name))
            self._tell_of(file)
            rows = chain(first, rows)
        chosen = Chosen(*self.state["chosen"])
        for raw in rows:
            yield row_of(raw, self.options, chosen)

    def _tell_of(self, file: OneFile) -> None:
        if file.delimiter not in (None, ",", "\t" if file.form == ".tsv" else ","):
            sign = "a tab" if file.delimiter == "\t" else f"“{file.delimiter}”"
            self.job.log("info", f"{file.name}: its first line shows {sign} between the columns.")
        warnings = self.state.setdefault("warnings", [])
        for column in file.header or ():
            if column.written is not None and len(warnings) < MAX_WARNINGS:
                again = f"Two columns of {self.plan.called or file.name} are named {shown(column.written)}"
                warnings.append(f"{again}: the later one is read as {shown(column.name)}.")

    def _choose(self, chosen: Chosen) -> None:
        state = self.state
        state["chosen"] = list(chosen)
        state["rows"] = state["rows"] or chosen.rows
        state["columns"] = list(dict.fromkeys([*state["columns"], *chosen.columns]))[:MAX_COLUMNS]

    def _settle(self, file: OneFile, planned: Planned, rows: list[Row]) -> None:
        job, state = self.job, self.state
        where = f"{planned.name}, {file.unit} " if self.plan.named else f"{file.unit} "
        take(self.writer, state, rows, planned.split, where)
        state["row"] += len(rows)
        if rows:
            state["place"] = list(rows[-1].after)
        figures = {"samples": state["samples"], "bad_rows": state["bad_rows"]}
        if self.plan.limit is None:
            job.progress(min(state["read"] + file.read(), self.total), self.total, "Reading", "bytes", **figures)
        else:
            job.progress(state["samples"], self.plan.limit, "Reading", "samples", **figures)
        if self.writer.full or job.should_pause:
            self.writer.save(state)
        if job.should_pause:
            job.rest()

    def _left(self) -> int:
        return (self.plan.limit or 2**63) - int(self.state["samples"])

    @staticmethod
    def _new_file() -> dict[str, Any]:
        return {"row": 0, "place": list(BEGINNING), "chosen": None}


def size_of(row: Row) -> int:
    """Characters of all that is stored of it: what stands beside a text can be much longer than the text."""
    return sum(len(each) for each in (row.text, row.other, row.messages) if each is not None)


def first_rows(rows: Iterator[Raw]) -> Iterator[Raw]:
    """Enough rows to see what a file holds."""
    size = 0
    for number, row in enumerate(rows, 1):
        yield row
        cells = row.value.values() if isinstance(row.value, dict) else [row.value]
        size += sum(len(cell) for cell in cells if isinstance(cell, str | bytes))
        if number >= FIRST_ROWS or size > FIRST_BYTES:
            break
