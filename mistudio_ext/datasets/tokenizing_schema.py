"""Tokenizations: options, records, tokens as shown, and two of them side by side."""

from __future__ import annotations

from typing import Any, Literal

from ..contract.models import Contract, option
from ..jobs.schema import Job
from ..jobs.states import ObjectState
from ..workspace.schema import visible_lines

MAX_PREVIEW = 20_000
# In the column `roles` of a conversation's blocks; 0 is what the template wrote around the messages.
ROLES = ("template", "system", "user", "assistant", "tool")


class TokenizeOptions(Contract):
    max_length: int = option(
        512, title="Length", help="Tokens in a block, or in a row at the most.", unit="tokens", ge=1, le=8192
    )
    layout: Literal["packed", "rows"] = option(
        "packed",
        title="Layout",
        help="Packed: samples one after another, with the end token between them, cut into full blocks; best for training SAEs. "
        "Rows: one sample a row.",
    )
    special_tokens: bool = option(
        True,
        title="Special tokens",
        help="Packed: begin each block with the tokenizer's begin token, if it adds one by itself; "
        "the end token between samples is always there. Rows: add whatever the tokenizer adds to a text.",
    )
    padding: Literal["none", "longest", "max_length"] = option(
        "none",
        title="Padding",
        help="Fill rows up to the longest one, or to the full length, on the tokenizer's own side.",
        group="Rows",
        only_when="layout=rows",
    )
    truncation: Literal["longest_first", "only_first", "only_second", "none"] = option(
        "longest_first",
        title="Truncation",
        help="What is cut where a row would be too long; the first and second are those of a pair. "
        "None: rows may be longer than the length above.",
        group="Rows",
        only_when="layout=rows",
    )
    stride: int | None = option(
        None,
        title="Stride",
        help="Go on with a long sample in further rows, each beginning with so many tokens of the row before. "
        "Left out: what is too long is cut off.",
        group="Rows",
        unit="tokens",
        only_when="layout=rows",
        ge=0,
        le=8191,
    )
    second: str | None = option(
        None,
        title="Second text",
        help="The other field of each sample that is the second text of a pair. Left out: no pairs.",
        group="Rows",
        only_when="layout=rows",
        min_length=1,
        max_length=200,
    )
    attention_mask: bool = option(
        True,
        title="Attention mask",
        help="Store which tokens are not padding as a column. Packed blocks have no padding and need none.",
        group="Rows",
        only_when="layout=rows",
    )
    chat_template: str | None = option(
        None,
        title="Chat template",
        help="For conversations: a template (Jinja) in place of the tokenizer's own.",
        group="Conversations",
        min_length=1,
        max_length=100_000,
    )
    eval_share: float = option(
        0.05,
        title="Held-out share",
        help="The share of samples kept apart, in blocks or rows of their own, for evaluation. Trainings never see them.",
        ge=0,
        le=0.5,
    )


class TokenizeDataset(TokenizeOptions):
    _visible = visible_lines("name")

    tokenizer: str = option(
        title="Tokenizer",
        help="A folder with a tokenizer in it (tokenizer.json …), such as a model's own folder; “hub:owner/name”; "
        "the id of a model here; or the id of a tokenization, to use its tokenizer again.",
        min_length=1,
        max_length=4096,
    )
    revision: str | None = option(
        None,
        title="Revision",
        help="For a tokenizer of the hub: a branch, a tag or a commit. Left out: the newest state.",
        min_length=1,
        max_length=200,
    )
    name: str | None = option(
        None, title="Name", help="What you call it. Left out: made from the options.", min_length=1, max_length=200
    )


