"""What a lane runs for SAEs."""

from __future__ import annotations

from ..jobs.context import JobContext
from .schema import ExportSae, SaeExported, SaeFacts, TakeSae


def take(job: JobContext, params: TakeSae) -> SaeFacts:
    """Take over an SAE from its folder."""
    from .moving import take_sae

    return take_sae(job, params)


def export(job: JobContext, params: ExportSae) -> SaeExported:
    """Write an SAE to a folder that SAELens loads."""
    from .moving import export_files

    return export_files(job, params)
