"""Captures: parameters and records. The only place where a default or a bound of theirs is written."""

from __future__ import annotations

from typing import Literal

from ..contract.models import Contract, option
from ..jobs.schema import Job
from ..jobs.states import ObjectState
from ..models.schema import Precision
from ..workspace.schema import visible_lines

Dtype = Literal["float32", "float16", "bfloat16"]
Role = Literal["system", "user", "assistant", "tool"]


class VectorOptions(Contract):
    """Which vectors of a model there are over a text."""

    hooks: list[str] = option(
        default_factory=lambda: ["layers.middle.resid_post"],
        title="Hook points",
        help="Where the model is read, each as “layers.2.resid_post”; in place of the number also a range (2-5), “middle” or "
        "“all”. In each layer: the stream before it (resid_pre), between attention and MLP (resid_mid) and after it "
        "(resid_post), what attention (attn_out) and MLP (mlp_out) add, what the MLP reads (mlp_in), the heads' output (attn_z).",
        max_length=2000,
    )
    max_tokens: int | None = option(
        None, title="At most", help="Stop after so many captured tokens. Left out: all.", unit="tokens", ge=1, le=2**45
    )
    max_samples: int | None = option(
        None, title="Samples", help="Use so many samples of the dataset, chosen by the seed. Left out: all.", ge=1, le=2**45
    )
    precision: Precision | None = option(
        None,
        title="Model's precision",
        help="How the model's weights are held in memory. Left out: the precision that it was added with.",
    )
    drop_first: int = option(
        1,
        title="Leave out first",
        help="Positions at the beginning of each block or row that are not kept. The first is an attention sink: "
        "one vector of a hundred times the usual norm, which would spoil every average.",
        unit="positions",
        ge=0,
        le=512,
    )
    drop_special: bool = option(
        True, title="Leave out special tokens", help="Do not keep the vectors of begin, end and other special tokens."
    )
    role: Role | None = option(None, title="Role", help="In conversations, keep the tokens of this role alone. Left out: of all.")


class ForwardOptions(VectorOptions):
    """How they are come by, besides."""

    batch_size: int | None = option(
        8,
        title="Batch size",
        help="Sequences that go through the model together. Null: found by trying. It halves by itself when memory runs out.",
        unit="sequences",
        ge=1,
        le=512,
    )
    seed: int = option(0, title="Seed", help="Which samples are chosen, where not all are.", ge=0, le=2**32 - 1)


class CaptureOptions(ForwardOptions):
    dtype: Dtype = option(
        "float16",
        title="Stored as",
        help="How vectors are stored. A value that float16 cannot hold ends the capture with a sentence that says so.",
    )
    fall_back: bool = option(
        False,
        title="Smaller precision if need be",
        help="Where the model does not fit, load it in the next smaller precision; the record says so.",
    )


class StreamActivations(CaptureOptions):
    """The same vectors as a capture's, mixed, without the disk."""

    rows: int = option(4096, title="Rows", help="Vectors of a batch, the same tokens at each hook point.", ge=1, le=2**20)
    buffer: int = option(
        65536, title="Buffer", help="Rows that are mixed together; two batches at the least.", unit="rows", ge=2, le=2**30
    )
    held_out: bool | None = option(
        None, title="Held out", help="Only the rows that are held out (yes), or only the others (no). Left out: all."
    )
    device: str | None = option(
        None,
        title="Device",
        help="cpu, mps, cuda or cuda:n. Left out: the GPU, where there is one.",
        pattern=r"^(cpu|mps|cuda(:\d{1,2})?)$",
    )


class MakeCapture(CaptureOptions):
    _visible = visible_lines("name", "tags")

    model: str = option(title="Model", help="Id of the model.", min_length=1, max_length=100)
    tokenization: str = option(
        title="Tokenization", help="Id of the tokenization whose text is read.", min_length=1, max_length=100
    )
    name: str | None = option(
        None, title="Name", help="What you call it. Left out: made from the options.", min_length=1, max_length=200
    )
    tags: list[str] = option(default_factory=list, title="Tags", help="Words to find it by.", max_length=50)
    notes: str = option("", title="Notes", help="What you want to remember about it.", max_length=20000)


class EstimateCapture(CaptureOptions):
    """What a form has so far: what is still missing is said in the answer's `problem`."""

    model: str | None = option(None, title="Model", help="Id of the model.", max_length=100)
    tokenization: str | None = option(
        None, title="Tokenization", help="Id of the tokenization whose text is read.", max_length=100
    )


class CaptureEstimate(Contract):
    """What a capture would take, before it is begun. Null is what cannot be said while there is a problem."""

    hooks: list[str] = option(title="Hook points", help="As in “layers.2.resid_post”, in the order of the forward pass.")
    length: int | None = option(title="Length", help="Tokens of a block, or of the longest row.", unit="tokens")
    precision: Precision | None = option(title="Precision", help="The one that the model would be loaded in.")
    tokens: int | None = option(title="Tokens", help="Vectors a hook point, at the most.")
    disk: int | None = option(title="Disk", help="Bytes that would be written, at the most.", unit="bytes")
    disk_free: int = option(title="Free on disk", help="Bytes that are free there.", unit="bytes")
    memory: int | None = option(title="Memory", help="Bytes of the weights, and about what one batch needs.", unit="bytes")
    memory_free: int = option(title="Free memory", help="Bytes that are free where the model would be.", unit="bytes")
    device: str = option(title="Device", help="Where the model would be loaded: cuda or cpu.")
    seconds: float | None = option(
        title="Time", help="From how fast this model was captured before; null: it never was.", unit="s"
    )
    same: str | None = option(title="Equal one", help="Id of the capture that is equal to this one and there already.")
    problem: str | None = option(title="Problem", help="Why it cannot be begun like this; null where it can.")
    field: str | None = option(title="Field", help="The parameter that the problem is with, where it is with one.")


