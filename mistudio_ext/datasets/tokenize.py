"""Tokenizing a dataset: batch after batch through the tokenizer, into blocks or rows, saved as it goes."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from ..contract.errors import BadRequest
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.paths import disk_use
from ..workspace.workspace import read_json
from . import layouts, memory, tokenizer_files
from .cells import named
from .chat import Chat
from .encode import Batch, Encoder, stored_batches
from .fill_up import fill_up
from .layouts import InRows, Packed, State
from .samples import list_shards
from .shards import ShardWriter
from .tokenizer import Tokenizer
from .tokenizing_schema import TokenizationFacts, TokenizeOptions

# A crash costs at most this many batches of work beyond the last full shard.
SAVE_EVERY = 8
GIVE_BACK_EVERY = 8
# So many of the samples that had to be left out are told of.
MAX_TOLD = 5
# So many are asked for the fields that they have.
FIRST_SAMPLES = 100
COUNTS = (
    "blocks", "tokens", "held_out_blocks", "samples", "held_out_samples", "dropped_tokens", "padding_tokens",
    "truncated_samples", "bad_samples",
)  # fmt: skip


def tokenize_dataset(job: JobContext, params: TokenizeOptions) -> TokenizationFacts:
    ws = job.workspace
    record = ws.catalog.get(job.object)
    folder = ws.folder_of(record)
    if tokenizer_files.repository_in(record["tokenizer"]["path"]) is not None:
        # Only tokenizers of the hub need the way to it.
        from .hub_tokenizer import bring

        bring(job, folder / "tokenizer")
    target = folder / "blocks"
    if not target.exists():
        job.progress(0, None, "Loading the tokenizer")
        tokenizer = Tokenizer(folder / "tokenizer", record["tokenizer"]["path"])
        parent = ws.catalog.get(record["parent"])
        chat = Chat(tokenizer, params.chat_template) if parent["facts"].get("conversations") else None
        state = _tokenize(job, params, Encoder(tokenizer, params, chat), ws.folder(record["parent"]) / "data")
        atomic.write_json(folder / "tokens.json", {str(id): token for id, token in tokenizer.strings.items()})
        if waits_for_the_longest(params):
            fill_up(job, params, tokenizer, state)
        atomic.publish(job.scratch / "blocks", target)
    facts = _facts(read_json(target / "index.json")["state"], folder)
    ws.catalog.update(job.object, {"facts": facts.model_dump()})
    return facts


def waits_for_the_longest(params: TokenizeOptions) -> bool:
    return params.layout == "rows" and params.padding == "longest"


def _tokenize(job: JobContext, params: TokenizeOptions, encoder: Encoder, data: Path) -> State:
    layout = layouts.of(params, encoder.tokenizer, roles=encoder.chat is not None)
    writer = ShardWriter(job.scratch / ("rows" if waits_for_the_longest(params) else "blocks"), layout.schema)
    state = writer.state or _beginning(encoder.tokenizer, layout.pad_id)
    if state["layout"] is not None:
        layout.restore(state["layout"])
    if params.layout == "packed" and encoder.tokenizer.end is None:
        _warn(job, state, "The tokenizer has no end token: nothing stands between two samples.")
    total = sum(rows for _, rows in list_shards(data))

    def save() -> None:
        state.update(layout=layout.state(), left_over=layout.left_over)
        writer.save(state)
        if job.should_pause:
            job.rest()

    def take(batch: Batch) -> None:
        for number, part in enumerate(layout.parts(batch, state["rows"] + batch.samples)):
            if number < state["parts"]:
                continue
            if number and (writer.full or job.should_pause):
                save()
            for columns in part.columns:
                writer.add(columns)
            for name, count in part.sums.items():
                state[name] += count
            for name, value in part.peaks.items():
                state[name] = max(state[name], value)
            state["parts"] = number + 1
            job.check()

    with closing(encoder.batches(data, state["batches"])) as batches:
        for batch in batches:
            batch = _sorted_out(layout, batch)
            take(batch)
            _tell(job, state, batch)
            state.update(batches=state["batches"] + 1, parts=0, rows=state["rows"] + batch.rows)
            state["tokens_seen"] += len(batch.first.ids)
            job.progress(state["rows"], total, "Tokenizing", "samples", tokens=state["tokens_seen"], blocks=state["blocks"])
            if state["batches"] % GIVE_BACK_EVERY == 0:
                memory.give_back()
            if writer.full or job.should_pause or state["batches"] % SAVE_EVERY == 0:
                save()
    _check(job, params, state, data)
    save()
    return state


def _beginning(tokenizer: Tokenizer, pad: int | None) -> State:
    """What is counted, before the first batch; `parts` are those of the next batch that are written already."""
    return dict.fromkeys(COUNTS, 0) | {
        "batches": 0, "parts": 0, "rows": 0, "tokens_seen": 0, "left_over": 0, "longest": 0, "largest_id": -1,
        "pad_id": pad, "vocabulary": tokenizer.size, "layout": None, "warnings": [], "first_bad": None,
    }  # fmt: skip


def _sorted_out(layout: Packed | InRows, batch: Batch) -> Batch:
    """Without the samples that the layout has no way to take."""
    problems = layout.problems(batch)
    if not problems:
        return batch
    bad = [*batch.bad, *((int(batch.samples[at]), why) for at, why in problems.items())]
    good = np.ones(len(batch.samples), np.bool_)
    good[list(problems)] = False
    return replace(batch.of(good), bad=sorted(bad))


def _tell(job: JobContext, state: State, batch: Batch) -> None:
    room = max(0, MAX_TOLD - state["bad_samples"])
    for number, why in batch.bad[:room]:
        job.log("warning", f"Sample {state['rows'] + number:,} is left out: {why}.")
    if batch.bad and not state["bad_samples"]:
        state["first_bad"] = batch.bad[0][1]
    state["bad_samples"] += len(batch.bad)


def _warn(job: JobContext, state: State, sentence: str) -> None:
    """Once, also where the job was interrupted and goes on."""
    warnings = state.setdefault("warnings", [])
    if sentence not in warnings:
        warnings.append(sentence)
        job.log("warning", sentence)


def _check(job: JobContext, params: TokenizeOptions, state: State, data: Path) -> None:
    """There must be something to train on; that there is something to evaluate on is only wished for."""
    if state["blocks"] == state["held_out_blocks"]:
        raise _nothing(params, state, data)
    if params.eval_share and not state["held_out_blocks"]:
        what = "do not fill a block" if params.layout == "packed" else "make no row"
        _warn(job, state, f"The held-out samples {what}: there is nothing to evaluate on.")
    if params.layout == "rows" and params.truncation == "none" and state["longest"] > params.max_length:
        _warn(job, state, f"Nothing is cut: the longest row has {state['longest']:,} tokens, and a model may not read so many.")
    if state["bad_samples"] > MAX_TOLD:
        job.log("warning", f"{state['bad_samples']:,} samples were left out in all.")


def _nothing(params: TokenizeOptions, state: State, data: Path) -> BadRequest:
    apart = " beside what is held out" if params.eval_share else ""
    if state["bad_samples"] and state["bad_samples"] == state["rows"]:
        none = "The only sample" if state["rows"] == 1 else f"None of the {state['rows']:,} samples"
        could = "could not" if state["rows"] == 1 else "could"
        return BadRequest(
            f"{none} {could} be tokenized. The first one: {state.get('first_bad') or 'the log of the job says why'}.",
            _fields_there_are(data) if params.second else "Correct the chat template, or use another tokenizer.",
            field="second" if params.second else "chat_template",
        )
    seen = state["tokens_seen"]
    if params.layout == "rows" or not seen:
        return BadRequest(f"The samples have no tokens{apart}.", "Choose a larger dataset.")
    tokens = "The text's only token does" if seen == 1 else f"The text's {seen:,} tokens do"
    return BadRequest(
        f"{tokens} not fill one block of {params.max_length:,}{apart}.",
        "Choose a shorter block length, or a larger dataset.",
        field="max_length",
    )


def _fields_there_are(data: Path) -> str:
    """What could be a second text, by what the first samples have."""
    names: dict[str, None] = {}
    for stored in islice(stored_batches(data), 1):
        for other in stored.column("other").to_pylist()[:FIRST_SAMPLES]:
            names |= {name: None for name, value in json.loads(other).items() if isinstance(value, str)} if other else {}
    known = f"The samples have: {named(list(names))}." if names else "The samples have no other field that holds a text."
    return f"{known} Name one of these, or leave the second text out." if names else known


def _facts(state: State, folder: Path) -> TokenizationFacts:
    found = {name: state[name] for name in (*COUNTS, "longest", "largest_id", "pad_id", "vocabulary")}
    found["dropped_tokens"] += state["left_over"]
    return TokenizationFacts(**found, bytes=disk_use(folder), warnings=state.get("warnings", []))
