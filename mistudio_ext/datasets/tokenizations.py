"""What can be asked about tokenizations. Nothing heavy here: the work itself is in `jobs`."""

from __future__ import annotations

import shutil
import time

from ..contract.errors import BadRequest, Conflict
from ..contract.models import Contract, checked
from ..contract.operations import LiveRequest
from ..jobs import queue
from ..jobs.objects import begin, edit, fields, matches, record_of
from ..jobs.queue import JobKind
from ..jobs.records import latest_jobs
from ..jobs.schema import FINAL, Job, Started
from ..jobs.states import state_of
from ..workspace import dependencies
from ..workspace.ids import new_id
from ..workspace.schema import Deleted, DeleteObject, DeletePlan, EditObject
from ..workspace.workspace import Workspace, read_json
from . import settle, tokenizer_files, tokenizer_source, vocabulary
from .operations import get_dataset
from .samples import sample_row
from .statistics_schema import Statistics
from .tokenizing_schema import (
    CheckVocabulary,
    CompareTokenizations,
    Difference,
    ListTokenizations,
    PreviewTokens,
    ReadSampleTokens,
    SampleTokens,
    Tokenization,
    TokenizationComparison,
    TokenizationFacts,
    TokenizationList,
    TokenizationRecord,
    TokenizeDataset,
    TokenizeOptions,
    TokenizerFacts,
    TokenPreview,
    VocabularyCheck,
)

TOKENIZE = JobKind("dataset.tokenize", "mistudio_ext.datasets.jobs:tokenize", "cpu")
STATISTICS = JobKind("dataset.statistics", "mistudio_ext.datasets.jobs:count", "cpu")
PREVIEW = "mistudio_ext.datasets.live:preview"
SAMPLE_TOKENS = "mistudio_ext.datasets.live:sample_tokens"


def tokenize_dataset(ws: Workspace, id: str, params: TokenizeDataset) -> Started:
    """Tokenize a dataset into packed blocks or rows; an equal tokenization that is there already is not made again."""
    record_of(ws, id, "datasets")
    source = tokenizer_source.find(ws, params.tokenizer, params.revision)
    # Under one lock from the look to the record, so that of two equal requests the second finds the first one's.
    with ws.catalog.change():
        dataset = get_dataset(ws, id)
        if dataset.facts is None:
            why = "is still being read" if dataset.state == "working" else "has no text"
            raise Conflict(f"The dataset “{dataset.name}” {why}.", "Tokenize it once it is ready.", code="not_ready")
        options = settle.settled(params, dataset.facts)
        text = [dataset.facts.fingerprint]
        if options.second is not None:
            text.append(id)  # the second texts are other fields, which are not in the fingerprint of the first ones
        fingerprint = tokenizer_files.fingerprint([*text, *source.key, settle.what_counts(options)])
        for each in list_tokenizations(ws, ListTokenizations(dataset=id)).tokenizations:
            if each.fingerprint == fingerprint and each.state != "failed":
                return Started(object=each.id, job=each.job.id if each.job and each.state == "working" else None)
        record = TokenizationRecord(
            id=new_id("tk"), name=params.name or _default_name(source.facts, options), tags=[], notes="",
            created=time.time(), made_from=[id], parent=id, tokenizer=source.facts, fingerprint=fingerprint, facts=None,
            **options.model_dump(),
        )  # fmt: skip
        place = ws.folder_of(record.model_dump())
        try:
            if source.folder is not None:
                # A copy of our own: the folder may change or go while the tokenization is still looked at.
                tokenizer_files.copy(source.folder, place / "tokenizer", source.facts)
            job = begin(ws, record, TOKENIZE, f"Tokenize {dataset.name}", uses=[id], params=options)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    return Started(object=record.id, job=job)


def list_tokenizations(ws: Workspace, params: ListTokenizations) -> TokenizationList:
    """All tokenizations, newest first."""
    if params.dataset is not None:
        record_of(ws, params.dataset, "datasets")
    records = [checked(TokenizationRecord, each) for each in ws.catalog.all("tokenizations")]
    found = [
        each
        for each in records
        if params.dataset in (None, each.parent) and matches(params.filter, each.name, each.id, each.tokenizer.name, *each.tags)
    ]
    jobs = latest_jobs(ws, [each.id for each in found])
    return TokenizationList(tokenizations=[_shown(each, jobs.get(each.id)) for each in found[::-1]])


def get_tokenization(ws: Workspace, id: str) -> Tokenization:
    """One tokenization."""
    record = checked(TokenizationRecord, record_of(ws, id, "tokenizations"))
    return _shown(record, latest_jobs(ws, [id]).get(id))


def edit_tokenization(ws: Workspace, id: str, params: EditObject) -> Tokenization:
    """Rename a tokenization, change its tags or notes."""
    edit(ws, id, "tokenizations", params)
    return get_tokenization(ws, id)


def plan_delete_tokenization(ws: Workspace, id: str) -> DeletePlan:
    """Say what deleting a tokenization would take with it."""
    record_of(ws, id, "tokenizations")
    return dependencies.plan(ws, id)


def delete_tokenization(ws: Workspace, id: str, params: DeleteObject) -> Deleted:
    """Delete a tokenization and all that was made from it."""
    record_of(ws, id, "tokenizations")
    return dependencies.delete(ws, id, params.agreed)


