"""Whole small models as files: random weights, a real tokenizer, all that a repository of one has."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from .families import make_model

CARD = b"---\nlicense: apache-2.0\ntags:\n- tiny\n---\n# A tiny model\n\nIt <b>knows</b> nothing.\n"
TEMPLATE = "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}<assistant>"


def make_tiny_model(folder: Path, tokenizer: Path, *, family: str = "llama", template: bool = True, **options: Any) -> Path:
    """Of this family, with the tokenizer's files; `options` are its configuration's."""
    model = make_model(family, **({"vocab_size": 512, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1} | options))
    model.save_pretrained(folder)
    for file in tokenizer.iterdir():
        shutil.copy(file, folder)
    (folder / "README.md").write_bytes(CARD)
    if template:
        (folder / "chat_template.jinja").write_text(TEMPLATE)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """As the local hub takes them."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
