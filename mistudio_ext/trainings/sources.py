"""What a training reads, as far as it is known before anything is opened: captures, or a model directly, over a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..captures.estimate import Needs
from ..captures.operations import get_capture
from ..captures.schema import CaptureOptions, CaptureRecord, EstimateCapture, ForwardOptions
from ..contract.errors import BadRequest, Conflict
from ..contract.models import checked
from ..datasets.schema import DatasetRecord
from ..datasets.tokenizing_schema import TokenizationRecord
from ..models.schema import ModelRecord, Precision
from ..workspace.workspace import Workspace
from .source_schema import CaptureSource, Source, StreamSource


@dataclass(frozen=True)
class PlannedSource:
    """`options` say which vectors there are. Of one that is read directly, `needs` are known, and numbers of rows are only
    what there is at the most."""

    id: str
    name: str
    model: str
    tokenization: str
    precision: Precision
    # By hook point, in the order of the forward pass.
    widths: dict[str, int]
    mean_norms: dict[str, float]
    rows: int
    held_out: int
    options: ForwardOptions
    needs: Needs | None


def plan_sources(ws: Workspace, sources: Sequence[Source]) -> list[PlannedSource]:
    planned = [
        _of_capture(ws, each, number) if isinstance(each, CaptureSource) else _of_stream(ws, each)
        for number, each in enumerate(sources)
    ]
    _require_alike(planned)
    return planned


def common_widths(sources: Sequence[PlannedSource]) -> dict[str, int]:
    """Of the hook points that all of them have."""
    first, *others = (each.widths for each in sources)
    return {hook: width for hook, width in first.items() if all(hook in each for each in others)}


def precision_of(ws: Workspace, source: Source) -> Precision:
    """The one in which the model was to be loaded."""
    if isinstance(source, CaptureSource):
        return checked(CaptureRecord, ws.catalog.get(source.capture)).precision
    return source.precision or checked(ModelRecord, ws.catalog.get(source.model)).precision


def text_of(ws: Workspace, source: Source) -> tuple[str, int | None]:
    """The dataset that it is of, by the name that it has elsewhere, and how many tokens a block of it has at the most."""
    id = source.tokenization if isinstance(source, StreamSource) else ws.catalog.get(source.capture)["tokenization"]
    record = checked(TokenizationRecord, ws.catalog.get(id))
    dataset = checked(DatasetRecord, ws.catalog.get(record.parent))
    name = dataset.source.name if dataset.source.kind == "hub" else dataset.name
    return name, record.facts.longest or record.max_length if record.facts else None


def _of_capture(ws: Workspace, source: CaptureSource, number: int) -> PlannedSource:
    capture = get_capture(ws, source.capture)
    facts = capture.facts
    if facts is None:
        why = capture.reason or "Wait until it is made."
        raise Conflict(f"The capture “{capture.name}” is not ready.", why, field=f"sources.{number}", code="not_ready")
    return PlannedSource(
        id=capture.id,
        name=capture.name,
        model=capture.model,
        tokenization=capture.tokenization,
        precision=facts.precision,
        widths={each.hook: each.width for each in facts.hooks},
        mean_norms={each.hook: each.mean_norm for each in facts.hooks if each.mean_norm},
        rows=facts.tokens - facts.held_out_tokens,
        held_out=facts.held_out_tokens,
        options=CaptureOptions(**capture.model_dump(include={*CaptureOptions.model_fields})),
        needs=None,
    )


def _of_stream(ws: Workspace, source: StreamSource) -> PlannedSource:
    needs = Needs(ws, checked(EstimateCapture, source.model_dump(include={*EstimateCapture.model_fields})))
    # As if all blocks were of one length.
    kept_apart = needs.tokens * needs.blocks.held_out_blocks // needs.blocks.blocks
    return PlannedSource(
        id=needs.tokenization.id,
        name=needs.tokenization.name,
        model=needs.model.id,
        tokenization=needs.tokenization.id,
        precision=needs.precision,
        widths=dict(zip(needs.hooks, needs.widths, strict=True)),
        mean_norms={},
        rows=needs.tokens - kept_apart,
        held_out=kept_apart,
        options=needs.options,
        needs=needs,
    )


def _require_alike(sources: list[PlannedSource]) -> None:
    first = sources[0]
    for other in sources[1:]:
        for what, mine, theirs in (
            ("model", first.model, other.model),
            ("precision of the model", first.precision, other.precision),
        ):
            if mine != theirs:
                raise BadRequest(
                    f"“{other.name}” is of another {what} than “{first.name}”.",
                    "Train on one model in one precision.",
                    field="sources",
                )
    if not common_widths(sources):
        raise BadRequest("The sources have no hook point in common.", "Choose the same hook points.", field="sources")
