"""What a lane runs for captures."""

from __future__ import annotations

from ..jobs.context import JobContext
from .export import export_capture
from .make import append_tokens, capture_tokens
from .schema import AppendTokens, CaptureFacts, CaptureOptions, ExportCapture, Exported


def make(job: JobContext, params: CaptureOptions) -> CaptureFacts:
    """Read a model's activations over a text."""
    return capture_tokens(job, params)


def append(job: JobContext, params: AppendTokens) -> CaptureFacts:
    """Add the vectors of more tokens to a capture."""
    return append_tokens(job, params.max_tokens)


def export(job: JobContext, params: ExportCapture) -> Exported:
    """Write a capture's vectors to files of another kind."""
    return export_capture(job, params)
