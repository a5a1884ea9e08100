"""Tokenizations in a notebook."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..contract.errors import Conflict
from ..datasets import operations, schema
from ..datasets.schema import TokenizationFacts, TokenizerFacts
from ..display.text import count, size, when
from ..workspace.workspace import read_json
from . import arrow, cards
from .catalogued import Catalogued
from .job import Job
from .pieces import TokenPieces, preview

if TYPE_CHECKING:
    from .dataset import Dataset

COLUMNS = {"input_ids": "int32", "held_out": "bool", "samples": "int32", "starts": "int32", "offsets": "int32"}


class Tokenization(Catalogued):
    """Blocks of token ids of one dataset, by one tokenizer. `tk.load()` is a `datasets.Dataset` with a row a block."""

    _kind = "tokenization"
    _edit = staticmethod(operations.edit_tokenization)
    _plan = staticmethod(operations.plan_delete_tokenization)
    _delete = staticmethod(operations.delete_tokenization)

    def _record(self) -> schema.Tokenization:
        return operations.get_tokenization(self._core, self._id)

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
        """Tokens in each block."""
        return self._record().max_length

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that it was made with."""
        return self._record().model_dump(include={"max_length", "special_tokens", "eval_share"})

    @property
    def blocks(self) -> int:
        """How many blocks there are, held-out ones included; 0 until it is ready."""
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

        Columns: input_ids; held_out (kept for evaluation); samples, starts and offsets, which say from which samples
        the tokens came, where each begins in the block, and how many of its tokens lie in earlier blocks.
        """
        self._ready()
        return arrow.load(self._core.folder_of(self._as_record()) / "blocks", COLUMNS)

    def preview(self, text: str, *, special_tokens: bool = True) -> TokenPieces:
        """Show how its tokenizer cuts a text into tokens."""
        return preview(self._core, text, {"tokenization": self._id, "special_tokens": special_tokens})

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
        pairs.append(("Block length", f"{count(record.max_length)} tokens"))
        if facts := record.facts:
            pairs += [("Blocks", f"{count(facts.blocks)}, {count(facts.held_out_blocks)} of them held out")]
            pairs += [("Tokens", count(facts.tokens)), ("Size", size(facts.bytes))]
            state += f", {count(facts.blocks)} blocks of {count(record.max_length)} tokens"
        if record.tags:
            pairs.append(("Tags", ", ".join(record.tags)))
        if record.notes:
            pairs.append(("Notes", record.notes))
        return record.name, state, [*pairs, ("Created", when(record.created))]
