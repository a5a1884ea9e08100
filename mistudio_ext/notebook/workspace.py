"""The workspace in a notebook: where everything begins."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, overload

from ..contract.errors import BadRequest
from ..contract.models import Contract, checked
from ..datasets import operations as datasets
from ..datasets.schema import AddDataset, ListObjects, PreviewTokens
from ..display.follow import in_words
from ..display.text import count, plain, size, when
from ..jobs import operations as jobs
from ..jobs.schema import ListJobs
from ..lanes.perform import perform
from ..workspace import settings
from ..workspace.ids import collection_of
from ..workspace.workspace import Workspace as Core
from . import cards
from .cores import core_at
from .dataset import Dataset
from .handle import Listing
from .job import Job, follow_up
from .pieces import TokenPieces, preview
from .signatures import described_by
from .tokenization import Tokenization

HUB = "hub:"
ACCEPTED = "Give a list of strings, the path of a .txt or .jsonl file, or “hub:owner/name”."


class Workspace:
    """One folder with all datasets, tokenizations and jobs in it. `ms.open()` gives the default one."""

    def __init__(self, core: Core):
        self._core = core

    @property
    def path(self) -> str:
        """The folder."""
        return str(self._core.root)

    @property
    def is_default(self) -> bool:
        """Whether `ms.open()` without a path opens this one."""
        default = settings.default_root(self._core.settings)
        return self._core.root == Path(os.path.abspath(default))

    @overload
    def add_dataset(self, source: Any, *, wait: Literal[True] = True, **params: Any) -> Dataset: ...

    @overload
    def add_dataset(self, source: Any, *, wait: Literal[False], **params: Any) -> Job: ...

    @described_by(AddDataset, without=("texts", "path", "upload", "hub"))
    def add_dataset(self, source: Any, *, wait: bool = True, **params: Any) -> Dataset | Job:
        """Make a dataset from a list of strings, the path of a .txt or .jsonl file, or “hub:owner/name”.

        The text is read in the background; with `wait=False` the job is returned at once.
        """
        started = self._do(datasets.add_dataset, checked(AddDataset, _source(source) | params))
        return follow_up(self._core, started, Dataset(self._core, started.object), None, wait=wait)

    def dataset(self, id: str) -> Dataset:
        """The dataset with this id."""
        return Dataset(self._core, datasets.get_dataset(self._core, _id(id)).id)

    def datasets(self, filter: str = "") -> Listing[Dataset]:
        """All datasets, newest first; `filter` has words that the name, id, source or tags must hold."""
        found = self._do(datasets.list_datasets, checked(ListObjects, {"filter": filter})).datasets
        rows = [
            [
                each.id,
                each.name,
                each.state,
                count(each.facts.samples if each.facts else None),
                size(each.facts.bytes if each.facts else None),
                when(each.created),
            ]
            for each in found
        ]
        handles = [Dataset(self._core, each.id) for each in found]
        return Listing(handles, ["Id", "Name", "State", "Samples", "Size", "Created"], rows)

    def tokenization(self, id: str) -> Tokenization:
        """The tokenization with this id."""
        return Tokenization(self._core, datasets.get_tokenization(self._core, _id(id)).id)

    def job(self, id: str) -> Job:
        """The job with this id."""
        if collection_of(_id(id)) != "jobs":
            raise BadRequest(f"{id} is not the id of a job.", "The id of a job begins with jb_.")
        return Job(self._core, jobs.get_job(self._core, id).id)

    def jobs(self, state: str | None = None, limit: int = 100) -> Listing[Job]:
        """Jobs: running ones first, then waiting ones in their order, then the newest."""
        found = self._do(jobs.list_jobs, checked(ListJobs, {"state": state, "limit": limit})).jobs
        rows = [[each.id, each.label, in_words(each), when(each.created)] for each in found]
        return Listing([Job(self._core, each.id) for each in found], ["Id", "Job", "State", "Created"], rows)

    @described_by(PreviewTokens)
    def preview(self, text: str, **params: Any) -> TokenPieces:
        """Show how a text is cut into tokens, by a tokenizer's folder or by that of a tokenization."""
        return preview(self._core, text, params)

    def _do(self, operation: Callable[[Core, Any], Any], params: Contract) -> Any:
        return perform(self._core, operation, params)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workspace) and self._core.root == other._core.root

    def __hash__(self) -> int:
        return hash(self._core.root)

    def __reduce__(self) -> tuple[Any, ...]:
        return open_workspace, (self.path,)

    def __repr__(self) -> str:
        return f"<Workspace {plain(self.path, 400)}>"

    def _repr_html_(self) -> str:
        listed = self.datasets()
        pairs = [("Folder", self.path), ("Datasets", count(len(listed))), ("Free space", size(self._core.free_bytes()))]
        return cards.card("workspace", "", "miStudio", pairs, listed._repr_html_() if listed else "")


def _source(source: Any) -> dict[str, Any]:
    """The one field of `AddDataset` that says where the text comes from."""
    if isinstance(source, str) and source.startswith(HUB):
        return {"hub": source.removeprefix(HUB)}
    if isinstance(source, str | os.PathLike):
        return {"path": os.fspath(source)}
    if not isinstance(source, list | tuple):
        raise BadRequest(f"A {type(source).__name__} cannot be added as a dataset.", ACCEPTED, field="source")
    wrong = next((number for number, text in enumerate(source) if not isinstance(text, str)), None)
    if wrong is not None:
        kind = type(source[wrong]).__name__
        raise BadRequest(f"Text {wrong} of the list is no string but a {kind}.", ACCEPTED, field="source")
    if not source:
        raise BadRequest("The list of texts is empty.", ACCEPTED, field="source")
    return {"texts": list(source)}


def _id(id: Any) -> str:
    if not isinstance(id, str):
        raise BadRequest(f"An id is a string, not a {type(id).__name__}.", 'An id looks like "ds_7f3k9q2a".')
    return id


def open_workspace(path: str | os.PathLike[str] | None = None) -> Workspace:
    """The workspace in a folder, made where there is none; without a path, the default workspace."""
    return Workspace(core_at(path))


def dataset(id: str) -> Dataset:
    """The dataset with this id, in the default workspace."""
    return open_workspace().dataset(id)


def tokenization(id: str) -> Tokenization:
    """The tokenization with this id, in the default workspace."""
    return open_workspace().tokenization(id)


def job(id: str) -> Job:
    """The job with this id, in the default workspace."""
    return open_workspace().job(id)
