"""Models: parameters and records. The only place where a default or a bound of theirs is written."""

from __future__ import annotations

from typing import Any, Literal

from ..contract.models import Contract, option
from ..jobs.schema import Job
from ..jobs.states import ObjectState
from ..workspace.schema import visible_lines

Precision = Literal["float32", "float16", "bfloat16", "int8", "nf4", "fp4", "hqq2"]
HookKind = Literal["resid_pre", "attn_z", "attn_out", "resid_mid", "mlp_in", "mlp_out", "resid_post"]


class AddModel(Contract):
    """One of `hub`, `path`, `cached` and `upload` says where the model is."""

    _visible = visible_lines("name", "tags")

    hub: str | None = option(
        None, title="Model of the hub", help="Its name as the hub writes it: “owner/name”.", min_length=1, max_length=200
    )
    revision: str | None = option(
        None,
        title="Revision",
        help="A branch, a tag or a commit. Left out: the newest state. Whatever it is now stays what this model is of.",
        only_when="hub",
        min_length=1,
        max_length=200,
    )
    path: str | None = option(
        None,
        title="Folder",
        help="A folder on the server with config.json and weights in it. It is linked, not copied.",
        min_length=1,
        max_length=4096,
    )
    cached: str | None = option(
        None,
        title="In the hub's cache",
        help="Name of a model that another tool has downloaded already. It is linked, not copied.",
        min_length=1,
        max_length=200,
    )
    upload: str | None = option(
        None,
        title="From memory",
        help="Id of a model that a notebook has written to the workspace from its memory.",
        min_length=1,
        max_length=100,
    )
    precision: Precision = option(
        "float32",
        title="Precision",
        help="How its weights are held in memory wherever nothing else is said. In another precision it is another model.",
    )
    name: str | None = option(
        None, title="Name", help="What you call it. Left out: the repository's or folder's name.", min_length=1, max_length=200
    )
    tags: list[str] = option(default_factory=list, title="Tags", help="Words to find it by.", max_length=50)
    notes: str = option("", title="Notes", help="What you want to remember about it.", max_length=20000)


class ModelSource(Contract):
    """Where a model came from."""

    kind: Literal["hub", "folder", "cache", "memory"]
    name: str = option(title="Name", help="The repository, the folder's name, or the class of what was in memory.")
    path: str | None = option(None, title="Path", help="The folder that is linked.")
    revision: str | None = option(None, title="Revision", help="The one that was asked for; null: the newest.")
    endpoint: str | None = option(None, title="Hub", help="Where it was found; null until the hub was asked.")
    commit: str | None = option(None, title="Commit", help="What the revision was then.")


class Weights(Contract):
    """What decides how much memory a model's weights take."""

    parameters: int
    quantizable: int = option(title="Quantizable", help="Parameters that int8, nf4, fp4 and hqq2 hold in fewer bits.")
    matrices: int = option(title="Matrices", help="How many matrices these are in.")
    rows: int = option(title="Rows", help="How many rows these matrices have together.")
    buffers: int = option(title="Buffers", help="Bytes of what is no parameter, in every precision.", unit="bytes")


class ModelFacts(Contract):
    """What the files of a model say of it."""

    family: str = option(title="Family", help="The model type, as its configuration has it: llama, gpt2 …")
    architecture: str = option(title="Architecture", help="The class that transformers loads it with.")
    layers: int
    hidden_size: int = option(title="Hidden size", help="Dimensions of the residual stream.")
    heads: int | None
    key_value_heads: int | None = option(title="Key-value heads", help="Fewer than heads where several share one.")
    vocabulary: int = option(title="Vocabulary", help="How many token ids it knows.")
    context: int | None = option(title="Context", help="The longest text it was made for.", unit="tokens")
    parameters: int = option(title="Parameters", help="In all, tied ones counted once.")
    layer_parameters: int = option(title="Parameters a layer", help="Of one block.")
    mlp_ratio: float | None = option(
        title="MLP ratio", help="Width of the MLP by the hidden size; of one expert where it has some."
    )
    experts: int | None = option(title="Experts", help="MLPs a layer, of which each token uses some; null: it has one.")
    tied_embeddings: bool
    weights: Weights = option(title="Weights", help="What decides how much memory they take in each precision.")
    stored_as: str = option(title="Stored as", help="The precision of most weights on disk; unknown where it is a pickle.")
    bytes: int = option(title="Size", help="Bytes of its files; of a linked model nothing is stored here.", unit="bytes")
    files: int
    chat_template: bool
    tokenizer: str | None = option(title="Tokenizer", help="SHA-256 of the tokenizer's files; null where there is none.")
    license: str | None = option(title="License", help="As its card says.")
    remote_code: str | None = option(
        title="Program code", help="SHA-256 of the program code that came along and is run with it; null: none is run."
    )
    fingerprint: str = option(
        title="Fingerprint", help="SHA-256 of its configuration and of its weights' names, sizes and times or hashes."
    )
    config: dict[str, Any] = option(title="Configuration", help="config.json as it is.")


