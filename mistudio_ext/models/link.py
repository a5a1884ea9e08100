"""A model that stays where it is: looked at, and linked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ..contract.errors import NotFound
from ..jobs.context import JobContext
from ..workspace import atomic
from .facts import facts_of
from .files import FILES, require_plain
from .schema import LinkModel, ModelFacts

SHA256 = re.compile(r"[0-9a-f]{64}")


def link_model(job: JobContext, params: LinkModel) -> ModelFacts:
    target = Path(params.path)
    if not target.is_dir():
        raise NotFound(f"{target} is not there any more.", "Put it back and retry, or delete the model.")
    job.progress(0, None, "Looking at its files")
    require_plain(target, params.name)
    facts = facts_of(target, params.name, dict(_contents(target)))
    place = job.workspace.folder(job.object) / FILES
    if not place.is_symlink():
        with atomic.disk_full_says_so(place):
            atomic.make_folder(place.parent)
            os.symlink(target, place)
            atomic.sync_folder(place.parent)
    job.workspace.catalog.update(job.object, {"facts": facts.model_dump()})
    return facts


def _contents(folder: Path) -> Iterator[tuple[str, str]]:
    """In a hub's cache, large files are links to their content, which is called by its hash."""
    for file in folder.iterdir():
        content = Path(os.path.realpath(file))
        if file.is_symlink() and content.parent.name == "blobs" and SHA256.fullmatch(content.name):
            yield file.name, content.name
