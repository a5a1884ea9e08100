"""Trainings in a notebook."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from ..captures.schema import VectorOptions
from ..contract.errors import BadRequest, NotFound
from ..contract.models import checked
from ..display.evaluations import table_of
from ..display.text import count, duration, number, plain, size, when
from ..lanes.perform import perform
from ..trainings import operations, record_schema
from ..trainings.paths import metrics_path
from ..trainings.record_schema import (
    Checkpoint,
    CheckpointPlan,
    CloneTraining,
    DeleteCheckpoint,
    Evaluation,
    KeepCheckpoints,
    SaeOfTraining,
    TrainingFacts,
    TrainingHealth,
)
from ..trainings.schema import ExtendTraining, Train, TrainOptions
from ..trainings.source_schema import CaptureSource, StreamSource
from . import cards
from .capture import Capture
from .catalogued import Catalogued
from .job import Job, follow_up
from .model import with_precision
from .sae import Sae, sae_of_training
from .signatures import described_by
from .tokenization import Tokenization

if TYPE_CHECKING:
    import pandas as pd

    from .model import Model

Of = Literal["training", "evaluation", "machine"]
# Given as lists, these make several SAEs, each with each.
SEVERAL = ("hook", "width", "expansion", "k", "l1_coefficient", "l0_coefficient", "target_l0")
# What says which vectors of a model there are, besides its name and the text.
VECTORS = tuple(name for name in VectorOptions.model_fields if name != "hooks")
POINTS = 400


class Training(Catalogued):
    """SAEs in training, or trained: `tr.metrics()`, `tr.checkpoints()`, `tr.health()`, `tr.job`."""

    _kind = "training"
    _edit = staticmethod(operations.edit_training)
    _plan = staticmethod(operations.plan_delete_training)
    _delete = staticmethod(operations.delete_training)

    def _record(self) -> record_schema.Training:
        return operations.get_training(self._core, self._id)

    @property
    def facts(self) -> TrainingFacts | None:
        """How far it has come: `.step`, `.tokens`, `.seconds`, `.mix`, `.saes` …; None until it has begun."""
        return self._record().facts

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that it was started with."""
        return self._record().model_dump(include={*Train.model_fields} - {"name", "tags", "notes"})

    @property
    def model(self) -> Model:
        """The model whose activations it learns from."""
        from .model import Model

        return Model(self._core, self._record().model)

    @property
    def captures(self) -> list[Capture]:
        """The captures that it reads; none where it reads the model directly."""
        return [Capture(self._core, each.capture) for each in self._record().sources if isinstance(each, CaptureSource)]

    @property
    def tokenizations(self) -> list[Tokenization]:
        """The texts that the model is given where it is read directly."""
        sources = self._record().sources
        return [Tokenization(self._core, each.tokenization) for each in sources if isinstance(each, StreamSource)]

    @property
    def hooks(self) -> list[str]:
        """The hook points that it reads."""
        return list(self._record().hooks)

    @property
    def job(self) -> Job | None:
        """The latest job that worked on it."""
        record = self._record().job
        return Job(self._core, record.id) if record else None

    def metrics(self, sae: int | None = None, *, of: Of = "training", hook: str | None = None) -> pd.DataFrame:
        """The numbers by step, all that were noted, as a DataFrame.

        sae: which of the SAEs, from 0; left out: all, and where there are several, a column `sae` says which.
        of: "training": of the batches. "evaluation": on held-out text. "machine": how fast it went.
        hook: only the SAEs that read at this hook point.
        """
        import pandas as pd

        read = importlib.import_module("mistudio_ext.trainings.metrics_file").read_metrics
        folder, wanted = self._core.folder(self._id), [0] if of == "machine" else self._numbers(sae, hook)
        tables = []
        for each in wanted:
            found = read(metrics_path(folder, of, each), [], 0, None, 2**60)
            table = pd.DataFrame(found.columns, index=pd.Index(found.steps, name="step"), dtype="float64")
            if len(wanted) > 1:
                table.insert(0, "sae", each)
            tables.append(table)
        return pd.concat(tables) if len(tables) > 1 else tables[0]

    def evaluation(self, sae: int = 0) -> Evaluation | None:
        """The latest numbers on held-out text: `.fvu`, `.l0`, `.ce_increase`, `.loss_recovered` …; None: there are none yet."""
        facts = self.facts
        if facts is None:
            return None
        if not 0 <= sae < len(facts.saes):
            raise NotFound(f"There is no SAE number {sae}.", f"There are {len(facts.saes)}, counted from 0.", field="sae")
        return facts.saes[sae].evaluation

    def health(self) -> TrainingHealth:
        """What was found before and during the run, each with its remedy: `.findings`, `.phase`."""
        found: TrainingHealth = perform(self._core, operations.get_health, self._id)
        return found

    def checkpoints(self) -> Checkpoints:
        """The checkpoints, earliest first, each with `.step`, `.bytes`, `.kept_for` and `.fvu`, one an SAE."""
        return Checkpoints(perform(self._core, operations.list_checkpoints, self._id).checkpoints)

    def save_checkpoint(self) -> Job:
        """Have it save a checkpoint now, while it runs; that one stays."""
        return Job(self._core, perform(self._core, operations.save_checkpoint, self._id).id)

    def delete_checkpoint(self, step: int, *, agreed: bool = False) -> Checkpoints:
        """Delete one checkpoint; the best and the last one only with `agreed=True`. Those that are left are returned."""
        params = checked(DeleteCheckpoint, {"agreed": agreed})
        return Checkpoints(perform(self._core, operations.delete_checkpoint, self._id, str(step), params).checkpoints)

    def prune(self, keep_every: int | None = None, *, confirm: bool = False) -> CheckpointPlan | Checkpoints:
        """Say which checkpoints would go if only first, last, best, those by hand and every n-th were kept; with
        `confirm=True`, delete them."""
        params = checked(KeepCheckpoints, {"keep_every": keep_every})
        if not confirm:
            plan: CheckpointPlan = perform(self._core, operations.plan_pruning, self._id, params)
            return plan
        return Checkpoints(perform(self._core, operations.prune_checkpoints, self._id, params).checkpoints)

    @described_by(ExtendTraining)
    def extend(self, steps: int | None = None, *, tokens: int | None = None, wait: bool = True) -> Training | Job:
        """Go on for more steps, after it has ended. With `wait=False` the job is returned at once."""
        params = checked(ExtendTraining, {"steps": steps, "tokens": tokens})
        started = perform(self._core, operations.extend_training, self._id, params)
        return follow_up(self._core, started, self, None, wait=wait)

    @described_by(TrainOptions)
    def clone(self, *, wait: bool = True, **changes: Any) -> Training | Job:
        """Train anew with the same parameters but these. `start_from=f"{tr.id}@2000"` starts from a checkpoint.

        `k=16` holds for all its SAEs, whatever k they had; `k=[8, 16]` makes one of each k, at each of their hook points.
        """
        lists = {name: list(each) for name, each in changes.items() if isinstance(each, tuple | range)}
        values = checked(CloneTraining, {"changes": changes | lists})
        started = perform(self._core, operations.clone_training, self._id, values)
        return follow_up(self._core, started, Training(self._core, started.object), None, wait=wait)

    @described_by(SaeOfTraining)
    def sae(self, sae: int | None = None, *, hook: str | None = None, wait: bool = True, **params: Any) -> Sae | Job:
        """One of its SAEs, as it was at a checkpoint: by its number, or by its `hook` where no other SAE reads there.

        Asked for once more it is the same one. With `wait=False` its job is returned at once, if there is any to do.
        """
        there = self._numbers(sae, hook)
        if len(there) > 1:
            what = f"{len(there)} SAEs of this training are meant."
            raise BadRequest(what, f"Choose one by its number: {', '.join(map(str, there[:20]))}.", field="sae")
        return sae_of_training(self._core, self._id, params | {"sae": there[0]}, wait=wait)

    def _numbers(self, sae: int | None, hook: str | None) -> list[int]:
        facts = self.facts
        there = [(each.number, each.hook) for each in facts.saes] if facts else [(0, hook or "")]
        found = [number for number, place in there if sae in (None, number) and hook in (None, place)]
        if not found:
            what = "no such SAE" if hook is None else f"no SAE at {hook}"
            raise NotFound(f"The training has {what}.", f"It has {len(there)}, counted from 0.", field="sae")
        return found

    def _shown(self) -> tuple[str, str, cards.Pairs]:
        record = self._record()
        state = f"{record.state}: {record.reason}" if record.reason else record.state
        pairs = [("State", state), ("Model", record.model), ("Reads", ", ".join(each.id for each in record.sources))]
        pairs += [("Architecture", record.architecture), ("Hook points", ", ".join(record.hooks))]
        if facts := record.facts:
            pairs += [("Steps", f"{count(facts.step)} of {count(facts.steps)}, {count(facts.tokens)} tokens")]
            pairs += [("Time", f"{duration(facts.seconds)} on {facts.device}")]
            if facts.stop_reason:
                pairs.append(("Stopped", f"at step {count(facts.stopped_at_step)}: {facts.stop_reason}"))
            state += f", step {count(facts.step)} of {count(facts.steps)}"
        if record.tags:
            pairs.append(("Tags", ", ".join(record.tags)))
        if record.notes:
            pairs.append(("Notes", record.notes))
        return record.name, state, [*pairs, ("Created", when(record.created))]

    def _more_html(self) -> str:
        facts = self.facts
        if facts is None:
            return ""
        headers, rows = table_of(facts)
        return cards.table([each[0].upper() + each[1:] for each in headers], rows)


