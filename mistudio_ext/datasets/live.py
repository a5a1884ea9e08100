"""What the live lane answers for datasets. Loaded tokenizers stay for the next call."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from ..contract.models import checked
from . import tokenizer_files
from .deriving_schema import CleaningPreview, PreviewCleaning
from .pieces import pieces
from .reading_schema import ReadOptions, SourceLook
from .tokenizer import Tokenizer
from .tokenizing_schema import SampleTokens, TokenizeOptions, TokenPreview


def preview(text: str, folder: str, special_tokens: bool) -> TokenPreview:
    path = Path(folder)
    tokenizer = tokenizer_in(path)
    ids = tokenizer.encode_one(text, special_tokens=special_tokens)
    return TokenPreview(tokens=pieces(tokenizer, ids), count=len(ids), vocabulary=tokenizer.size)


def sample_tokens(data: str, row: int, folder: str, options: dict[str, Any], offset: int, limit: int) -> SampleTokens:
    # As below.
    from .sample_tokens import encoded_sample

    path = Path(folder)
    tokenizer = tokenizer_in(path)
    sample = encoded_sample(tokenizer, Path(data), row, checked(TokenizeOptions, options).model_dump_json())
    part = slice(offset, offset + limit)
    return SampleTokens(
        tokens=pieces(tokenizer, sample.ids[part].tolist()),
        roles=None if sample.roles is None else sample.roles[part].tolist(),
        count=len(sample.ids),
        whole=sample.whole,
    )


def look(path: str, name: str, within: list[str] | None, options: dict[str, Any]) -> SourceLook:
    # Only this call needs the readers.
    from .look import look_at

    folders = None if within is None else [Path(each) for each in within]
    return look_at(Path(path), name, folders, checked(ReadOptions, options))


def tokenizer_in(folder: Path) -> Tokenizer:
    return _loaded(folder, tokenizer_files.versions(folder))


# What the files were is part of the key: a folder whose files changed is read again.
@lru_cache(maxsize=4)
def _loaded(folder: Path, _versions: tuple[tuple[str, int, int, int], ...]) -> Tokenizer:
    return Tokenizer(folder)


def preview_cleaning(data: str, params: dict[str, Any]) -> CleaningPreview:
    # As above.
    from .clean_preview import preview_of

    return preview_of(Path(data), checked(PreviewCleaning, params))
