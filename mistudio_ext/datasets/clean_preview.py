"""What cleaning would do, seen on samples from all over a dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .clean import Cleaned, Cleaner
from .columns import Row
from .derive import Stored, in_batches, rows_of
from .deriving_schema import CleanedSample, CleaningPreview, CleanRules, PreviewCleaning
from .seen import Seen

# Characters of a sample that are shown, and how many of them stand before the first change.
SHOWN, AHEAD = 600, 60
MORE = "…"


def preview_of(data: Path, params: PreviewCleaning) -> CleaningPreview:
    stored = Stored(data)
    rules = CleanRules(**params.model_dump(include={*CleanRules.model_fields}))
    cleaner = Cleaner(rules, Seen.in_memory(params.samples))
    rows = np.unique(np.linspace(0, len(stored) - 1, params.samples, dtype=np.int64))
    changed = dropped = 0
    shown: list[CleanedSample] = []
    for start, end in in_batches(rows, stored.sizes()):
        before = rows_of(stored.take(rows[start:end]))
        samples = [Cleaned.of(row) for row in before]
        cleaner.clean(samples)
        for number, row, sample in zip(rows[start:end].tolist(), before, samples, strict=True):
            dropped += sample.dropped
            changed += bool(sample.touched) and not sample.dropped
            if sample.touched and len(shown) < params.shown:
                shown.append(_shown(number, row, sample))
    counts = list(cleaner.counts.values())
    return CleaningPreview(looked_at=len(rows), changed=changed, dropped=dropped, rules=counts, samples=shown)


def _shown(number: int, before: Row, sample: Cleaned) -> CleanedSample:
    after = None if sample.dropped else sample.text
    same = 0 if after is None else _same(before.text, after)
    start = max(0, same - AHEAD)
    return CleanedSample(
        row=number,
        before=_cut(before.text, start),
        after=None if after is None else _cut(after, start),
        rules=sample.touched,
    )


def _cut(text: str, start: int) -> str:
    return (MORE if start else "") + text[start : start + SHOWN] + (MORE if len(text) > start + SHOWN else "")


def _same(before: str, after: str) -> int:
    """How many characters at the beginning are the same: found by halves, as texts may be huge."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
