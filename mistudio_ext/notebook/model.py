"""Models in a notebook."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..contract.errors import BadRequest, Conflict
from ..contract.models import checked
from ..display.text import count, counted, markup, plain, size, when
from ..lanes.perform import perform
from ..models import operations, schema
from ..models.files import FILES
from ..models.precision import parse_precision
from ..models.schema import EstimateMemory, HookPoints, MemoryEstimate, ModelFacts, ModelSource, Precision, TryModel
from ..workspace.workspace import Workspace as Core
from . import cards
from .catalogued import Catalogued
from .job import Job
from .signatures import described_by

# How a source says where it is; a path says nothing.
STARTS = {"hub:": "hub", "cache:": "cached"}


class Model(Catalogued):
    """A language model. `model.load()` is a `transformers` model, `model.tokenizer()` its tokenizer."""

    _kind = "model"
    _edit = staticmethod(operations.edit_model)
    _plan = staticmethod(operations.plan_delete_model)
    _delete = staticmethod(operations.delete_model)

    def _record(self) -> schema.Model:
        return operations.get_model(self._core, self._id)

    @property
    def source(self) -> ModelSource:
        """Where it came from: `.kind`, `.name`, `.path`, `.commit`."""
        return self._record().source

    @property
    def facts(self) -> ModelFacts | None:
        """What its files say: `.layers`, `.hidden_size`, `.parameters`, `.config` …; None until they have been looked at."""
        return self._record().facts

    @property
    def precision(self) -> Precision:
        """How its weights are held in memory wherever nothing else is said."""
        return self._record().precision

    @property
    def hook_points(self) -> HookPoints:
        """Where it can be read: `.points`, each with `.kind`, `.layers`, `.width`; `.missing` says why not elsewhere.

        Measured on its weights in the background the first time, which loads it there.
        """
        found: HookPoints = perform(self._core, operations.get_hook_points, self._id)
        return found

    @property
    def card(self) -> str:
        """What its makers say of it, as Markdown."""
        text: str = perform(self._core, operations.get_model_card, self._id).text
        return text

    @property
    def job(self) -> Job | None:
        """The latest job that worked on it."""
        record = self._record().job
        return Job(self._core, record.id) if record else None

    @described_by(EstimateMemory)
    def estimate(self, precision: str | None = None) -> MemoryEstimate:
        """How much memory its weights take, and whether that is free: `.weights`, `.free`, `.fits`, `.smaller`.

        `.precisions` has the same for every precision.
        """
        values = EstimateMemory(precision=parse_precision(precision) if precision is not None else None)
        found: MemoryEstimate = perform(self._core, operations.estimate_memory, self._id, values)
        return found

    @described_by(EstimateMemory)
    def load(self, precision: str | None = None, *, device: str = "cpu") -> Any:
        """The model itself, as a `transformers` model in this kernel; `device` is one that torch knows, such as "cuda"."""
        record = self._ready()
        loading = importlib.import_module("mistudio_ext.models.load")
        wanted = parse_precision(precision) if precision is not None else record.precision
        return loading.load_model(self._files, wanted, device)

    def tokenizer(self) -> Any:
        """Its tokenizer, as a `transformers` tokenizer."""
        self._ready()
        return importlib.import_module("mistudio_ext.datasets.tokenizer").Tokenizer(self._files).inner

    @described_by(TryModel)
    def write(self, prompt: str, **params: Any) -> Written:
        """Let it go on from a text, or with `chat=True` answer it. The background keeps it loaded for a while."""
        values = checked(TryModel, {"prompt": prompt} | with_precision(params))
        return Written.model_validate(perform(self._core, operations.try_model, self._id, values).model_dump())

    @property
    def _files(self) -> Any:
        return self._core.folder(self._id) / FILES

    def _ready(self) -> schema.Model:
        record = self._record()
        if record.state != "ready":
            why = record.reason or "It is still being added; model.job.wait() waits for it."
            raise Conflict(f"The model “{record.name}” is not ready.", why, code="not_ready")
        return record

    def _shown(self) -> tuple[str, str, cards.Pairs]:
        record = self._record()
        state = f"{record.state}: {record.reason}" if record.reason else record.state
        pairs = [("State", state), ("Source", record.source.path or record.source.name)]
        if record.source.commit:
            pairs.append(("Commit", record.source.commit))
        pairs.append(("Precision", record.precision))
        if facts := record.facts:
            heads = "—" if facts.heads is None else f"{facts.heads}, {facts.key_value_heads} of them for keys and values"
            pairs += [("Architecture", facts.architecture), ("Parameters", count(facts.parameters))]
            pairs += [("Layers", f"{facts.layers} of width {count(facts.hidden_size)}"), ("Heads", heads)]
            pairs += [("Vocabulary", f"{count(facts.vocabulary)} tokens"), ("Context", f"{count(facts.context)} tokens")]
            pairs += [("Stored as", facts.stored_as), ("Size", f"{size(facts.bytes)}{', linked' if record.linked else ''}")]
            if facts.remote_code:
                pairs.append(("Program code", "came along with it, and is run"))
            if facts.license:
                pairs.append(("License", facts.license))
            state += f", {facts.architecture} of {count(facts.parameters)} parameters"
        if record.tags:
            pairs.append(("Tags", ", ".join(record.tags)))
        if record.notes:
            pairs.append(("Notes", record.notes))
        return record.name, state, [*pairs, ("Created", when(record.created))]


class Written(schema.TriedText):
    """What the model wrote (`.text`), and how: `.tokens`, `.ended`, `.seconds`, `.precision`, `.device`, `.measured`."""

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(f"{plain(self.text, lines=True)}\n({self._figures()})")

    def _repr_html_(self) -> str:
        lines = "".join(f"<p style='margin: 2px 0'>{markup(line)}</p>" for line in self.text.split("\n"))
        return cards.card("text", "", "", [("Written", self._figures())], lines)

    def _figures(self) -> str:
        return f"{counted(self.tokens, 'token')} in {self.seconds:.1f} s, {self.precision} on {self.device}"


def with_precision(params: dict[str, Any]) -> dict[str, Any]:
    """The same parameters with the precision's full name."""
    given = params.get("precision")
    return params | {"precision": parse_precision(given)} if isinstance(given, str) else params


@contextmanager
def model_fields(core: Core, source: Any, tokenizer: Any) -> Iterator[dict[str, Any]]:
    """What `AddModel` is told of where the model is; one from memory is written first."""
    if not isinstance(source, str | os.PathLike):
        with importlib.import_module("mistudio_ext.models.from_memory").written(core, source, tokenizer) as upload:
            yield {"upload": upload}
        return
    if tokenizer is not None:
        what = "A tokenizer can be given for a model from memory only."
        raise BadRequest(what, "Leave it out: it is the one among the model's files.", field="tokenizer")
    text = os.fspath(source)
    start, field = next(
        ((start, field) for start, field in STARTS.items() if isinstance(source, str) and text.startswith(start)), ("", "path")
    )
    yield {field: text.removeprefix(start)}
