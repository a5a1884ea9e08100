"""Datasets in a notebook."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, overload

from ..contract.errors import BadRequest, Conflict, NotFound
from ..contract.models import Contract, checked
from ..datasets import deriving, operations, schema, tokenizations
from ..datasets.deriving_schema import ArrangeDataset, CleanDataset, PreviewCleaning
from ..datasets.samples import as_sample, get_sample, list_shards, open_shard, read_samples
from ..datasets.schema import DatasetFacts, ReadSamples, SampleHead, Source
from ..datasets.tokenizing_schema import ListTokenizations, ReadSampleTokens, TokenizeDataset
from ..display import facts as facts_in_words
from ..display.text import count, counted, plain, size, when
from ..jobs.schema import FINAL
from ..lanes.perform import perform
from . import arrow, cards
from .catalogued import Catalogued
from .cleaning import CleaningPreview
from .handle import Listing
from .job import Job, follow_up
from .model import Model
from .pieces import TokenPieces, preview
from .samples import Sample, Samples, SampleTokens
from .signatures import described_by
from .tokenization import Tokenization

AT_A_TIME = 1000
Tokenizer = str | os.PathLike[str] | Tokenization | Model
COLUMNS = {"text": "string", "split": "string", "other": "string", "messages": "string"}


class Dataset(Catalogued):
    """Text: samples in order. `ds[17]` is one of them, `for sample in ds` all, `ds.load()` a `datasets.Dataset`."""

    _kind = "dataset"
    _edit = staticmethod(operations.edit_dataset)
    _plan = staticmethod(operations.plan_delete_dataset)
    _delete = staticmethod(operations.delete_dataset)

    def _record(self) -> schema.Dataset:
        return operations.get_dataset(self._core, self._id)

    @property
    def source(self) -> Source:
        """Where its text came from: `.kind`, `.name`, `.path`."""
        return self._record().source

    @property
    def facts(self) -> DatasetFacts | None:
        """What reading it found: `.samples`, `.characters`, `.splits`, `.bad_rows` …; None until it has been read."""
        return self._record().facts

    @property
    def job(self) -> Job | None:
        """The latest job that worked on it."""
        record = self._record().job
        return Job(self._core, record.id) if record else None

    @overload
    def tokenize(self, tokenizer: Tokenizer, *, wait: Literal[True] = True, **params: Any) -> Tokenization: ...

    @overload
    def tokenize(self, tokenizer: Tokenizer, *, wait: Literal[False], **params: Any) -> Job: ...

    @described_by(TokenizeDataset)
    def tokenize(self, tokenizer: Tokenizer, *, wait: bool = True, **params: Any) -> Tokenization | Job:
        """Tokenize into packed blocks or rows; an equal tokenization that is there already is not made again.

        The tokenizer is a folder's path, “hub:owner/name”, a model here, or a tokenization, whose tokenizer is used again.
        The work is done in the background; with `wait=False` its job is returned at once.
        """
        values = checked(TokenizeDataset, {"tokenizer": _given(tokenizer)} | params)
        if wait:
            self._wait_until_read()
        started = perform(self._core, tokenizations.tokenize_dataset, self._id, values)
        record = tokenizations.get_tokenization(self._core, started.object)
        made = Tokenization(self._core, started.object)
        return follow_up(self._core, started, made, record.job.id if record.job else None, wait=wait)

    @overload
    def clean(self, *, wait: Literal[True] = True, **rules: Any) -> Dataset: ...

    @overload
    def clean(self, *, wait: Literal[False], **rules: Any) -> Job: ...

    @described_by(CleanDataset)
    def clean(self, *, wait: bool = True, **rules: Any) -> Dataset | Job:
        """Make a cleaned copy, as in `ds.clean(strip_html=True, drop_duplicates=True)`; `.facts.rules` counts what each did.

        The work is done in the background; with `wait=False` its job is returned at once.
        """
        return self._derive(deriving.clean_dataset, checked(CleanDataset, rules), wait)

    @described_by(PreviewCleaning)
    def preview_cleaning(self, **rules: Any) -> CleaningPreview:
        """Show what cleaning would do to samples from all over the dataset, before and after."""
        found = perform(self._core, deriving.preview_cleaning, self._id, checked(PreviewCleaning, rules))
        return CleaningPreview.model_validate(found.model_dump())

    @overload
    def arrange(self, *, wait: Literal[True] = True, **params: Any) -> Dataset: ...

    @overload
    def arrange(self, *, wait: Literal[False], **params: Any) -> Job: ...

    @described_by(ArrangeDataset)
    def arrange(self, *, wait: bool = True, **params: Any) -> Dataset | Job:
        """Make a shuffled, split or shortened copy, as in `ds.arrange(seed=1, validation_share=0.1)`.

        The work is done in the background; with `wait=False` its job is returned at once.
        """
        return self._derive(deriving.arrange_dataset, checked(ArrangeDataset, params), wait)

    def _derive(self, operation: Callable[..., Any], params: Contract, wait: bool) -> Dataset | Job:
        if wait:
            self._wait_until_read()
        started = perform(self._core, operation, self._id, params)
        return follow_up(self._core, started, Dataset(self._core, started.object), None, wait=wait)

    def _wait_until_read(self) -> None:
        """A dataset that was added with `wait=False` can be tokenized in a later line without looking whether it is there."""
        record = self._record()
        if record.facts is None and record.job and record.job.state not in FINAL:
            Job(self._core, record.job.id).wait()

    def tokenizations(self, filter: str = "") -> Listing[Tokenization]:
        """What was made of it, newest first."""
        params = checked(ListTokenizations, {"dataset": self._id, "filter": filter})
        found = perform(self._core, tokenizations.list_tokenizations, params).tokenizations
        rows = [
            [
                each.id,
                each.name,
                each.state,
                count(each.facts.blocks if each.facts else None),
                count(each.facts.tokens if each.facts else None),
                when(each.created),
            ]
            for each in found
        ]
        handles = [Tokenization(self._core, each.id) for each in found]
        return Listing(handles, ["Id", "Name", "State", "Blocks", "Tokens", "Created"], rows)

    @described_by(ReadSamples)
    def samples(self, offset: int = 0, limit: int = 50, **params: Any) -> Samples:
        """A page of samples, each with the beginning of its text; those of a split, or those with a text in them.

        A search looks through so much of a large dataset, then says in `.next` where to go on; `ds.search` does that.
        """
        values = checked(ReadSamples, {"offset": offset, "limit": limit} | params)
        return Samples(perform(self._core, read_samples, self._id, values))

    def search(self, text: str, *, split: str | None = None) -> Iterator[SampleHead]:
        """All samples with a text in them, in order, each with the place around the first hit."""
        row: int | None = 0
        while row is not None:
            page = self.samples(row, 500, search=text, split=split)
            yield from page
            row = page.next

    @described_by(ReadSampleTokens)
    def tokens(self, row: int, tokenization: Tokenization | str | None = None, **params: Any) -> SampleTokens:
        """A sample's tokens under one of the tokenizations; without one, under the newest that is ready."""
        if not 0 <= (row := operator.index(row)) < len(self):
            raise NotFound(
                f"The dataset has no row {row:,}.", f"It has {counted(len(self), 'row')}, counted from 0.", field="row"
            )
        if tokenization is None:
            tokenization = self._newest("Tokenize it first.")
        id = tokenization.id if isinstance(tokenization, Tokenization) else tokenization
        values = checked(ReadSampleTokens, {"tokenization": id} | params)
        return SampleTokens(perform(self._core, tokenizations.read_sample_tokens, self._id, str(row), values))

    def _newest(self, otherwise: str) -> Tokenization:
        """The newest tokenization that is ready."""
        params = checked(ListTokenizations, {"dataset": self._id})
        made = perform(self._core, tokenizations.list_tokenizations, params).tokenizations
        newest = next((each.id for each in made if each.state == "ready"), None)
        if newest is None:
            raise Conflict("The dataset has no tokenization whose tokenizer could be used.", otherwise)
        return Tokenization(self._core, newest)

    def preview(self, text: str, tokenizer: Tokenizer | None = None, *, special_tokens: bool = True) -> TokenPieces:
        """Show how a text is cut into tokens, by a tokenizer as in `tokenize` or, without one, by the newest tokenization's."""
        params: dict[str, Any] = {"special_tokens": special_tokens}
        if tokenizer is None:
            params["tokenization"] = self._newest("Give a tokenizer's folder.").id
        else:
            params["tokenizer"] = _given(tokenizer)
        return preview(self._core, text, params)

    def load(self) -> Any:
        """The text as a `datasets.Dataset` with the columns text, split, other and messages (JSON), read from disk as needed."""
        self._ready()
        return arrow.load(self._core.folder(self._id) / "data", COLUMNS)

    def __len__(self) -> int:
        facts = self.facts
        return facts.samples if facts else 0

    @overload
    def __getitem__(self, row: int) -> Sample: ...

    @overload
    def __getitem__(self, row: slice | Sequence[int]) -> list[Sample]: ...

    def __getitem__(self, row: Any) -> Sample | list[Sample]:
        if isinstance(row, str):
            raise BadRequest(
                f"A dataset is asked for rows here; “{plain(row, 60)}” is none.",
                f"ds.load()[{row[:60]!r}] is a column.",
                field="row",
            )
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        if isinstance(row, Iterable):
            return [self[each] for each in row]
        try:
            row = operator.index(row)
        except TypeError:
            raise BadRequest(
                f"A dataset is asked for rows here; a {type(row).__name__} is none.",
                "Give whole numbers, or a slice.",
                field="row",
            ) from None
        total = len(self)
        if not -total <= row < total:
            # Python asks for this very error where an index is past the end.
            raise IndexError(f"The dataset has {counted(total, 'sample')}; there is no row {row:,}.")
        return Sample.model_validate(get_sample(self._core, self._id, str(row % total)).model_dump())

    def __iter__(self) -> Iterator[Sample]:
        self._ready()
        row = 0
        for file, _ in list_shards(self._core.folder(self._id) / "data"):
            for batch in open_shard(file).to_batches(max_chunksize=AT_A_TIME):
                for each in batch.to_pylist():
                    yield Sample.model_validate(as_sample(self._id, row, each).model_dump())
                    row += 1

    def _ready(self) -> None:
        record = self._record()
        if record.facts is None:
            why = record.reason or "It is still being read; ds.job.wait() waits for it."
            raise Conflict(f"The dataset “{record.name}” is not ready.", why, code="not_ready")

    def _shown(self) -> tuple[str, str, cards.Pairs]:
        record = self._record()
        state = f"{record.state}: {record.reason}" if record.reason else record.state
        pairs = [("State", state), ("Source", record.source.path or record.source.name)]
        if derived := record.source.derived:
            pairs.append(("Made from", f"{derived.dataset}, {'cleaned' if derived.cleaned else 'arranged'}"))
        if facts := record.facts:
            pairs += [("Samples", count(facts.samples)), ("Characters", count(facts.characters)), ("Size", size(facts.bytes))]
            if len(facts.splits) > 1:
                pairs.append(("Splits", ", ".join(f"{name}: {count(rows)}" for name, rows in facts.splits.items())))
            pairs += [("Rows left out", facts_in_words.bad_rows(facts)), ("Repaired rows", facts_in_words.repaired_rows(facts))]
            if facts.conversations:
                pairs.append(("Conversations", count(facts.conversations)))
            if facts.rules:
                pairs.append(("Rules", facts_in_words.rules(facts.rules)))
            pairs.append(("Warnings", " ".join(facts.warnings)))
            state += f", {counted(facts.samples, 'sample')}"
        if record.tokenizations:
            pairs.append(("Tokenizations", count(record.tokenizations)))
        if record.tags:
            pairs.append(("Tags", ", ".join(record.tags)))
        if record.notes:
            pairs.append(("Notes", record.notes))
        return record.name, state, [*(each for each in pairs if each[1]), ("Created", when(record.created))]

    def _more_html(self) -> str:
        return self.samples(limit=3, characters=200)._repr_html_() if self.state == "ready" else ""


def _given(tokenizer: Tokenizer) -> str:
    """A tokenizer as requests name it."""
    if isinstance(tokenizer, Tokenization | Model):
        return tokenizer.id
    if not isinstance(tokenizer, str | os.PathLike):
        raise BadRequest(
            f"A {type(tokenizer).__name__} is not accepted as tokenizer.",
            "Give a folder that holds tokenizer.json, or “hub:owner/name”, or a model here, or a tokenization.",
            field="tokenizer",
        )
    return os.fspath(tokenizer)
