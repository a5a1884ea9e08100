"""A tokenizer's files in a folder: found, fingerprinted, copied. Reading them as a tokenizer is `tokenizer.py`'s."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, Conflict, TooLarge, Unreadable
from ..workspace import atomic
from .tokenizing_schema import TokenizerFacts

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
HUB = "hub:"


def repository_in(given: str) -> str | None:
    """The repository that “hub:owner/name” names; None for a path."""
    return given.removeprefix(HUB) if given.startswith(HUB) else None


def require(folder: Path) -> None:
    """A look that costs nothing: is there a tokenizer at all?"""
    with _rights_needed(folder):
        if folder.is_dir() and any((folder / name).is_file() for name in VOCABULARIES):
            return
    if needs_code(folder):
        raise needs_code_says_so(folder)
    raise BadRequest(
        f"There is no tokenizer in {folder}.",
        "Give a folder that holds tokenizer.json or another tokenizer's files.",
        field="tokenizer",
    )


def needs_code(folder: Path) -> bool:
    """Whether it is one that works only with code that came along."""
    try:
        about = json.loads((folder / "tokenizer_config.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(about, dict) and bool(about.get("auto_map")) and not (folder / "tokenizer.json").exists()


def needs_code_says_so(called: Path | str) -> Unreadable:
    return Unreadable(
        f"The tokenizer in {called} works only with code that came along with it, and such code is not run.",
        "Use a tokenizer that has a tokenizer.json.",
        field="tokenizer",
    )


def describe(folder: Path) -> TokenizerFacts:
    require(folder)
    return TokenizerFacts(path=str(folder), name=folder.name[:100] or "tokenizer", fingerprint=_hash(folder))


def copy(folder: Path, target: Path, tokenizer: TokenizerFacts) -> None:
    """A copy of our own, of exactly what was described."""
    with atomic.disk_full_says_so(target), _rights_needed(folder):
        atomic.make_folder(target)
        for file in _files(folder):
            with open(file, "rb") as theirs, open(target / file.name, "xb", opener=atomic.private) as ours:
                shutil.copyfileobj(theirs, ours)
    if _hash(target) != tokenizer.fingerprint:
        raise Conflict("The tokenizer's files are changing.", "Try again once they have been written.", code="changing")


def versions(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What tells that the files are still the same ones, without reading them."""
    with _rights_needed(folder):
        stats = [(file.name, file.stat()) for file in _files(folder)]
    return tuple((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def fingerprint(parts: list[Any]) -> str:
    """Of plain values, whatever order their keys were written in."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _hash(folder: Path) -> str:
    total = hashlib.sha256()
    with _rights_needed(folder):
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


@contextmanager
def _rights_needed(folder: Path) -> Iterator[None]:
    try:
        yield
    except (PermissionError, FileNotFoundError) as error:
        raise BadRequest(
            f"The tokenizer in {folder} cannot be read: {error.strerror}.",
            "Look at the files and their rights.",
            field="tokenizer",
        ) from None
