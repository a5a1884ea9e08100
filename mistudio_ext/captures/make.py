"""Making a capture, and adding tokens to one: from what the catalog says to what it then says."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from ..contract.models import checked
from ..datasets.tokenizer import Tokenizer
from ..jobs.context import JobContext
from ..models.schema import ModelFacts
from ..workspace.paths import disk_use
from ..workspace.workspace import Workspace, read_json
from .capture import MANIFEST, Capturing, Manifest, beginning, further, publish, rows_in
from .fingerprint import fingerprint_of
from .loading import Loaded, loaded
from .plan import Plan
from .run import LARGEST_BATCH, Reader, fitting_size
from .schema import CaptureFacts, CaptureOptions, CaptureRecord, ForwardOptions
from .vectors import Stored


def capture_tokens(job: JobContext, options: CaptureOptions) -> CaptureFacts:
    target = job.workspace.folder(job.object) / "data"
    # There already: a crash came between the last shard and the catalog.
    return _finish(job) if target.exists() else _capture(job, options, None)


def append_tokens(job: JobContext, max_tokens: int | None) -> CaptureFacts:
    """So many tokens behind those that are there; all that are left, where no number is given."""
    record = checked(CaptureRecord, job.workspace.catalog.get(job.object))
    manifest = read_json(job.workspace.folder(job.object) / "data" / MANIFEST)
    begun = job.scratch / "data" / MANIFEST
    first = rows_in(manifest) if not begun.exists() else read_json(begun)["state"]["begin"]
    options = CaptureOptions(**record.model_dump(include={*CaptureOptions.model_fields}))
    options = options.model_copy(update={"max_tokens": None if max_tokens is None else first + max_tokens})
    return _capture(job, options, manifest)


def _capture(job: JobContext, options: CaptureOptions, before: Manifest | None) -> CaptureFacts:
    ws, scratch = job.workspace, job.scratch / "data"
    record = checked(CaptureRecord, ws.catalog.get(job.object))
    manifest = read_json(scratch / MANIFEST) if (scratch / MANIFEST).exists() else None
    if manifest is None or not manifest["whole"]:
        facts = checked(ModelFacts, ws.catalog.get(record.model)["facts"])
        # What was begun in one precision goes on in it.
        held = manifest or before
        precision, fall_back = (held["precision"], False) if held else (record.precision, record.fall_back)
        job.progress(0, None, "Loading the model")
        with loaded(ws.folder(record.model) / "files", facts, record.hooks, precision, fall_back=fall_back) as model:
            if model.precision != precision:
                job.log("warning", f"The model does not fit in {precision}; it was loaded in {model.precision}.")
            plan = plan_of(ws, record.tokenization, options, begin=_begin_of(manifest, before))
            if manifest is None:
                manifest = further(before) if before else beginning(
                    {point.name: point.width for point in model.points}, _batch_size(job, options, model, plan),
                    _about(ws, record, facts, model),
                )  # fmt: skip
            Capturing(job, scratch, manifest, plan).run(Reader(model.model, model.points, manifest["state"]["size"]))
    publish(scratch, ws.folder(job.object) / "data")
    return _finish(job, options)


def _begin_of(manifest: Manifest | None, before: Manifest | None) -> int:
    if manifest is not None:
        return int(manifest["state"]["begin"])
    return rows_in(before) if before else 0


def plan_of(ws: Workspace, tokenization: str, options: ForwardOptions, begin: int = 0) -> Plan:
    folder = ws.folder_of(ws.catalog.get(tokenization))
    return Plan(folder / "blocks", options, Tokenizer(folder / "tokenizer").special, begin, options.max_tokens)


def _batch_size(job: JobContext, options: CaptureOptions, model: Loaded, plan: Plan) -> int:
    if options.batch_size is not None:
        return options.batch_size
    job.progress(0, None, "Finding a batch size")
    blocks = list(islice(plan.blocks(), LARGEST_BATCH))
    size = fitting_size(model.model, model.points, blocks) if blocks else 1
    job.log("info", f"Batches of {size} were found to be best.")
    return size


def _about(ws: Workspace, record: CaptureRecord, facts: ModelFacts, model: Loaded) -> dict[str, Any]:
    """What whoever reads the shards without the catalog wants to know."""
    model_name, tokens = ws.catalog.get(record.model)["name"], ws.catalog.get(record.tokenization)
    return {
        "model": {"id": record.model, "name": model_name, "fingerprint": facts.fingerprint},
        "tokenization": {name: tokens[name] for name in ("id", "fingerprint", "tokenizer")},
        "dataset": record.dataset,
        "options": record.model_dump(include={*CaptureOptions.model_fields}),
        "dtype": record.dtype,
        "precision": model.precision,
        "quantized_share": model.quantized_share,
        "device": model.device,
    }  # fmt: skip


def _finish(job: JobContext, options: CaptureOptions | None = None) -> CaptureFacts:
    ws = job.workspace
    facts = facts_of(ws.folder(job.object) / "data")
    with ws.catalog.change():
        record = checked(CaptureRecord, ws.catalog.get(job.object))
        max_tokens = options.max_tokens if options else record.max_tokens
        # By the precision that it was really loaded in: its vectors are of that.
        actual = record.model_copy(update={"max_tokens": max_tokens, "precision": facts.precision})
        fingerprint = fingerprint_of(ws, record.model, record.tokenization, actual)
        ws.catalog.update(job.object, {"facts": facts.model_dump(), "max_tokens": max_tokens, "fingerprint": fingerprint})
    return facts


def facts_of(folder: Path) -> CaptureFacts:
    stored = Stored(folder)
    manifest, state = stored.manifest, stored.manifest["state"]
    return CaptureFacts(
        tokens=len(stored),
        held_out_tokens=stored.count("held_out"),
        counted_tokens=stored.count("counted"),
        samples=stored.count_samples(),
        hooks=[stored.sums(hook).statistics(hook) for hook in stored.hooks],
        bytes=disk_use(folder),
        shards=len(stored.files),
        seconds=state["seconds"],
        batch_size=state["size"],
        precision=manifest["precision"],
        quantized_share=manifest["quantized_share"],
        device=manifest["device"],
    )
