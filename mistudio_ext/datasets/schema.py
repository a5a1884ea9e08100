"""Datasets and tokenizations: parameters and records. The only place where a default or a bound of theirs is written."""

from __future__ import annotations

from typing import Any, Literal

from ..contract.models import Contract, option
from ..jobs.schema import Job
from ..workspace.schema import visible_lines
from .hub_schema import FromHub, HubSource

ObjectState = Literal["empty", "working", "ready", "failed"]
SampleBy = Literal["line", "paragraph", "document"]
# One sample larger than this is not text that a model reads; it counts as a bad row.
MAX_SAMPLE_BYTES = 64 * 2**20
MAX_PREVIEW = 20_000


class AddDataset(FromHub):
    """One of `texts`, `path`, `upload` and `hub` says where the text comes from."""

    _visible = visible_lines("name", "tags")

    name: str | None = option(
        None, title="Name", help="What you call it. Left out: the file's or repository's name.", min_length=1, max_length=200
    )
    texts: list[str] | None = option(None, title="Texts", help="The samples themselves.", min_length=1)
    path: str | None = option(
        None, title="Path", help="A .txt or .jsonl file on the server, inside its root or an allowed folder.", max_length=4096
    )
    upload: str | None = option(None, title="Upload", help="Id of a finished upload.", max_length=20)
    sample_by: SampleBy = option(
        "line",
        title="One sample is",
        help="How a .txt file is cut into samples: a line, a paragraph (between blank lines), or the whole document.",
        group="Reading",
    )
    text_field: str = option(
        "text",
        title="Text field",
        help="The field or column of each row that holds the text.",
        group="Reading",
        min_length=1,
        max_length=200,
    )
    tags: list[str] = option(default_factory=list, title="Tags", help="Words to find it by.", max_length=50)
    notes: str = option("", title="Notes", help="What you want to remember about it.", max_length=20000)


class Source(Contract):
    """Where a dataset's text came from."""

    kind: Literal["texts", "file", "upload", "hub"]
    name: str = option(title="Name", help="The file's name, the repository, or how many texts were given.")
    path: str | None = option(None, title="Path", help="The file that was read, where it is one on the server.")
    sample_by: SampleBy
    text_field: str
    hub: HubSource | None = option(None, title="Hub", help="What of the hub it is, where it is from there.")


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


class ListObjects(Contract):
    filter: str = option("", title="Filter", help="Words that the name, id, source or tags must hold.", max_length=500)


class DatasetList(Contract):
    datasets: list[Dataset]


class Started(Contract):
    """The object that a job works on, and the job; equal requests get the same ones."""

    object: str
    job: str | None = option(title="Job", help="Null where everything was there already.")


class ReadText(Contract):
    """What the job that reads a dataset's text is given."""

    file: str
    owned: bool = option(title="Owned", help="Whether the file is ours to remove once it has been read.")
    sample_by: SampleBy
    text_field: str


class ReadHub(FromHub):
    """What the job that fetches a dataset of the hub and reads its text is given."""

    hub: str
    sample_by: SampleBy
    text_field: str


class TokenizeOptions(Contract):
    max_length: int = option(
        512, title="Block length", help="Tokens in each block. Packed blocks are always full.", unit="tokens", ge=1, le=8192
    )
    special_tokens: bool = option(
        True,
        title="Special tokens",
        help="Begin each block with the tokenizer's begin token, if it adds one by itself. "
        "The end token between samples is always there.",
    )
    eval_share: float = option(
        0.05,
        title="Held-out share",
        help="The share of samples kept apart, in blocks of their own, for evaluation. Trainings never see them.",
        ge=0,
        le=0.5,
    )


class TokenizeDataset(TokenizeOptions):
    _visible = visible_lines("name")

    tokenizer: str = option(
        title="Tokenizer",
        help="A folder with a tokenizer in it (tokenizer.json …), such as a model's own folder.",
        min_length=1,
        max_length=4096,
    )
    name: str | None = option(
        None, title="Name", help="What you call it. Left out: made from the options.", min_length=1, max_length=200
    )


class TokenizationFacts(Contract):
    blocks: int
    tokens: int = option(title="Tokens", help="Tokens in all blocks.")
    held_out_blocks: int
    samples: int = option(title="Samples", help="Samples that have at least one token in a block.")
    held_out_samples: int
    dropped_tokens: int = option(title="Left over", help="Tokens at the end that did not fill a block.")
    bytes: int = option(title="Size", help="Bytes on disk.", unit="bytes")


class TokenizerFacts(Contract):
    path: str
    name: str
    fingerprint: str = option(title="Fingerprint", help="SHA-256 of its files.")


class TokenizationRecord(Contract):
    """What the catalog keeps of a tokenization."""

    id: str
    name: str
    tags: list[str]
    notes: str
    created: float
    made_from: list[str]
    parent: str = option(title="Dataset", help="The dataset it was made from.")
    tokenizer: TokenizerFacts
    max_length: int
    special_tokens: bool
    eval_share: float
    fingerprint: str = option(title="Fingerprint", help="Of text, tokenizer and options together: equal ones are equal blocks.")
    facts: TokenizationFacts | None


class Tokenization(TokenizationRecord):
    state: ObjectState
    reason: str | None
    job: Job | None


class ListTokenizations(Contract):
    dataset: str | None = option(None, title="Dataset", help="Only those of the dataset with this id.", max_length=100)
    filter: str = option("", title="Filter", help="Words that the name, id, tokenizer or tags must hold.", max_length=500)


class TokenizationList(Contract):
    tokenizations: list[Tokenization]


class ReadSamples(Contract):
    offset: int = option(0, title="From", help="Row of the first sample wanted, from 0.", ge=0, le=2**53)
    limit: int = option(50, title="Limit", help="How many samples at the most.", ge=1, le=500)
    characters: int = option(400, title="Characters", help="How much of each text is sent.", ge=1, le=20000)


class SampleHead(Contract):
    row: int
    text: str = option(title="Text", help="Its beginning.")
    length: int = option(title="Length", help="Characters in the whole sample.")
    split: str


class SamplePage(Contract):
    samples: list[SampleHead]
    total: int


class Sample(Contract):
    row: int
    text: str
    length: int
    split: str
    other: dict[str, Any] = option(title="Other fields", help="What else the row held.")


class PreviewTokens(Contract):
    """Text in, tokens out: with the tokenizer in a folder, or the one that a tokenization was made with."""

    text: str = option(title="Text", help="What to tokenize.", max_length=MAX_PREVIEW)
    tokenizer: str | None = option(
        None, title="Tokenizer", help="A folder with a tokenizer in it.", min_length=1, max_length=4096
    )
    tokenization: str | None = option(None, title="Tokenization", help="Use the tokenizer of this one.", max_length=100)
    special_tokens: bool = option(True, title="Special tokens", help="Add what the tokenizer adds by itself.")


class TokenPiece(Contract):
    id: int
    token: str = option(title="Token", help="As the tokenizer writes it, with its own markers.")
    text: str = option(title="Text", help="What it stands for; for a piece of a character, its bytes in hex.")
    kind: Literal["text", "special", "bytes"]


class TokenPreview(Contract):
    tokens: list[TokenPiece]
    count: int
    vocabulary: int = option(title="Vocabulary", help="How many different tokens the tokenizer has.")


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
