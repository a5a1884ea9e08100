"""Which columns of a file hold its text, what form its rows have, and the sample that each row comes to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..contract.errors import BadRequest
from . import conversations
from .cells import BadRow, CellKind, kind_of_cell, named, others, shown, text_of, too_long, whole_characters
from .read_tables import Column
from .read_text import Place, Raw
from .reading_schema import ReadOptions, RowsAre
from .schema import MAX_SAMPLE_BYTES

TEXT = "text"
MAX_SPLIT = 200
HINT = "Give the one that holds the text, or several to be joined."


class Row(NamedTuple):
    """One sample, or what is wrong where one should be."""

    line: int
    after: Place
    text: str = ""
    other: str | None = None
    repaired: bool = False
    problem: str | None = None
    messages: str | None = None
    split: str | None = None  # None: whichever its file belongs to


class Chosen(NamedTuple):
    """How the rows of one file are read."""

    rows: RowsAre
    columns: list[str]


def choose(options: ReadOptions, header: list[Column] | None, first: list[Raw], name: str) -> Chosen:
    """Decided by what the file says of its columns, else by its first rows."""
    rows = [row.value for row in first if isinstance(row.value, dict)]
    there = header if header is not None else columns_of(rows)
    names = [column.name for column in there]
    if header is not None and options.split_column is not None and options.split_column not in names:
        raise _missing(name, [options.split_column], names, "split_column", "Give the one that says the split.")
    if options.rows == "auto" and options.columns is None:
        found = next(filter(None, map(conversations.recognized, rows)), None)
        if found:
            return Chosen(*found)
    if options.rows in ("auto", "text"):
        return Chosen("text", _text_columns(options, header, there, rows, name))
    if options.rows == "alpaca":
        columns = conversations.alpaca_columns(names)
        wanted = ["instruction", "response" if "response" in names else "output"]
    else:
        columns = options.columns or [next((each for each in conversations.TURNS if each in names), conversations.TURNS[0])]
        wanted = columns
    if header is not None and (missing := [each for each in wanted if each not in names]):
        raise _missing(name, missing, names, "rows", "Choose what the rows hold, or the column that has the messages.")
    return Chosen(options.rows, columns or wanted)


def columns_of(rows: list[dict[str, Any]]) -> list[Column]:
    """The fields of some rows, each with the kind of its first value that is not null."""
    kinds: dict[str, CellKind] = {}
    for row in rows:
        for name, value in row.items():
            if kinds.get(name, "empty") == "empty":
                kinds[name] = kind_of_cell(value)
    return [Column(name, kind) for name, kind in kinds.items()]


def _text_columns(
    options: ReadOptions, header: list[Column] | None, there: list[Column], rows: list[dict[str, Any]], name: str
) -> list[str]:
    kinds = {column.name: column.kind for column in there}
    # A name with half a character in it could not be written down anywhere.
    names = [each for each in kinds if each != options.split_column and each == whole_characters(each)]
    columns = options.columns or ([TEXT] if TEXT in names else None)
    if columns is None:
        found = [each for each in names if kinds[each] == "text"] or [each for each in names if kinds[each] == "bytes"]
        if len(found) > 1:
            # In a table of texts, numbers are written as texts too.
            found = [each for each in found if not _numbers(row.get(each) for row in rows)] or found
        if len(found) == 1:
            return found
        if len(found) > 1:
            what = f"{name} has no column “text”, but {len(found):,} others with text: {named(found)}."
            raise BadRequest(what, HINT, field="columns", code="no_column")
        if not kinds:
            return [TEXT]  # nothing was found that could be read; each row says what is wrong with it
        known = named([each for each in kinds if each != options.split_column])
        raise BadRequest(f"{name} has no column with text.", f"It has: {known}.", field="columns", code="no_column")
    if header is not None:
        if missing := [each for each in columns if each not in kinds]:
            raise _missing(name, missing, list(kinds), "columns", "Give the one that holds the text.")
        for each in columns:
            if kinds[each] not in ("text", "bytes", "empty"):
                what = f"The column {shown(each)} of {name} holds {_many(kinds[each])}, not text."
                raise BadRequest(what, f"It has: {named(list(kinds))}.", field="columns", code="no_column")
    return columns


def _numbers(values: Iterable[Any]) -> bool:
    """Whether all that is there is the writing of numbers."""
    written = [value for value in values if isinstance(value, str) and value.strip()]
    try:
        return bool(written) and all(float(value) is not None for value in written)
    except ValueError:
        return False


def _many(kind: CellKind) -> str:
    return {"number": "numbers", "boolean": "true and false", "list": "lists", "object": "objects"}.get(kind, "something else")


def _missing(name: str, missing: list[str], names: list[str], field: str, hint: str) -> BadRequest:
    return BadRequest(
        f"{name} has no column {named(missing)}.",
        f"It has: {named(names) or 'none'}. {hint}",
        field=field,
        code="no_column",
    )


def row_of(raw: Raw, options: ReadOptions, chosen: Chosen) -> Row:
    """The sample that a row comes to."""
    if raw.problem is not None:
        return Row(raw.line, raw.after, problem=raw.problem)
    try:
        value = {chosen.columns[0]: raw.value} if isinstance(raw.value, str) else raw.value
        if not isinstance(value, dict):
            raise BadRow("neither an object nor a text")
        split = _split(value, options.split_column)
        messages = None
        if chosen.rows == "text":
            text, repaired = _text(value, chosen.columns, options.separator)
        else:
            turns, repaired = conversations.taken_from(value, chosen.rows, chosen.columns)
            text, messages = conversations.readable(turns), conversations.as_json(turns)
        other, mended = others(value, deep=raw.deep)
    except BadRow as bad:
        return Row(raw.line, raw.after, problem=str(bad))
    return Row(raw.line, raw.after, text, other, raw.repaired or repaired or mended, None, messages, split)


def plain_row(raw: Raw) -> Row:
    """Of a file of plain text, where a row is nothing but its text."""
    return Row(raw.line, raw.after, raw.value or "", None, raw.repaired, raw.problem)


def _text(value: dict[str, Any], columns: list[str], separator: str) -> tuple[str, bool]:
    if len(columns) == 1:
        (name,) = columns
        if name not in value:
            raise BadRow(f"no field {shown(name)}")
        text, repaired = text_of(value.pop(name), name)
        if not text.strip():
            raise BadRow(f"{shown(name)} is empty")
        return text, repaired
    cells = [text_of(cell, name) for name in columns if (cell := value.pop(name, None)) is not None]
    text = separator.join(text for text, _ in cells if text.strip())
    if not text:
        raise BadRow(f"{named(columns)} are empty")
    if len(text) > MAX_SAMPLE_BYTES:
        raise BadRow(too_long())
    return text, any(repaired for _, repaired in cells)


def _split(value: dict[str, Any], column: str | None) -> str | None:
    cell = value.pop(column, None) if column is not None else None
    if cell is None or cell == "":
        return None
    if isinstance(cell, int | float):
        cell = str(cell)
    text, _ = text_of(cell, column or "")
    if len(text) > MAX_SPLIT:
        raise BadRow(f"the split in {shown(column or '')} has more than {MAX_SPLIT} characters")
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
