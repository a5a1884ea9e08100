"""One sample as a tokenization sees it, for a person to look at: before it is packed or cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from ..contract.errors import BadRequest, NotFound
from .chat import Chat
from .encode import Encoder, batch_of
from .encoded import Ids, Roles
from .pack import without_begin
from .rows import Around, RowMaker
from .samples import list_shards, open_shard
from .tokenizer import Tokenizer
from .tokenizing_schema import TokenizeOptions

# Of a longer text only the beginning is tokenized: nobody reads on to its end, and everybody waits for it.
MAX_CHARACTERS = 2**20


@dataclass(frozen=True)
class SampleIds:
    ids: Ids
    roles: Roles | None
    whole: bool


# Someone who looks at a long sample asks for one part of it after the other.
@lru_cache(maxsize=4)
def encoded_sample(tokenizer: Tokenizer, data: Path, row: int, options: str) -> SampleIds:
    chosen = TokenizeOptions.model_validate_json(options)
    stored = _stored(data, row)
    conversation = "messages" in stored.schema.names and stored.column("messages")[0].as_py() is not None
    encoder = Encoder(tokenizer, chosen, Chat(tokenizer, chosen.chat_template) if conversation else None)
    texts = encoder.texts(stored)
    if texts.bad:
        raise BadRequest(f"This sample is not in the tokenization: {texts.bad[0][1]}.", "Look at another one.", field="row")
    given = [*texts.first, *(texts.second or [])]
    begun = replace(
        texts,
        first=[_beginning(each) for each in texts.first],
        second=None if texts.second is None else [_beginning(each) for each in texts.second],
    )
    batch = batch_of(begun, encoder.run(begun))
    whole = all(len(each) <= MAX_CHARACTERS for each in given)
    if chosen.layout == "packed":
        first = without_begin(batch.first, tokenizer.begin if chosen.special_tokens else None)
        return SampleIds(first.ids, first.roles, whole)
    around = tokenizer.around(pair=batch.second is not None) if chosen.special_tokens else Around()
    uncut = chosen.model_copy(update={"truncation": "none", "stride": None})
    found = list(RowMaker(uncut, around).make(batch.samples, batch.first, batch.second))
    return SampleIds(found[0].ids, found[0].roles, whole) if found else SampleIds(batch.first.ids, batch.first.roles, whole)


def _beginning(text: str) -> str:
    """Cut between two words, so that the last one's tokens are its own."""
    if len(text) <= MAX_CHARACTERS:
        return text
    begun = text[:MAX_CHARACTERS]
    words = begun.rpartition(" ")[0]
    return words if len(words) > MAX_CHARACTERS // 2 else begun


def _stored(data: Path, row: int) -> pa.RecordBatch:
    at = row
    for file, rows in list_shards(data):
        if at < rows:
            return open_shard(file, rows).slice(at, 1).combine_chunks().to_batches()[0]
        at -= rows
    raise NotFound(f"The dataset has no row {row:,}.", "Rows are counted from 0.")
