"""A dataset's samples on their way through the tokenizer: stored batch after stored batch, one ahead of who uses them."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .chat import Chat, Refused, Region, messages_of, roles_of
from .encoded import Encoded, Flags, Numbers
from .samples import list_shards, open_shard
from .tokenizer import Tokenizer, gathered
from .tokenizing_schema import TokenizeOptions


@dataclass(frozen=True)
class Batch:
    """What a stored batch of `rows` samples became. `samples` are those that could be encoded, counted from its first."""

    rows: int
    samples: Numbers
    first: Encoded
    second: Encoded | None
    bad: list[tuple[int, str]]

    def of(self, chosen: Flags) -> Batch:
        second = self.second.of(chosen) if self.second else None
        return Batch(self.rows, self.samples[chosen], self.first.of(chosen), second, self.bad)


@dataclass(frozen=True)
class Texts:
    """A batch before it is encoded."""

    rows: int
    samples: list[int]
    first: list[str]
    second: list[str] | None
    # For conversations, where the messages are in the text.
    regions: list[list[Region] | None] | None
    bad: list[tuple[int, str]]


@dataclass(frozen=True)
class Encoder:
    tokenizer: Tokenizer
    options: TokenizeOptions
    # Where the dataset holds conversations.
    chat: Chat | None

    def batches(self, data: Path, done: int) -> Generator[Batch]:
        """While one is used, the next is being encoded, which needs no Python."""
        with ThreadPoolExecutor(1) as library:
            ahead: tuple[Texts, Future[list[list[Any]]]] | None = None
            for stored in stored_batches(data, done):
                texts = self.texts(stored)
                coming = texts, library.submit(self.run, texts)
                if ahead:
                    yield batch_of(ahead[0], ahead[1].result())
                ahead = coming
            if ahead:
                yield batch_of(ahead[0], ahead[1].result())

    def texts(self, stored: pa.RecordBatch) -> Texts:
        texts = stored.column("text").to_pylist()
        second = self._seconds(stored) if self.options.second is not None else None
        if self.chat is not None and "messages" in stored.schema.names:
            conversations = stored.column("messages")
            if conversations.null_count < len(conversations):
                return self._written(texts, conversations.to_pylist())
        if second is None:
            return Texts(len(texts), list(range(len(texts))), texts, None, None, [])
        good = [number for number, each in enumerate(second) if each is not None]
        lacking = [number for number, each in enumerate(second) if each is None]
        why = f"it has no text in “{self.options.second}”"
        return Texts(
            rows=len(texts),
            samples=good,
            first=[texts[number] for number in good],
            second=[each for each in second if each is not None],
            regions=None,
            bad=[(number, why) for number in lacking],
        )

    def _written(self, texts: list[str], conversations: list[str | None]) -> Texts:
        """Conversations as the chat template writes them out; samples of plain text beside them stay as they are."""
        assert self.chat is not None
        samples, written, regions, bad = [], [], [], []
        for number, (text, conversation) in enumerate(zip(texts, conversations, strict=True)):
            found: list[Region] | None = None
            if conversation is not None:
                messages = messages_of(conversation)
                try:
                    text = self.chat.write(messages)
                except Refused as refused:
                    bad.append((number, str(refused)))
                    continue
                # Without the places of its tokens nothing could be told of them.
                found = self.chat.regions(messages, text) if self.tokenizer.backend is not None else []
            samples.append(number)
            written.append(text)
            regions.append(found)
        return Texts(len(texts), samples, written, None, regions, bad)

    def _seconds(self, stored: pa.RecordBatch) -> list[str | None]:
        assert self.options.second is not None
        found = []
        for other in stored.column("other").to_pylist():
            value = json.loads(other).get(self.options.second) if other else None
            found.append(value if isinstance(value, str) else None)
        return found

    def run(self, texts: Texts) -> list[list[Any]]:
        places = texts.regions is not None and self.tokenizer.backend is not None
        return [self.tokenizer.run(each, places=places) for each in (texts.first, texts.second) if each is not None]


def stored_batches(data: Path, done: int = 0) -> Iterator[pa.RecordBatch]:
    """The stored record batches, as they were written: equal batches whether or not a job was interrupted."""
    for file, rows in list_shards(data):
        batches = open_shard(file, rows).to_batches()
        yield from batches[done:]
        done = max(0, done - len(batches))


def batch_of(texts: Texts, found: list[list[Any]]) -> Batch:
    first, *second = (gathered(each) for each in found)
    if texts.regions is not None:
        chats = np.array([each is not None for each in texts.regions], np.bool_)
        roles = [
            roles_of(each.offsets, regions) if regions else np.zeros(len(each.ids), np.int8)
            for each, regions in zip(found[0], texts.regions, strict=True)
        ]
        first = Encoded(first.ids, first.lengths, np.concatenate([np.empty(0, np.int8), *roles]), chats)
    return Batch(texts.rows, np.array(texts.samples, np.int64), first, second[0] if second else None, texts.bad)
