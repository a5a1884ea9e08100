"""What can be asked about datasets made of other datasets."""

from __future__ import annotations

import time
from typing import Any

from ..contract.errors import BadRequest, Conflict
from ..contract.operations import LiveRequest
from ..jobs.objects import begin
from ..jobs.queue import JobKind
from ..jobs.schema import Started
from ..workspace.ids import new_id
from ..workspace.workspace import Workspace
from .deriving_schema import (
    ArrangeDataset,
    ArrangeOptions,
    CleanDataset,
    CleaningPreview,
    CleanRules,
    DerivedFrom,
    PreviewCleaning,
)
from .operations import get_dataset
from .samples import require_split
from .schema import Dataset, DatasetRecord, Source

CLEAN = JobKind("dataset.clean", "mistudio_ext.datasets.jobs:clean", "cpu")
ARRANGE = JobKind("dataset.arrange", "mistudio_ext.datasets.jobs:arrange", "cpu")
PREVIEW_CLEANING = "mistudio_ext.datasets.live:preview_cleaning"


def clean_dataset(ws: Workspace, id: str, params: CleanDataset) -> Started:
    """Make a cleaned copy of a dataset; the dataset itself stays as it is."""
    rules = CleanRules(**params.model_dump(include={*CleanRules.model_fields}))
    _check(rules)
    return _derive(ws, id, CLEAN, "Clean", params.name, "cleaned", rules)


def arrange_dataset(ws: Workspace, id: str, params: ArrangeDataset) -> Started:
    """Make a shuffled, split or shortened copy of a dataset; the dataset itself stays as it is."""
    options = ArrangeOptions(**params.model_dump(include={*ArrangeOptions.model_fields}))
    if options.only is not None:
        facts = _ready(ws, id).facts
        if facts is not None:
            require_split(facts.splits, options.only, "only")
    return _derive(ws, id, ARRANGE, "Arrange", params.name, "arranged", options)


def preview_cleaning(ws: Workspace, id: str, params: PreviewCleaning) -> LiveRequest[CleaningPreview]:
    """Show what rules would do to some of a dataset's samples."""
    _ready(ws, id)
    _check(CleanRules(**params.model_dump(include={*CleanRules.model_fields})))
    values = {"data": str(ws.folder(id) / "data"), "params": params.model_dump()}
    return LiveRequest(PREVIEW_CLEANING, values, CleaningPreview)


def _derive(
    ws: Workspace, id: str, kind: JobKind, verb: str, name: str | None, how: str, options: CleanRules | ArrangeOptions
) -> Started:
    dataset = _ready(ws, id)
    assert dataset.facts is not None
    made: dict[str, Any] = {"cleaned": None, "arranged": None, how: options}
    derived = DerivedFrom(dataset=id, name=dataset.name, fingerprint=dataset.facts.fingerprint, **made)
    record = DatasetRecord(
        id=new_id("ds"),
        name=name or f"{dataset.name[:180]} · {how}",
        tags=dataset.tags,
        notes="",
        created=time.time(),
        # Its text is its own: it stays when the dataset that it was made of goes.
        made_from=[],
        source=Source(kind="derived", name=dataset.name, reading=None, derived=derived),
        facts=None,
    )
    job = begin(ws, record, kind, f"{verb} {dataset.name}", uses=[id], params=options)
    return Started(object=record.id, job=job)


def _ready(ws: Workspace, id: str) -> Dataset:
    dataset = get_dataset(ws, id)
    if dataset.facts is None:
        raise Conflict(f"The dataset “{dataset.name}” is not ready.", "Try again once it has been read.", code="not_ready")
    return dataset


def _check(rules: CleanRules) -> None:
    if rules == CleanRules():
        raise BadRequest("No rule was chosen.", "Choose at least one.")
    if rules.drop_pattern is None:
        return
    # What will be searched with says whether it can; like the first page of samples, a pattern is what brings Arrow here.
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), rules.drop_pattern)
    except pa.ArrowInvalid as error:
        why = str(error).removeprefix("Invalid regular expression: ").strip().rstrip(".")
        hint = "Correct it. Patterns are those of RE2: without look-around and back references, and repeated 1,000 times at most."
        raise BadRequest(f"The pattern cannot be used: {why}.", hint, field="drop_pattern") from None
