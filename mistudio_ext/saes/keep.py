"""An SAE that becomes one of the workspace: its files written, published whole, and what is in them told to the catalog."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.paths import disk_use
from .check import Check
from .files import read_check, write_sae
from .folder import config_in
from .net import SparseAutoencoder
from .schema import SaeAbout, SaeFacts


def keep_sae(job: JobContext, net: SparseAutoencoder, about: SaeAbout, check: Check | None) -> SaeFacts:
    """As the object that the job works on. May be done twice."""
    target = job.workspace.folder(job.object)
    if not target.exists():
        place = job.scratch / "sae"
        shutil.rmtree(place, ignore_errors=True)
        job.progress(0, None, "Writing its files")
        write_sae(place, net, about, check)
        atomic.publish(place, target)
    return facts_to_catalog(job)


def facts_to_catalog(job: JobContext) -> SaeFacts:
    facts = facts_of(job.workspace.folder(job.object))
    job.workspace.catalog.update(job.object, {"facts": facts.model_dump()})
    return facts


def facts_of(folder: Path) -> SaeFacts:
    config = config_in(folder)
    about, check = config.about, read_check(folder, config)
    return SaeFacts(
        architecture=about.architecture,
        target=about.target,
        d_in=config.d_in,
        d_out=config.d_out,
        width=config.width,
        k=config.k,
        normalization=about.normalization,
        bytes=disk_use(folder),
        fvu=about.fvu,
        l0=about.l0,
        checked_rows=0 if check is None else len(check.x),
    )
