"""How rows of files become samples: what can be chosen, and what a look at a source finds."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import field_validator

from ..contract.models import Contract, option

SampleBy = Literal["line", "paragraph", "document"]
Role = Literal["system", "user", "assistant", "tool"]
RowsAre = Literal["auto", "text", "messages", "sharegpt", "alpaca"]


class ReadOptions(Contract):
    sample_by: SampleBy = option(
        "line",
        title="One sample is",
        help="How a .txt file is cut into samples: a line, a paragraph (between blank lines), or the whole document.",
        group="Reading",
    )
    rows: RowsAre = option(
        "auto",
        title="Rows hold",
        help="What a row of any other file holds: text, or a conversation as messages (role, content), as ShareGPT "
        "(from, value) or as Alpaca (instruction, input, output). Auto: whatever the first row looks like.",
        group="Reading",
    )
    columns: list[str] | None = option(
        None,
        title="Text columns",
        help="The column or field with the text. Several are joined in this order. "
        "Left out: “text”, or else the only column that holds text. The first line of a .csv or .tsv file names its columns.",
        group="Reading",
        min_length=1,
        max_length=50,
    )
    separator: str = option(
        "\n\n", title="Between columns", help="What stands between the texts of several columns.", group="Reading", max_length=200
    )
    split_column: str | None = option(
        None,
        title="Split column",
        help="The column that says which split a row belongs to. Left out, or empty in a row: in a folder and on the hub "
        "the names of folders and files say it; else “train”.",
        group="Reading",
        min_length=1,
        max_length=200,
    )

    @field_validator("columns", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("columns")
    @classmethod
    def _usable(cls, value: list[str] | None) -> list[str] | None:
        for each in value or ():
            if not 0 < len(each) <= 200:
                raise ValueError("A column's name has 1 to 200 characters")
            if any("\ud800" <= sign <= "\udfff" for sign in each):
                raise ValueError("A column's name has half a character in it")  # which could not be written down
        if value is not None and len(set(value)) < len(value):
            raise ValueError("A column is named twice")
        return value


class Message(Contract):
    """One turn of a conversation, whatever form its row had."""

    role: Role
    content: str


class LookAtSource(ReadOptions):
    """One of `path` and `upload` says at what."""

    path: str | None = option(None, title="Path", help="A file or folder on the server.", max_length=4096)
    upload: str | None = option(None, title="Upload", help="Id of a finished upload.", max_length=20)


class ColumnLook(Contract):
    name: str
    type: Literal["text", "number", "boolean", "list", "object", "bytes", "empty", "other"]
    example: str = option(title="Example", help="The beginning of its first value.")


class SampleLook(Contract):
    text: str = option(title="Text", help="The beginning of the sample, as it would be read.")
    length: int
    split: str
    messages: int | None = option(title="Messages", help="How many turns it has, where it is a conversation.")


class SourceLook(Contract):
    """What is at a source, and what reading it with these options would make of its first rows."""

    files: int
    bytes: int
    formats: list[str]
    columns: list[ColumnLook] = option(title="Columns", help="Of the first file; none for plain text.")
    rows: RowsAre = option(title="Rows hold", help="What was found, where the options said “auto”.")
    chosen: list[str] = option(title="Chosen", help="The text columns that these options come to.")
    samples: list[SampleLook] = option(title="Samples", help="The first ones.")
    problem: str | None = option(title="Problem", help="Why it cannot be read with these options; null where it can.")
    bad_rows: list[str] = option(title="Bad rows", help="What is wrong with rows among the first ones.")
