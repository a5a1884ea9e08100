"""A tokenizer's files in a folder: found, fingerprinted, copied. Reading them as a tokenizer is `tokenizers.py`'s."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, TooLarge
from .schema import TokenizerFacts

# What tokenizers are made of, in every family; never code (no `tokenization_*.py`), never weights.
NAMES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
    "chat_template.jinja",
    "config.json",
)
# Any of these makes a folder one with a tokenizer.
VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model")
MAX_BYTES = 256 * 2**20


def describe(folder: Path) -> TokenizerFacts:
    if not folder.is_dir() or not any((folder / name).is_file() for name in VOCABULARIES):
        raise BadRequest(
            f"There is no tokenizer in {folder}.",
            "Give a folder that holds tokenizer.json or another tokenizer's files.",
            field="tokenizer",
        )
    return TokenizerFacts(path=str(folder), name=folder.name[:100], fingerprint=_hash(folder))


def copy(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in _files(folder):
        shutil.copyfile(file, target / file.name)


def fingerprint(parts: list[Any]) -> str:
    """Of plain values, whatever order their keys were written in."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _hash(folder: Path) -> str:
    total = hashlib.sha256()
    for file in _files(folder):
        total.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _files(folder: Path) -> list[Path]:
    files = [folder / name for name in NAMES if (folder / name).is_file()]
    if sum(file.stat().st_size for file in files) > MAX_BYTES:
        raise TooLarge(
            f"The tokenizer in {folder} is larger than {MAX_BYTES // 2**20} MB.", "Give a tokenizer's folder.", field="tokenizer"
        )
    return files
