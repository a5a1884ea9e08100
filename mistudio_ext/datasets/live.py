"""What the live lane answers for datasets. Loaded tokenizers stay for the next call."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from .pieces import pieces
from .schema import TokenPreview
from .tokenizer import Tokenizer
from .tokenizer_files import describe


def preview(text: str, folder: str, special_tokens: bool) -> TokenPreview:
    path = Path(folder)
    # The fingerprint is part of the key: a folder whose files changed is read again.
    tokenizer = _loaded(path, describe(path).fingerprint)
    ids = tokenizer.encode_one(text, special_tokens=special_tokens)
    return TokenPreview(tokens=pieces(tokenizer, ids), count=len(ids), vocabulary=tokenizer.size)


@lru_cache(maxsize=4)
def _loaded(folder: Path, _fingerprint: str) -> Tokenizer:
    return Tokenizer(folder)
