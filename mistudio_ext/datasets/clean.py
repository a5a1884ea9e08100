"""Cleaning samples: rule after rule, in the order in which they are declared, with a count of what each did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract.errors import BadRequest
from ..jobs.context import JobContext
from . import conversations
from .characters import collapse_blanks, normalize_unicode, strip_control
from .columns import Row
from .derive import Derived, Stored, in_batches, rows_of
from .deriving_schema import CleaningRule, CleanRules, RuleCount
from .markup import strip_html
from .schema import DatasetFacts
from .seen import Seen

CHANGING: dict[CleaningRule, Callable[[str], str]] = {
    "strip_html": strip_html,
    "strip_control": strip_control,
    "normalize_unicode": normalize_unicode,
    "collapse_blanks": collapse_blanks,
}
DROPPING: tuple[CleaningRule, ...] = ("min_characters", "max_characters", "drop_pattern", "drop_duplicates")


def clean_dataset(job: JobContext, rules: CleanRules) -> DatasetFacts:
    """A dataset's samples through the rules, batch after batch, into the job's dataset."""
    derived = Derived(job)
    if not derived.published:
        _clean(job, rules, derived)
        if not derived.state["samples"]:
            raise BadRequest("The rules drop every sample.", "Choose others; the preview shows what each one does.")
        derived.publish()
    return derived.finish()


def _clean(job: JobContext, rules: CleanRules, derived: Derived) -> None:
    stored, state = Stored(derived.data), derived.state
    seen = Seen.on_disk(len(stored), job.scratch) if rules.drop_duplicates else Seen.in_memory(0)
    if rules.drop_duplicates:
        # The table went with the process that was ended; what it knew stands in what was saved.
        for texts in derived.saved_texts():
            job.progress(0, None, "Reading what is done")
            seen.add(texts)
    cleaner = Cleaner(rules, seen)
    for rule, each in state["rules"].items():
        cleaner.counts[rule] = RuleCount(**each)
    rows = np.arange(len(stored))
    for start, end in in_batches(rows, stored.sizes(), state["done"]):
        before = rows_of(stored.take(rows[start:end]))
        samples = [Cleaned.of(row) for row in before]
        cleaner.clean(samples)
        derived.add([each.changed(row) for row, each in zip(before, samples, strict=True) if not each.dropped])
        state["rules"] = {rule: each.model_dump() for rule, each in cleaner.counts.items()}
        derived.step(end, len(rows), "Cleaning")


@dataclass
class Cleaned:
    """A sample on its way through the rules; `turns` where it is a conversation, whose readable form is the text."""

    text: str
    turns: list[dict[str, Any]] | None = None
    dropped: bool = False
    touched: list[CleaningRule] = field(default_factory=list)

    @classmethod
    def of(cls, row: Row) -> Cleaned:
        return cls(row.text, None if row.messages is None else json.loads(row.messages))

    def changed(self, row: Row) -> Row:
        if not self.touched:
            return row
        return row._replace(text=self.text, messages=None if self.turns is None else conversations.as_json(self.turns))


class Cleaner:
    """`seen` knows the texts that were kept so far, where duplicates are dropped."""

    def __init__(self, rules: CleanRules, seen: Seen):
        self._rules = rules
        self._seen = seen
        chosen = {name for name, value in rules.model_dump().items() if value}
        self._changing = {rule: change for rule, change in CHANGING.items() if rule in chosen}
        self._dropping = [rule for rule in DROPPING if rule in chosen]
        self.counts = {rule: RuleCount(rule=rule, changed=0, dropped=0) for rule in (*self._changing, *self._dropping)}

    def clean(self, samples: list[Cleaned]) -> None:
        for rule, change in self._changing.items():
            for each in samples:
                if not each.dropped:
                    self._change(each, rule, change)
        for rule in self._dropping:
            left = [each for each in samples if not each.dropped]
            for each, drop in zip(left, self._drops(rule, [each.text for each in left]), strict=True):
                if drop:
                    self._drop(each, rule)

    def _change(self, sample: Cleaned, rule: CleaningRule, change: Callable[[str], str]) -> None:
        if sample.turns is None:
            text = change(sample.text)
            same, nothing = text == sample.text, not text or text.isspace()
        else:
            turns = [each | {"content": change(each["content"])} for each in sample.turns]
            same, nothing = turns == sample.turns, not any(each["content"].strip() for each in turns)
            text = sample.text if same else conversations.readable(turns)
            sample.turns = turns
        if same:
            return
        if nothing:
            self._drop(sample, rule)
            return
        sample.text = text
        sample.touched.append(rule)
        self.counts[rule].changed += 1

    def _drop(self, sample: Cleaned, rule: CleaningRule) -> None:
        sample.dropped = True
        sample.touched.append(rule)
        self.counts[rule].dropped += 1

    def _drops(self, rule: CleaningRule, texts: list[str]) -> list[bool]:
        rules = self._rules
        if rule == "min_characters":
            return [len(text) < (rules.min_characters or 0) for text in texts]
        if rule == "max_characters":
            return [len(text) > (rules.max_characters or 0) for text in texts]
        if rule == "drop_pattern":
            # In Arrow: its expressions take linear time, whatever is written in them.
            found: list[bool] = pc.match_substring_regex(pa.array(texts, pa.string()), rules.drop_pattern).to_pylist()
            return found
        return [not new for new in self._seen.add(texts)]
