"""Objects of a kernel that become datasets: written bit by bit to a file of the workspace, so never twice in memory.

A library is imported only where the object is from it, and so has imported it already.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any, NamedTuple

from ..contract.errors import BadRequest, NotFound
from ..datasets import incoming
from ..workspace.workspace import Workspace as Core

ACCEPTED = (
    "Give texts or rows (dictionaries), in a list or one after another, a pandas, pyarrow or datasets object, "
    "the path of a file or folder, or “hub:owner/name”."
)
BATCH_ROWS = 10_000
TABLE_ROWS = 1000
# Where the splits of several datasets go on the way.
SPLIT = "_split"


class InMemory(NamedTuple):
    name: str  # what it is called in the workspace
    file: str
    write: Callable[[IO[bytes]], None]
    options: dict[str, Any]


@contextmanager
def handed_over(core: Core, source: Any, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of `AddDataset` for a source that was written; when the block fails, nothing of it is left."""
    found = _looked_at(source, params)
    with incoming.handed_over(core, found.file, found.name) as (id, file):
        found.write(file)
    try:
        yield {"upload": id} | found.options
    except BaseException:
        with suppress(NotFound):
            incoming.cancel_upload(core, id)
        raise


def _looked_at(source: Any, params: dict[str, Any]) -> InMemory:
    kinds = {(each.__module__.partition(".")[0], each.__name__) for each in type(source).__mro__}
    name = type(source).__name__
    if ("pandas", "Series") in kinds:
        column = "text" if source.name is None else str(source.name)
        return _of_rows(f"Series “{column[:60]}”", _pandas_rows(source.to_frame(column)))
    if ("pandas", "DataFrame") in kinds:
        return _of_rows(f"{name} ({_many(len(source.columns), 'column')})", _pandas_rows(source))
    splits_kept = {} if "split_column" in params else {"split_column": SPLIT}
    if ("datasets", "IterableDatasetDict") in kinds:
        rows = (_with_split(row, split) for split, each in source.items() for row in each)
        return _of_rows(f"{name} ({_many(len(source), 'split')})", rows, splits_kept)
    if ("datasets", "DatasetDict") in kinds:
        return _of_datasets(f"{name} ({_many(len(source), 'split')})", dict(source), splits_kept)
    if ("datasets", "Dataset") in kinds:
        named = str(source.split) if source.split is not None else "train"
        return _of_datasets(f"{name} ({_many(len(source.column_names), 'column')})", {named: source}, splits_kept)
    if hasattr(source, "__arrow_c_stream__"):
        return InMemory(name, f"{name}.arrow", lambda file: _write_stream(file, source), {})
    if isinstance(source, Mapping | str | bytes | bytearray | set | frozenset) or not isinstance(source, Iterable):
        raise BadRequest(f"{_a(name, 'A')} cannot be added as a dataset.", ACCEPTED, field="source")
    return _of_rows(f"{name} of {_many(len(source), 'row')}" if isinstance(source, list | tuple) else name, source)


def _of_rows(name: str, rows: Iterable[Any], options: dict[str, Any] | None = None) -> InMemory:
    return InMemory(name, f"{name.split(maxsplit=1)[0]}.jsonl", lambda file: _write_rows(file, rows), options or {})


def _write_rows(file: IO[bytes], rows: Iterable[Any]) -> None:
    good, first_bad = False, ""
    for number, row in enumerate(rows):
        if not isinstance(row, str | Mapping):
            # A hole among texts is a bad row, which reading counts, as a missing cell of a table is.
            first_bad = first_bad or f"item {number:,} is {_a(type(row).__name__)}"
            file.write(b"null\n")
            continue
        good = True
        try:
            line = json.dumps(row if isinstance(row, str) else dict(row), default=_as_json)
        except (TypeError, ValueError, RecursionError) as error:
            what = f"Row {number:,} cannot be written as JSON: {error}."
            raise BadRequest(what, "Leave the field out that is no plain value.", field="source") from None
        file.write(line.encode() + b"\n")
    if first_bad and not good:
        raise BadRequest(f"None of the items is a text or a row (a dictionary): {first_bad}.", ACCEPTED, field="source")


def _a(name: str, article: str = "a") -> str:
    return f"{article}{'n' if name[0] in 'aeiouAEIOU' else ''} {name}"


def _as_json(value: Any) -> Any:
    """Values that Python's JSON has no form for."""
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):  # of numpy, torch and pandas
        return value.tolist()
    return str(value)


def _pandas_rows(frame: Any) -> Iterator[dict[str, Any]]:
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"Two columns of the DataFrame are called “{twice[:60]}”.", "Rename one of them.", field="source")
    for start in range(0, len(frame), BATCH_ROWS):
        part = frame.iloc[start : start + BATCH_ROWS]
        # What pandas calls missing (NaN, NaT, NA) is null, whatever it is in its column.
        cells = part.astype(object).where(part.notna(), None)
        for values in zip(*(cells.iloc[:, number] for number in range(len(names))), strict=True):
            yield dict(zip(names, values, strict=True))


def _with_split(row: Any, split: Any) -> dict[str, Any]:
    if SPLIT in row:
        raise _taken()
    return {**row, SPLIT: str(split)}


def _of_datasets(name: str, splits: dict[Any, Any], options: dict[str, Any]) -> InMemory:
    if any(SPLIT in each.column_names for each in splits.values()):
        raise _taken()
    return InMemory(name, f"{name.split(maxsplit=1)[0]}.arrow", lambda file: _write_datasets(file, splits), options)


def _write_datasets(file: IO[bytes], splits: dict[Any, Any]) -> None:
    pa = importlib.import_module("pyarrow")
    try:
        # Asked for as Arrow, rows come in the order and choice of a selected, sorted or shuffled dataset.
        formatted = {str(split): each.with_format("arrow") for split, each in splits.items()}
        schemas = [each.features.arrow_schema.remove_metadata() for each in splits.values()]
        schema = pa.unify_schemas([pa.schema([(SPLIT, pa.string())]), *schemas], promote_options="permissive")
        with pa.ipc.new_stream(file, schema) as stream:
            for split, each in formatted.items():
                for start in range(0, len(each), TABLE_ROWS):
                    table = each[start : start + TABLE_ROWS]
                    table = table.append_column(SPLIT, pa.array([split] * table.num_rows, pa.string()))
                    table = pa.concat_tables([schema.empty_table(), table], promote_options="permissive")
                    stream.write_table(table.select(schema.names).cast(schema))
    except pa.ArrowException as error:
        raise _not_written(error) from None


def _write_stream(file: IO[bytes], source: Any) -> None:
    pa = importlib.import_module("pyarrow")
    try:
        reader = pa.RecordBatchReader.from_stream(source)
        with pa.ipc.new_stream(file, reader.schema) as stream:
            for batch in reader:
                stream.write_batch(batch)
    except pa.ArrowException as error:
        raise _not_written(error) from None


def _not_written(error: Exception) -> BadRequest:
    what = f"It cannot be written as one table: {str(error).splitlines()[0][:200]}."
    return BadRequest(what, "Give one split, or only the columns that are needed.", field="source")


def _taken() -> BadRequest:
    return BadRequest(f"It has a column called “{SPLIT}”.", "Rename it: the splits go under this name.", field="source")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