def preview_tokens(ws: Workspace, params: PreviewTokens) -> LiveRequest[TokenPreview]:
    """Show how a text is cut into tokens."""
    folder = tokenizer_source.to_look_with(ws, params.tokenizer, params.tokenization)
    return LiveRequest(
        PREVIEW, {"text": params.text, "folder": str(folder), "special_tokens": params.special_tokens}, TokenPreview
    )


def read_sample_tokens(ws: Workspace, id: str, row: str, params: ReadSampleTokens) -> LiveRequest[SampleTokens]:
    """A sample's tokens under one of the dataset's tokenizations."""
    number = sample_row(row)
    record = record_of(ws, params.tokenization, "tokenizations")
    if record["parent"] != id:
        raise BadRequest(
            f"The tokenization {params.tokenization} is of another dataset.", "Choose one of this dataset.", field="tokenization"
        )
    place = ws.folder_of(record)
    tokenizer_files.require(place / "tokenizer")
    values = {"data": str(ws.folder(id) / "data"), "row": number, "folder": str(place / "tokenizer"),
              "options": checked(TokenizationRecord, record).model_dump(include={*TokenizeOptions.model_fields}),
              "offset": params.offset, "limit": params.limit}  # fmt: skip
    return LiveRequest(SAMPLE_TOKENS, values, SampleTokens)


def compare_tokenizations(ws: Workspace, params: CompareTokenizations) -> TokenizationComparison:
    """Two tokenizations side by side."""
    first, second = get_tokenization(ws, params.first), get_tokenization(ws, params.second)
    texts = [ws.catalog.get(each.parent)["facts"]["fingerprint"] for each in (first, second)]
    options = list(TokenizeOptions.model_fields)
    found = [name for name in TokenizationFacts.model_fields if name != "warnings"]
    differ = [each for each in _side_by_side(first, second, options) if each.first != each.second]
    tokenizer = Difference(field="tokenizer", title="Tokenizer", first=first.tokenizer.name, second=second.tokenizer.name)
    return TokenizationComparison(
        first=first,
        second=second,
        same_text=texts[0] == texts[1],
        parameters=([tokenizer] if _identity(first.tokenizer) != _identity(second.tokenizer) else []) + differ,
        counts=_side_by_side(first.facts, second.facts, found) if first.facts and second.facts else [],
    )


def _identity(tokenizer: TokenizerFacts) -> str | tuple[str, str | None]:
    """Its files; while they are still at the hub, what was asked for."""
    return tokenizer.fingerprint or (tokenizer.path, tokenizer.revision)


def _side_by_side(first: Contract, second: Contract, names: list[str]) -> list[Difference]:
    titles = {name: field.title or name.capitalize() for name, field in type(first).model_fields.items()}
    return [
        Difference(field=name, title=titles[name], first=getattr(first, name), second=getattr(second, name)) for name in names
    ]


def check_vocabulary(ws: Workspace, id: str, params: CheckVocabulary) -> VocabularyCheck:
    """Say whether a model knows all tokens of a tokenization."""
    return vocabulary.check(ws, get_tokenization(ws, id), params.model)


def compute_statistics(ws: Workspace, id: str) -> Started:
    """Count a tokenization's tokens and lengths; what was counted before is not counted again."""
    with ws.catalog.change():
        record = get_tokenization(ws, id)
        if record.facts is None:
            raise Conflict(f"The tokenization “{record.name}” is not ready.", "Count it once it is.", code="not_ready")
        if record.statistics is not None:
            return Started(object=id, job=None)
        if record.job and record.job.kind == STATISTICS.name and record.job.state not in FINAL:
            return Started(object=id, job=record.job.id)
        label = f"Count {record.name}"
        job = queue.submit(ws, STATISTICS, label=label, object=id, uses=[id, record.parent], params={})
    return Started(object=id, job=job)


def get_statistics(ws: Workspace, id: str) -> Statistics:
    """What counting a tokenization found."""
    record = record_of(ws, id, "tokenizations")
    if record.get("statistics") is None:
        raise Conflict("The statistics were not computed yet.", "Compute them first.", code="not_computed")
    return checked(Statistics, read_json(ws.folder_of(record) / "statistics.json"))


def _default_name(tokenizer: TokenizerFacts, options: TokenizeOptions) -> str:
    """What was chosen otherwise than by default tells tokenizations of one dataset apart."""
    counted = [str(options.max_length)] if "max_length" in settle.what_counts(options) else []
    second = "".join(sign for sign in options.second or "" if sign.isprintable())[:40]
    said = {
        "padding": {"longest": "padded to the longest", "max_length": "padded"}.get(options.padding),
        "truncation": {"none": "uncut", "only_first": "only the first cut", "only_second": "only the second cut"}.get(
            options.truncation
        ),
        "stride": f"stride {options.stride}",
        "second": f"pair with {second}",
        "special_tokens": "no special tokens",
        "attention_mask": "no mask",
        "chat_template": "own template",
        "eval_share": f"{100 * options.eval_share:g} % held out",
    }
    chosen = [words for name, words in said.items() if words and getattr(options, name) != _default_of(name)]
    return " · ".join([tokenizer.name, *counted, options.layout, *chosen])[:200]


def _default_of(option: str) -> object:
    return TokenizeOptions.model_fields[option].default


def _shown(record: TokenizationRecord, job: Job | None) -> Tokenization:
    state, reason = state_of(record.facts is not None, job)
    return Tokenization(**fields(record), state=state, reason=reason, job=job)
