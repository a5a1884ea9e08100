"""SAEs on their way into the workspace and out of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..jobs.context import JobContext
from ..workspace import atomic
from .files import read_check, read_sae
from .folder import CHECK, CONFIG, WEIGHTS, config_in
from .keep import facts_to_catalog, keep_sae
from .schema import ExportSae, SaeExported, SaeFacts, TakeSae


def take_sae(job: JobContext, params: TakeSae) -> SaeFacts:
    if job.workspace.folder(job.object).exists():
        # A crash came between the files and the catalog.
        facts = facts_to_catalog(job)
    else:
        folder = Path(params.path)
        job.progress(0, None, "Reading its files")
        config = config_in(folder)
        # Of a training in another workspace nothing is known here.
        here = {"training": None, "step": None, "variant": None, "hook": params.hook, "out_hook": params.out_hook}
        facts = keep_sae(job, read_sae(folder), config.about.model_copy(update=here), read_check(folder, config))
    if params.upload is not None:
        shutil.rmtree(job.workspace.folder(params.upload), ignore_errors=True)
    return facts


def export_files(job: JobContext, params: ExportSae) -> SaeExported:
    """Its own files: they are kept in the layout that is asked for."""
    source, folder = job.workspace.folder(job.object), Path(params.folder)
    files = [name for name in (CONFIG, WEIGHTS, CHECK) if (source / name).exists()]
    with atomic.disk_full_says_so(folder):
        folder.mkdir(exist_ok=True)
    for number, name in enumerate(files):
        job.progress(number, len(files), "Writing", "files")
        with open(source / name, "rb") as content, atomic.whole_file(folder / name) as file:
            shutil.copyfileobj(content, file, 2**20)
    return SaeExported(folder=str(folder), files=files, bytes=sum((folder / name).stat().st_size for name in files))
