"""Trainings at the terminal, and in words."""

from __future__ import annotations

from ..captures.schema import VectorOptions
from ..contract.errors import BadRequest, Conflict
from ..contract.models import checked, option
from ..display.evaluations import table_of
from ..display.text import count, duration, number, size, when
from ..jobs import operations as jobs
from ..jobs.schema import Job, Started
from ..trainings import operations
from ..trainings.record_schema import (
    CheckpointList,
    CheckpointPlan,
    MetricsPage,
    TrainEstimate,
    Training,
    TrainingHealth,
    TrainingList,
)
from ..trainings.schema import EstimateTraining, Train
from ..trainings.source_schema import Source
from ..workspace.workspace import Workspace
from .shown import pairs, table


class TypedSource(VectorOptions):
    """What can be typed: one capture by its id, or a model and its text; several sources, and several SAEs, come from a file."""

    capture: str | None = option(None, title="Capture", help="Id of the capture that is read.", max_length=100)
    model: str | None = option(
        None, title="Model", help="In place of a capture: id of the model that is read directly.", max_length=100
    )
    tokenization: str | None = option(
        None, title="Tokenization", help="With a model: id of the tokenization whose text it reads.", max_length=100
    )


class TypedTraining(TypedSource, Train):
    sources: list[Source] = option(default_factory=list, title="Sources", help="Several sources.")


class TypedEstimate(TypedSource, EstimateTraining):
    pass


def start(ws: Workspace, params: TypedTraining) -> Started:
    """Train SAEs on captured activations, or on a model's as they are computed. Two equal requests are two trainings."""
    return operations.start_training(ws, checked(Train, _with_sources(params)))


def estimate(ws: Workspace, params: TypedEstimate) -> TrainEstimate:
    """Say what a training would take, before it is begun."""
    return operations.estimate_training(ws, checked(EstimateTraining, _with_sources(params)))


def pause(ws: Workspace, id: str) -> Job:
    """Let a training rest: what it has learned is kept, its worker and memory are freed."""
    return jobs.pause_job(ws, _job(ws, id))


def resume(ws: Workspace, id: str) -> Job:
    """Go on with a training that rests, from what was saved."""
    return jobs.resume_job(ws, _job(ws, id))


def stop(ws: Workspace, id: str) -> Job:
    """End a training early and keep what it has learned."""
    return jobs.stop_job(ws, _job(ws, id))


def retry(ws: Workspace, id: str) -> Job:
    """Go on with a training that failed, from what was saved; one that was cancelled begins anew."""
    return jobs.retry_job(ws, _job(ws, id))


def _with_sources(params: TypedTraining | TypedEstimate) -> dict[str, object]:
    typed = {*TypedSource.model_fields}
    source = params.model_dump(include=typed & params.model_fields_set, exclude_none=True)
    values = params.model_dump(exclude=typed)
    if source:
        if "capture" in source and len(source) > 1:
            raise BadRequest(
                "A capture is named, and what of a model is read too.", "Name the one or the other.", field="capture"
            )
        if params.sources:
            raise BadRequest("Sources are given twice.", "Name one here, or give all in the file.", field="sources")
        values["sources"] = [source]
    return values


def _job(ws: Workspace, id: str) -> str:
    job = operations.get_training(ws, id).job
    if job is None:
        raise Conflict("The training has no job.", "Delete it and start again.", code="wrong_state")
    return job.id


def trainings(found: TrainingList) -> str:
    rows = [
        (
            each.id,
            each.name,
            each.state,
            f"{count(each.facts.step)} of {count(each.facts.steps)}" if each.facts else "—",
            _best(each),
            when(each.created),
        )
        for each in found.trainings
    ]
    return table(("id", "name", "state", "steps", "FVU", "created"), rows, "There are no trainings.")


def _best(training: Training) -> str:
    found = [each.evaluation for each in training.facts.saes] if training.facts else []
    return ", ".join(number(each.fvu if each else None) for each in found) or "—"


def training(found: Training | Started) -> str:
    if isinstance(found, Started):
        return pairs({"id": found.object, "job": found.job})
    about: dict[str, object] = {"id": found.id, "name": found.name, "state": found.state, "reason": found.reason}
    about |= {"model": found.model, "reads": ", ".join(each.id for each in found.sources)}
    about |= {"architecture": found.architecture, "hook points": ", ".join(found.hooks)}
    if facts := found.facts:
        about |= {"steps": f"{count(facts.step)} of {count(facts.steps)}", "tokens": count(facts.tokens)}
        about |= {"stopped": facts.stop_reason, "took": duration(facts.seconds), "device": facts.device}
        about |= {"tokens of each source": ", ".join(f"{id}: {count(read)}" for id, read in facts.mix.items())}
    about |= {"tags": ", ".join(found.tags), "notes": found.notes, "created": when(found.created)}
    return "\n\n".join([pairs(about), *([table(*table_of(found.facts), "")] if found.facts else [])])


def estimated(found: TrainEstimate) -> str:
    about = pairs(
        {
            "steps": count(found.steps),
            "tokens": f"{count(found.tokens)}, {found.rounds:,.1f} rounds",
            "memory": f"{size(found.memory)} of {size(found.memory_free)} that are free ({found.device})",
            "disk": f"{size(found.disk)} of {size(found.disk_free)} that are free",
            "time": None if found.seconds is None else duration(found.seconds),
            "problem": found.problem,
        }
    )
    findings = [f"{each.level}: {each.text} {each.remedy}".strip() for each in found.findings]
    return "\n".join([about, *found.saes, *findings])


def checkpoints(found: CheckpointList) -> str:
    rows = [
        (count(each.step), count(each.tokens), size(each.bytes), ", ".join(each.kept_for), ", ".join(map(number, each.fvu)))
        for each in found.checkpoints
    ]
    return table(("step", "tokens", "size", "kept as", "FVU"), rows, "There are no checkpoints.")


def pruning(found: CheckpointPlan) -> str:
    return pairs({"plan": found.statement, "stay": ", ".join(map(count, found.keep)), "go": ", ".join(map(count, found.drop))})


def health(found: TrainingHealth) -> str:
    about = pairs({"step": f"{count(found.step)} of {count(found.steps)}", "phase": found.phase})
    rows = [
        (count(each.step), "all" if each.sae is None else each.sae, each.level, each.text, each.remedy) for each in found.findings
    ]
    return f"{about}\n\n{table(('step', 'SAE', 'level', 'what was found', 'what to do'), rows, 'Nothing was found.')}"


def metrics(found: MetricsPage) -> str:
    rows = [
        (count(step), *(number(values[place]) for values in found.columns.values())) for place, step in enumerate(found.steps)
    ]
    return table(("step", *found.columns), rows, "Nothing was noted yet.") + f"\n{count(len(rows))} of {count(found.rows)} rows"
