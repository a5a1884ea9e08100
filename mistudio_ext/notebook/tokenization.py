"""Tokenizations in a notebook."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..contract.errors import Conflict
from ..contract.models import checked
from ..datasets import tokenizations, tokenizing_schema
from ..datasets.tokenizing_schema import CompareTokenizations, TokenizationFacts, TokenizeOptions, TokenizerFacts
from ..display.text import count, size, when
from ..lanes.perform import perform
from ..workspace.workspace import read_json
from . import arrow, cards
from .catalogued import Catalogued
from .comparison import Comparison
from .job import Job
from .pieces import TokenPieces, preview
from .statistics import Statistics

if TYPE_CHECKING:
    from .dataset import Dataset

COLUMNS = {
    "input_ids": "int32", "held_out": "bool", "first": "int32", "length": "int32",
    "samples": "int64", "starts": "int32", "offsets": "int64",
}  # fmt: skip


class Tokenization(Catalogued):
    """Token ids of one dataset, by one tokenizer, in blocks or rows. `tk.load()` is a `datasets.Dataset` of them."""

    _kind = "tokenization"
    _edit = staticmethod(tokenizations.edit_tokenization)
    _plan = staticmethod(tokenizations.plan_delete_tokenization)
    _delete = staticmethod(tokenizations.delete_tokenization)

    def _record(self) -> tokenizing_schema.Tokenization:
        return tokenizations.get_tokenization(self._core, self._id)

    @property
    def dataset(self) -> Dataset:
        """The dataset that it was made from."""
        from .dataset import Dataset

        return Dataset(self._core, self._record().parent)

    @property
    def tokenizer(self) -> TokenizerFacts:
        """The tokenizer: `.name`, `.path` (where it was), `.fingerprint`."""
        return self._record().tokenizer

    @property
    def facts(self) -> TokenizationFacts | None:
        """What it holds: `.blocks`, `.tokens`, `.held_out_blocks` …; None until it is ready."""
        return self._record().facts

    @property
    def max_length(self) -> int:
        """Tokens in each block, or in a row at the most."""
        return self._record().max_length

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that it was made with; of those for rows, a packed one has the defaults."""
        return self._record().model_dump(include={*TokenizeOptions.model_fields})

    @property
    def blocks(self) -> int:
        """How many blocks or rows there are, held-out ones included; 0 until it is ready."""
        facts = self.facts
        return facts.blocks if facts else 0

    @property
    def job(self) -> Job | None:
        """The latest job that worked on it."""
        record = self._record().job
        return Job(self._core, record.id) if record else None

    @cached_property
    def tokens(self) -> dict[int, str]:
        """The string of each token id, as the tokenizer writes it."""
        self._ready()
        return {int(id): token for id, token in read_json(self._core.folder_of(self._as_record()) / "tokens.json").items()}

    def load(self) -> Any:
        """The blocks as a `datasets.Dataset`, read from disk as needed.

        Columns: input_ids; held_out (kept for evaluation); first and length, which say where in a row the tokens are that
        are no padding; samples, starts and offsets, which say from which samples the tokens came, where each begins in the
        block, and how many of its tokens lie before. Rows have an attention_mask, if one was asked for; conversations
        have roles, which say whose each token is: 0 the template's, 1 system, 2 user, 3 assistant, 4 tool.
        """
        self._ready()
        return arrow.load(self._core.folder_of(self._as_record()) / "blocks", COLUMNS)

    def preview(self, text: str, *, special_tokens: bool = True) -> TokenPieces:
        """Show how its tokenizer cuts a text into tokens."""
        return preview(self._core, text, {"tokenization": self._id, "special_tokens": special_tokens})

    def compare(self, other: Tokenization | str) -> Comparison:
        """This one and another side by side: which parameters differ, and what each came to."""
        id = other.id if isinstance(other, Tokenization) else other
        params = checked(CompareTokenizations, {"first": self._id, "second": id})
        found = perform(self._core, tokenizations.compare_tokenizations, params)
        return Comparison.model_validate(found.model_dump())

    def statistics(self, *, wait: bool = True) -> Statistics | Job:
        """Lengths of samples, how often each token occurs, splits; counted once and kept.

        The work is done in the background; with `wait=False` its job is returned at once, if there is any to do.
        """
        started = perform(self._core, tokenizations.compute_statistics, self._id)
        if started.job is not None:
            job = Job(self._core, started.job)
            if not wait:
                return job
            job.wait()
        return Statistics.model_validate(perform(self._core, tokenizations.get_statistics, self._id).model_dump())

    def __len__(self) -> int:
        return self.blocks

    def _as_record(self) -> dict[str, Any]:
        return self._core.catalog.get(self._id)

    def _ready(self) -> None:
        record = self._record()
        if record.facts is None:
            why = record.reason or "It is still being made; tk.job.wait() waits for it."
            raise Conflict(f"The tokenization “{record.name}” is not ready.", why, code="not_ready")

    def _shown(self) -> tuple[str, str, cards.Pairs]:
        record = self._record()
        state = f"{record.state}: {record.reason}" if record.reason else record.state
        pairs = [("State", state), ("Dataset", record.parent), ("Tokenizer", record.tokenizer.name)]
        packed = record.layout == "packed"
        if packed or record.truncation != "none":
            pairs.append(("Block length" if packed else "Longest row allowed", f"{count(record.max_length)} tokens"))
        if facts := record.facts:
            what = "blocks" if packed else "rows"
            pairs.append((what.capitalize(), f"{count(facts.blocks)}, {count(facts.held_out_blocks)} of them held out"))
            pairs.append(("Tokens", count(facts.tokens)))
            if facts.padding_tokens:
                pairs.append(("Padding", f"{count(facts.padding_tokens)} tokens"))
            if facts.truncated_samples:
                pairs.append(("Truncated", f"{count(facts.truncated_samples)} samples"))
            if facts.bad_samples:
                pairs.append(("Left out", f"{count(facts.bad_samples)} samples"))
            pairs.append(("Size", size(facts.bytes)))
            state += f", {count(facts.blocks)} {what} of {'' if packed else 'up to '}{count(facts.longest)} tokens"
        if record.tags:
            pairs.append(("Tags", ", ".join(record.tags)))
        if record.notes:
            pairs.append(("Notes", record.notes))
        return record.name, state, [*pairs, ("Created", when(record.created))]
