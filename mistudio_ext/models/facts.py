"""The facts of a model, from its files alone: no weight is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from ..contract.errors import Unreadable
from ..datasets import tokenizer_files
from . import cards, remote_code
from .architecture import architecture_of
from .files import CONFIG, INDEXES, OTHERS, entry_of
from .reading import MAX_CONFIG, parse_object, read_object
from .schema import ModelFacts
from .weights import read_weights

# A file may hold more than the parameters (masks, say), and leave out little.
LEAST_SHARE = 0.98


def facts_of(folder: Path, model: str, contents: Mapping[str, str], license: str | None = None) -> ModelFacts:
    """`contents` has the hash of each file whose hash is known; the others are told apart by their times."""
    names = [each.name for each in folder.iterdir() if each.is_file()]
    entry = entry_of(names, model)
    architecture, counts = architecture_of(folder, model)
    code = remote_code.fingerprint(folder) if architecture.has_code else None
    weights = read_weights(folder, entry, model)
    if weights.numbers is not None and weights.numbers < LEAST_SHARE * architecture.parameters:
        raise Unreadable(
            f"The weights of {model} are not those of its {CONFIG}: {weights.numbers:,} numbers are stored, and "
            f"{architecture.architecture} has {architecture.parameters:,}.",
            "Get it again from where it came, or choose another model.",
            code="damaged",
        )
    others = {folder / name for name in (*OTHERS, *INDEXES) if name in names}
    config = read_object(folder / CONFIG, MAX_CONFIG, model)
    return ModelFacts(
        family=architecture.family,
        architecture=architecture.architecture,
        layers=architecture.layers,
        hidden_size=architecture.hidden_size,
        heads=architecture.heads,
        key_value_heads=architecture.key_value_heads,
        vocabulary=architecture.vocabulary,
        context=architecture.context,
        parameters=architecture.parameters,
        layer_parameters=architecture.layer_parameters,
        mlp_ratio=architecture.mlp_ratio,
        experts=architecture.experts,
        tied_embeddings=architecture.tied_embeddings,
        weights=counts,
        stored_as=weights.stored_as,
        bytes=weights.bytes + sum(file.stat().st_size for file in others),
        files=len(weights.files) + len(others),
        chat_template=_has_chat_template(folder),
        tokenizer=_tokenizer(folder),
        license=license or cards.license_of(folder),
        remote_code=code,
        fingerprint=_fingerprint(config if code is None else [config, code], weights.files, contents),
        config=config,
    )


def _fingerprint(config: object, files: list[Path], contents: Mapping[str, str]) -> str:
    about = [
        [file.name, file.stat().st_size, contents.get(file.name) or str(file.stat().st_mtime_ns)]
        for file in sorted(files, key=lambda file: file.name)
    ]
    return hashlib.sha256(json.dumps([config, about], sort_keys=True).encode()).hexdigest()


def _has_chat_template(folder: Path) -> bool:
    if any((folder / name).is_file() for name in ("chat_template.jinja", "chat_template.json")):
        return True
    settings = folder / "tokenizer_config.json"
    try:
        with open(settings, "rb") as stream:
            return bool(parse_object(stream.read(2**24), settings.name).get("chat_template"))
    except (OSError, Unreadable):
        return False


def _tokenizer(folder: Path) -> str | None:
    if not any((folder / name).is_file() for name in tokenizer_files.VOCABULARIES):
        return None
    return tokenizer_files.describe(folder).fingerprint
