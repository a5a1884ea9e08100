"""Captures in a notebook."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from ..captures import operations, schema
from ..captures.schema import AppendTokens, CaptureFacts, ExportCapture, HookStatistics
from ..contract.errors import Conflict, NotFound
from ..contract.models import checked
from ..display.text import count, counted, number, size, when
from ..jobs.records import get_job
from ..lanes.perform import perform
from . import cards
from .catalogued import Catalogued
from .job import Job, follow_up
from .signatures import described_by

if TYPE_CHECKING:
    from ..captures.context import Located
    from .dataset import Dataset
    from .model import Model
    from .tokenization import Tokenization


class Capture(Catalogued):
    """A model's activations over a text. `cp["layers.6.resid_post"][a:b]` reads rows from disk, as float32 NumPy arrays."""

    _kind = "capture"
    _edit = staticmethod(operations.edit_capture)
    _plan = staticmethod(operations.plan_delete_capture)
    _delete = staticmethod(operations.delete_capture)

    def _record(self) -> schema.Capture:
        return operations.get_capture(self._core, self._id)

    @property
    def model(self) -> Model:
        """The model whose activations these are."""
        from .model import Model

        return Model(self._core, self._record().model)

    @property
    def tokenization(self) -> Tokenization:
        """The tokenization whose text was read."""
        from .tokenization import Tokenization

        return Tokenization(self._core, self._record().tokenization)

    @property
    def dataset(self) -> Dataset:
        """The dataset that the text is from."""
        from .dataset import Dataset

        return Dataset(self._core, self._record().dataset)

    @property
    def hooks(self) -> list[str]:
        """The hook points: what `cp[...]` takes."""
        return list(self._record().hooks)

    @property
    def facts(self) -> CaptureFacts | None:
        """What it holds: `.tokens`, `.held_out_tokens`, `.hooks` with statistics, `.seconds` …; None until it is ready."""
        return self._record().facts

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that it was made with."""
        return self._record().model_dump(include={*schema.CaptureOptions.model_fields})

    @property
    def job(self) -> Job | None:
        """The latest job that worked on it."""
        record = self._record().job
        return Job(self._core, record.id) if record else None

    def __getitem__(self, hook: str) -> Any:
        """The vectors of a hook point, read as they are asked for.

        `[row]`, `[first:last]`, `[rows]` and `[mask]` give float32; `.tensor(rows)` torch tensors in the precision that is
        stored; `.batches(size, seed=)` all rows once, shuffled where a seed is given; `np.asarray` all of them.
        """
        return self._stored()[hook]

    @property
    def index(self) -> dict[str, Any]:
        """Which token each row is of: columns sample, block, position, token, held_out and counted, read like vectors."""
        index: dict[str, Any] = self._stored().index
        return index

    def locate(self, row: int) -> Located:
        """Where a row is from: `.sample`, `.block`, `.position`, `.token`, the text `.before` and `.after` it, and all that the
        model was given with it: `.context_ids`, in which `.position` is the token's place, and `.context`, their text.
        """
        stored = self._stored()
        number = int(row) + len(stored) if row < 0 else int(row)
        if not 0 <= number < len(stored):
            raise NotFound(f"The capture has no row {row:,}.", f"It has {len(stored):,} rows, counted from 0.", field="row")
        folder = self._core.folder_of(self._core.catalog.get(self._record().tokenization))
        found: Located = importlib.import_module("mistudio_ext.captures.context").locate(stored, number, folder)
        return found

    def rows_of(self, sample: int) -> Any:
        """The rows of one sample of the dataset, as a NumPy array."""
        return self._stored().rows_of(int(sample))

    def torch_dataset(self, hook: str, *, held_out: bool | None = None) -> Any:
        """A torch Dataset of the vectors of a hook point; `held_out` chooses the held-out rows (True) or the others (False)."""
        return importlib.import_module("mistudio_ext.captures.torch_dataset").dataset_of(self._stored(), hook, held_out)

    def statistics(self, hook: str) -> HookStatistics:
        """Norm, mean, deviation and outlier dimensions of a hook point, over the tokens that metrics are taken over."""
        found: HookStatistics = self._stored().sums(hook).statistics(hook)
        return found

    def mean(self, hook: str) -> Any:
        """The mean vector of a hook point, over the tokens that metrics are taken over."""
        return self._stored().sums(hook).mean

    @described_by(AppendTokens)
    def append(self, max_tokens: int | None = None, *, wait: bool = True) -> Capture | Job:
        """Add the vectors of more tokens of the same text. With `wait=False` the job is returned at once."""
        params = checked(AppendTokens, {"max_tokens": max_tokens})
        started = perform(self._core, operations.append_to_capture, self._id, params)
        return follow_up(self._core, started, self, None, wait=wait)

    @described_by(ExportCapture, without=("folder",))
    def export(self, folder: str | os.PathLike[str], *, wait: bool = True, **params: Any) -> list[str] | Job:
        """Write the vectors to files in a folder that is there; their names are returned, or with `wait=False` the job."""
        values = checked(ExportCapture, {"folder": os.path.abspath(os.path.expanduser(folder))} | params)
        started = perform(self._core, operations.export_capture, self._id, values)
        job = Job(self._core, started.job)
        if not wait:
            return job
        job.wait()
        files: list[str] = (get_job(self._core, job.id).result or {})["files"]
        return files

    def __len__(self) -> int:
        facts = self.facts
        return facts.tokens if facts else 0

    def _stored(self) -> Any:
        record = self._record()
        if record.facts is None:
            why = record.reason or "It is still being made; cp.job.wait() waits for it."
            raise Conflict(f"The capture “{record.name}” is not ready.", why, code="not_ready")
        return importlib.import_module("mistudio_ext.captures.vectors").Stored(self._core.folder(self._id) / "data")

    def _shown(self) -> tuple[str, str, cards.Pairs]:
        record = self._record()
        state = f"{record.state}: {record.reason}" if record.reason else record.state
        pairs = [("State", state), ("Model", record.model), ("Text", f"{record.dataset}, {record.tokenization}")]
        pairs.append(("Hook points", ", ".join(record.hooks)))
        if facts := record.facts:
            pairs += [("Vectors", f"{count(facts.tokens)} each, {count(facts.held_out_tokens)} of them held out")]
            pairs += [("Samples", count(facts.samples)), ("Stored as", record.dtype), ("Size", size(facts.bytes))]
            pairs += [("Model's precision", f"{facts.precision} on {facts.device}")]
            state += f", {count(facts.tokens)} vectors at {counted(len(record.hooks), 'hook point')}"
        if record.tags:
            pairs.append(("Tags", ", ".join(record.tags)))
        if record.notes:
            pairs.append(("Notes", record.notes))
        return record.name, state, [*pairs, ("Created", when(record.created))]

    def _more_html(self) -> str:
        facts = self.facts
        if facts is None:
            return ""
        rows = [
            [each.hook, count(each.width), *map(number, (each.mean_norm, each.deviation, each.largest)), _listed(each.outliers)]
            for each in facts.hooks
        ]
        return cards.table(["Hook point", "Width", "Mean norm", "Deviation", "Largest", "Outlier dimensions"], rows)


def _listed(dimensions: list[int]) -> str:
    if not dimensions:
        return "none"
    return ", ".join(map(str, dimensions[:8])) + (f" and {len(dimensions) - 8} more" if len(dimensions) > 8 else "")