class ModelRecord(Contract):
    """What the catalog keeps of a model."""

    id: str
    name: str
    tags: list[str]
    notes: str
    created: float
    made_from: list[str]
    source: ModelSource
    precision: Precision = option(title="Precision", help="How its weights are held in memory wherever nothing else is said.")
    facts: ModelFacts | None


class Model(ModelRecord):
    state: ObjectState
    reason: str | None = option(title="Reason", help="Why it is in this state, where that needs words.")
    job: Job | None = option(title="Job", help="The latest job that worked on it.")
    linked: bool = option(title="Linked", help="Its files lie elsewhere; deleting it removes the link alone.")


class ModelList(Contract):
    models: list[Model]


class ListCached(Contract):
    filter: str = option("", title="Filter", help="Words that the name must hold.", max_length=500)


class CachedModel(Contract):
    """A model that another tool has downloaded, whole, with its newest state there."""

    name: str
    model: str | None = option(title="Model", help="Id of the model that links it already; null: none does.")
    commit: str
    bytes: int = option(title="Size", help="Bytes on disk.", unit="bytes")
    path: str


class CachedModelList(Contract):
    models: list[CachedModel]


class LinkModel(Contract):
    """What the job that links a model's folder and reads it is given."""

    path: str
    name: str


class FetchModel(Contract):
    """What the job that downloads a model is given."""

    hub: str
    revision: str | None


class HandedOver(Contract):
    """What the job that takes over a model from memory is given."""

    upload: str
    name: str


class EstimateMemory(Contract):
    precision: Precision | None = option(
        None, title="Precision", help="How the weights are held in memory. Left out: the precision that it was added with."
    )


class PrecisionMemory(Contract):
    precision: Precision
    weights: int = option(title="Weights", help="Bytes of the weights in this precision.", unit="bytes")
    fits: bool = option(title="Fits", help="Whether there is room for the weights, and some for working with them.")
    problem: str | None = option(title="Problem", help="Why it cannot be loaded so here, whatever is free; null: it can.")


class MemoryEstimate(Contract):
    precision: Precision
    weights: int = option(title="Weights", help="Bytes of the weights in this precision.", unit="bytes")
    free: int = option(title="Free", help="Bytes that are free where it would be loaded.", unit="bytes")
    device: str = option(title="Device", help="Where it would be loaded: cuda or cpu.")
    fits: bool = option(title="Fits", help="Whether there is room for the weights, and some for working with them.")
    smaller: Precision | None = option(
        title="Smaller", help="The next smaller precision that would fit; null: it fits, or none would."
    )
    precisions: list[PrecisionMemory] = option(title="Precisions", help="The same for every precision.")


class OfferedHookPoint(Contract):
    """A place in a layer at which a model can be read. One whose width differs between layers is listed once for each width."""

    kind: HookKind
    title: str
    help: str = option(title="Help", help="What it is, in a sentence.")
    layers: list[int] = option(title="Layers", help="Those that have it, from 0.")
    width: int = option(title="Width", help="Dimensions of the vector of a token.")


class MissingHookPoint(Contract):
    kind: HookKind
    why: str
    layers: list[int] = option(title="Layers", help="Those that lack it for this reason; others may have it.")


class HookPoints(Contract):
    """Measured on the model's own weights, once."""

    layers: int = option(title="Layers", help="How many the model has.")
    points: list[OfferedHookPoint] = option(title="Hook points", help="In the order of the forward pass.")
    missing: list[MissingHookPoint]


class ModelCard(Contract):
    text: str = option(title="Card", help="The model's README, as plain Markdown text.")


class TryModel(Contract):
    prompt: str = option(title="Prompt", help="What the model goes on from, or answers.", min_length=1, max_length=20_000)
    chat: bool = option(False, title="As a chat", help="Send the prompt through the model's chat template.")
    max_tokens: int = option(50, title="New tokens", help="How many tokens it writes at the most.", ge=1, le=1000)
    temperature: float = option(0.0, title="Temperature", help="0: always the likeliest token.", ge=0, le=5)
    top_p: float = option(1.0, title="Top p", help="Choose among the likeliest tokens of this total probability.", gt=0, le=1)
    seed: int = option(0, title="Seed", help="The same seed writes the same text.", ge=0, le=2**32 - 1)
    precision: Precision | None = option(
        None, title="Precision", help="How the weights are held in memory. Left out: the precision that it was added with."
    )
    smaller: bool = option(
        False, title="Smaller if needed", help="Where the memory does not suffice, take the next smaller precision that fits."
    )


class TriedText(Contract):
    text: str = option(title="Text", help="What the model wrote.")
    tokens: int = option(title="Tokens", help="New tokens, the end token among them.")
    ended: bool = option(title="Ended", help="Whether the model ended by itself; else the new tokens were used up.")
    seconds: float = option(title="Seconds", help="What the writing took; loading is not counted.", unit="s")
    device: str = option(title="Device", help="Where it was loaded: cuda or cpu.")
    precision: Precision = option(title="Precision", help="The one that it was loaded in.")
    measured: int = option(title="Measured", help="Bytes of the weights as loaded, counted.", unit="bytes")
    quantized_share: float | None = option(
        title="Quantized", help="Share of the parameters really held in fewer bits; null: none asked for."
    )
