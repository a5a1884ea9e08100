"""What the live lane answers for datasets. Loaded tokenizers stay for the next call."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from . import tokenizer_files
from .pieces import pieces
from .schema import TokenPreview
from .tokenizer import Tokenizer


def preview(text: str, folder: str, special_tokens: bool) -> TokenPreview:
    path = Path(folder)
    tokenizer = _loaded(path, tokenizer_files.versions(path))
    ids = tokenizer.encode_one(text, special_tokens=special_tokens)
    return TokenPreview(tokens=pieces(tokenizer, ids), count=len(ids), vocabulary=tokenizer.size)


# What the files were is part of the key: a folder whose files changed is read again.
@lru_cache(maxsize=4)
def _loaded(folder: Path, _versions: tuple[tuple[str, int, int, int], ...]) -> Tokenizer:
    return Tokenizer(folder)
