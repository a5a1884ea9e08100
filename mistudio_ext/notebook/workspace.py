"""The workspace in a notebook: where everything begins."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, overload

from ..captures import operations as captures
from ..captures.estimate import Needs
from ..captures.schema import CaptureEstimate, CaptureOptions, EstimateCapture, ListCaptures, MakeCapture, StreamActivations
from ..contract.errors import BadRequest
from ..contract.models import Contract, checked
from ..datasets import operations as datasets
from ..datasets import tokenizations
from ..datasets.schema import AddDataset
from ..datasets.tokenizing_schema import PreviewTokens
from ..display.follow import in_words
from ..display.text import count, plain, size, when
from ..jobs import operations as jobs
from ..jobs.schema import ListJobs
from ..lanes.perform import perform
from ..models import operations as models
from ..models.precision import SHORT
from ..models.schema import AddModel, CachedModel, ListCached
from ..saes import operations as saes
from ..saes.schema import ImportSae
from ..trainings import operations as trainings
from ..trainings.record_schema import ListTrainings, TrainEstimate
from ..trainings.schema import EstimateTraining, Train
from ..workspace import settings
from ..workspace.ids import collection_of
from ..workspace.schema import ListObjects
from ..workspace.workspace import Workspace as Core
from . import cards
from .capture import Capture
from .cores import core_at
from .dataset import Dataset
from .demo import Demo, load_demo
from .handle import Listing
from .in_memory import ACCEPTED, handed_over
from .job import Job, follow_up
from .model import Model, model_fields, with_precision
from .pieces import TokenPieces, preview
from .sae import Sae, import_sae
from .sae import listed as listed_saes
from .signatures import described_by
from .tokenization import Tokenization
from .training import Training, of_training

HUB = "hub:"


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
        """Make a dataset from a path, from the hub (“hub:owner/name”), or from what is in memory.

        A path leads to a file (parquet, arrow, jsonl, json, csv, tsv or txt, plain or compressed) or to a folder of
        them. In memory may be a list or generator of texts or of rows (dictionaries), a pandas DataFrame or Series, a
        `datasets.Dataset`, `DatasetDict` or `IterableDataset`, a pyarrow table: it is written to the workspace first.
        The text is read in the background; with `wait=False` the job is returned at once.
        """
        with _fields(self._core, source, params) as fields:
            started = self._do(datasets.add_dataset, checked(AddDataset, fields | params))
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
        return Tokenization(self._core, tokenizations.get_tokenization(self._core, _id(id)).id)

    @overload
    def add_model(self, source: Any, *, tokenizer: Any = None, wait: Literal[True] = True, **params: Any) -> Model: ...

    @overload
    def add_model(self, source: Any, *, tokenizer: Any = None, wait: Literal[False], **params: Any) -> Job: ...

    @described_by(AddModel, without=("path", "hub", "cached", "upload"))
    def add_model(self, source: Any, *, tokenizer: Any = None, wait: bool = True, **params: Any) -> Model | Job:
        """Get a model: “hub:owner/name”, the path of its folder, or “cache:owner/name” for one that the hub's cache has.

        A folder and a cached model are linked, not copied. One that is there already, in the same precision, is not added
        again. The work is done in the background; with `wait=False` its job is returned at once.

        A `transformers` model from memory is written to the workspace as safetensors first, with its `tokenizer`; without
        one it cannot be tried with a text. Refused are other objects, quantized weights, and adapters that were not merged.
        """
        values = with_precision(params)
        with model_fields(self._core, source, tokenizer) as fields:
            started = self._do(models.add_model, checked(AddModel, fields | values))
        return follow_up(self._core, started, Model(self._core, started.object), None, wait=wait)

    def model(self, id: str) -> Model:
        """The model with this id."""
        return Model(self._core, models.get_model(self._core, _id(id)).id)

    def models(self, filter: str = "") -> Listing[Model]:
        """All models, newest first; `filter` has words that the name, id, source or tags must hold."""
        found = self._do(models.list_models, checked(ListObjects, {"filter": filter})).models
        rows = [
            [
                each.id,
                each.name,
                each.state,
                each.facts.family if each.facts else "—",
                count(each.facts.parameters if each.facts else None),
                count(each.facts.layers if each.facts else None),
                count(each.facts.hidden_size if each.facts else None),
                each.precision,
                size(each.facts.bytes if each.facts else None),
                when(each.created),
            ]
            for each in found
        ]
        handles = [Model(self._core, each.id) for each in found]
        return Listing(
            handles, ["Id", "Name", "State", "Family", "Parameters", "Layers", "Width", "Precision", "Size", "Created"], rows
        )

    def cached_models(self, filter: str = "") -> list[CachedModel]:
        """Models in the hub's cache on this machine, each with `.name`, `.commit`, `.bytes`; `add_model` can link them."""
        found: list[CachedModel] = self._do(models.list_cached_models, checked(ListCached, {"filter": filter})).models
        return found

    @overload
    def capture(self, model: str) -> Capture: ...

    @overload
    def capture(
        self, model: Model | str, tokenization: Tokenization | str, *, wait: Literal[True] = True, **params: Any
    ) -> Capture: ...

    @overload
    def capture(self, model: Model | str, tokenization: Tokenization | str, *, wait: Literal[False], **params: Any) -> Job: ...

    @described_by(MakeCapture, without=("model", "tokenization"))
    def capture(
        self, model: Model | str, tokenization: Tokenization | str | None = None, *, wait: bool = True, **params: Any
    ) -> Capture | Job:
        """Capture a model's activations over the text of a tokenization; an equal capture that is there is returned.

        The work is done in the background; with `wait=False` its job is returned at once, if there is any to do. With
        nothing but the id of a capture it gives that one: `ws.capture("cp_…")`.
        """
        if tokenization is None:
            return self._capture_with_id(model, params)
        started = self._do(captures.make_capture, checked(MakeCapture, _of_capture(model, tokenization, params)))
        return follow_up(self._core, started, Capture(self._core, started.object), None, wait=wait)

    def _capture_with_id(self, id: Any, params: dict[str, Any]) -> Capture:
        if params or isinstance(id, Model) or (isinstance(id, str) and collection_of(id) == "models"):
            hint = 'Give the tokenization whose text is to be read: ws.capture("md_…", "tk_…").'
            raise BadRequest("A model alone cannot be captured.", hint, field="tokenization")
        return Capture(self._core, captures.get_capture(self._core, _id(id)).id)

    @described_by(CaptureOptions)
    def estimate_capture(self, model: Model | str, tokenization: Tokenization | str, **params: Any) -> CaptureEstimate:
        """What a capture would take: `.tokens`, `.disk`, `.memory`, `.seconds`, and the `.problem` where there is one."""
        values = checked(EstimateCapture, _of_capture(model, tokenization, params))
        found: CaptureEstimate = self._do(captures.estimate_capture, values)
        return found

    @described_by(StreamActivations)
    def stream_activations(self, model: Model | str, tokenization: Tokenization | str, **params: Any) -> Iterator[Any]:
        """The same vectors as a capture's, straight from the model in this kernel, mixed in a buffer, without the disk.

        Of each batch `.vectors["layers.6.resid_post"]` is a torch tensor on the model's device, `.index` says which token each
        row is of. `seed` mixes.
        """
        values = _of_capture(model, tokenization, params)
        asked = checked(StreamActivations, {name: each for name, each in values.items() if name not in ("model", "tokenization")})
        needs = Needs(
            self._core, checked(EstimateCapture, {name: values[name] for name in values if name in EstimateCapture.model_fields})
        )
        given: Iterator[Any] = importlib.import_module("mistudio_ext.captures.stream").stream_from(self._core, needs, asked)
        return given

    def captures(self, filter: str = "") -> Listing[Capture]:
        """All captures, newest first; `filter` has words that the name, id, hook points or tags must hold."""
        found = self._do(captures.list_captures, checked(ListCaptures, {"filter": filter})).captures
        rows = [
            [
                each.id,
                each.name,
                each.state,
                str(len(each.hooks)),
                count(each.facts.tokens if each.facts else None),
                size(each.facts.bytes if each.facts else None),
                when(each.created),
            ]
            for each in found
        ]
        handles = [Capture(self._core, each.id) for each in found]
        return Listing(handles, ["Id", "Name", "State", "Hook points", "Tokens", "Size", "Created"], rows)

    @overload
    def train(self, sources: Any = None, *, wait: Literal[True] = True, **params: Any) -> Training: ...

    @overload
    def train(self, sources: Any = None, *, wait: Literal[False], **params: Any) -> Job: ...

    @described_by(Train, without=("sources",))
    def train(
        self, sources: Any = None, *, model: Any = None, tokenization: Any = None, hooks: Any = None, wait: bool = True,
        **params: Any,
    ) -> Training | Job:  # fmt: skip
        """Train sparse autoencoders on a capture, or on several in a list; or with `model`, `tokenization` and `hooks` on what
        the model gives as it is read, with nothing of that size on the disk.

        With a model also `max_tokens`, `max_samples`, `precision`, `drop_first`, `drop_special` and `role` can be given, as for
        a capture. A dictionary of these is a source too, and may stand in the list beside captures.

        Lists for `hook`, `width`, `expansion`, `k`, `l1_coefficient`, `l0_coefficient` or `target_l0` train several SAEs at
        once, each with each. A transcoder is told where it reads by `hook` and what it reconstructs by `out_hook`. The work is
        done in the background; with `wait=False` its job is returned at once.
        """
        direct = {"model": model, "tokenization": tokenization, "hooks": hooks}
        started = self._do(trainings.start_training, checked(Train, of_training(sources, direct, params)))
        return follow_up(self._core, started, Training(self._core, started.object), None, wait=wait)

    @described_by(Train, without=("sources", "name", "tags", "notes"))
    def estimate_training(
        self, sources: Any = None, *, model: Any = None, tokenization: Any = None, hooks: Any = None, **params: Any
    ) -> TrainEstimate:
        """What a training would take: `.memory`, `.disk`, `.seconds`, `.findings`, and the `.problem` where there is one."""
        direct = {"model": model, "tokenization": tokenization, "hooks": hooks}
        values = checked(EstimateTraining, of_training(sources, direct, params))
        found: TrainEstimate = self._do(trainings.estimate_training, values)
        return found

    def training(self, id: str) -> Training:
        """The training with this id."""
        return Training(self._core, trainings.get_training(self._core, _id(id)).id)

    def trainings(self, filter: str = "") -> Listing[Training]:
        """All trainings, newest first; `filter` has words that the name, id, hook points or tags must hold."""
        found = self._do(trainings.list_trainings, checked(ListTrainings, {"filter": filter})).trainings
        rows = [
            [
                each.id,
                each.name,
                each.state,
                each.architecture,
                f"{count(each.facts.step)} of {count(each.facts.steps)}" if each.facts else "—",
                when(each.created),
            ]
            for each in found
        ]
        handles = [Training(self._core, each.id) for each in found]
        return Listing(handles, ["Id", "Name", "State", "Architecture", "Steps", "Created"], rows)

    @overload
    def import_sae(self, source: Any, *, wait: Literal[True] = True, **params: Any) -> Sae: ...

    @overload
    def import_sae(self, source: Any, *, wait: Literal[False], **params: Any) -> Job: ...

    @described_by(ImportSae, without=("path", "upload"))
    def import_sae(self, source: Any, *, wait: bool = True, **params: Any) -> Sae | Job:
        """Take over an SAE: the folder where SAELens or miStudio saved it, or one in memory, loaded here or by SAELens.

        Its files are copied. The work is done in the background; with `wait=False` its job is returned at once.
        """
        if isinstance(params.get("model"), Model):
            params = params | {"model": params["model"].id}
        return import_sae(self._core, source, params, wait=wait)

    def sae(self, id: str) -> Sae:
        """The SAE with this id."""
        return Sae(self._core, saes.get_sae(self._core, _id(id)).id)

    def saes(self, filter: str = "", **params: Any) -> Listing[Sae]:
        """All SAEs, newest first; `filter` has words that the name, id, hook point or tags must hold. With `model` or
        `training`, an id, only those that belong to it."""
        return listed_saes(self._core, {"filter": filter} | params)

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

    def demo(self, *, wait: bool = True) -> Demo:
        """Load the demo: `.dataset`, `.model`, `.tokenization`, `.capture` and `.training`. What is there already is not made
        again.

        The work is done in the background, one step after another; with `wait=False` nobody waits for it here.
        """
        return load_demo(self._core, wait=wait)

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


