"""A dataset of the hub: found, downloaded and read, each step gone on with where it was left.

What was asked of the hub stays the answer for this job: a resumed one goes on with the same commit.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest
from ..contract.models import Contract, checked
from ..hub.client import Hub
from ..hub.download import download, look_up
from ..hub.schema import HubFile, Listing
from ..hub.subsets import cards_of, files_of
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from .gather import BATCH_CHARACTERS, BATCH_ROWS, SCHEMA, beginning, facts_of, take
from .read_files import OneFile, kind_of
from .read_text import Row
from .schema import DatasetFacts, ReadHub
from .shards import ShardWriter


class HubPlan(Contract):
    """Which files of which commit, in the order in which they are read."""

    listing: Listing
    files: list[tuple[str, HubFile]]


def add_from_hub(job: JobContext, params: ReadHub) -> DatasetFacts:
    dataset = job.workspace.folder(job.object)
    target = dataset / "data"
    if not target.exists():
        state = _fetch_and_read(job, params, dataset / "hub")
        if not state["samples"]:
            bad = f" {state['bad_rows']:,} rows were bad, such as {state['bad_examples'][0]}." if state["bad_rows"] else ""
            raise BadRequest(
                f"There is no usable text in {params.hub}.{bad}", "Look at its columns, and name the one with the text.",
                field="text_field",
            )  # fmt: skip
        atomic.publish(job.scratch / "data", target)
    facts = facts_of(read_json(target / "index.json")["state"], target)
    job.workspace.catalog.update(job.object, {"facts": facts.model_dump()})
    shutil.rmtree(dataset / "hub", ignore_errors=True)
    return facts


def _fetch_and_read(job: JobContext, params: ReadHub, folder: Path) -> dict[str, Any]:
    with _hub_of(job) as hub:
        plan = _plan(job, hub, params, folder)
        place = folder / plan.listing.commit
        _note_source(job, plan.listing)
        sizes = sum(file.size for _, file in plan.files)
        if params.row_limit is None:
            download(job, hub, plan.listing, place / "files", list({file.path: file for _, file in plan.files}.values()))
        writer = ShardWriter(job.scratch / "data", SCHEMA)
        state = writer.state or beginning(plan.listing.commit) | {"file": 0, "row": 0, "read": 0}
        for number, (split, file) in enumerate(plan.files):
            if number < state["file"] or state["samples"] >= (params.row_limit or 2**63):
                continue
            files = place / "files"
            if params.row_limit is not None:
                # One file after another: what lies behind the limit is never asked for.
                files = place / f"file-{number:05d}"
                download(job, hub, plan.listing, files, [file])
            one = OneFile(str(files / file.path), file.path, params.sample_by, params.text_field)
            _read(job, params, writer, state, one, split, sizes)
            state["file"], state["row"], state["read"] = number + 1, 0, state["read"] + file.size
        writer.save(state)
    return state


def _read(
    job: JobContext, params: ReadHub, writer: ShardWriter, state: dict[str, Any], file: OneFile, split: str, sizes: int
) -> None:
    pending: list[Row] = []
    characters = 0

    def settle() -> None:
        nonlocal pending, characters
        take(writer, state, pending, split, f"{file.name}, ")
        state["row"] += len(pending)
        pending, characters = [], 0
        figures = {"samples": state["samples"], "bad_rows": state["bad_rows"]}
        if params.row_limit is None:
            job.progress(min(state["read"] + file.read(), sizes), sizes, "Reading", "bytes", **figures)
        else:
            job.progress(state["samples"], params.row_limit, "Reading", "samples", **figures)
        if writer.full or job.should_pause:
            writer.save(state)
        if job.should_pause:
            job.rest()

    good = 0
    left = (params.row_limit or 2**63) - state["samples"]
    with closing(file.rows(state["row"])) as rows:
        for row in rows:
            pending.append(row)
            characters += len(row.text)
            good += row.problem is None
            if good >= left:
                break
            if len(pending) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
                settle()
    settle()


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
        kind_of(file.path)
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
