"""What makes two captures equal: the same model, text, tokens and options give the same vectors."""

from __future__ import annotations

from ..datasets import tokenizer_files
from ..workspace.workspace import Workspace
from .schema import CaptureActivations, CaptureOptions, CaptureRecord, EstimateCapture

# How vectors are come by, not which they are; and the layers in words, for the hook points say them.
NOT_COUNTED = {"batch_size", "fall_back", "layers", "hook_points"}


def fingerprint_of(ws: Workspace, asked: CaptureActivations | EstimateCapture | CaptureRecord, hooks: list[str]) -> str:
    options = asked.model_dump(include={*CaptureOptions.model_fields} - NOT_COUNTED)
    if asked.max_samples is None:
        del options["seed"]
    model, tokenization = ws.catalog.get(asked.model), ws.catalog.get(asked.tokenization)
    return tokenizer_files.fingerprint([model["facts"]["fingerprint"], tokenization["fingerprint"], hooks, options])
