"""A dataset of the hub: found, downloaded and read, each step gone on with where it was left.

What was asked of the hub stays the answer for this job: a resumed one goes on with the same commit.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..contract.models import Contract, checked
from ..hub.client import Hub
from ..hub.download import download, look_up
from ..hub.schema import HubFile, Listing
from ..hub.subsets import cards_of, files_of
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from .formats import kind_of
from .read import Plan, Planned, into_dataset, read_files
from .schema import DatasetFacts, ReadHub


class HubPlan(Contract):
    """Which files of which commit, in the order in which they are read."""

    listing: Listing
    files: list[tuple[str, HubFile]]


def add_from_hub(job: JobContext, params: ReadHub) -> DatasetFacts:
    folder = job.workspace.folder(job.object) / "hub"
    facts = into_dataset(job, params.hub, lambda: _fetch_and_read(job, params, folder))
    shutil.rmtree(folder, ignore_errors=True)
    return facts


def _fetch_and_read(job: JobContext, params: ReadHub, folder: Path) -> dict[str, Any]:
    with _hub_of(job) as hub:
        plan = _plan(job, hub, params, folder)
        place = folder / plan.listing.commit
        _note_source(job, plan.listing)
        if params.row_limit is None:
            download(job, hub, plan.listing, place / "files", list({file.path: file for _, file in plan.files}.values()))

        def bring(number: int) -> Path:
            _, file = plan.files[number]
            files = place / "files"
            if params.row_limit is not None:
                # One file after another: what lies behind the limit is never asked for.
                files = place / f"file-{number:05d}"
                download(job, hub, plan.listing, files, [file])
            return files / file.path

        files = [Planned(file.path, split, file.size) for split, file in plan.files]
        return read_files(job, params, Plan(plan.listing.commit, files, bring, limit=params.row_limit))


def _plan(job: JobContext, hub: Hub, params: ReadHub, folder: Path) -> HubPlan:
    place = job.scratch / "plan.json"
    if place.exists():
        return checked(HubPlan, read_json(place))
    listing = look_up(job, hub, "dataset", params.hub, params.revision or "main")
    if listing.id != params.hub:
        job.log("info", f"The repository is called {listing.id} now.")
    # What an earlier try brought here of another commit is of no use any more.
    for each in folder.iterdir() if folder.exists() else ():
        if each.name != listing.commit:
            shutil.rmtree(each, ignore_errors=True)
    cards = folder / listing.commit / "cards"
    if found := cards_of(listing):
        download(job, hub, listing, cards, found)
    job.progress(0, None, "Looking for its splits")
    splits = files_of(listing, cards, params.config, params.split)
    files = [(split, file) for split, found in splits.items() for file in found]
    for _, file in files:
        kind_of(file.path, "hub")
    needed = {file.path for _, file in files}
    slim = listing.model_copy(update={"files": [file for file in listing.files if file.path in needed]})
    plan = HubPlan(listing=slim, files=files)
    atomic.write_json(place, plan.model_dump())
    return plan


def _note_source(job: JobContext, listing: Listing) -> None:
    with job.workspace.catalog.change():
        source = job.workspace.catalog.get(job.object)["source"]
        found = source["hub"] | {"endpoint": listing.endpoint, "commit": listing.commit}
        if found != source["hub"]:
            job.workspace.catalog.update(job.object, {"source": source | {"hub": found}})


@contextmanager
def _hub_of(job: JobContext) -> Iterator[Hub]:
    hub = Hub.from_settings(job.workspace.settings)
    try:
        yield hub
    finally:
        hub.close()
