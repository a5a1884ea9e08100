"""From a checkpoint to an SAE of the workspace, as others use it: asked for once, made once. Nothing heavy here."""

from __future__ import annotations

import time

from ..contract.models import checked
from ..jobs.objects import begin, record_of
from ..jobs.queue import JobKind
from ..jobs.schema import Started
from ..models.schema import ModelRecord
from ..saes.operations import get_sae
from ..saes.schema import SaeRecord
from ..workspace.ids import new_id
from ..workspace.workspace import Workspace
from .checkpoint import State, read_state, sae_at, steps_of
from .record_schema import SaeOfTraining, SaeTaken, TrainingRecord
from .sources import precision_of

TAKE_OUT = JobKind("training.sae", "mistudio_ext.trainings.jobs:take_out", "io")


def sae_of_training(ws: Workspace, id: str, params: SaeOfTraining) -> Started:
    """Make an SAE of one of a training's checkpoints; the same one is not made twice."""
    with ws.catalog.change():
        training = checked(TrainingRecord, record_of(ws, id, "trainings"))
        steps = steps_of(ws.folder(id))
        step = params.step if params.step is not None else steps[-1] if steps else 0
        state = read_state(ws.folder(id), step)
        about = sae_at(state, params.sae)
        if same := _same(ws, id, step, params.sae):
            return same
        model = checked(ModelRecord, ws.catalog.get(training.model))
        record = SaeRecord(
            id=new_id("sa"), name=params.name or _name(training, state, about["title"]),
            tags=params.tags, notes=params.notes, created=time.time(), made_from=[id], origin="training", training=id, step=step,
            variant=params.sae, model=training.model, model_name=model.source.name,
            precision=precision_of(ws, training.sources[0]), hook=about["hook"], out_hook=about["out_hook"],
            format="mistudio", facts=None,
        )  # fmt: skip
        uses = [id, *(each for source in training.sources for each in source.made_from)]
        job = begin(ws, record, TAKE_OUT, f"Take out {record.name}"[:200], uses=uses, params=SaeTaken(training=id))
    return Started(object=record.id, job=job)


def _name(training: TrainingRecord, state: State, title: str) -> str:
    """The training's own name says already what its only SAE is."""
    which = f" · {title[:50]}" if len(state["saes"]) > 1 else ""
    return f"{training.name[:120]}{which} · step {state['step']:,}"


def _same(ws: Workspace, training: str, step: int, sae: int) -> Started | None:
    """The one that is there, or being made."""
    for record in ws.catalog.all("saes"):
        if (record["training"], record["step"], record["variant"]) == (training, step, sae):
            found = get_sae(ws, record["id"])
            if found.state != "failed":
                return Started(object=found.id, job=found.job.id if found.job and found.state == "working" else None)
    return None