class Checkpoints(list[Checkpoint]):
    """Checkpoints, shown as a table."""

    def _rows(self) -> list[list[str]]:
        return [
            [count(each.step), size(each.bytes), ", ".join(each.kept_for), ", ".join(map(number, each.fvu)), when(each.created)]
            for each in self
        ]

    def _repr_html_(self) -> str:
        return cards.table(["Step", "Size", "Kept as", "FVU", "Created"], self._rows(), "" if self else "There are none.")

    def __str__(self) -> str:
        return "\n".join("  ".join(row) for row in self._rows()) or "There are none."

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(plain(str(self), lines=True))


def of_training(sources: Any, direct: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """What `Train` is told: handles, ids or sources, or what of a model is read directly; lists for what may differ between
    SAEs."""
    directly = {name: each for name, each in direct.items() if each is not None}
    directly |= {name: params[name] for name in VECTORS if name in params}
    rest = {name: each for name, each in params.items() if name not in VECTORS}
    if sources is None:
        if not directly:
            hint = "Give a capture, or model= and tokenization=."
            raise BadRequest("There is nothing to read.", hint, field="sources")
        sources = directly
    elif directly:
        raise BadRequest(
            f"“{next(iter(directly))}” says which vectors of a model there are, and those of a capture are there already.",
            "Give a capture, or model= and tokenization=.",
            field=next(iter(directly)),
        )
    several = isinstance(sources, list | tuple)
    return {"sources": [_source(each) for each in (sources if several else [sources])]} | with_variants(rest)


def _source(each: Any) -> dict[str, Any]:
    if isinstance(each, Capture):
        return {"capture": each.id}
    if isinstance(each, str):
        return {"capture": each}
    if isinstance(each, dict):
        found = with_precision({name: value.id if isinstance(value, Catalogued) else value for name, value in each.items()})
        return found | ({"hooks": [found["hooks"]]} if isinstance(found.get("hooks"), str) else {})
    what = f"A {type(each).__name__} cannot be trained on."
    raise BadRequest(what, "Give a capture, its id, or several in a list; or model= and tokenization=.", field="sources")


def with_variants(params: dict[str, Any]) -> dict[str, Any]:
    """`width=[256, 512], k=[8, 16]` are four SAEs."""
    lists = {name: list(params[name]) for name in SEVERAL if isinstance(params.get(name), list | tuple | range)}
    lists |= {name: [params[name]] for name in ("hook", "out_hook") if isinstance(params.get(name), str)}
    if not lists:
        return params
    if params.get("saes"):
        raise BadRequest("Lists and “saes” cannot be given together.", "Write all of it in “saes”.", field="saes")
    if empty := [name for name, values in lists.items() if not values]:
        raise BadRequest(f"The list of {empty[0]} is empty.", "Give one value at the least.", field=empty[0])
    combined: Iterable[tuple[Any, ...]] = product(*lists.values())
    rest = {name: value for name, value in params.items() if name not in lists}
    return rest | {"saes": [dict(zip(lists, each, strict=True)) for each in combined]}