class TokenizationFacts(Contract):
    blocks: int = option(title="Blocks", help="Packed blocks, or rows.")
    tokens: int = option(title="Tokens", help="Tokens in all blocks, padding not counted.")
    held_out_blocks: int = option(title="Held-out blocks", help="Blocks or rows of held-out samples alone.")
    samples: int = option(title="Samples", help="Samples that have at least one token in a block.")
    held_out_samples: int = option(title="Held-out samples", help="Samples kept apart for evaluation.")
    dropped_tokens: int = option(
        title="Left over", help="Tokens at the end that did not fill a block, or that truncation cut off."
    )
    bytes: int = option(title="Size", help="Bytes on disk.", unit="bytes")
    padding_tokens: int = option(0, title="Padding", help="Tokens that fill rows up.")
    truncated_samples: int = option(0, title="Truncated", help="Samples of which something was cut off.")
    bad_samples: int = option(0, title="Left out", help="Samples that could not be tokenized: what the chat template refused.")
    longest: int | None = option(None, title="Longest row", help="Tokens in the longest block or row, padding not counted.")
    pad_id: int | None = option(None, title="Padding token", help="Id of the token that fills rows up; null without padding.")
    largest_id: int | None = option(None, title="Largest id", help="The largest token id that occurs.")
    vocabulary: int | None = option(None, title="Vocabulary", help="How many different tokens the tokenizer has.")
    warnings: list[str] = option(default_factory=list, title="Warnings", help="What one should know before using it.")


class TokenizerFacts(Contract):
    path: str = option(title="Path", help="The folder, or “hub:owner/name”.")
    name: str
    fingerprint: str | None = option(title="Fingerprint", help="SHA-256 of its files; null until they are here.")
    revision: str | None = option(None, title="Revision", help="The one of the hub that was asked for.")
    commit: str | None = option(None, title="Commit", help="What the revision was then.")


class TokenizationRecord(TokenizeOptions):
    """What the catalog keeps of a tokenization: its options, and what came of them."""

    id: str
    name: str
    tags: list[str]
    notes: str
    created: float
    made_from: list[str]
    parent: str = option(title="Dataset", help="The dataset it was made from.")
    tokenizer: TokenizerFacts
    fingerprint: str = option(title="Fingerprint", help="Of text, tokenizer and options together: equal ones are equal blocks.")
    facts: TokenizationFacts | None
    statistics: float | None = option(None, title="Statistics", help="When its statistics were computed; null: not yet.")


class Tokenization(TokenizationRecord):
    state: ObjectState
    reason: str | None
    job: Job | None


class ListTokenizations(Contract):
    dataset: str | None = option(None, title="Dataset", help="Only those of the dataset with this id.", max_length=100)
    filter: str = option("", title="Filter", help="Words that the name, id, tokenizer or tags must hold.", max_length=500)


class TokenizationList(Contract):
    tokenizations: list[Tokenization]


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


class ReadSampleTokens(Contract):
    tokenization: str = option(title="Tokenization", help="Under which of them.", max_length=100)
    offset: int = option(0, title="From", help="Number of the first token wanted, from 0.", ge=0, le=2**40)
    limit: int = option(2000, title="Limit", help="How many tokens at the most.", ge=1, le=20_000)


class SampleTokens(Contract):
    """A sample as a tokenization sees it, before it is packed or truncated; a conversation through its chat template."""

    tokens: list[TokenPiece]
    roles: list[int] | None = option(
        title="Roles", help="For a conversation, whose token each is: " + ", ".join(f"{n} {r}" for n, r in enumerate(ROLES)) + "."
    )
    count: int = option(title="Count", help="Tokens in the sample, or in the part of it that was tokenized.")
    whole: bool = option(
        True, title="Whole", help="False for a very long sample, of which only the beginning was tokenized to be looked at."
    )


class CompareTokenizations(Contract):
    first: str = option(title="First", help="Id of a tokenization.", max_length=100)
    second: str = option(title="Second", help="Id of another one.", max_length=100)


class Difference(Contract):
    field: str
    title: str
    first: Any
    second: Any


class TokenizationComparison(Contract):
    first: Tokenization
    second: Tokenization
    same_text: bool = option(title="Same text", help="Whether both were made of equal text.")
    parameters: list[Difference] = option(title="Parameters", help="Those that differ.")
    counts: list[Difference] = option(title="Counts", help="What tokenizing found, all of it.")


class CheckVocabulary(Contract):
    model: str = option(
        title="Model", help="Id of a model here, or the folder of one with its config.json in it.", min_length=1, max_length=4096
    )


class VocabularyCheck(Contract):
    fits: bool
    vocabulary: int = option(title="Vocabulary", help="How many ids the model knows.")
    largest_id: int = option(title="Largest id", help="The largest id in the tokenization.")
    sentence: str = option(title="In words", help="Why it fits or does not.")
