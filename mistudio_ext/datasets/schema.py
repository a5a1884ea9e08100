"""Datasets: parameters and records. What else has a default or a bound here is in the `*_schema` files beside this one."""

from __future__ import annotations

from typing import Any, Literal

from ..contract.models import Contract, option
from ..jobs.schema import Job
from ..jobs.states import ObjectState
from ..workspace.schema import visible_lines
from .deriving_schema import DerivedFrom, RuleCount
from .hub_schema import FromHub, HubSource
from .reading_schema import Message, ReadOptions, RowsAre

# One sample larger than this is not text that a model reads; it counts as a bad row.
MAX_SAMPLE_BYTES = 64 * 2**20


class AddDataset(FromHub, ReadOptions):
    """One of `texts`, `path`, `upload` and `hub` says where the text comes from."""

    _visible = visible_lines("name", "tags")

    name: str | None = option(
        None, title="Name", help="What you call it. Left out: the file's or repository's name.", min_length=1, max_length=200
    )
    texts: list[str] | None = option(None, title="Texts", help="The samples themselves.", min_length=1)
    path: str | None = option(
        None,
        title="Path",
        help="A file or a folder of files on the server, inside its root or an allowed folder; or “hub:owner/name”.",
        max_length=4096,
    )
    upload: str | None = option(None, title="Upload", help="Id of a finished upload.", max_length=20)
    tags: list[str] = option(default_factory=list, title="Tags", help="Words to find it by.", max_length=50)
    notes: str = option("", title="Notes", help="What you want to remember about it.", max_length=20000)


class Source(Contract):
    """Where a dataset's text came from."""

    kind: Literal["texts", "memory", "file", "folder", "upload", "hub", "derived"]
    name: str = option(title="Name", help="The file's name, the repository, the dataset, or how many texts were given.")
    path: str | None = option(None, title="Path", help="The file or folder that was read, where it is one on the server.")
    reading: ReadOptions | None = option(title="Reading", help="How rows became samples, as asked for.")
    hub: HubSource | None = option(None, title="Hub", help="What of the hub it is, where it is from there.")
    derived: DerivedFrom | None = option(None, title="Made from", help="The dataset it was made of, where it was made of one.")


class DatasetFacts(Contract):
    """What reading the text found."""

    samples: int
    characters: int
    bytes: int = option(title="Size", help="Bytes of the stored text on disk.", unit="bytes")
    splits: dict[str, int] = option(title="Splits", help="Samples in each split.")
    bad_rows: int = option(title="Bad rows", help="Rows that held no usable text and were left out.")
    bad_examples: list[str] = option(title="Examples of bad rows", help="The first of them, and what was wrong.")
    repaired_rows: int = option(title="Repaired rows", help="Rows with bytes that are not UTF-8; each such byte became �.")
    fingerprint: str = option(title="Fingerprint", help="SHA-256 of all samples in order.")
    rows: RowsAre = option("text", title="Rows hold", help="What the rows turned out to hold.")
    columns: list[str] = option(default_factory=list, title="Text columns", help="Where the text was found.")
    conversations: int = option(0, title="Conversations", help="Samples that are conversations.")
    files: int = option(1, title="Files", help="How many files were read.")
    rules: list[RuleCount] = option(default_factory=list, title="Rules", help="What each rule of a cleaning did.")
    warnings: list[str] = option(default_factory=list, title="Warnings", help="What one should know before using it.")


class DatasetRecord(Contract):
    """What the catalog keeps of a dataset."""

    id: str
    name: str
    tags: list[str]
    notes: str
    created: float
    made_from: list[str]
    source: Source
    facts: DatasetFacts | None


class Dataset(DatasetRecord):
    state: ObjectState
    reason: str | None = option(title="Reason", help="Why it is in this state, where that needs words.")
    job: Job | None = option(title="Job", help="The latest job that worked on it.")
    tokenizations: int = option(title="Tokenizations", help="How many were made of it.")


class DatasetList(Contract):
    datasets: list[Dataset]


class ReadFiles(ReadOptions):
    """What the job that reads a dataset's text is given."""

    path: str = option(title="Path", help="A file, or a folder of files.")
    name: str = option("", title="Name", help="The file's name: its ending says how it is read. Left out: as the path says.")
    called: str = option("", title="Called", help="What sentences call it, where its name is none that the user gave.")
    within: list[str] | None = option(
        None, title="Within", help="The folders that links in a folder may lead into. Left out: any."
    )
    owned: bool = option(title="Owned", help="Whether it is ours to remove once it has been read.")


class ReadHub(FromHub, ReadOptions):
    """What the job that fetches a dataset of the hub and reads its text is given."""

    hub: str


class ReadSamples(Contract):
    offset: int = option(0, title="From", help="Row of the first sample wanted, from 0.", ge=0, le=2**53)
    limit: int = option(50, title="Limit", help="How many samples at the most.", ge=1, le=500)
    characters: int = option(400, title="Characters", help="How much of each text is sent.", ge=1, le=20000)
    search: str = option(
        "", title="Search", help="Only samples whose text has this in it; small and capital letters are equal.", max_length=500
    )
    split: str | None = option(None, title="Split", help="Only samples of this split.", max_length=200)


class SampleHead(Contract):
    row: int
    text: str = option(title="Text", help="Its beginning; with a search, the place around the first hit.")
    length: int = option(title="Length", help="Characters in the whole sample.")
    split: str


class SamplePage(Contract):
    samples: list[SampleHead]
    total: int = option(title="Total", help="Samples in the dataset, or, where the split alone was asked for, in that split.")
    next: int | None = option(title="Next", help="The row to go on from; null when there is nothing more.")
    looked_through: int = option(
        title="Looked through",
        help="With a search: how many rows this answer looked at. It can be all it has time for, with no hit.",
    )


class Sample(Contract):
    id: str = option(title="Id", help="The dataset's id and the row, as in “ds_7f3k9q2a/1042”.")
    row: int
    text: str
    length: int
    split: str
    other: dict[str, Any] = option(title="Other fields", help="What else the row held.")
    messages: list[Message] | None = option(title="Messages", help="The turns, where it is a conversation.")


class StartUpload(Contract):
    name: str = option(title="File name", help="Its ending says how it is read.", min_length=1, max_length=255)
    size: int = option(title="Size", help="Bytes in the whole file.", unit="bytes", ge=0, le=2**45)


class Upload(Contract):
    id: str
    name: str
    size: int
    received: int = option(title="Received", help="Bytes that are there already: the offset of the next part.")


class UploadPart(Contract):
    offset: int = option(title="Offset", help="Where in the file this part begins.", ge=0, le=2**45)
