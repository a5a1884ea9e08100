"""A model of the hub: looked up, looked over before its weights are fetched, then fetched, each step gone on with after a break.

What was asked of the hub stays the answer for this job: a resumed one goes on with the same commit.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from ..contract.errors import NotFound
from ..contract.models import checked
from ..hub.client import Hub
from ..hub.download import download, look_up
from ..hub.schema import HubFile, Listing
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from . import remote_code
from .architecture import architecture_of
from .facts import facts_of
from .files import CONFIG, FILES, INDEXES, OTHERS, PICKLED, PICKLED_INDEX, entry_of, is_program
from .schema import FetchModel, ModelFacts
from .share import share
from .weights import parts_of


def fetch_model(job: JobContext, params: FetchModel) -> ModelFacts:
    target = job.workspace.folder(job.object) / FILES
    with closing(Hub.from_settings(job.workspace.settings)) as hub:
        listing = _plan(job, hub, params, target)
        share(job, listing, target)
        download(job, hub, listing, target)
    job.progress(0, None, "Looking at its files")
    contents = {file.path: file.content for file in listing.files}
    # The card has the name of one that the hub does not know.
    facts = facts_of(target, listing.id, contents, None if listing.license == "other" else listing.license)
    job.workspace.catalog.update(job.object, {"facts": facts.model_dump()})
    return facts


def _plan(job: JobContext, hub: Hub, params: FetchModel, target: Path) -> Listing:
    """The commit, and those of its files that are the model."""
    place = job.scratch / "plan.json"
    if place.exists():
        return checked(Listing, read_json(place))
    listing = look_up(job, hub, "model", params.hub, params.revision or "main")
    if listing.id != params.hub:
        job.log("info", f"The repository is called {listing.id} now.")
    chosen = _chosen(job, hub, listing)
    _note_source(job, listing, target)
    slim = listing.model_copy(update={"files": chosen})
    atomic.write_json(place, slim.model_dump())
    return slim


def _chosen(job: JobContext, hub: Hub, listing: Listing) -> list[HubFile]:
    """Only what lies directly in the repository. The small files that say what the weights are come first, and are looked at."""
    names = {file.path for file in listing.files}
    entry = entry_of(names, listing.id)
    small = [file for file in listing.files if file.path == CONFIG or (file.path == entry and entry in INDEXES)]
    code = [file for file in listing.files if is_program(file.path)] if remote_code.is_allowed() else []
    about = job.scratch / f"about-{listing.commit}"
    download(job, hub, listing, about, small + code)
    job.progress(0, None, "Looking at its configuration")
    architecture, _ = architecture_of(about, listing.id)
    parts = set(parts_of(about / entry, listing.id).values()) if entry in INDEXES else {entry}
    if missing := sorted(parts - names):
        raise NotFound(
            f"{missing[0]} of {listing.id} is not at the hub, and {entry} names it.",
            "Choose another revision, or tell the owner of the repository.",
            code="incomplete",
        )
    if entry in (PICKLED, PICKLED_INDEX):
        job.log("warning", "Its weights are a pickle. They are read without running what may be in it.")
    if architecture.has_code:
        job.log("warning", "Program code that came along with it is run, as MiStudio.trust_remote_code allows.")
        parts |= {file.path for file in code}
    return [file for file in listing.files if file.path in {*OTHERS, entry, *parts}]


def _note_source(job: JobContext, listing: Listing, target: Path) -> None:
    """The files that are there are always those of the commit that the record names."""
    with job.workspace.catalog.change():
        source = job.workspace.catalog.get(job.object)["source"]
        if source["commit"] != listing.commit:
            shutil.rmtree(target, ignore_errors=True)
        found = source | {"endpoint": listing.endpoint, "commit": listing.commit}
        if found != source:
            job.workspace.catalog.update(job.object, {"source": found})
