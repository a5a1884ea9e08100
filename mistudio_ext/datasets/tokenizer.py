"""A tokenizer from a folder: fast where the library has a fast one, never with code that came along."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from ..contract.errors import Unreadable
from . import tokenizer_files
from .encoded import Encoded
from .rows import Around

# Read by the tokenizer library when it first encodes.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
# The class that is no more than its tokenizer.json, by its older and its newer name.
PLAIN = ("PreTrainedTokenizerFast", "TokenizersBackend")


class Tokenizer:
    """Ids are those that `transformers` gives for each text by itself.

    That holds for a text that spells a special token, too: `</s>` in a sample becomes the end token's id, as it does in
    every other tool, unless the tokenizer's own `split_special_tokens` says otherwise. Text from strangers can thus hold
    what looks like the end of a sample; which tokens belong to which sample is known from where they are, not from ids.
    """

    def __init__(self, folder: Path, called: str | None = None):
        """`called`: what sentences call it, where the user knows it by another name than its folder."""
        self.folder = called or folder
        self.inner: Any = _load(folder, self.folder)
        if self.backend is not None:
            # Lengths are ours to decide; a tokenizer.json may carry somebody's truncation.
            self.backend.no_truncation()
            self.backend.no_padding()
            self.backend.encode_special_tokens = bool(getattr(self.inner, "split_special_tokens", False))

    @property
    def backend(self) -> Any:
        """The fast tokenizer inside, where there is one."""
        return getattr(self.inner, "backend_tokenizer", None)

    def encode(self, texts: list[str]) -> Encoded:
        """Ids of each text, without anything added."""
        return gathered(self.run(texts))

    def run(self, texts: list[str], *, places: bool = False) -> list[Any]:
        """The library's part of `encode`, which for a fast tokenizer leaves Python to others: an object a text with `ids`
        and, if asked for, `offsets`, the characters that each token stands for."""
        if self.backend is None:
            return [Slow(self.encode_one(text, special_tokens=False)) for text in texts]
        run = self.backend.encode_batch if places else self.backend.encode_batch_fast
        with _panics_say_so(self.folder):
            return list(run(texts, add_special_tokens=False))

    def encode_one(self, text: str, *, special_tokens: bool) -> list[int]:
        with _panics_say_so(self.folder):
            return list(self.inner(text, add_special_tokens=special_tokens, verbose=False)["input_ids"])

    @cached_property
    def begin(self) -> int | None:
        """The begin token, if the tokenizer adds one by itself."""
        begin = self.inner.bos_token_id
        return begin if begin is not None and self.encode_one("a", special_tokens=True)[:1] == [begin] else None

    def around(self, *, pair: bool) -> Around:
        """What it adds to a text, or to the two texts of a pair."""
        if self.backend is not None:
            with _panics_say_so(self.folder):
                found = self.backend.encode(*(["a"] * (1 + pair)), add_special_tokens=True)
            ids, belong = found.ids, found.sequence_ids
        else:
            ids = self.inner.build_inputs_with_special_tokens(*([[-1 - number] for number in range(1 + pair)]))
            belong = [-1 - id if id < 0 else None for id in ids]
        stretches = [
            (text, [id for id, _ in group]) for text, group in groupby(zip(ids, belong, strict=True), lambda each: each[1])
        ]
        order = [text for text, _ in stretches if text is not None]
        if order != list(range(1 + pair)):
            raise Unreadable(
                f"The tokenizer in {self.folder} puts the texts of a row together in an order of its own.",
                "Choose no special tokens.",
                field="special_tokens",
            )
        # Before the first text, behind it, and behind the second.
        gaps: list[list[int]] = [[], [], []]
        at = 0
        for text, stretch in stretches:
            if text is None:
                gaps[at] = stretch
            else:
                at = text + 1
        before, behind, after = map(tuple, gaps)
        return Around(before, behind, after) if pair else Around(before, (), behind)

    @property
    def cuts_left(self) -> bool:
        return bool(self.inner.truncation_side == "left")

    @property
    def pads_left(self) -> bool:
        return bool(self.inner.padding_side == "left")

    @property
    def pad(self) -> int:
        """What rows are filled up with. Whether a token is padding is never told by its id."""
        ids = (self.inner.pad_token_id, self.end, 0)
        return next(id for id in ids if id is not None)

    @property
    def end(self) -> int | None:
        end: int | None = self.inner.eos_token_id
        return end

    @property
    def size(self) -> int:
        return len(self.inner)

    @cached_property
    def special(self) -> frozenset[int]:
        return frozenset(self.inner.all_special_ids)

    @cached_property
    def added(self) -> frozenset[int]:
        """Ids of tokens that were added to the vocabulary, special or not."""
        return frozenset(self.inner.added_tokens_decoder)

    @cached_property
    def decoder(self) -> dict[str, Any] | None:
        """How tokens are put together again, in the terms of tokenizer.json; none for a slow tokenizer."""
        decoder: dict[str, Any] | None = json.loads(self.backend.to_str())["decoder"] if self.backend is not None else None
        return decoder

    @cached_property
    def strings(self) -> dict[int, str]:
        """Every id's token, with the tokenizer's own markers."""
        return dict(sorted((id, token) for token, id in self.inner.get_vocab().items()))


@dataclass(frozen=True)
class Slow:
    """What a tokenizer in plain Python finds: ids, but not where they are in the text."""

    ids: list[int]


def gathered(found: list[Any]) -> Encoded:
    # The library hands a text's ids over as a list: each is used up before the next is made, which is the quickest way.
    ids, lengths = array("i"), []
    for each in found:
        own = each.ids
        ids.fromlist(own)
        lengths.append(len(own))
    return Encoded(np.frombuffer(ids, np.int32), np.array(lengths, np.int64))


def _load(folder: Path, called: Path | str) -> Any:
    import transformers

    transformers.utils.logging.set_verbosity_error()
    classes = ["AutoTokenizer"]
    if (folder / "tokenizer.json").exists():
        # A bare tokenizer.json, or one of a class that this transformers does not know, is still a whole tokenizer.
        classes.insert(0 if _is_plain(folder) else 1, "PreTrainedTokenizerFast")
    for name in classes:
        try:
            with _panics_say_so(called):
                return getattr(transformers, name).from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
        except Exception as error:
            last = error
    if tokenizer_files.needs_code(folder):
        raise tokenizer_files.needs_code_says_so(called) from last
    why = str(last).strip().split("\n")[0][:300].rstrip(".") or type(last).__name__
    if isinstance(last, KeyError):
        why = f"its files lack “{last.args[0]}”" if last.args else "its files lack something"
    raise Unreadable(f"The tokenizer {called} cannot be read: {why}.", "Give a folder with a complete tokenizer.") from last


@contextmanager
def _panics_say_so(called: Path | str) -> Iterator[None]:
    """The library panics over what a stranger may write into a tokenizer.json, and a panic is no `Exception`."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        why = str(error).strip().split("\n")[0][:200]
        raise Unreadable(f"The tokenizer library fails over {called}: {why}.", "Use another tokenizer.") from None


def _is_plain(folder: Path) -> bool:
    """Whether `AutoTokenizer` could choose nothing but the plain class. Asked by name, that one does not import torch."""
    if (folder / "config.json").exists():
        return False
    try:
        about = json.loads((folder / "tokenizer_config.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and "auto_map" not in about and about.get("tokenizer_class") in PLAIN
