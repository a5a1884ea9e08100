"""Text that takes a lane a few seconds, made once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.tokenizer import SENTENCES, write_text


@pytest.fixture(scope="session")
def long_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many short samples: tokenizing them takes a few seconds, and is saved half-way more than once."""
    chance = random.Random(0)
    words = sorted({word for sentence in SENTENCES for word in sentence.split()})
    path = tmp_path_factory.mktemp("text") / "long.txt"
    path.write_text("".join(" ".join(chance.choices(words, k=chance.randint(1, 6))) + "\n" for _ in range(120_000)))
    return path


@pytest.fixture(scope="session")
def huge_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text of several shards: reading it is saved half-way more than once."""
    folder = tmp_path_factory.mktemp("text")
    piece = write_text(folder / "piece.txt", 20_000, seed=1).read_bytes()
    with open(folder / "huge.txt", "wb") as file:
        file.writelines(f"Part {number}\n".encode() + piece for number in range(14))
    return folder / "huge.txt"