class HookStatistics(Contract):
    """Of the tokens that metrics are taken over: without position 0 and special tokens, even where those are kept."""

    hook: str
    width: int = option(title="Width", help="Dimensions of each vector.")
    tokens: int = option(title="Tokens", help="Counted over so many vectors.")
    mean_norm: float | None
    mean_square_norm: float | None = option(title="Mean squared norm", help="What scaling factors are made from.")
    mean: float | None = option(title="Mean", help="Over all dimensions together.")
    deviation: float | None = option(
        title="Standard deviation", help="Root of the variance of each dimension, averaged over the dimensions."
    )
    largest: float | None = option(title="Largest", help="The largest absolute value.")
    outliers: list[int] = option(
        title="Outlier dimensions", help="Dimensions whose root mean square is over 6 times that of the median dimension."
    )


class CaptureFacts(Contract):
    tokens: int = option(title="Tokens", help="Vectors a hook point, held-out ones included.")
    held_out_tokens: int
    counted_tokens: int = option(title="Counted", help="Those of them that averages and metrics are taken over.")
    samples: int
    hooks: list[HookStatistics]
    bytes: int = option(title="Size", help="Bytes on disk.", unit="bytes")
    shards: int
    seconds: float = option(title="Time", help="Spent on it in all tries.", unit="s")
    batch_size: int = option(title="Batch size", help="The one that it ended with.")
    precision: Precision = option(title="Precision", help="The one that the model was really loaded in.")
    quantized_share: float | None = option(
        title="Quantized", help="Share of the parameters really held in fewer bits; null: none asked for."
    )
    device: str = option(title="Device", help="Where the model was: cuda or cpu.")


class CaptureRecord(CaptureOptions):
    """What the catalog keeps of a capture: its options, and what came of them."""

    id: str
    name: str
    tags: list[str]
    notes: str
    created: float
    made_from: list[str]
    model: str
    tokenization: str
    dataset: str
    hooks: list[str] = option(title="Hook points", help="As in “layers.2.resid_post”, in the order of the forward pass.")
    precision: Precision = option(title="Model's precision", help="The one that was asked for, or that the model was added with.")
    fingerprint: str = option(title="Fingerprint", help="Of model, text, tokens and options: equal ones are equal vectors.")
    facts: CaptureFacts | None


class Capture(CaptureRecord):
    state: ObjectState
    reason: str | None = option(title="Reason", help="Why it is in this state, where that needs words.")
    job: Job | None = option(title="Job", help="The latest job that worked on it.")


class ListCaptures(Contract):
    model: str | None = option(None, title="Model", help="Only those of the model with this id.", max_length=100)
    dataset: str | None = option(None, title="Dataset", help="Only those of the dataset with this id.", max_length=100)
    filter: str = option("", title="Filter", help="Words that the name, id, hook points or tags must hold.", max_length=500)


class CaptureList(Contract):
    captures: list[Capture]


class AppendTokens(Contract):
    max_tokens: int | None = option(
        None, title="More tokens", help="How many more at the most. Left out: all that are left.", unit="tokens", ge=1, le=2**45
    )


class ReadVectors(Contract):
    hook: str | None = option(
        None, title="Hook point", help="As in “layers.2.resid_post”. Left out: the first.", min_length=1, max_length=100
    )
    sample: int | None = option(None, title="Sample", help="Only vectors of this sample of the dataset.", ge=0, le=2**45)
    offset: int = option(0, title="From", help="Number of the first vector wanted, from 0.", ge=0, le=2**45)
    limit: int = option(20, title="Limit", help="How many at the most.", ge=1, le=500)
    values: int = option(8, title="Values", help="How many values of each vector.", ge=0, le=1024)


class VectorRow(Contract):
    row: int = option(title="Row", help="Of the capture, from 0.")
    sample: int = option(title="Sample", help="Row of the dataset.")
    position: int = option(title="Position", help="In its block or row of the tokenization, padding not counted.")
    block: int = option(title="Block", help="Number of the block or row of the tokenization.")
    held_out: bool
    counted: bool = option(title="Counted", help="Whether averages and metrics are taken over it.")
    id: int = option(title="Token id", help="Of the token.")
    token: str
    before: str = option(title="Before", help="The text before the token, in its block.")
    after: str = option(title="After", help="The text after it.")
    norm: float
    values: list[float] = option(title="Values", help="The first of its values.")


class VectorPage(Contract):
    hook: str
    rows: list[VectorRow]
    total: int = option(title="Total", help="How many there are, of the sample or in all.")


class ExportCapture(Contract):
    folder: str = option(
        title="Folder", help="A folder on the server, in which the files are written.", min_length=1, max_length=4096
    )
    format: Literal["npy", "safetensors"] = option(
        "safetensors",
        title="Format",
        help="A file for each hook point, and the index beside them. bfloat16 becomes float32 in npy, which has no such numbers.",
    )


class Exported(Contract):
    folder: str
    files: list[str]
    bytes: int
