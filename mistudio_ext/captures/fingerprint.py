"""What makes two captures equal: the same model, text, tokens and options give the same vectors."""

from __future__ import annotations

from ..datasets import tokenizer_files
from ..workspace.workspace import Workspace
from .schema import CaptureOptions

# How vectors are come by, not which they are.
NOT_COUNTED = {"batch_size", "fall_back"}


def fingerprint_of(ws: Workspace, model: str, tokenization: str, resolved: CaptureOptions) -> str:
    """`model` and `tokenization` are ids; of the options, hook points and precision are those that the record keeps."""
    options = resolved.model_dump(include={*CaptureOptions.model_fields} - NOT_COUNTED)
    if resolved.max_samples is None:
        del options["seed"]
    of_model, of_text = (ws.catalog.get(id) for id in (model, tokenization))
    return tokenizer_files.fingerprint([of_model["facts"]["fingerprint"], of_text["fingerprint"], options])
