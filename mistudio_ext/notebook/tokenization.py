"""Tokenizations in a notebook."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..contract.errors import Conflict
from ..contract.models import checked
from ..datasets import tokenizations, tokenizing_schema
from ..datasets.tokenizing_schema import CheckVocabulary, CompareTokenizations, TokenizationFacts, TokenizeOptions, TokenizerFacts
from ..display import facts as facts_in_words
from ..display.text import count, counted, size, when
from ..lanes.perform import perform
from ..workspace.workspace import read_json
from . import arrow, cards
from .catalogued import Catalogued
from .comparison import Comparison, VocabularyCheck
from .job import Job
from .model import Model
from .pieces import TokenPieces, preview
from .statistics import Statistics

if TYPE_CHECKING:
    from .dataset import Dataset

COLUMNS = {
    "input_ids": "int32", "held_out": "bool", "first": "int32", "length": "int32",
    "samples": "int64", "starts": "int32", "offsets": "int64",
}  # fmt: skip


class TokenStrings(dict[int, str]):
    def __missing__(self, id: object) -> str:
        # Python asks for this very error where a key is missing.
        raise KeyError(f"The tokenizer has no token {id!r}; its ids go from {min(self, default=0)} to {max(self, default=0):,}.")


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
        return TokenStrings(
            {int(id): token for id, token in read_json(self._core.folder_of(self._as_record()) / "tokens.json").items()}
        )

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
        return Comparison.model_validate(found.model_dump()).on(self._core)

    def check_vocabulary(self, model: Model | str | os.PathLike[str]) -> VocabularyCheck:
        """Whether a model here, or one in a folder, knows all of its tokens: `.fits`, and `.sentence` says why."""
        params = checked(CheckVocabulary, {"model": model.id if isinstance(model, Model) else os.fspath(model)})
        found = perform(self._core, tokenizations.check_vocabulary, self._id, params)
        return VocabularyCheck.model_validate(found.model_dump())

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
        pairs.append(("Options", ", ".join(f"{title}: {value}" for title, value in facts_in_words.options(record))))
        packed = record.layout == "packed"
        if packed or record.truncation != "none":
            pairs.append(("Block length" if packed else "Longest row allowed", counted(record.max_length, "token")))
        if facts := record.facts:
            what = "blocks" if packed else "rows"
            pairs.append((what.capitalize(), f"{count(facts.blocks)}, {count(facts.held_out_blocks)} of them held out"))
            pairs.append(("Tokens", count(facts.tokens)))
            if facts.padding_tokens:
                pairs.append(("Padding", counted(facts.padding_tokens, "token")))
            if facts.truncated_samples:
                pairs.append(("Truncated", counted(facts.truncated_samples, "sample")))
            if facts.bad_samples:
                pairs.append(("Left out", counted(facts.bad_samples, "sample")))
            pairs += [("Warnings", " ".join(facts.warnings)), ("Size", size(facts.bytes))]
            blocks = counted(facts.blocks, "block" if packed else "row")
            state += f", {blocks} of {'' if packed else 'up to '}{counted(facts.longest, 'token')}"
        if record.tags:
            pairs.append(("Tags", ", ".join(record.tags)))
        if record.notes:
            pairs.append(("Notes", record.notes))
        pairs += [("Fingerprint", facts_in_words.fingerprint(record.fingerprint)), ("Created", when(record.created))]
        return record.name, state, [each for each in pairs if each[1]]