@contextmanager
def _fields(core: Core, source: Any, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What `AddDataset` is told of where the text comes from."""
    if isinstance(source, str) and source.startswith(HUB):
        yield {"hub": source.removeprefix(HUB)}
    elif isinstance(source, str | os.PathLike):
        yield {"path": os.fspath(source)}
    elif isinstance(source, list | tuple) and all(isinstance(each, str) for each in source):
        if not source:
            raise BadRequest("The list of texts is empty.", ACCEPTED, field="source")
        yield {"texts": list(source)}
    else:
        with handed_over(core, source, params) as fields:
            yield fields


def _of_capture(model: Any, tokenization: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Handles and ids alike, short forms of precisions; a single hook point needs no list."""
    values = dict(params)
    for name, each, kind in (("model", model, Model), ("tokenization", tokenization, Tokenization)):
        values[name] = each.id if isinstance(each, kind) else _id(each)
    if isinstance(values.get("hooks"), str):
        values["hooks"] = [values["hooks"]]
    for name in ("precision", "dtype"):
        if isinstance(values.get(name), str):
            values[name] = SHORT.get(values[name].lower(), values[name])
    return values


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


def model(id: str) -> Model:
    """The model with this id, in the default workspace."""
    return open_workspace().model(id)


def capture(id: str) -> Capture:
    """The capture with this id, in the default workspace."""
    return open_workspace().capture(id)


def training(id: str) -> Training:
    """The training with this id, in the default workspace."""
    return open_workspace().training(id)


def sae(id: str) -> Sae:
    """The SAE with this id, in the default workspace."""
    return open_workspace().sae(id)


def job(id: str) -> Job:
    """The job with this id, in the default workspace."""
    return open_workspace().job(id)
