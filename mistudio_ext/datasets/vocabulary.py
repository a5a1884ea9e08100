"""Whether a model knows the tokens of a tokenization: asked before anything heavy is begun."""

from __future__ import annotations

import json
from pathlib import Path

from ..contract.errors import BadRequest, Conflict, NotFound, Unreadable
from ..workspace import paths
from ..workspace.ids import is_id
from ..workspace.workspace import Workspace
from .tokenizer_source import models_folder
from .tokenizing_schema import Tokenization, VocabularyCheck

MAX_CONFIG = 2**20


def check(ws: Workspace, tokenization: Tokenization, model: str) -> VocabularyCheck:
    """Against a model here or in a folder, by its configuration alone."""
    if is_id(model, "md"):
        name, folder = models_folder(ws, model, "model")
        return compare(tokenization, vocabulary_of(folder / "config.json"), name)
    folder = paths.resolve(model, ws.allowed_folders, field="model")
    try:
        file = paths.resolve(str(folder / "config.json"), ws.allowed_folders, field="model")
    except NotFound:
        raise BadRequest(
            f"There is no model in {model}: it has no config.json.", "Give a model's folder.", field="model"
        ) from None
    return compare(tokenization, vocabulary_of(file), folder.name)


def compare(tokenization: Tokenization, vocabulary: int, model: str) -> VocabularyCheck:
    if tokenization.facts is None or tokenization.facts.largest_id is None:
        raise Conflict(f"The tokenization “{tokenization.name}” is not ready.", "Check it once it is.", code="not_ready")
    largest = tokenization.facts.largest_id
    fits = largest < vocabulary
    if fits:
        sentence = f"All ids of “{tokenization.name}” (the largest is {largest:,}) are known to {model} ({vocabulary:,} tokens)."
    else:
        sentence = (
            f"“{tokenization.name}” was made with {tokenization.tokenizer.name} and has ids up to {largest:,}, "
            f"but {model} knows only {vocabulary:,} tokens: the tokenizer is not this model's."
        )
    return VocabularyCheck(fits=fits, vocabulary=vocabulary, largest_id=largest, sentence=sentence)


def require_fit(tokenization: Tokenization, vocabulary: int, model: str) -> None:
    """Refuse a tokenization that a model cannot read."""
    found = compare(tokenization, vocabulary, model)
    if not found.fits:
        raise Conflict(found.sentence, "Tokenize the dataset with the model's own tokenizer.", code="vocabulary")


def vocabulary_of(file: Path) -> int:
    """`vocab_size` of a config.json; in models of several parts, of its text part."""
    try:
        with open(file, "rb") as stream:
            content = stream.read(MAX_CONFIG + 1)
        config = json.loads(content) if len(content) <= MAX_CONFIG else None
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {error.strerror}.", "Give a model's folder.", field="model") from None
    except (ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise Unreadable(f"{file} is not a model's configuration.", "Give a model's folder.", field="model")
    text = config.get("text_config")
    for part in (config, text if isinstance(text, dict) else {}):
        size = part.get("vocab_size")
        if isinstance(size, int) and not isinstance(size, bool) and size > 0:
            return size
    raise Unreadable(f"{file} does not say how many tokens the model knows.", "Give a language model's folder.", field="model")
