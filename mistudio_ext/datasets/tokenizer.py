"""A tokenizer from a folder: fast where the library has a fast one, never with code that came along."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from ..contract.errors import Unreadable

# Read by the tokenizer library when it first encodes.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")


class Tokenizer:
    def __init__(self, folder: Path):
        self.folder = folder
        self.inner: Any = _load(folder)
        # Lengths are ours to decide; a tokenizer.json may carry somebody's truncation.
        if self.backend is not None:
            self.backend.no_truncation()
            self.backend.no_padding()

    @property
    def backend(self) -> Any:
        return getattr(self.inner, "backend_tokenizer", None)

    def encode(self, texts: list[str]) -> list[list[int]]:
        """Ids of each text, without anything added."""
        if self.backend is not None:
            return [each.ids for each in self.backend.encode_batch_fast(texts, add_special_tokens=False)]
        return list(self.inner(texts, add_special_tokens=False, verbose=False)["input_ids"])

    def encode_one(self, text: str, *, special_tokens: bool) -> list[int]:
        return list(self.inner(text, add_special_tokens=special_tokens, verbose=False)["input_ids"])

    @cached_property
    def begin(self) -> int | None:
        """The begin token, if the tokenizer adds one by itself."""
        begin = self.inner.bos_token_id
        return begin if begin is not None and self.encode_one("a", special_tokens=True)[:1] == [begin] else None

    @property
    def end(self) -> int | None:
        end: int | None = self.inner.eos_token_id
        return end

    @property
    def size(self) -> int:
        return len(self.inner)

    @cached_property
    def strings(self) -> dict[int, str]:
        """Every id's token, with the tokenizer's own markers."""
        tokens = self.inner.convert_ids_to_tokens(range(self.size))
        return {id: token for id, token in enumerate(tokens) if token is not None}


def _load(folder: Path) -> Any:
    import transformers

    transformers.utils.logging.set_verbosity_error()
    try:
        return transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except Exception as error:
        first = error
    # A bare tokenizer.json, or one of a class that this transformers does not know, is still a whole tokenizer.
    if (folder / "tokenizer.json").exists():
        try:
            return transformers.PreTrainedTokenizerFast.from_pretrained(str(folder), local_files_only=True)
        except Exception as error:
            first = error
    why = str(first).strip().split("\n")[0][:300] or type(first).__name__
    raise Unreadable(f"The tokenizer in {folder} cannot be read: {why}", "Give a folder with a complete tokenizer.") from first
