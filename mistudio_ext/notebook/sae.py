"""SAEs in a notebook."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest
from ..contract.models import checked
from ..display.text import count, number, size, when
from ..jobs.records import get_job
from ..lanes.perform import perform
from ..saes import operations, schema
from ..saes.feature import checked_index
from ..saes.schema import ExportSae, ImportSae, SaeFacts
from ..saes.transformer_lens import theirs
from ..trainings import sae_of
from ..trainings.record_schema import SaeOfTraining
from ..workspace.workspace import Workspace as Core
from . import cards
from .catalogued import Catalogued
from .feature import Feature
from .handle import Listing
from .job import Job, follow_up, handle_of
from .signatures import described_by

if TYPE_CHECKING:
    from ..saes.net import SparseAutoencoder
    from .handle import Handle
    from .model import Model


class Sae(Catalogued):
    """A sparse autoencoder. `sae.load()` gives it as a torch module with `encode`, `decode`, `forward` and `attach`."""

    _kind = "SAE"
    _edit = staticmethod(operations.edit_sae)
    _plan = staticmethod(operations.plan_delete_sae)
    _delete = staticmethod(operations.delete_sae)

    def _record(self) -> schema.Sae:
        return operations.get_sae(self._core, self._id)

    @property
    def model(self) -> Model | None:
        """The model that it belongs to; None where that is not known here."""
        from .model import Model

        id = self._record().model
        return None if id is None else Model(self._core, id)

    @property
    def training(self) -> Handle | None:
        """The training that it is from; None where it was imported."""
        id = self._record().training
        return None if id is None else handle_of(self._core, id)

    @property
    def step(self) -> int | None:
        """The step of its training that it is of."""
        return self._record().step

    @property
    def hook(self) -> str | None:
        """The hook point at which it reads, as in “layers.2.resid_post”; None where that is not known."""
        return self._record().hook

    @property
    def out_hook(self) -> str | None:
        """The hook point that it reconstructs: the same, but for transcoders."""
        return self._record().out_hook

    @property
    def transformer_lens_hook(self) -> str | None:
        """The hook point at which it reads in TransformerLens' spelling, as in “blocks.2.hook_resid_post”."""
        hook = self.hook
        return None if hook is None else theirs(hook)

    @property
    def facts(self) -> SaeFacts | None:
        """What it is: `.architecture`, `.d_in`, `.width`, `.k`, `.fvu`, `.l0` …; None until it is ready."""
        return self._record().facts

    @property
    def job(self) -> Job | None:
        """The latest job that worked on it."""
        record = self._record().job
        return Job(self._core, record.id) if record else None

    def load(self, device: str = "cpu") -> SparseAutoencoder:
        """The SAE itself, in float32 and the model's own units: an `nn.Module` with `encode(x)`, `decode(z)`, `forward(x)`,
        `W_dec` (width x dimensions) and `attach(model)`. It must make of the rows that were kept with it what it made then."""
        operations.require_ready(self._core, self._id)
        net: SparseAutoencoder = importlib.import_module("mistudio_ext.saes.files").read_sae(self._core.folder(self._id))
        return net.to(device)

    def feature(self, index: int) -> Feature:
        """One of its features, counted from 0: for `ms.steer`."""
        facts = operations.require_ready(self._core, self._id).facts
        assert facts is not None
        return Feature(self, checked_index(index, facts.width))

    @described_by(ExportSae, without=("folder",))
    def export(self, folder: str | os.PathLike[str], *, wait: bool = True, **params: Any) -> list[str] | Job:
        """Write it to an empty or new folder, for SAELens to load. Gives the files' names, or with `wait=False` the job."""
        values = checked(ExportSae, {"folder": os.path.abspath(os.path.expanduser(folder))} | params)
        started = perform(self._core, operations.export_sae, self._id, values)
        job = Job(self._core, started.job)
        if not wait:
            return job
        job.wait()
        files: list[str] = (get_job(self._core, job.id).result or {})["files"]
        return files

    def _shown(self) -> tuple[str, str, cards.Pairs]:
        record = self._record()
        state = f"{record.state}: {record.reason}" if record.reason else record.state
        origin = f"{record.training}, step {count(record.step)}" if record.training else f"imported ({record.format})"
        pairs = [("State", state), ("From", origin), ("Model", record.model or record.model_name or "—")]
        pairs.append(("Reads at", record.hook or "—"))
        if record.out_hook != record.hook:
            pairs.append(("Writes at", record.out_hook or "—"))
        if facts := record.facts:
            kind = f"{facts.architecture}, k {facts.k}" if facts.k else facts.architecture
            pairs += [("Architecture", kind), ("Width", f"{count(facts.width)} features of {count(facts.d_in)} dimensions")]
            pairs += [("FVU", number(facts.fvu)), ("L0", number(facts.l0)), ("Size", size(facts.bytes))]
            state += f", {kind}, {count(facts.d_in)} → {count(facts.width)}"
        if record.tags:
            pairs.append(("Tags", ", ".join(record.tags)))
        if record.notes:
            pairs.append(("Notes", record.notes))
        return record.name, state, [*pairs, ("Created", when(record.created))]


def import_sae(core: Core, source: Any, params: dict[str, Any], *, wait: bool) -> Sae | Job:
    """From a folder, or out of the kernel's memory."""
    with _fields(core, source) as fields:
        started = perform(core, operations.import_sae, checked(ImportSae, fields | params))
    return follow_up(core, started, Sae(core, started.object), None, wait=wait)


def sae_of_training(core: Core, training: str, params: dict[str, Any], *, wait: bool) -> Sae | Job:
    """Of one of its checkpoints; the one that is there, where it was made before."""
    started = perform(core, sae_of.sae_of_training, training, checked(SaeOfTraining, params))
    return follow_up(core, started, Sae(core, started.object), None, wait=wait)


def listed(core: Core, params: dict[str, Any]) -> Listing[Sae]:
    found = perform(core, operations.list_saes, checked(schema.ListSaes, params)).saes
    rows = [
        [
            each.id,
            each.name,
            each.state,
            each.facts.architecture if each.facts else "—",
            each.hook or "—",
            count(each.facts.width if each.facts else None),
            number(each.facts.l0 if each.facts else None),
            number(each.facts.fvu if each.facts else None),
            when(each.created),
        ]
        for each in found
    ]
    headers = ["Id", "Name", "State", "Architecture", "Hook point", "Width", "L0", "FVU", "Created"]
    return Listing([Sae(core, each.id) for each in found], headers, rows)


@contextmanager
def _fields(core: Core, source: Any) -> Iterator[dict[str, Any]]:
    if isinstance(source, str | os.PathLike):
        yield {"path": os.path.abspath(os.path.expanduser(source))}
    elif isinstance(source, Sae):
        raise BadRequest("It is in a workspace already.", "Use it as it is; `export` writes it for another one.", field="source")
    else:
        with importlib.import_module("mistudio_ext.saes.from_memory").written(core, source) as upload:
            yield {"upload": upload}
