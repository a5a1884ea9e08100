"""A look at a source: what its first rows hold, and what reading it would make of them. Bounded, whatever lies there."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from ..contract.errors import MiStudioError, NotFound
from .add import SPLIT, splits_of
from .cells import plain, whole_characters
from .columns import Row, choose, columns_of, plain_row, row_of
from .folders import LocalFile, files_in
from .formats import kind_of
from .read import FIRST_ROWS, first_rows
from .read_files import OneFile
from .read_tables import Column
from .read_text import Raw
from .reading_schema import ColumnLook, ReadOptions, SampleLook, SourceLook

# Of a first file no more than this is unpacked and read, and of it no more is shown.
MOST_BYTES = 4 * 2**20
MOST_COLUMNS = 500
MOST_NAME = 200
SAMPLES = 5
SAMPLE_CHARACTERS = 2000
EXAMPLE_CHARACTERS = 80


def look_at(path: Path, name: str, within: list[Path] | None, options: ReadOptions) -> SourceLook:
    if path.is_dir():
        files = files_in(path, within).files
        split = splits_of(files)[files[0].name]
    else:
        try:
            about = path.stat()
        except OSError:
            raise NotFound(f"{name} is not there any more.", "Choose it again.", field="path") from None
        files, split = [LocalFile(path, name, about.st_size, about.st_mtime_ns)], SPLIT
    look = SourceLook(
        files=len(files), bytes=sum(each.size for each in files), formats=_formats(files),
        columns=[], rows=options.rows, chosen=[], samples=[], problem=None, bad_rows=[],
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="mistudio-") as scratch:
        file = OneFile(files[0].path, files[0].name, options.sample_by, Path(scratch), MOST_BYTES)
        seen, look.problem = _first(file)
    if file.form == ".txt":
        look.rows = "text"
        samples = [plain_row(row) for row in seen]
    else:
        values = [row.value for row in seen if isinstance(row.value, dict)]
        look.columns = _columns(file.header or columns_of(values), values)
        try:
            chosen = choose(options, file.header, seen, file.name)
        except MiStudioError as error:
            look.problem = look.problem or str(error)
            return look
        look.rows, look.chosen = chosen
        samples = [row_of(row, options, chosen) for row in seen]
    _fill(look, file, samples, split)
    return look


def _first(file: OneFile) -> tuple[list[Raw], str | None]:
    """The first rows, and why there are none."""
    seen: list[Raw] = []
    problem = None
    try:
        with closing(file.rows()) as rows:
            # One by one, so that those before a broken place are seen.
            for row in first_rows(rows):
                seen.append(row)  # noqa: PERF402
    except MiStudioError as error:
        problem = str(error) if not seen and not file.cut else None
    if file.cut and len(seen) < FIRST_ROWS and file.form != ".txt":
        # Of the row that the cut went through, nothing is known.
        seen = seen[:-1]
    return seen, problem


def _fill(look: SourceLook, file: OneFile, rows: list[Row], split: str) -> None:
    good = [row for row in rows if row.problem is None]
    look.samples = [_sample(row, split) for row in good[:SAMPLES]]
    look.bad_rows = [f"{file.unit} {row.line:,}: {row.problem}" for row in rows if row.problem is not None][:SAMPLES]
    if look.problem is None and not good:
        if look.bad_rows:
            look.problem = f"None of the first rows of {file.name} can be read: {look.bad_rows[0]}."
        elif file.cut:
            look.bad_rows = [f"The first row is larger than {MOST_BYTES // 2**20} MB, so it is not shown here."]
        else:
            look.problem = f"There is no text in {file.name}."


def _sample(row: Row, split: str) -> SampleLook:
    turns = None if row.messages is None else len(json.loads(row.messages))
    return SampleLook(text=row.text[:SAMPLE_CHARACTERS], length=len(row.text), split=row.split or split, messages=turns)


def _columns(columns: list[Column], rows: list[dict[str, Any]]) -> list[ColumnLook]:
    return [
        ColumnLook(name=whole_characters(each.name[:MOST_NAME]), type=each.kind, example=_example(each.name, rows))
        for each in columns[:MOST_COLUMNS]
    ]


def _example(name: str, rows: list[dict[str, Any]]) -> str:
    """The beginning of the first value that is not null."""
    value = next((row[name] for row in rows if row.get(name) is not None), None)
    if value is None:
        return ""
    if isinstance(value, str):
        return whole_characters(value[:EXAMPLE_CHARACTERS])
    try:
        written = json.dumps(plain(value), ensure_ascii=False)
    except RecursionError:
        return "…"
    return whole_characters(written[:EXAMPLE_CHARACTERS])


def _formats(files: list[LocalFile]) -> list[str]:
    return sorted({"".join(kind_of(file.name, "path")).lstrip(".") for file in files})
